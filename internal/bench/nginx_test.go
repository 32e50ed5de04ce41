package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sallyport/internal/addrtest"
)

// nginxConfig is Debian's own as far as it matters here (workers, sendfile), with the files and folders of a benchmark.
const nginxConfig = `daemon off;
%[1]s
worker_processes auto;
pid %[2]s/nginx.pid;
error_log stderr;
events { worker_connections 768; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	client_body_temp_path %[2]s/body;
	proxy_temp_path %[2]s/proxy;
	fastcgi_temp_path %[2]s/fastcgi;
	uwsgi_temp_path %[2]s/uwsgi;
	scgi_temp_path %[2]s/scgi;
	types { }
	default_type "%[3]s";
	add_header Cache-Control "%[4]s";
	add_header X-Content-Type-Options nosniff;
	gzip_static on;
	gzip_vary on;
	server {
		listen %[5]s;
		root %[2]s/files;
	}
}
`

// nginx serves a file from disk, and beside it the same file compressed beforehand. It returns the file's address.
func nginx(b *testing.B, kind, cache, plain, gzipped string) (server *process, url string) {
	b.Helper()
	program := need(b, "nginx", "nginx-light")
	dir := b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "files"), 0o700); err != nil {
		b.Fatal(err)
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // or the workers could not read a folder that is for our eyes only
	}
	addr := addrtest.Address(b)
	for name, text := range map[string]string{
		"files/module.js": plain, "files/module.js.gz": gzipped,
		"nginx.conf": fmt.Sprintf(nginxConfig, user, dir, kind, cache, addr),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return start(b, addr, nil, program, "-c", filepath.Join(dir, "nginx.conf")), "http://" + addr + "/module.js"
}

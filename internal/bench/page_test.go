package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/addrtest"
)

// caddyConfig is the shortest that makes Caddy a plain reverse proxy for HTTP. Compression, which Sallyport does for every
// page, has an address of its own.
const caddyConfig = `{
	admin off
	auto_https off
	log {
		level ERROR
	}
}
http://%[1]s {
	bind 127.0.0.1
	reverse_proxy %[3]s
}
http://%[2]s {
	bind 127.0.0.1
	encode gzip
	reverse_proxy %[3]s
}
`

// caddy runs Debian's Caddy in front of a wiki. It returns its two addresses: as it is, and compressing.
func caddy(b *testing.B, upstream string) (server *process, plain, compressing string) {
	b.Helper()
	program := need(b, "caddy", "caddy")
	dir := b.TempDir()
	plain, compressing = addrtest.Address(b), addrtest.Address(b)
	file := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(file, fmt.Appendf(nil, caddyConfig, plain, compressing, upstream), 0o600); err != nil {
		b.Fatal(err)
	}
	env := []string{"HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir}
	return start(b, plain, env, program, "run", "--adapter", "caddyfile", "--config", file), plain, compressing
}

// What a browser sends for a page.
var (
	asPage           = []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Dest", "document", "Cookie", "wikiUserName=Mara; wikiUserID=1; wiki_session=0123456789abcdef0123456789abcdef"}
	asCompressedPage = append(asPage[:len(asPage):len(asPage)], acceptGzip...)
)

// A page of a wiki that answers at once: what is left is the proxies' own work.
func BenchmarkSallyportProxiedPage(b *testing.B) {
	back := startRole(b, roleWiki, "")
	ours := serve(b, "http://"+back.addr, "/w")
	theirs, plain, compressing := caddy(b, back.addr)
	bare := startRole(b, roleBare, "http://"+back.addr)
	const path = "/w/index.php?title=Sandbox"
	_, page := fetch(b, "http://"+back.addr+path, asPage)
	_, through := fetch(b, "http://"+ours.addr+path, asPage)
	mustContain(b, ours.addr, through, `<script src="/sallyport/boot/`)

	r := begin(b, "Proxied page: %d bytes of HTML, into which Sallyport puts its bootstrap; %d connections", len(page), connections)
	results := race(b,
		contestant{"sallyport", "http://" + ours.addr + path, asPage, ours, 2},
		contestant{"caddy", "http://" + plain + path, asPage, theirs, 2},
		contestant{"bare httputil.ReverseProxy, tuned", "http://" + bare.addr + path, asPage, bare, 2})
	r.rows(results)
	r.ratio("proxied page vs Caddy, CPU per request", "x-caddy-cpu", results[0].cpu.to(results[1].cpu), "≤ 1.0")
	r.ratio("vs the bare proxy, CPU per request", "x-bare-cpu", results[0].cpu.to(results[2].cpu), "≤ 1.5")

	for _, url := range []string{"http://" + ours.addr + path, "http://" + compressing + path} {
		if h, _ := fetch(b, url, asCompressedPage); !strings.EqualFold(h.Get("Content-Encoding"), "gzip") {
			b.Fatalf("%s: not compressed", url)
		}
	}
	results = race(b,
		contestant{"sallyport, compressing", "http://" + ours.addr + path, asCompressedPage, ours, 2},
		contestant{"caddy with encode gzip", "http://" + compressing + path, asCompressedPage, theirs, 2})
	r.rows(results)
	r.ratio("both compressing, CPU per request", "x-caddy-gzip-cpu", results[0].cpu.to(results[1].cpu), "≤ 1.0")
	r.print()
}

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/addrtest"
)

// settings is a configuration file as an operator would write it.
const settings = `listen = %q
confirm_listen = %q
store = %q
bus = "embedded:"
log_level = "warn"
[analysis]
detonate = false
[wiki]
url = %q
script_path = %q
`

// serve builds Sallyport as `make build` does, and runs `sallyport serve` in front of a wiki, with further tables of settings.
func serve(b *testing.B, wikiURL, scriptPath string, tables ...string) *process {
	b.Helper()
	dir := b.TempDir()
	program := filepath.Join(dir, "sallyport")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "sallyport/cmd/sallyport")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build sallyport: %v\n%s", err, out)
	}
	addr, config := addrtest.Address(b), filepath.Join(dir, "sallyport.toml")
	text := fmt.Sprintf(settings, addr, addrtest.Address(b), "sqlite:"+filepath.Join(dir, "sallyport.db"), wikiURL, scriptPath) + strings.Join(tables, "")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return start(b, addr, nil, program, "serve", "--config", config)
}

// moduleURL waits until a gadget is known and returns the address of its module as mw.loader would ask for it.
func moduleURL(b *testing.B, s *process, title string) string {
	b.Helper()
	var module string
	eventually(b, title+" is known", func() bool {
		_, body := fetch(b, "http://"+s.addr+"/sallyport/register?names="+title, nil)
		_, rest, found := strings.Cut(body, `"`+title+`":"`)
		module, _, _ = strings.Cut(rest, `"`)
		return found && strings.Contains(body, `"rows":[[`)
	})
	return versioned(b, "http://"+s.addr+"/sallyport/load.php?lang=en&modules="+module+"&skin=vector")
}

// versioned adds the version the server itself names, so that the answer is the one that lives long.
func versioned(b *testing.B, url string) string {
	b.Helper()
	h, _ := fetch(b, url, nil)
	version := strings.Trim(strings.TrimPrefix(h.Get("ETag"), "W/"), `"`)
	if version == "" {
		b.Fatalf("%s: an answer without an ETag", url)
	}
	return url + "&version=" + version
}

package phpform

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/internal/addrtest"
)

// request is what goes over the wire, byte for byte.
type request struct {
	method, query string
	types         []string
	body          string
}

func (r request) String() string {
	return fmt.Sprintf("%s ?%q %q %q", r.method, r.query, r.types, shortBody(r.body))
}

func shortBody(s string) string {
	if len(s) > 600 {
		return s[:300] + "…" + s[len(s)-300:]
	}
	return s
}

// reading is what somebody read, in the form dump.php tells it.
type reading struct{ Get, Post, Files any }

// php is a running PHP that says what it reads.
type php struct {
	t    testing.TB
	addr string
}

func startPHP(t testing.TB) *php {
	t.Helper()
	if _, err := exec.LookPath("php"); err != nil {
		if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
			t.Fatal("php is needed (apt-get install php-cli)")
		}
		t.Skip("php is not installed")
	}
	addr := addrtest.Address(t)
	script, _ := filepath.Abs("testdata/dump.php")
	cmd := exec.Command("php", "-d", "display_errors=0", "-d", "log_errors=0", "-d", "post_max_size=64M", "-d", "upload_max_filesize=64M",
		"-d", "opcache.enable_cli=1", "-S", addr, script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 500 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return &php{t, addr}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("php does not listen")
	return nil
}

// read sends a request as it is and returns what PHP made of it.
func (p *php) read(r request) reading {
	p.t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s /x?%s HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n", r.method, ascii(r.query))
	for _, kind := range r.types {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", kind)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(r.body), r.body)
	if _, err := c.Write(b.Bytes()); err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		p.t.Fatalf("%v: %v", r, err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	var out reading
	if err := json.Unmarshal(text, &out); err != nil {
		p.t.Fatalf("%v: %v: %s", r, err, text)
	}
	return out
}

// ascii escapes bytes above ASCII, which PHP's built-in server does not take in addresses. Other servers hand them on as they
// are, and PHP reads both alike.
func ascii(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if query[i] < 0x80 {
			b.WriteByte(query[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", query[i])
		}
	}
	return b.String()
}

// ours tells a form as dump.php does.
func ours(f *Form) reading {
	files := []any{}
	for _, file := range f.Files {
		errNo := 0.0
		if file.Name == "" {
			errNo = 4
		}
		files = append(files, []any{hexed(file.Field), hexed(file.Name), errNo, hex.EncodeToString(file.Data)})
	}
	return reading{told(f.Get), told(f.Post), files}
}

func told(v *Values) any {
	pairs := []any{}
	for key, value := range v.All() {
		if value.List != nil {
			pairs = append(pairs, []any{hexed(key), told(value.List)})
		} else {
			pairs = append(pairs, []any{hexed(key), hexed(value.Text)})
		}
	}
	return pairs
}

func hexed(s string) string { return hex.EncodeToString([]byte(s)) }

// verdict compares one request with PHP's reading: refused, or agreed in both spellings.
func (p *php) verdict(r request) (refused bool) {
	p.t.Helper()
	form, err := Read(r.method, r.query, r.types, []byte(r.body), Limits{})
	if err != nil {
		return true
	}
	theirs := p.read(r)
	if got := ours(form); !reflect.DeepEqual(got, theirs) {
		p.t.Errorf("%v\n ours   %s\n theirs %s", r, plain(got), plain(theirs))
		return false
	}
	again := request{method: r.method, query: EncodeQuery(form.Get), body: r.body, types: r.types}
	if kind, body := form.Encode(); kind != "" {
		again.types, again.body = []string{kind}, string(body)
	}
	if second := p.read(again); !reflect.DeepEqual(second, theirs) {
		p.t.Errorf("%v\n written again as %v\n is read %s\n not     %s", r, again, plain(second), plain(theirs))
	}
	return false
}

func plain(r reading) string {
	text, _ := json.Marshal(r)
	return strings.ReplaceAll(string(text), `"`, "")
}

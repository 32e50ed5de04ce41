package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDevSaysWhatItStartedInOneLineAndLeavesNothingBehind(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var stderr bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"dev", "--listen", "127.0.0.1:0", "--confirm-listen", "127.0.0.1:0", "--json", "--no-detonate"}, in, &stderr)
		_ = in.Close()
	}()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v; standard error: %s", err, stderr.String())
	}
	var about started
	if err := json.Unmarshal([]byte(first), &about); err != nil {
		t.Fatal(err)
	}
	if len(about.People) != 4 || len(about.Gadgets) < 5 || about.People[0].Password == "" {
		t.Errorf("dev says %s", first)
	}
	for _, g := range about.Gadgets {
		body := read(t, about.Wiki+"/sallyport/load.php?modules="+g.Module)
		if !strings.Contains(body, g.Module+"@") {
			t.Errorf("%s is not served: %.100s", g.Title, body)
		}
	}
	if body := read(t, about.Wiki+"/sallyport/gadgets"); !strings.Contains(body, "section-links") {
		t.Error("the gallery lacks a gadget")
	}
	if body := read(t, about.Confirm); !strings.Contains(body, "Use a current browser") {
		t.Errorf("the confirm origin says %q to a program", body)
	}

	stop()
	select {
	case c := <-code:
		if c != exitOK {
			t.Errorf("exit code %d: %s", c, stderr.String())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("dev does not stop")
	}
	if rest, _ := io.ReadAll(lines); len(rest) > 0 {
		t.Errorf("more on standard output: %q", rest)
	}
	for _, address := range []string{about.Wiki, about.Confirm} {
		if conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://")); err == nil {
			_ = conn.Close()
			t.Errorf("%s is still open", address)
		}
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDevTellsPeopleWhereToGo(t *testing.T) {
	a := started{Wiki: "http://127.0.0.1:8080", Confirm: "http://127.0.0.1:8081", People: people}
	var b strings.Builder
	a.print(&b)
	for _, want := range []string{"http://127.0.0.1:8080/sallyport/", "Mara", "mara-opens", "Ctrl-C"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, b.String())
		}
	}
}

func TestAnAddressInUseIsSaidWithWhatToDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var stderr bytes.Buffer
	if c := Run(t.Context(), []string{"dev", "--listen", l.Addr().String(), "--confirm-listen", "127.0.0.1:0"}, io.Discard, &stderr); c != exitBroke {
		t.Errorf("exit code %d", c)
	}
	if !strings.Contains(stderr.String(), "another address can be given with --listen") {
		t.Errorf("it says %q", stderr.String())
	}
}

func read(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

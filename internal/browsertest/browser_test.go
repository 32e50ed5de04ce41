package browsertest

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const form = `<!doctype html><title>form</title><link rel=icon href=data:,>
<form action=/sent method=post><input name=word value=old><button>Send</button></form>
<p id=clicked></p><a id=ask href=/ask>ask</a>
<script>
document.querySelector('button').addEventListener('click', e => { clicked.textContent = e.isTrusted ? 'trusted' : 'faked'; });
</script>`

func site(t *testing.T) (url string, seen func() []string) {
	t.Helper()
	lines := make(chan string, 100)
	mux := http.NewServeMux()
	mux.HandleFunc("/form", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, form) })
	mux.HandleFunc("/sent", func(w http.ResponseWriter, r *http.Request) {
		lines <- fmt.Sprintf("%s %s %s", r.FormValue("word"), r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-User"))
		http.SetCookie(w, &http.Cookie{Name: "word", Value: strconv.Itoa(len(r.FormValue("word"))), HttpOnly: true})
		http.Redirect(w, r, "/done", http.StatusSeeOther)
	})
	mux.HandleFunc("/done", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "script-src 'unsafe-inline'")
		io.WriteString(w, `<title>done</title><link rel=icon href=data:,><script>console.log('hello', 7); setTimeout(() => { throw new Error('thrown'); })</script>`)
	})
	mux.HandleFunc("/ask", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<link rel=icon href=data:,><script>setTimeout(() => { window.said = confirm('sure?'); }, 1)</script>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, func() (got []string) {
		for len(lines) > 0 {
			got = append(got, <-lines)
		}
		return got
	}
}

func TestAPersonCanUseAPage(t *testing.T) {
	url, seen := site(t)
	p := Start(t).NewPage(t)
	if status := p.Goto(url + "/missing"); status != http.StatusNotFound {
		t.Errorf("a missing page has status %d", status)
	}
	if status := p.Goto(url + "/form"); status != http.StatusOK {
		t.Errorf("the form has status %d", status)
	}
	p.Type("input", "new wörd")
	p.Click("button")
	p.WaitFor("document.title === 'done'")
	if got := seen(); !slices.Equal(got, []string{"new wörd navigate ?1"}) {
		t.Errorf("the form sent %q", got)
	}
	if got := p.Cookies(); got != "word=9" {
		t.Errorf("cookies are %q", got)
	}
	var said []string
	p.WaitFor("performance.now() > 20")
	for _, m := range p.Console() {
		said = append(said, m.Kind+" "+strings.SplitN(m.Text, "\n", 2)[0])
	}
	if !slices.Contains(said, "log hello 7") || !slices.ContainsFunc(p.Problems(), func(m Message) bool { return strings.Contains(m.Text, "thrown") }) {
		t.Errorf("the console says %q", said)
	}
	if got := Eval[int](p, "Promise.resolve(6 * 7)"); got != 42 {
		t.Errorf("six times seven is %d", got)
	}
	var asked []string
	for _, r := range p.Requests() {
		asked = append(asked, fmt.Sprint(r.Method, strings.TrimPrefix(r.URL, url), r.Status))
	}
	if want := []string{"GET/missing404", "GET/form200", "POST/sent303", "GET/done200"}; !slices.Equal(slices.DeleteFunc(asked, func(s string) bool { return strings.Contains(s, "data:") || strings.Contains(s, "favicon") }), want) {
		t.Errorf("the page asked for %q", asked)
	}
	p.Forget()
	if len(p.Requests()) > 0 || len(p.Console()) > 0 {
		t.Error("something is remembered")
	}
}

func TestClicksAreTrustedAndDialogsAnswered(t *testing.T) {
	url, _ := site(t)
	p := Start(t).NewPage(t)
	p.Goto(url + "/form")
	Eval[bool](p, "document.forms[0].onsubmit = () => false, true")
	p.Click("button")
	p.WaitFor("clicked.textContent")
	if got := p.Text("#clicked"); got != "trusted" {
		t.Errorf("the click was %q", got)
	}
	p.ClickTo("#ask")
	p.WaitFor("window.said")
	if got := p.URL(); got != url+"/ask" {
		t.Errorf("the page is at %s", got)
	}
	picture := filepath.Join(t.TempDir(), "page.png")
	p.Screenshot(picture)
	if data, err := os.ReadFile(picture); err != nil || !strings.HasPrefix(string(data), "\x89PNG") {
		t.Errorf("the picture is no PNG: %v", err)
	}
}

// A page is in its picture as it is in the window, and as long as it is, whichever way it is written.
func TestAPictureShowsAPageWhereItIs(t *testing.T) {
	const page = `<!doctype html><html dir=%s><meta name=viewport content="width=device-width"><body style="margin:0"><div style="height:%spx;background:#f00"></div>`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, page, q.Get("dir"), q.Get("height"))
	}))
	t.Cleanup(s.Close)
	p := Start(t).NewPage(t)
	p.Viewport(320, 400)
	picture := filepath.Join(t.TempDir(), "page.png")
	for _, dir := range []string{"ltr", "rtl"} {
		for height, want := range map[int]int{50: 400, 900: 900} {
			p.Goto(fmt.Sprintf("%s/?dir=%s&height=%d", s.URL, dir, height))
			p.Screenshot(picture)
			data, err := os.ReadFile(picture)
			if err != nil {
				t.Fatal(err)
			}
			shown, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if size := shown.Bounds().Size(); size.X != 320 || size.Y != want {
				t.Errorf("%s, %d high: the picture has %v", dir, height, size)
			}
			red := 0
			for _, y := range []int{10, height - 10} {
				for x := range 320 {
					if r, g, _, _ := shown.At(x, y).RGBA(); r > 0xf000 && g < 0x1000 {
						red++
					}
				}
			}
			if red != 640 {
				t.Errorf("%s, %d high: %d of 640 points at the top and the bottom show the page", dir, height, red)
			}
		}
	}
}

func TestPagesShareNothing(t *testing.T) {
	url, _ := site(t)
	b := Start(t)
	one, other := b.NewPage(t), b.NewPage(t)
	one.SetCookie(url, "who", "one")
	one.Goto(url + "/form")
	other.Goto(url + "/form")
	if a, b := one.Cookies(), other.Cookies(); a != "who=one" || b != "" {
		t.Errorf("cookies are %q and %q", a, b)
	}
}

func TestTheBrowserReachesThisMachineOnly(t *testing.T) {
	url, _ := site(t)
	elsewhere, err := net.Listen("tcp", "127.0.0.2:0") // stands for the outside: there, but not 127.0.0.1
	if err != nil {
		t.Fatal(err)
	}
	outside := httptest.NewUnstartedServer(http.NotFoundHandler())
	outside.Listener.Close()
	outside.Listener = elsewhere
	outside.Start()
	t.Cleanup(outside.Close)
	p := Start(t).NewPage(t)
	p.Goto(url + "/form")
	reach := func(url string) string {
		return Eval[string](p, fmt.Sprintf("fetch(%q, {mode: 'no-cors'}).then(() => 'reached', () => 'refused')", url))
	}
	port := url[strings.LastIndex(url, ":"):]
	for address, want := range map[string]string{
		outside.URL: "refused", "http://wiki.test" + port: "reached", "http://a.localhost" + port: "reached",
	} {
		if got := reach(address); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

// TestNoBrowserOutlivesItsProcess runs itself: the inner process opens a page and is killed.
func TestNoBrowserOutlivesItsProcess(t *testing.T) {
	if os.Getenv("BROWSERTEST_INNER") != "" {
		Start(t).NewPage(t)
		os.Stdout.WriteString("open\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	Start(t) // or skip
	tmp := t.TempDir()
	inner := exec.Command(os.Args[0], "-test.run=^TestNoBrowserOutlivesItsProcess$")
	inner.Env = append(os.Environ(), "BROWSERTEST_INNER=1", "TMPDIR="+tmp)
	if _, err := inner.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := inner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := inner.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 5)); err != nil {
		t.Error(err)
	}
	profiles, _ := filepath.Glob(tmp + "/sallyport-browser-*")
	if len(profiles) != 1 {
		t.Errorf("profiles are %v", profiles)
	}
	_ = inner.Process.Kill()
	_ = inner.Wait()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		profiles, _ = filepath.Glob(tmp + "/sallyport-browser-*")
		if len(profiles) == 0 && !running(tmp) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: %v, running: %v", profiles, running(tmp))
		}
	}
}

// running says whether a process has this folder in its command line.
func running(dir string) bool {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	return slices.ContainsFunc(lines, func(name string) bool {
		text, _ := os.ReadFile(name)
		return strings.Contains(string(text), dir)
	})
}

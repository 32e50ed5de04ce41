package gateway

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/internal/addrtest"
)

const (
	tag     = `<script src="/sallyport/boot/x.js"></script>`
	startTg = `<script async="" src="/load.php?lang=en&amp;modules=startup&amp;only=scripts&amp;raw=1&amp;skin=vector"></script>`
	safeTg  = `<script async="" src="/load.php?lang=en&amp;modules=startup&amp;only=scripts&amp;raw=1&amp;safemode=1&amp;skin=vector"></script>`
)

func pageWith(startup string) string {
	return `<!DOCTYPE html><html><head><script>RLCONF={"wgTitle":"\u003Cscript src=modules=startup\u003E"};</script>` +
		startup + `<meta name="x"></head><body>` + strings.Repeat("text ", 5000) + `</body></html>`
}

// front puts a gateway in front of a handler and returns its address.
func front(t *testing.T, wiki http.HandlerFunc, change func(*Options)) string {
	t.Helper()
	upstream := httptest.NewServer(wiki)
	t.Cleanup(upstream.Close)
	u, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Upstream: u, Tag: []byte(tag), Base: "/sallyport", Own: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "own %s", r.URL.Path)
	})}
	if change != nil {
		change(&o)
	}
	g := httptest.NewServer(New(o))
	t.Cleanup(g.Close)
	return g.URL
}

func get(t *testing.T, address string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(b)
}

func serving(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		_, _ = io.WriteString(w, body)
	}
}

func TestAPageGetsTheBootstrapRightAfterTheStartupTagAndNothingElseChanges(t *testing.T) {
	page := pageWith(startTg)
	r, got := get(t, front(t, serving(page), nil)+"/wiki/Main_Page")
	if want := strings.Replace(page, startTg, startTg+tag, 1); got != want {
		t.Errorf("the page differs by more than the bootstrap:\n%.600s", got)
	}
	if r.Header.Get("Content-Length") != "" && r.ContentLength != int64(len(got)) {
		t.Errorf("Content-Length %d for %d bytes", r.ContentLength, len(got))
	}
}

func TestPagesThatMustStayAsTheyAreDo(t *testing.T) {
	for name, page := range map[string]string{
		"safe mode":              pageWith(safeTg),
		"no startup module":      pageWith(""),
		"startup after the body": `<html><head></head><body>` + startTg + `</body></html>`,
		"empty":                  "",
		"cut off inside the tag": `<html><head><script async="" src="/load.php?modules=startup`,
		"huge head":              "<html><head>" + strings.Repeat("<meta>", 40_000) + startTg,
	} {
		t.Run(name, func(t *testing.T) {
			if _, got := get(t, front(t, serving(page), nil)+"/"); got != page {
				t.Errorf("changed from %d to %d bytes", len(page), len(got))
			}
		})
	}
}

func TestAnswersThatAreNotPagesPassThroughUnread(t *testing.T) {
	page := pageWith(startTg)
	for _, kind := range []string{"text/javascript", "application/json", "text/x-wiki; charset=UTF-8", ""} {
		g := front(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			_, _ = io.WriteString(w, page)
		}, nil)
		if _, got := get(t, g+"/load.php"); got != page {
			t.Errorf("%q: changed", kind)
		}
	}
}

func TestAPageComesCompressedToWhoeverAcceptsIt(t *testing.T) {
	page := pageWith(startTg)
	g := front(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("the wiki was asked for %q", got)
		}
		serving(page)(w, r)
	}, nil)
	r, got := get(t, g+"/", "Accept", "text/html", "Accept-Encoding", "gzip, br")
	if r.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(r.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("headers: %v", r.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || string(plain) != strings.Replace(page, startTg, startTg+tag, 1) {
		t.Errorf("decompressed page is wrong: %v", err)
	}
}

func TestAPageTheWikiCompressedAnywayGetsTheBootstrap(t *testing.T) {
	page := pageWith(startTg)
	g := front(t, func(w http.ResponseWriter, _ *http.Request) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, page)
		_ = z.Close()
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(b.Bytes())
	}, nil)
	if _, got := get(t, g+"/"); !strings.Contains(got, startTg+tag) {
		t.Errorf("no bootstrap in %.80q", got)
	}
}

func TestASlowPageAppearsAsItIsMade(t *testing.T) {
	more := make(chan struct{})
	g := front(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<head>"+startTg+"</head><body>first")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "second")
	}, nil)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, g+"/", nil)
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	buf := make([]byte, 4096)
	n := 0
	for !strings.Contains(string(buf[:n]), "first") { // hangs, and fails by time-out, if the gateway waits for the end
		k, err := r.Body.Read(buf[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += k
	}
	close(more)
	rest, _ := io.ReadAll(r.Body)
	if string(rest) != "second" {
		t.Errorf("then came %q", rest)
	}
}

func TestTheQueryReachesTheWikiAsItWasSent(t *testing.T) {
	var got atomic.Value
	g := front(t, func(_ http.ResponseWriter, r *http.Request) { got.Store(r.RequestURI) }, nil)
	for _, path := range []string{"/index.php?title=A;B&action=raw", "/wiki/A%2FB?x=%zz;y", "/wiki/%D7%90?a+b&&=c"} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, g, nil)
		req.URL.Opaque = strings.TrimPrefix(g, "http:") + path
		r, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if got.Load() != path {
			t.Errorf("sent %s, arrived %s", path, got.Load())
		}
	}
}

func TestForwardedHeadersAreBelievedOnlyOfTrustedProxies(t *testing.T) {
	seen := make(chan http.Header, 1)
	wiki := func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }
	claim := []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "wiki.example"}

	get(t, front(t, wiki, nil)+"/", claim...)
	if h := <-seen; h.Get("X-Forwarded-For") != "127.0.0.1" || h.Get("X-Forwarded-Proto") != "http" {
		t.Errorf("a stranger's claim was believed: %v", h)
	}
	get(t, front(t, wiki, func(o *Options) { o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })+"/", claim...)
	if h := <-seen; h.Get("X-Forwarded-For") != "203.0.113.9, 127.0.0.1" || h.Get("X-Forwarded-Proto") != "https" || h.Get("X-Forwarded-Host") != "wiki.example" {
		t.Errorf("a trusted proxy was not believed: %v", h)
	}
}

func TestOwnPathsAreAnsweredHere(t *testing.T) {
	g := front(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "wiki") }, nil)
	for path, want := range map[string]string{
		"/sallyport": "own /sallyport", "/sallyport/x": "own /sallyport/x", "/sallyportrait": "wiki", "/": "wiki",
	} {
		if _, got := get(t, g+path); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestServiceWorkersAreRefused(t *testing.T) {
	g := front(t, func(http.ResponseWriter, *http.Request) { t.Error("the request reached the wiki") }, nil)
	for _, path := range []string{"/index.php?action=raw&ctype=text/javascript&title=User:X/sw.js", "/sallyport/load.php"} {
		if r, _ := get(t, g+path, "Service-Worker", "script"); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func TestAPageOfTheWikiIsKeptApartFromOurs(t *testing.T) {
	for sent, want := range map[string]string{
		"same-origin":                "same-origin-allow-popups",
		"same-origin-plus-coep":      "same-origin-allow-popups",
		`same-origin; report-to="x"`: `same-origin-allow-popups; report-to="x"`,
		"unsafe-none":                "unsafe-none",
		"noopener-allow-popups":      "noopener-allow-popups",
	} {
		g := front(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Cross-Origin-Opener-Policy", sent) }, nil)
		if r, _ := get(t, g+"/"); r.Header.Get("Cross-Origin-Opener-Policy") != want {
			t.Errorf("%s became %s", sent, r.Header.Get("Cross-Origin-Opener-Policy"))
		}
	}
}

func TestPreferencesGetALinkAndNoCode(t *testing.T) {
	const tab = `<fieldset id='mw-prefsection-gadgets' class='x'>`
	page := strings.Replace(pageWith(safeTg), "RLCONF={", `RLCONF={"wgCanonicalSpecialPageName":"Preferences",`, 1) + tab + "gadgets</fieldset>"
	page = strings.Replace(page, "<html>", `<html class="x" lang="de" dir="ltr">`, 1)
	link := func(lang string) (string, string) { return "Meine <Gadgets> " + lang, "/sallyport/" }
	g := front(t, serving(page), func(o *Options) { o.Link = link })
	_, got := get(t, g+"/")
	want := strings.Replace(page, tab, `<p><a href="/sallyport/">Meine &lt;Gadgets&gt; de</a></p>`+tab, 1)
	if got != want {
		t.Errorf("the page is not as it should be: %.900s", got)
	}
}

func TestAWriteIsAnnouncedBeforeItsAnswerArrives(t *testing.T) {
	var notices atomic.Int32
	g := front(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }, func(o *Options) { o.OnWrite = func() { notices.Add(1) } })
	if get(t, g+"/"); notices.Load() != 0 {
		t.Error("reading was announced as writing")
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, g+"/index.php", strings.NewReader("a=b"))
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if notices.Load() == 0 {
		t.Error("the answer came before the notice")
	}
}

func TestAWikiThatIsDownGetsAnHonestPage(t *testing.T) {
	dead := addrtest.Address(t)
	r, got := get(t, front(t, nil, func(o *Options) { o.Upstream = &url.URL{Scheme: "http", Host: dead} })+"/")
	if r.StatusCode != http.StatusBadGateway || !strings.Contains(got, "does not answer") || strings.Contains(got, dead) {
		t.Errorf("%d %q", r.StatusCode, got)
	}
}

func TestAnUpgradedConnectionIsPassedThrough(t *testing.T) {
	g := front(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		fmt.Fprintf(rw, "you said %s", line)
		_ = rw.Flush()
	}, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(g, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprint(conn, "GET /x HTTP/1.1\r\nHost: wiki.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\nAccept: text/html\r\n\r\n")
	in := bufio.NewReader(conn)
	r, err := http.ReadResponse(in, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", r, err)
	}
	fmt.Fprint(conn, "hello\n")
	if line, err := in.ReadString('\n'); line != "you said hello\n" {
		t.Errorf("%q %v", line, err)
	}
}

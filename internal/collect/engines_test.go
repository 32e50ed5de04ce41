package collect_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sallyport/internal/collect"
	"sallyport/internal/violation"
)

// engine is a browser of Debian's.
type engine struct {
	name    string
	binary  string
	args    func(profile, url string) []string
	display bool // it draws, so that it wants an X server
	tls     bool // it sends what report-to asks for over TLS only
	engine  violation.Engines
	// trust makes a profile that takes the server's certificate.
	trust func(profile string, site *httptest.Server) error
}

var engines = []engine{
	{
		name: "Chromium", binary: "chromium", tls: true, engine: violation.Chromium,
		args: func(profile, url string) []string {
			return []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
				"--disable-component-update", "--disable-sync", "--ignore-certificate-errors", "--short-reporting-delay", "--remote-debugging-port=0",
				"--user-data-dir=" + profile, url}
		},
	},
	{
		name: "Firefox", binary: "firefox-esr", tls: true, engine: violation.Firefox, trust: firefoxTrusts,
		args: func(profile, url string) []string {
			return []string{"--headless", "--no-remote", "--profile", profile, url}
		},
	},
	{
		name: "WebKitGTK", binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", display: true, engine: violation.WebKit,
		args: func(_, url string) []string { return []string{"--private", url} },
	},
}

// breaches is a page's script that is stopped from eight things.
const breaches = `
	const put = (name, of) => document.body.appendChild(Object.assign(document.createElement(name), of));
	fetch('https://api.test/x?token=secret').catch(() => {});
	new Image().src = 'https://img.test/a.png?token=secret';
	put('script', {src: 'https://script.test/x.js'});
	put('link', {rel: 'stylesheet', href: 'https://style.test/x.css'});
	put('iframe', {src: 'https://frame.test/'});
	put('audio', {src: 'https://media.test/a.mp3'}).load();
	put('script', {textContent: 'window.ran = 1'});
	try { eval('1') } catch (e) {}
`

// blockedThere is what every engine reports of it, as directive and origin.
var blockedThere = []string{
	"connect-src https://api.test", "frame-src https://frame.test", "img-src https://img.test", "media-src https://media.test",
	"script-src eval", "script-src-elem https://script.test", "script-src-elem inline", "style-src-elem https://style.test",
}

// TestWhatThreeEnginesReportBecomesTheSameRows sends each engine to a page with report-uri and to one with report-to; the
// one address has to take all six kinds of reports.
func TestWhatThreeEnginesReportBecomesTheSameRows(t *testing.T) {
	for _, e := range engines {
		for _, directive := range []string{"report-uri", "report-to"} {
			t.Run(e.name+" "+directive, func(t *testing.T) {
				e.need(t)
				w, bodies := e.visit(t, directive)
				sameBreaches(t, w.rows(), e.engine)
				record(t, e.name+" "+directive, bodies)
			})
		}
	}
}

// TestWhatEnginesReportedIsStillRead sends recorded bodies again, for machines that lack an engine.
func TestWhatEnginesReportedIsStillRead(t *testing.T) {
	archive, err := txtar.ParseFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	worlds := map[string]*world{}
	for _, f := range archive.Files {
		set, _, _ := strings.Cut(f.Name, "/")
		if worlds[set] == nil {
			worlds[set] = newWorld(t, nil)
		}
		if code := worlds[set].post(string(f.Data), "", ""); code != http.StatusNoContent {
			t.Errorf("%s: %d", f.Name, code)
		}
	}
	if len(worlds) != 6 {
		t.Errorf("%d sets of reports are recorded", len(worlds))
	}
	for set, w := range worlds {
		t.Run(set, func(t *testing.T) { sameBreaches(t, w.rows(), 0) })
	}
}

// sameBreaches compares what was folded with what every engine has to report; by which engine, unless 0.
func sameBreaches(t *testing.T, rows []violation.Row, by violation.Engines) {
	t.Helper()
	var got []string
	for _, r := range rows {
		got = append(got, r.Directive+" "+r.Blocked)
		if by != 0 && r.Engines != by {
			t.Errorf("%s %s comes from %s", r.Directive, r.Blocked, r.Engines)
		}
		// Chromium says nothing of who loaded an image, WebKit little of anything.
		if r.Source != "/doit.js" && r.Source != "" && r.Source != "/page" {
			t.Errorf("%s %s is %s's", r.Directive, r.Blocked, r.Source)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(blockedThere, slices.Compact(got)); diff != "" {
		t.Error(diff)
	}
}

const recorded = "testdata/engines.txtar"

// record keeps the bodies of a set when UPDATE is set, without what changes from run to run.
func record(t *testing.T, set string, bodies []string) {
	t.Helper()
	if os.Getenv("UPDATE") == "" {
		return
	}
	archive := &txtar.Archive{Comment: []byte("What Debian's Chromium, Firefox ESR and WebKitGTK sent about the page of engines_test.go, recorded with UPDATE=1.\n\n")}
	if old, err := txtar.ParseFile(recorded); err == nil {
		archive = old
	}
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, set+"/") })
	for i, b := range bodies {
		archive.Files = append(archive.Files, txtar.File{Name: fmt.Sprintf("%s/%d", set, i+1), Data: []byte(b + "\n")})
	}
	slices.SortStableFunc(archive.Files, func(a, b txtar.File) int {
		return strings.Compare(a.Name[:strings.Index(a.Name, "/")], b.Name[:strings.Index(b.Name, "/")])
	})
	if err := os.WriteFile(recorded, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// need skips an engine that is not installed. Chromium and Firefox are what make test installs.
func (e *engine) need(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath(e.binary); err != nil {
		if os.Getenv("SALLYPORT_TEST_ALL") != "" && !e.display {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed", e.name)
	}
	if _, err := exec.LookPath("xvfb-run"); e.display && err != nil {
		t.Skip("xvfb-run is not installed")
	}
}

// visit opens the page until everything has been reported, and returns what was sent.
func (e *engine) visit(t *testing.T, directive string) (*world, []string) {
	t.Helper()
	var mu sync.Mutex
	var bodies []string
	var reports http.Handler
	var policy string
	mux := http.NewServeMux()
	mux.HandleFunc("POST /csp", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		bodies = append(bodies, string(body))
		mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		reports.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /doit.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, breaches)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Reporting-Endpoints", `sallyport="/csp?v=`+r.URL.Query().Get("v")+`"`)
		fmt.Fprint(w, "<!doctype html><link rel=icon href=data:,><body><script src=/doit.js?v=1></script>")
	})
	site := httptest.NewUnstartedServer(mux)
	site.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // browsers hang up in the middle of handshakes
	origin := map[bool]string{true: "https://", false: "http://"}[e.tls] + site.Listener.Addr().String()
	w := newWorld(t, func(o *collect.Options) { o.Origins = []string{origin} })
	signed := w.Sign("p1")
	reports = w.Collector
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; media-src 'self'; "
	if policy += "report-uri /csp?v=" + signed; directive == "report-to" {
		policy += "; report-to sallyport"
	}
	if e.tls {
		site.StartTLS()
	} else {
		site.Start()
	}
	t.Cleanup(site.Close)
	e.open(t, site, "/page?v="+signed, func() bool {
		have := map[string]bool{}
		for _, r := range w.rows() {
			have[r.Directive+" "+r.Blocked] = true
		}
		return !slices.ContainsFunc(blockedThere, func(s string) bool { return !have[s] })
	})
	mu.Lock()
	defer mu.Unlock()
	anywhere := strings.NewReplacer(site.URL, "https://wiki.example", strings.TrimPrefix(strings.TrimPrefix(site.URL, "http://"), "https://"), "wiki.example", signed, "SIGNED")
	for i := range bodies {
		bodies[i] = anywhere.Replace(bodies[i])
	}
	return w, slices.Clone(bodies)
}

// firefoxTrusts writes the exception that a person would click on (security/manager/ssl/nsCertOverrideService.cpp).
func firefoxTrusts(profile string, site *httptest.Server) error {
	sum := sha256.Sum256(site.Certificate().Raw)
	fingerprint := strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
	host := strings.TrimPrefix(site.URL, "https://")
	line := host + ":\tOID.2.16.840.1.101.3.4.2.1\t" + fingerprint + "\t\n"
	return os.WriteFile(filepath.Join(profile, "cert_override.txt"), []byte(line), 0o600)
}

// open runs the browser until done, for a minute and a half at most.
func (e *engine) open(t *testing.T, site *httptest.Server, path string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	profile := t.TempDir()
	if e.trust != nil {
		if err := e.trust(profile, site); err != nil {
			t.Fatal(err)
		}
	}
	binary, args := e.binary, e.args(profile, site.URL+path)
	if e.display {
		binary, args = "xvfb-run", append([]string{"-a", e.binary}, args...)
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "HOME="+profile, "XDG_RUNTIME_DIR="+profile, "MOZ_DISABLE_CONTENT_SANDBOX=1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1",
		"XDG_CACHE_HOME="+filepath.Join(profile, "cache"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for ctx.Err() == nil && !done() {
		time.Sleep(50 * time.Millisecond)
	}
	cancel()
	_ = cmd.Wait() // killed
}

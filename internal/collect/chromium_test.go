package collect_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"sallyport/internal/browsertest"
	"sallyport/internal/collect"
	"sallyport/internal/violation"
)

// TestAChromiumsReportIsFolded lets a page's script fetch what it may not. Only report-uri is tried: for report-to, Chromium
// waits a minute, and on plain HTTP it sends nothing.
func TestAChromiumsReportIsFolded(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	var reports http.Handler
	policy := ""
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/csp":
			reports.ServeHTTP(w, r)
		case "/doit.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, "fetch('http://cdn.test/x?token=secret').catch(() => {})")
		default:
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprint(w, "<!doctype html><link rel=icon href=data:,><body><script src=/doit.js?v=1></script>")
		}
	}))
	t.Cleanup(site.Close)
	w := newWorld(t, func(o *collect.Options) { o.Origins = []string{site.URL} })
	reports, policy = w.Collector, "connect-src 'self'; report-uri /csp?v="+w.Sign("p1")
	p.Goto(site.URL + "/page")
	for deadline := time.Now().Add(30 * time.Second); w.Counts().Reports == 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	want := violation.Key{Wiki: "w", Directive: "connect-src", Blocked: "http://cdn.test", Source: "/doit.js", Day: violation.DayOf(w.now)}
	if rows := w.rows(); len(rows) != 1 || rows[0].Key != want || rows[0].Engines != violation.Chromium {
		t.Errorf("%+v", rows)
	}
}

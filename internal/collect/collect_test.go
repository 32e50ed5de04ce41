package collect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"sallyport/internal/collect"
	"sallyport/internal/collect/collecttest"
	"sallyport/internal/violation"
)

func TestMemoryIsAStore(t *testing.T) {
	collecttest.Run(t, func(*testing.T) collect.Store { return collect.NewMemory() })
}

// world is a collector with a clock and a store of its own.
type world struct {
	*collect.Collector
	t     *testing.T
	now   time.Time
	store *flaky
}

// flaky keeps a batch and says it did not, as often as told.
type flaky struct {
	*collect.Memory
	mu   sync.Mutex
	lies int
	down bool
}

func (f *flaky) Keep(ctx context.Context, b violation.Batch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return errors.New("down")
	}
	if err := f.Memory.Keep(ctx, b); err != nil || f.lies == 0 {
		return err
	}
	f.lies--
	return errors.New("the connection broke")
}

func newWorld(t *testing.T, edit func(*collect.Options)) *world {
	w := &world{t: t, now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), store: &flaky{Memory: collect.NewMemory()}}
	o := collect.Options{Wiki: "w", Origins: []string{"https://wiki.example"}, Store: w.store, Key: []byte("secret"), Node: "n",
		User: func(r *http.Request) string { return r.Header.Get("X-User") }, Clock: func() time.Time { return w.now }}
	if edit != nil {
		edit(&o)
	}
	w.Collector = collect.New(o)
	return w
}

// post sends a body as somebody, from an address, and returns the answer's status.
func (w *world) post(body, user, from string) int {
	r := httptest.NewRequest("POST", "/sallyport/csp?v="+w.Sign("p1"), strings.NewReader(body))
	r.Header.Set("X-User", user)
	r.Header.Set("Origin", "null")
	r.Header.Set("Content-Type", "application/csp-report")
	if from != "" {
		r.RemoteAddr = from + ":1234"
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) int {
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	if answer.Body.Len() > 0 {
		w.t.Errorf("answered %q", answer.Body)
	}
	return answer.Code
}

func (w *world) rows() []violation.Row {
	w.t.Helper()
	if err := w.Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	rows, _ := w.store.Rows(w.t.Context(), "w", 0)
	return rows
}

func report(directive, blocked, source string) string {
	return fmt.Sprintf(`{"csp-report":{"document-uri":"https://wiki.example/wiki/X","effective-directive":%q,"blocked-uri":%q,"source-file":%q}}`, directive, blocked, source)
}

func TestEveryShapeOfEveryEngineFoldsToOneKey(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/bodies.txtar")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, nil)
	for _, f := range archive.Files {
		before := w.Counts().Reports
		if code := w.post(string(f.Data), "7", ""); code != http.StatusNoContent || w.Counts().Reports != before+1 {
			t.Errorf("%s: %d, and %d reports", f.Name, code, w.Counts().Reports-before)
		}
	}
	want := violation.Key{Wiki: "w", Directive: "img-src", Blocked: "https://cdn.test", Source: "/sallyport/g/12/doit.js", Day: violation.DayOf(w.now)}
	rows := w.rows()
	if len(rows) != 1 || rows[0].Key != want || rows[0].Count != int64(len(archive.Files)) || rows[0].Users.Count() != 1 {
		t.Errorf("%d bodies fold to %+v", len(archive.Files), rows)
	}
	if s := fmt.Sprintf("%+v", rows); strings.Contains(s, "secret") || strings.Contains(s, "Main_Page") {
		t.Errorf("kept: %s", s)
	}
}

func TestWhatTheBlockedAddressKeeps(t *testing.T) {
	w := newWorld(t, nil)
	for raw, want := range map[string]string{
		"inline": "inline", "eval": "eval", "wasm-eval": "wasm-eval", "data": "data:", "blob": "blob:", "": "",
		"https://user:pw@a.test/p?q#f": "https://a.test", "https://A.test:8443/p": "https://a.test:8443", "wss://b.test/x": "wss://b.test",
		"https://wiki.example/w/index.php?title=User:X/y.js&action=raw": "https://wiki.example/w/index.php", "data:text/plain,secret": "data:", "nonsense": "nonsense:",
	} {
		w.post(report("connect-src", raw, ""), "7", "")
		rows := w.rows()
		if len(rows) != 1 || rows[0].Blocked != want {
			t.Errorf("%q is kept as %+v, want %q", raw, rows, want)
		}
		_ = w.store.Forget(t.Context(), "w", violation.DayOf(w.now)+1)
	}
}

func TestNoiseIsKeptApart(t *testing.T) {
	w := newWorld(t, nil)
	for source, want := range map[string]violation.Noise{
		"chrome-extension": violation.Extension, "moz-extension://8f/x.js": violation.Extension, "safari-web-extension://x": violation.Extension,
		"https://wiki-example.translate.goog/x": violation.Translator, "https://me.kaspersky-labs.com/x": violation.Injector, "https://a.test/x.js": violation.None,
		"https://nottranslate.goog.test/": violation.None,
	} {
		w.post(report("script-src-elem", "inline", source), "7", "")
		rows := w.rows()
		if len(rows) != 1 || rows[0].Noise != want {
			t.Errorf("%s is %+v, want %q", source, rows, want)
		}
		_ = w.store.Forget(t.Context(), "w", violation.DayOf(w.now)+1)
	}
}

func TestOnlyPagesOfTheWikiCount(t *testing.T) {
	w := newWorld(t, nil)
	for _, document := range []string{"https://evil.example/", "http://wiki.example/", "https://wiki.example.evil.test/", "", "about:blank", "https://wiki.example@evil.test/"} {
		w.post(strings.Replace(report("img-src", "https://a.test/", ""), "https://wiki.example/wiki/X", document, 1), "7", "")
	}
	if n := w.Counts(); n.Foreign != n.Reports || n.Reports != 6 || len(w.rows()) > 0 {
		t.Errorf("%+v", n)
	}
}

func TestReportsNeedASignedAddress(t *testing.T) {
	w := newWorld(t, nil)
	good := w.Sign("p1")
	for v, want := range map[string]int{good: 0, "": 1, good + "x": 1, "p2" + good[2:]: 1, strings.ToUpper(good): 1, "..": 1, strings.Repeat("a", 5000) + "." + good: 1} {
		before := w.Counts().Unsigned
		w.send(httptest.NewRequest("POST", "/sallyport/csp?v="+v, strings.NewReader(report("img-src", "https://a.test", ""))))
		if got := int(w.Counts().Unsigned - before); got != want {
			t.Errorf("%.60q: refused %d, want %d", v, got, want)
		}
	}
	w.now = w.now.Add(40 * 24 * time.Hour)
	before := w.Counts().Unsigned
	w.send(httptest.NewRequest("POST", "/sallyport/csp?v="+good, strings.NewReader(report("img-src", "https://a.test", ""))))
	if w.Counts().Unsigned == before {
		t.Error("an address signed long ago is good")
	}
}

func TestPeopleAreCountedByANumberThatChanges(t *testing.T) {
	w := newWorld(t, nil)
	for _, u := range []string{"7", "8", "7", ""} {
		w.post(report("img-src", "https://a.test/", ""), u, "192.0.2.1")
	}
	rows := w.rows()
	first, _ := rows[0].Users.Exact()
	if len(first) != 2 || rows[0].Count != 4 || rows[0].Networks.Count() != 1 {
		t.Fatalf("%+v", rows[0])
	}
	w.now = w.now.Add(31 * 24 * time.Hour)
	w.post(report("img-src", "https://a.test/", ""), "7", "192.0.2.99")
	later, _ := w.rows()[1].Users.Exact()
	if len(later) != 1 || later[0] == first[0] || later[0] == first[1] {
		t.Errorf("the same number after the key changed: %v %v", first, later)
	}
}

func TestHostileBodiesAreAnsweredAndForgotten(t *testing.T) {
	w := newWorld(t, nil)
	good := report("img-src", "https://a.test/", "")
	for name, c := range map[string]struct {
		body    string
		reports int64
	}{
		"empty": {"", 0}, "null": {"null", 0}, "number": {"12", 0}, "open": {"{", 0}, "half": {good[:60], 0}, "wrong types": {`{"csp-report":[1,2]}`, 0},
		"deep":            {strings.Repeat("[", 500_000), 0},
		"deep inside":     {`{"csp-report":{"x":` + strings.Repeat(`{"a":`, 100_000) + `1`, 0},
		"too long":        {`[` + strings.Repeat(" ", collect.MaxBody) + good + `]`, 0},
		"numbers":         {`{"csp-report":{"document-uri":1,"effective-directive":2,"blocked-uri":null}}`, 0},
		"other reports":   {`[{"type":"deprecation","body":{"id":"x"}},` + good + `,{"type":"network-error","body":{"effectiveDirective":"img-src"}}]`, 1},
		"cut batch":       {`[` + good + `,` + good + `,` + good[:80], 2},
		"huge batch":      {`[` + strings.Repeat(good+",", 1000) + good + `]`, collect.MaxReports},
		"control chars":   {report("img-src", "https://a\u0000\r\n.test/", "x"), 1},
		"invalid utf8":    {strings.Replace(good, "a.test", "a\xff.test", 1), 1},
		"unknown command": {report("drop-table", "https://a.test", ""), 1},
		"long words":      {report("img-src", "https://"+strings.Repeat("a", 100_000)+".test/", "x"), 1},
	} {
		before := w.Counts().Reports
		if code := w.post(c.body, "7", ""); code != http.StatusNoContent {
			t.Errorf("%s: status %d", name, code)
		}
		if got := w.Counts().Reports - before; got != c.reports {
			t.Errorf("%s: %d reports, want %d", name, got, c.reports)
		}
	}
	for _, r := range w.rows() {
		if len(r.Blocked) > 255 || strings.ContainsAny(r.Blocked+r.Source, "\x00\r\n") || !utf8.ValidString(r.Blocked+r.Source) {
			t.Errorf("kept: %q from %q", r.Blocked, r.Source)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	if code := w.send(r); code != http.StatusNoContent {
		t.Errorf("GET: %d", code)
	}
}

func TestOneReaderCannotFloodButManyAreHeard(t *testing.T) {
	w := newWorld(t, func(o *collect.Options) { o.Limits = collect.Limits{UserBurst: 1e6, NetworkBurst: 1e6} })
	for i := range 5000 {
		w.post(report("img-src", fmt.Sprintf("https://h%d.test/", i), ""), "7", "192.0.2.1")
	}
	rows := w.rows()
	if len(rows) != 41 || w.Counts().Other != 5000-40 {
		t.Errorf("%d rows, %+v", len(rows), w.Counts())
	}
	for user := 10; user < 13; user++ { // three readers who used up what they may bring
		for i := range 60 {
			w.post(report("img-src", fmt.Sprintf("https://u%d-%d.test/", user, i), ""), fmt.Sprint(user), "192.0.2.1")
		}
		w.post(report("img-src", "https://real.test/", "https://wiki.example/w/x.js"), fmt.Sprint(user), "192.0.2.1")
	}
	w.post(report("img-src", "https://real.test/", "https://wiki.example/w/x.js"), "10", "192.0.2.1")
	for _, r := range w.rows() {
		if r.Blocked == "https://real.test" {
			return
		}
	}
	t.Error("a host that three readers met is not told apart")
}

func TestAReaderHasAShare(t *testing.T) {
	w := newWorld(t, nil)
	for range 1000 {
		w.post(report("img-src", "https://a.test/", ""), "7", "192.0.2.1")
	}
	w.post(report("img-src", "https://a.test/", ""), "8", "192.0.2.1")
	if rows := w.rows(); rows[0].Count != 601 || rows[0].Users.Count() != 2 || w.Counts().Limited != 400 {
		t.Errorf("%+v, %+v", rows, w.Counts())
	}
	w.now = w.now.Add(time.Minute)
	w.post(report("img-src", "https://a.test/", ""), "7", "192.0.2.1")
	if w.rows()[0].Count != 602 {
		t.Error("a minute later nothing is counted")
	}
}

func TestMemoryStaysFlatUnderAFlood(t *testing.T) {
	w := newWorld(t, func(o *collect.Options) { o.Limits = collect.Limits{UserBurst: 1e9, NetworkBurst: 1e9} })
	w.store.down = true
	measure := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	flood := func(from, to int) {
		for i := from; i < to; i += 100 {
			var b strings.Builder
			for j := range 100 {
				fmt.Fprintf(&b, ",%s", report("img-src", fmt.Sprintf("https://h%d-%d.test/", i, j), ""))
			}
			w.now = w.now.Add(100 * time.Millisecond)
			w.post("["+b.String()[1:]+"]", fmt.Sprint("user", i), fmt.Sprintf("10.%d.%d.1", i/100%256, i/25600))
		}
	}
	flood(0, 60_000)
	before := measure()
	flood(60_000, 180_000)
	after := measure()
	t.Logf("heap %d KiB after 60,000 hosts of 600 readers, %d KiB after 180,000 of 1,800; %+v", before>>10, after>>10, w.Counts())
	if after > before+8<<20 {
		t.Errorf("it grew by %d KiB", (after-before)>>10)
	}
}

func TestABatchThatWasKeptAndNotSaidSoCountsOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.store.lies = 2
	w.post(report("img-src", "https://a.test/", ""), "7", "")
	for range 2 {
		if w.Flush(t.Context()) == nil {
			t.Error("the error is not told")
		}
		w.post(report("img-src", "https://a.test/", ""), "8", "")
	}
	if rows := w.rows(); rows[0].Count != 3 || rows[0].Users.Count() != 2 {
		t.Errorf("%+v", rows)
	}
}

func TestACleanStopLosesNothing(t *testing.T) {
	w := newWorld(t, func(o *collect.Options) { o.Limits = collect.Limits{UserBurst: 1e6, NetworkBurst: 1e6} })
	ctx, stop := context.WithCancel(t.Context())
	tick, done := make(chan time.Time), make(chan error)
	go func() { done <- w.Run(ctx, tick) }()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 500 {
				w.post(report("img-src", "https://a.test/", ""), fmt.Sprint(i), "")
				if j%100 == 50 {
					tick <- time.Time{}
				}
			}
		})
	}
	wg.Wait()
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	rows, _ := w.store.Rows(t.Context(), "w", 0)
	if len(rows) != 1 || rows[0].Count != 2000 || rows[0].Users.Count() != 4 {
		t.Errorf("%+v", rows)
	}
}

func TestTheScriptBehindAReportIsNamedWithoutThePageThatWasRead(t *testing.T) {
	var asked []string
	w := newWorld(t, func(o *collect.Options) {
		o.Script = func(path, query string) (string, bool) {
			asked = append(asked, path+" "+query)
			switch path {
			case "/sallyport/g/p12/load.php":
				return "User:Mara/doit.gadget", true
			case "/w/load.php":
				return path, false
			}
			return "", false
		}
		o.Guess = func(user, blocked string) string {
			return map[string]string{"7 https://one.test": "User:Ira/one.gadget", " https://one.test": "", "7 chrome-extension://x": "never"}[user+" "+blocked]
		}
	})
	for _, c := range [][3]string{
		{"https://own.test/x?secret=1", "https://wiki.example/sallyport/g/p12/load.php?modules=x#f", "7"},
		{"https://one.test/x", "", "7"},                                               // a timer's, and this reader has one gadget that names it
		{"https://one.test/x", "https://wiki.example/w/load.php", "7"},                // out of a bundle
		{"https://two.test/x", "https://wiki.example/w/load.php?modules=startup", ""}, // nobody can say
		{"https://two.test/x", "https://wiki.example/wiki/Secret_page?veaction=edit", "7"},
		{"chrome-extension://x/y", "", "7"},
		{"https://three.test/x", "https://foreign.test/lib.js?token=1", "7"},
	} {
		w.post(report("connect-src", c[0], c[1]), c[2], "")
	}
	var got []string
	for _, r := range w.rows() {
		got = append(got, fmt.Sprintf("%s %q %d", r.Blocked, r.Source, r.Count))
	}
	want := []string{
		`chrome-extension://x "" 1`, `https://one.test "User:Ira/one.gadget" 2`, `https://own.test "User:Mara/doit.gadget" 1`, `https://three.test "https://foreign.test" 1`,
		`https://two.test "" 1`, `https://two.test "/w/load.php" 1`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(asked) == 0 || asked[0] != "/sallyport/g/p12/load.php modules=x" {
		t.Errorf("asked %q", asked)
	}
}

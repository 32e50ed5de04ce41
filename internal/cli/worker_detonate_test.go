package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/bus"
	"sallyport/internal/decoy"
	"sallyport/internal/fakewiki"
	"sallyport/internal/queue"
	"sallyport/internal/sandbox"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/trace"
)

// rehearsal is a detonator with one booth in which something else happens than a run.
func rehearsal(limit time.Duration, run func(context.Context, sandbox.Script) (*sandbox.Result, error)) *detonator {
	d := &detonator{tier: "quick", log: slog.New(slog.DiscardHandler), limit: limit, booths: make(chan *booth, 1)}
	d.booths <- &booth{run: run, library: &decoy.Library{}}
	return d
}

// report reads a result of a job.
func report(t *testing.T, body []byte) *trace.Report {
	t.Helper()
	var document struct {
		Schema string
		Runs   []*trace.Report
	}
	if err := json.Unmarshal(body, &document); err != nil || document.Schema != trace.Schema || len(document.Runs) != 1 {
		t.Fatalf("the result is %.200s (%v)", body, err)
	}
	return document.Runs[0]
}

func TestAScriptThatOutlastsItsRunsIsUnknownAndIsNotTriedAgain(t *testing.T) {
	d := rehearsal(20*time.Millisecond, func(ctx context.Context, _ sandbox.Script) (*sandbox.Result, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("run: %w", ctx.Err())
	})
	for range 2 { // the booth is free again
		body, err := d.analyse(t.Context(), queue.Job{Path: "User:Mara/a.js"}, "for (;;);")
		if err != nil {
			t.Fatal(err)
		}
		if r := report(t, body); r.Verdict != trace.Unknown || len(r.Reasons) != 1 || !strings.Contains(r.Reasons[0], "cut off") {
			t.Errorf("the report says %s: %v", r.Verdict, r.Reasons)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := d.analyse(stopped, queue.Job{}, "x"); err == nil {
		t.Error("a worker that stops keeps a result of what it did not finish")
	}
}

// quietly is a log that a test reads.
func quietly(said *aloud) *slog.Logger { return slog.New(slog.NewTextHandler(said, nil)) }

func TestWithoutABrowserScriptsAreReadAndItIsSaidOnceWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"none is installed": {fmt.Errorf("start: %w", browser.ErrNotFound), "apt-get install chromium-headless-shell"},
		"it leaks":          {fmt.Errorf("%w: dns", browser.ErrLeak), "the sealed browser did not pass its test: the sealed browser leaks: dns"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, err := os.MkdirTemp("", "worker") // short enough for a socket
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			db, err := sqlstore.Open(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			var said aloud
			b := background{bus: bus.Options{Address: "embedded:" + dir + "/bus"}, store: db, log: quietly(&said), labour: labour{
				slots: 1, runs: 1, analysis: theAnalysis(), seal: func(context.Context, int, string, *near, *slog.Logger) (*detonator, error) { return nil, c.err },
			}}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- b.run(ctx) }()
			guest := background{bus: bus.Options{Address: b.bus.Address, Guest: true}, store: db, log: slog.New(slog.DiscardHandler)}
			guest.bus.Log = guest.log
			connection, q, err := openQueueSoon(t, guest)
			if err != nil {
				t.Fatal(err)
			}
			d, err := db.SaveText(t.Context(), "alert( 1 );")
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{detonateKind, scanKind} {
				if _, err := q.Add(t.Context(), queue.Job{Kind: kind, SHA256: d, Wiki: "w", Path: "User:Mara/a.js", Version: "1"}, queue.Site); err != nil {
					t.Fatal(err)
				}
			}
			resultOf(t, db, scanKind, "w", "alert( 1 );")
			if depth, err := q.Depth(t.Context(), detonateKind); err != nil || depth.Waiting != 1 {
				t.Errorf("%+v (%v), want one that waits for somebody else", depth, err)
			}
			if err := connection.Close(); err != nil {
				t.Error(err)
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if n := strings.Count(said.String(), "no scripts are run here"); n != 1 || !strings.Contains(said.String(), c.want) {
				t.Errorf("it is said %d times: %s", n, said.String())
			}
		})
	}
}

// openQueueSoon joins a bus that another goroutine is starting.
func openQueueSoon(t *testing.T, b background) (connection *bus.Bus, q *queue.Queue, err error) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if connection, q, err = openQueue(t.Context(), b.bus, b.store, b.log); err == nil {
			return connection, q, nil
		}
	}
	return nil, nil, err
}

func TestANewScriptIsReadAndRunAndItsPageSaysBoth(t *testing.T) {
	if has, err := condition("browser"); err != nil || !has {
		if err != nil {
			t.Fatal(err)
		}
		t.Skip("there is no browser to run scripts in")
	}
	pretend := fakewiki.New(fakewiki.Options{})
	pretend.AddUser("Ira", "password of Ira", "interface-admin")
	save := func(title, text string) {
		t.Helper()
		if _, err := pretend.Save(title, text, "Ira", "test"); err != nil {
			t.Fatal(err)
		}
	}
	config, address := settle(t, pretend, 1, true)
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	save("MediaWiki:Gadget-words.js", "fetch( 'https://words.example/ask' );")
	stop, said := beganAloud(t, "serve", "--config", config)
	const text = "importScript( 'MediaWiki:Gadget-words.js' );\n" + evil
	save("MediaWiki:Common.js", text)

	id := pretend.Site().ID
	s := scanned(t, db, id, text)
	if len(s.Others) != 1 || s.Others[0].Path != "MediaWiki:Gadget-words.js" {
		t.Errorf("it was read together with %v", s.Others)
	}
	result := resultOf(t, db, detonateKind, id, text)
	ran := report(t, []byte(result.Body))
	if ran.Verdict != trace.Hostile || !slices.ContainsFunc(ran.Imports, func(i trace.ImportRow) bool { return i.Resolved }) {
		t.Errorf("the run says %s, %v; imports %+v", ran.Verdict, ran.Reasons, ran.Imports)
	}
	if !strings.Contains(result.Version, "Chrome") || result.Tier != "quick" || len(result.Body) > detonateKept {
		t.Errorf("the result is kept as %+v, %d bytes", result.Job, len(result.Body))
	}
	at := regexp.MustCompile(`http://[0-9.:]+`).FindString(said.String())
	page := read(t, at+"/sallyport/script/MediaWiki:Common.js?uselang=en")
	for _, want := range []string{"Hostile", "words.example", ">both<", "can change code that runs for everybody", "MediaWiki:Gadget-words.js"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
	t.Logf("read and run: %s, %d runs, %d KB kept, isolation said in the log: %t", ran.Verdict, ran.Visits.Runs, len(result.Body)>>10, strings.Contains(said.String(), `"isolation"`))
	if code, all := stop(); code != exitOK {
		t.Errorf("serve ends with %d: %s", code, all)
	}
}

func TestAReportThatIsTooLongIsShortenedFromWhatMattersLeast(t *testing.T) {
	long := strings.Repeat("x", 2000)
	r := &trace.Report{Verdict: trace.Hostile, Reasons: []string{"It writes site code."}}
	for range 500 {
		r.Requests = append(r.Requests, trace.RequestRow{URL: "https://collect.test/" + long})
	}
	r.Findings = []trace.Finding{{Rule: "site-code", Message: "It writes site code."}}
	body, err := kept(browser.LevelA, r)
	if err != nil || len(body) > detonateKept {
		t.Fatalf("%d bytes (%v)", len(body), err)
	}
	got := report(t, body)
	if got.Verdict != trace.Hostile || len(got.Findings) != 1 || len(got.Requests) != 0 || !slices.Contains(got.Reasons, "Not all of it is kept here.") {
		t.Errorf("what is kept: %s, %d findings, %d requests, %v", got.Verdict, len(got.Findings), len(got.Requests), got.Reasons)
	}
	if len(r.Requests) != 500 || len(r.Reasons) != 1 {
		t.Error("the report itself was changed")
	}
	for range 500 {
		r.Hosts = append(r.Hosts, trace.HostRow{Host: long, How: long, When: long})
	}
	if _, err := kept(browser.LevelA, r); err == nil {
		t.Error("what cannot be shortened is kept")
	}
}

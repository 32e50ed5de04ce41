package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sallyport/internal/browser"
)

// abreast is how many runs go on at a time: as many as the machine that the goals are for has cores.
const abreast = 2

// detonateRounds are run by every driver in turn.
const detonateRounds = 3

// BenchmarkSallyDetonate counts sealed runs of the stub page a minute, beside what people do today.
func BenchmarkSallyDetonate(b *testing.B) {
	handler := stubRun(b)
	shell, err := browser.Find()
	if err != nil {
		b.Skip(err)
	}
	full := need(b, "chromium", "chromium")
	load, _ := os.ReadFile("/proc/loadavg")
	r := begin(b, "Runs of a stub page with a user script, %d at a time; load average %s", abreast, strings.TrimSpace(string(load)))
	drivers := []driver{
		sealed(b, handler), sealedAnew(handler),
		stock(b, "(b) chromedp, full Chromium, Fetch, as documented", full, true, handler),
		stock(b, "(b') the same in contexts of one browser", full, false, handler),
		stock(b, "(c) chromedp, headless shell, contexts", shell, false, handler),
	}
	counts := []int{100, 30, 12, 40, 80}
	all := make([]lap, len(drivers))
	for range detonateRounds {
		for i, d := range drivers {
			all[i].add(b, d, counts[i])
		}
	}
	for _, d := range drivers {
		d.stop()
	}
	for i, d := range drivers {
		r.row(d.name, "runs/min", all[i].perMinute)
		r.note("%-42s p50 %4.0f ms, p95 %4.0f ms, CPU %4.0f ms/run", "", all[i].quantile(0.5), all[i].quantile(0.95), all[i].cpu.median())
	}
	ours := all[0].perMinute
	r.ratio("contexts to (a)", "x-fresh", ours.to(all[1].perMinute), "≥2")
	r.ratio("contexts to (b)", "x-stock", ours.to(all[2].perMinute), "≥8")
	r.ratio("contexts to (b')", "x-stock-contexts", ours.to(all[3].perMinute), "")
	r.ratio("chromedp's runs to our own client's", "x-client", all[4].perMinute.to(ours), "")
	r.goal("p95 of a run", "ms-p95", all[0].quantile(0.95), "ms", "≤500")
	r.print()
}

// lap collects rounds of one driver.
type lap struct {
	perMinute, cpu series
	times          []time.Duration
}

// add runs a driver so many times. Processor time is this process's and that of processes that have come to their end under it: for
// browsers that live on, it is what /proc has for them.
func (l *lap) add(b *testing.B, d driver, n int) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 3*time.Minute)
	defer cancel()
	if err := d.run(ctx); err != nil { // warms up
		b.Fatalf("%s: %v", d.name, err)
	}
	var mu sync.Mutex
	var failed []error
	var wait sync.WaitGroup
	work := make(chan struct{})
	before, began := spentByFamily(), time.Now()
	for range abreast {
		wait.Go(func() {
			for range work {
				at := time.Now()
				err := d.run(ctx)
				mu.Lock()
				if err != nil {
					failed = append(failed, err)
				}
				l.times = append(l.times, time.Since(at))
				mu.Unlock()
			}
		})
	}
	for range n {
		work <- struct{}{}
	}
	close(work)
	wait.Wait()
	took := time.Since(began)
	if len(failed) > 0 {
		b.Fatalf("%s: %d of %d runs failed: %v", d.name, len(failed), n, errors.Join(failed[:min(3, len(failed))]...))
	}
	l.perMinute = append(l.perMinute, float64(n)/took.Minutes())
	l.cpu = append(l.cpu, ms(spentByFamily()-before)/float64(n))
}

// quantile is of a run's time, in milliseconds.
func (l *lap) quantile(q float64) float64 {
	sorted := slices.Sorted(slices.Values(l.times))
	return ms(sorted[int(q*float64(len(sorted)-1))])
}

// spentByFamily is the processor time of this process and of everything it started.
func spentByFamily() time.Duration {
	var all time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			all += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	groups := map[int]bool{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats { // children lead groups of their own, except chromedp's
		text, _ := os.ReadFile(name)
		if fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])); len(fields) > 2 && fields[1] == strconv.Itoa(os.Getpid()) {
			group, _ := stat(string(text))
			groups[group] = true
		}
	}
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		if len(text) == 0 || strings.HasPrefix(string(text), strconv.Itoa(os.Getpid())+" ") {
			continue
		}
		if group, used := stat(string(text)); groups[group] {
			all += used
		}
	}
	return all
}

// BenchmarkSallySoak makes many runs in one browser: memory must stay flat, and nothing may be left.
func BenchmarkSallySoak(b *testing.B) {
	handler := stubRun(b)
	s, err := browser.Start(b.Context(), browser.Options{})
	if err != nil {
		b.Skip(err)
	}
	defer s.Close()
	r := begin(b, "2,000 runs in one browser, level %s", s.Isolation().Level)
	var sizes series
	l := lap{}
	d := driver{name: "soak", run: func(ctx context.Context) error { return runSealed(ctx, s, handler) }}
	for range 20 {
		l.add(b, d, 100)
		sizes = append(sizes, float64(s.Memory()>>20))
	}
	r.row("MB of the browser's processes", "MB", sizes)
	r.row("runs", "runs/min", l.perMinute)
	r.ratio("memory in the last quarter to the first", "x-growth", sizes[15:].median()/sizes[:5].median(), "≤1.2")
	r.print()
}

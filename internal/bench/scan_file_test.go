package bench

import (
	"bytes"
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"sallyport/internal/flow"
	"sallyport/internal/js"
	"sallyport/internal/rule"
)

// timed is how long one script takes, the shortest of scanRounds times: what else the machine does only ever adds.
type timed struct {
	sample
	took time.Duration
}

// How long a person waits for one script, and which part of the analysis takes the time.
func BenchmarkSallyScanOneScript(b *testing.B) {
	all := samples(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))

	r := begin(b, "One script at a time: %d scripts, %.2f MB, in-process, on one core, shortest of %d", len(all), megabytes(all), scanRounds)
	r.waits(all)
	r.large(all)
	r.shares(all)
	r.print()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (s sample) time() time.Duration {
	best := time.Duration(0)
	for range scanRounds {
		start := time.Now()
		rule.Analyse(s.name, s.text)
		if took := time.Since(start); best == 0 || took < best {
			best = took
		}
	}
	return best
}

func (r *report) waits(all []sample) {
	times := make([]timed, len(all))
	quick := 0
	for i, s := range all {
		times[i] = timed{s, s.time()}
		if times[i].took < 5*time.Millisecond {
			quick++
		}
	}
	slices.SortFunc(times, func(a, b timed) int { return cmp.Compare(b.took, a.took) })
	r.note("half take less than %.2f ms, 95 %% less than %.2f ms; the slowest:", ms(times[len(times)/2].took), ms(times[len(times)/20].took))
	for _, t := range times[:min(5, len(times))] {
		r.note("  %8.1f ms  %7.1f kB  %6.1f MB/s  %s", ms(t.took), float64(len(t.text))/1e3, float64(len(t.text))/1e6/t.took.Seconds(), t.name)
	}
	r.goal("scripts that take less than 5 ms", "%<5ms", 100*float64(quick)/float64(len(all)), "%", "≥ 95")
}

// large times scripts of 1 MB, by the megabyte: they end with the script that makes them long enough.
func (r *report) large(all []sample) {
	worst := 0.0
	for _, s := range megabyte(all) {
		took, mb := ms(s.time()), float64(len(s.text))/1e6
		problems := len(js.Parse(s.text, js.Options{Name: s.name}).Problems)
		r.note("%-42s%8.1f ms for %.2f MB, %d problems of syntax", s.name, took, mb, problems)
		worst = max(worst, took/mb)
	}
	r.goal("a script of 1 MB, the slower one", "ms/MB", worst, "ms", "≤ 150")
}

// megabyte makes scripts of 1 MB: one of many different ones, one of the longest over and over. Each stands in a function
// of its own, so that names do not meet.
func megabyte(all []sample) []sample {
	longest := slices.MaxFunc(all, func(a, b sample) int { return cmp.Compare(len(a.text), len(b.text)) })
	var many, same bytes.Buffer
	for i := 0; same.Len() < 1e6; i++ {
		wrap(&same, longest, i)
	}
	for i := 0; many.Len() < 1e6 && i < 100*len(all); i++ {
		s := all[i%len(all)]
		if js.Parse(s.text, js.Options{Name: s.name}).Goal == js.ScriptGoal {
			wrap(&many, s, i)
		}
	}
	return []sample{{"many.js", many.Bytes()}, {"longest-again-and-again.js", same.Bytes()}}
}

func wrap(into *bytes.Buffer, s sample, i int) {
	fmt.Fprintf(into, "(function () { // copy %d\n%s\n}());\n", i, s.text)
}

// shares takes the analysis apart: the whole, the same without rules, its two engines alone.
func (r *report) shares(all []sample) {
	var parse, follow, none, whole series
	for range scanRounds {
		parse = append(parse, r.processor(func() {
			for _, s := range all {
				js.Parse(s.text, js.Options{Name: s.name}).Release()
			}
		}))
		parsed := make([]*js.Script, len(all))
		for i, s := range all {
			parsed[i] = js.Parse(s.text, js.Options{Name: s.name})
		}
		follow = append(follow, r.processor(func() {
			for _, s := range parsed {
				flow.Analyse(s, flow.Options{}).Release()
			}
		}))
		none = append(none, r.analysed(all, []*rule.Rule{}))
		whole = append(whole, r.analysed(all, nil))
	}
	total := whole.median()
	r.row("js.Parse", "CPU-ms for the corpus", parse)
	r.row("flow.Analyse", "CPU-ms for the corpus", follow)
	r.row("rule.Analyse with no rules", "CPU-ms for the corpus", none)
	r.row("rule.Analyse with all", "CPU-ms for the corpus", whole)
	r.note("shares: parse %.0f %%, flow %.0f %%, rules and what they ask of flow %.0f %%; the rest are hashes and unpacked texts",
		100*parse.median()/total, 100*follow.median()/total, 100*(total-none.median())/total)
	r.dearest(all, none.median())
}

// dearest names the rules that cost most when each runs alone. What rules share is counted for each that asks for it.
func (r *report) dearest(all []sample, none float64) {
	type cost struct {
		name string
		ms   float64
	}
	var costs []cost
	for _, one := range rule.All {
		costs = append(costs, cost{one.Name, r.analysed(all, []*rule.Rule{one}) - none})
	}
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(b.ms, a.ms) })
	for _, c := range costs[:min(6, len(costs))] {
		r.note("  rule %-38s %8.0f CPU-ms alone", c.name, c.ms)
	}
}

func (r *report) analysed(all []sample, rules []*rule.Rule) float64 {
	return r.processor(func() {
		for _, s := range all {
			rule.Options{Rules: rules}.Analyse(s.name, s.text)
		}
	})
}

// processor returns milliseconds of processor time, the garbage collector's included.
func (r *report) processor(do func()) float64 {
	runtime.GC()
	before := processorTime(r.B)
	do()
	return ms(processorTime(r.B) - before)
}

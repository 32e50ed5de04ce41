package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// growth is what scanning folders of one size cost, a figure per round.
type growth struct {
	files int
	mb    float64
	first series // CPU seconds with an empty cache
	again series // the same with what the first scan left there
	peak  series // MB of memory, of the first scan
}

// What a wiki's whole code costs, and what scanning it again does. The small folders come again between the large ones,
// because the machine is not equally fast all the while.
func BenchmarkSallyScanGrowth(b *testing.B) {
	all := samples(b)
	program := build(b)
	few, some, many, most := &growth{files: 300}, &growth{files: 3000}, &growth{files: 10_000}, &growth{files: 30_000}
	for _, g := range []*growth{few, some, many, few, some, most, few, some} {
		g.round(b, program, mutants(all, g.files))
	}

	r := begin(b, "Growth: folders of changed copies of the corpus, on one core, with a cache; again = the same folder once more")
	for _, g := range []*growth{few, some, many, most} {
		r.row(fmt.Sprintf("%d scripts, %.0f MB", g.files, g.mb), "CPU seconds", g.first)
		r.row("", "CPU seconds again", g.again)
		r.row("", "MB of memory", g.peak)
		r.note("  %-42s%.2f CPU-ms a script, again %.3f", "", g.each(), 1000*g.again.median()/float64(g.files))
	}
	r.ratio("CPU time a script, 30,000 vs 300", "x-growth", most.each()/few.each(), "≤ 1.2")
	r.goal("memory for 10,000 scripts", "MB-10000", many.peak.median(), "MB", "≤ 200")
	r.goal("memory for 30,000 scripts", "MB-30000", most.peak.median(), "MB", "")
	r.goal("second scan of 10,000", "%-again", 100*many.again.to(many.first), "% of the first", "≤ 5")
	r.print()
}

// round scans a folder twice, and removes it.
func (g *growth) round(b *testing.B, program string, all []sample) {
	b.Helper()
	scratch, err := os.MkdirTemp(b.TempDir(), strconv.Itoa(len(all)))
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(scratch)
	dir := filepath.Join(lay(b, scratch, all), "js")
	command := []string{program, "scan", "--quiet", "--cache", filepath.Join(scratch, "cache"), "--format", "json", "-o", os.DevNull, dir}
	var cost [2]spent
	for i := range cost {
		if cost[i], err = spend(b, scratch, []string{"GOMAXPROCS=1"}, oneCore(command)); err != nil {
			b.Fatal(err)
		}
	}
	g.mb = megabytes(all)
	g.first, g.again = append(g.first, cost[0].cpu.Seconds()), append(g.again, cost[1].cpu.Seconds())
	g.peak = append(g.peak, cost[0].peak)
}

// each is the first scan's CPU time a script, in milliseconds.
func (g *growth) each() float64 { return 1000 * g.first.median() / float64(g.files) }

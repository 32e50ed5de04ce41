package risk

import (
	"syscall"
	"testing"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// BenchmarkScore says what scoring costs beside reading, in CPU time.
func BenchmarkScore(b *testing.B) {
	all := append(honest(b), hostile(b)...)
	var reading, scoring time.Duration
	for b.Loop() {
		read := make([]*finding.Script, len(all))
		reading += busy(func() {
			for i, one := range all {
				read[i] = rule.Analyse(one.name, []byte(one.text))
			}
		})
		scoring += busy(func() {
			for _, s := range read {
				Score(Subject{Read: s})
			}
		})
	}
	b.ReportMetric(100*float64(scoring)/float64(reading), "%-of-reading")
	b.ReportMetric(float64(scoring.Nanoseconds())/float64(b.N*len(all)), "ns/score")
}

// BenchmarkCache says what an assessment costs that is remembered.
func BenchmarkCache(b *testing.B) {
	c, k := NewCache(100), Key{Path: "User:Mara/x.js", SHA256: "x"}
	for b.Loop() {
		if _, err := c.Get(k, func() (Subject, error) { return Subject{}, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// busy is the CPU time of this process while f runs.
func busy(f func()) time.Duration {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return 0
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	f()
	return used() - before
}

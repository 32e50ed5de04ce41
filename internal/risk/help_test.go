package risk

import (
	"hash/fnv"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"sallyport/internal/corpustest"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// sample is one script of a set.
type sample struct {
	name string
	text string
	read *finding.Script
}

func (s *sample) subject() Subject { return Subject{Read: s.read} }

// half says into which of two halves a sample falls, for good: by its name.
func (s *sample) half() int {
	h := fnv.New32a()
	h.Write([]byte(s.name))
	return int(h.Sum32() >> 16 & 1)
}

func readSample(name string, text []byte) sample {
	return sample{name, string(text), rule.Analyse(name, text)}
}

// hostile are the inert hostile scripts that package rule is proved with.
func hostile(t testing.TB) []sample { return packed(t, "../rule/testdata/hostile/*.txtar", "") }

// harmless are the honest ones of the same hand.
func harmless(t testing.TB) []sample { return packed(t, "../rule/testdata/harmless/*.txtar", "") }

// packed reads the scripts of archives; member "" means all.
func packed(t testing.TB, pattern, member string) []sample {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", pattern, err)
	}
	var out []sample
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if member == "" || f.Name == member {
				out = append(out, readSample(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, f.Data))
			}
		}
	}
	return out
}

// honest are the developers' corpus: real scripts of real wikis.
func honest(t testing.TB) []sample {
	t.Helper()
	var out []sample
	for _, f := range corpustest.Files(t) {
		out = append(out, readSample(f.Name, f.Text))
	}
	return out
}

// auc is the chance that a hostile script scores above an honest one, ties counted half, with its 95 % interval after Hanley and McNeil
// (Radiology 143, 1982).
func auc(bad, good []float64) (a, low, high float64) {
	for _, b := range bad {
		for _, g := range good {
			switch {
			case b > g:
				a++
			case b == g:
				a += 0.5
			}
		}
	}
	n, m := float64(len(bad)), float64(len(good))
	a /= n * m
	q1, q2 := a/(2-a), 2*a*a/(1+a)
	spread := 1.96 * math.Sqrt((a*(1-a)+(n-1)*(q1-a*a)+(m-1)*(q2-a*a))/(n*m))
	return a, max(0, a-spread), min(1, a+spread)
}

// wilson is the 95 % interval of a rate.
func wilson(k, n int) (low, high float64) {
	const z = 1.96
	p, m := float64(k)/float64(n), float64(n)
	centre, spread := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return (centre - spread) / (1 + z*z/m), (centre + spread) / (1 + z*z/m)
}

package risk

import (
	"encoding/csv"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

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

// shared finds a folder beside the repository; it is not part of it.
func shared(t testing.TB, name string) string {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", name)
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the folder shared/%s beside the repository is not part of it, and not here", name)
	}
	return folder
}

// honest are the developers' corpus: real scripts of real wikis.
func honest(t testing.TB) []sample {
	t.Helper()
	root := filepath.Join(shared(t, "corpus"), "files")
	var out []sample
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		out = append(out, readSample(filepath.ToSlash(name), text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rows reads a table with a head.
func rows(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, c := range cells {
			row[all[0][i]] = c
		}
		out = append(out, row)
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

package scan

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/output"
)

func TestASecondScanAnalysesOnlyWhatChanged(t *testing.T) {
	dir := t.TempDir()
	calls := atomic.Int64{}
	counted := func(path string, src []byte, _ link.Find) *finding.Script {
		calls.Add(1)
		return fake(path, src, nil)
	}
	scan := func(version string, pairs ...string) (string, Summary, int64) {
		calls.Store(0)
		cache, err := OpenCache(dir, version, noon)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		sum, err := Run(t.Context(), Options{Analyse: counted, Cache: cache}, []Source{texts(pairs...)}, output.NewText(&b, output.TextOptions{}))
		if err != nil {
			t.Fatal(err)
		}
		return b.String(), sum, calls.Load()
	}
	first, _, n := scan("1", "a.js", "eval(x)", "b.js", "fetch(y)", "c.js", "a\x00")
	if n != 3 {
		t.Fatalf("%d analyses", n)
	}
	second, sum, n := scan("1", "a.js", "eval(x)", "b.js", "fetch(y)", "c.js", "a\x00")
	if diff := cmp.Diff(first, second); diff != "" || n != 0 || sum.Cached != 3 {
		t.Errorf("%d analyses, %d cached: %s", n, sum.Cached, diff)
	}
	if _, sum, n := scan("1", "a.js", "eval(x)", "b.js", "fetch(z)", "moved.js", "a\x00"); n != 2 || sum.Cached != 1 {
		t.Errorf("a changed and a moved script: %d analyses, %d cached", n, sum.Cached)
	}
	if _, _, n := scan("2", "a.js", "eval(x)"); n != 1 {
		t.Errorf("another analyser: %d analyses", n)
	}
}

func TestFramesAreTheSameFromTheCache(t *testing.T) {
	cache, err := OpenCache(t.TempDir(), "1", noon)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := func(path string, src []byte, _ link.Find) *finding.Script {
		if src[0] == 0xff {
			src = []byte("eval(decoded)")
			s := fake(path, src, nil)
			s.Text = string(src)
			return s
		}
		return fake(path, []byte(decoded(src)), nil)
	}
	for _, cached := range []int{0, 1} {
		var b strings.Builder
		source := texts("bom.js", "\ufeffa\x80\x81b; eval(x)", "wide.js", "\xff\xfee\x00v\x00")
		sum, err := Run(t.Context(), Options{Analyse: utf16, Cache: cache}, []Source{source}, output.NewText(&b, output.TextOptions{}))
		if err != nil || sum.Cached != cached {
			t.Errorf("%d come from the cache, want %d: %v", sum.Cached, cached, err)
		}
		if !strings.Contains(b.String(), "| a�b; eval(x)\n       |      ^^^^^\n") || !strings.Contains(b.String(), "| eval(decoded)\n") {
			t.Errorf("it shows\n%s", b.String())
		}
	}
}

func TestADamagedCacheEntryIsAnalysedAgain(t *testing.T) {
	dir := t.TempDir()
	cache, err := OpenCache(dir, "1", noon)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := scanned(t, Options{Cache: cache}, texts("a.js", "eval(x)"))
	entries, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	if len(entries) != 1 {
		t.Fatalf("entries are %v", entries)
	}
	whole, err := os.ReadFile(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	softer := strings.Replace(string(whole), `"critical"`, `"note"`, 1)
	for name, entry := range map[string]string{"cut off": string(whole[:len(whole)/2]), "empty": "", "altered": softer, "no JSON": "x\ny"} {
		if err := os.WriteFile(entries[0], []byte(entry), 0o600); err != nil {
			t.Fatal(err)
		}
		got, sum := scanned(t, Options{Cache: cache}, texts("a.js", "eval(x)"))
		if diff := cmp.Diff(want.String(), got.String()); diff != "" || sum.Cached != 0 {
			t.Errorf("%s: %d cached, %s", name, sum.Cached, diff)
		}
		if healed, _ := os.ReadFile(entries[0]); string(healed) != string(whole) {
			t.Errorf("%s: the entry is not written again", name)
		}
	}
}

func TestOldGenerationsOfTheCacheGoAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	open := func(version string, at time.Time) {
		t.Helper()
		if _, err := OpenCache(dir, version, at); err != nil {
			t.Fatal(err)
		}
	}
	old := noon.Add(-keepFor - time.Hour)
	open("1", old)
	for _, mine := range []string{"photos", "sallyport-scan-notes"} {
		if err := os.Mkdir(filepath.Join(dir, mine), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, mine), old, old); err != nil {
			t.Fatal(err)
		}
	}
	open("2", noon.Add(-time.Hour))
	open("3", noon)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 4 {
		t.Errorf("left are %v", entries)
	}
	if _, err := OpenCache(filepath.Join(dir, "photos\x00"), "1", noon); err == nil {
		t.Error("a cache that cannot be made is opened")
	}
}

func TestABaselineKnowsWhatStoodThereBefore(t *testing.T) {
	var saved strings.Builder
	before := texts("a.js", "eval(x); eval(x);\nalert(1)", "b.js", "eval(b)")
	if _, err := Run(t.Context(), Options{Analyse: fake}, []Source{before}, output.NewJSON(&saved)); err != nil {
		t.Fatal(err)
	}
	baseline, err := ReadBaseline(strings.NewReader(saved.String()))
	if err != nil {
		t.Fatal(err)
	}
	out, sum := scanned(t, Options{Baseline: baseline}, texts("a.js", "// moved\n\neval(x); eval(x); eval(x);\neval(y)", "copy.js", "eval(b)"))
	want := "a.js script eval@3:1 known eval@3:10 known eval@3:19 eval@4:1\ncopy.js script eval@1:1"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if sum.Findings() != 3 {
		t.Errorf("%d findings count", sum.Findings())
	}
	gone := ""
	baseline, _ = ReadBaseline(strings.NewReader(saved.String()))
	_, err = Run(t.Context(), Options{Analyse: fake, Baseline: baseline}, []Source{texts("a.js", "eval(x)")}, handler(func(s *finding.Script) {
		for _, f := range s.Gone {
			gone += f.Rule + " "
		}
	}))
	if err != nil || gone != "eval alert " {
		t.Errorf("gone since the baseline: %q, %v", gone, err)
	}
	for _, bad := range []string{"", "{}", `{"schema":"sallyport.scan/2","scripts":[]}`, saved.String()[:saved.Len()/2]} {
		if _, err := ReadBaseline(strings.NewReader(bad)); err == nil {
			t.Errorf("%.30q is read as a baseline", bad)
		}
	}
}

func TestAnAcceptedFindingIsNotPartOfABaseline(t *testing.T) {
	accept, err := ParseSuppressions([]byte("[[suppress]]\nrule = 'eval'\npath = 'a.js'\nreason = 'r'\nexpires = '2026-12-31'"), noon)
	if err != nil {
		t.Fatal(err)
	}
	var saved strings.Builder
	source := texts("a.js", "eval(x)")
	if _, err := Run(t.Context(), Options{Analyse: fake, Suppressions: accept}, []Source{source}, output.NewJSON(&saved)); err != nil {
		t.Fatal(err)
	}
	baseline, err := ReadBaseline(strings.NewReader(saved.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, sum := scanned(t, Options{Baseline: baseline}, source); sum.Findings() != 1 {
		t.Errorf("%d findings count once nobody accepts it", sum.Findings())
	}
}

// handler is a [finding.Handler] that only looks.
type handler func(*finding.Script)

func (h handler) Script(s *finding.Script) error { h(s); return nil }
func (handler) Close() error                     { return nil }

func TestLinesFromTheCacheAreWhatAnAnalysisPrints(t *testing.T) {
	cache, err := OpenCache(t.TempDir(), "1", noon)
	if err != nil {
		t.Fatal(err)
	}
	source := texts("a.js", "eval(x); eval(y)", "b.js", "fetch(y)", "c.js", "a\x00")
	var first string
	var sums [2]Summary
	for i := range sums {
		var b strings.Builder
		if sums[i], err = Run(t.Context(), Options{Analyse: fake, Cache: cache}, []Source{source}, output.NewJSON(&b)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b.String()
		} else if diff := cmp.Diff(first, b.String()); diff != "" {
			t.Error(diff)
		}
	}
	if sums[1].Cached != 3 {
		t.Errorf("%d come from the cache", sums[1].Cached)
	}
	sums[1].Cached = 0
	if diff := cmp.Diff(sums[0], sums[1]); diff != "" {
		t.Errorf("the summaries differ: %s", diff)
	}
}

package scan

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/output"
)

func TestEveryScriptIsAnalysedInTheOrderOfTheSources(t *testing.T) {
	out, sum := scanned(t, Options{}, texts("b.js", "x;\n eval(a)", "a.css", ""), One("stdin", reader("alert(1)")))
	want := "b.js script eval@2:2\na.css css\nstdin script alert@1:1"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if sum.Scripts != 3 || sum.Expected != 3 || sum.Findings() != 2 || sum.Broken+sum.Opaque != 0 {
		t.Errorf("the summary is %+v", sum)
	}
	for least, want := range map[finding.Severity]bool{finding.Note: true, finding.Critical: true} {
		if got := sum.Fails(least); got != want {
			t.Errorf("fails on %s: %v", least, got)
		}
	}
	_, sum = scanned(t, Options{}, texts("a.js", "alert(1)"))
	if sum.Fails(finding.Low) || !sum.Fails(finding.Note) {
		t.Errorf("a note alone: %+v", sum)
	}
}

func TestWhatCannotBeReadIsNeverCountedAsClean(t *testing.T) {
	long := strings.Repeat("x", maxSize+1)
	out, sum := scanned(t, Options{},
		One("gone.js", func(context.Context) (io.ReadCloser, error) { return nil, errors.New("no such thing") }),
		texts("nul.js", "a\x00b", "long.js", long, "boom.js", "explode", "fine.js", "1", "empty.js", ""))
	want := `gone.js opaque opaque@0:0 It could not be read: no such thing.
nul.js opaque opaque@0:0 The script could not be analysed.
long.js opaque opaque@0:0 It could not be read: longer than 8 MB, which is the most that is read.
boom.js opaque opaque@0:0 The analysis broke on this script, which is a mistake in Sallyport: boom.
fine.js script
empty.js script`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if sum.Opaque != 4 || sum.Broken != 1 || !sum.Fails(finding.Critical) {
		t.Errorf("the summary is %+v", sum)
	}
}

func TestTheOutputIsTheSameHoweverManyWorkAtIt(t *testing.T) {
	var want string
	for _, jobs := range []int{1, 2, 7, 32} {
		for range 2 {
			var b strings.Builder
			sum, err := Run(t.Context(), Options{Analyse: fake, Jobs: jobs}, []Source{many(300)}, output.NewJSON(&b))
			if err != nil || sum.Scripts != 300 {
				t.Fatal(sum, err)
			}
			if want == "" {
				want = b.String()
			}
			if b.String() != want {
				t.Fatalf("with %d jobs the output differs", jobs)
			}
		}
	}
	t.Logf("8 runs, 4 numbers of jobs, %d bytes each, SHA-256 %.12x", len(want), sha256.Sum256([]byte(want)))
}

// many is a source of n different scripts.
func many(n int) Source {
	return Source{Known: n, Each: func(_ context.Context, yield func(Input) error) error {
		for i := range n {
			text := fmt.Sprintf("// %d\n%seval(x);\nalert(%d); fetch(y);\n", i, strings.Repeat("filler();\n", i%200), i)
			if err := yield(given(fmt.Sprintf("User:U%d/x.js", i), text)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func TestTenThousandScriptsAreHeldAFewAtATime(t *testing.T) {
	const scripts, jobs = 10_000, 4
	var held, most atomic.Int64
	source := Source{Each: func(ctx context.Context, yield func(Input) error) error {
		return many(scripts).Each(ctx, func(in Input) error {
			if n := held.Add(1); n > most.Load() {
				most.Store(n)
			}
			return yield(in)
		})
	}}
	var peak, before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	highest := uint64(0)
	o := Options{Analyse: fake, Jobs: jobs, Progress: func(s Summary) {
		held.Add(-1)
		if s.Scripts%1000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&peak)
			highest = max(highest, peak.HeapAlloc)
		}
	}}
	for format, out := range map[string]finding.Handler{
		"json": output.NewJSON(io.Discard), "sarif": output.NewSARIF(io.Discard, output.SARIFOptions{}),
		"text": output.NewText(io.Discard, output.TextOptions{}), "html": output.NewHTML(io.Discard),
	} {
		sum, err := Run(t.Context(), o, []Source{source}, out)
		if err != nil || sum.Scripts != scripts || sum.Findings() != 2*scripts {
			t.Fatal(sum, err)
		}
		used := (max(highest, before.HeapAlloc) - before.HeapAlloc) >> 20
		t.Logf("%s: at most %d scripts under way, %d MB of heap live", format, most.Load(), used)
		if most.Load() > 8*jobs {
			t.Errorf("%d scripts are under way at once", most.Load())
		}
		if limit := uint64(100); used > limit {
			t.Errorf("%s: %d MB are in use, more than %d", format, used, limit)
		}
		highest = 0
	}
}

func TestLargeScriptsWaitForEachOther(t *testing.T) {
	var held, most atomic.Int64
	source := Source{Each: func(_ context.Context, yield func(Input) error) error {
		for i := range 20 {
			in := given(fmt.Sprint(i), strings.Repeat("a", maxSize))
			open := in.Open
			in.Open = func(ctx context.Context) (io.ReadCloser, error) {
				most.Store(max(most.Load(), held.Add(1)))
				return open(ctx)
			}
			if err := yield(in); err != nil {
				return err
			}
		}
		return nil
	}}
	o := Options{Jobs: 8, Progress: func(Summary) { held.Add(-1) }, Analyse: func(string, []byte, link.Find) *finding.Script { return &finding.Script{Goal: "script"} }}
	if _, sum := scanned(t, o, source); sum.Scripts != 20 {
		t.Fatal(sum)
	}
	if most.Load() > inFlight/maxSize+1 {
		t.Errorf("%d scripts of %d MB are held at once", most.Load(), maxSize>>20)
	}
}

func TestAScanStopsWhenItsOutputBreaksOrNobodyWaits(t *testing.T) {
	full := errors.New("the disk is full")
	if _, err := Run(t.Context(), Options{Analyse: fake}, []Source{many(1000)}, failing2{full}); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	o := Options{Analyse: fake, Progress: func(s Summary) {
		if s.Scripts == 5 {
			stop()
		}
	}}
	out := &list{}
	if _, err := Run(ctx, o, []Source{many(100_000)}, out); !errors.Is(err, context.Canceled) || out.closed {
		t.Errorf("the error is %v; closed %v", err, out.closed)
	}
}

type failing2 struct{ err error }

func (f failing2) Script(*finding.Script) error { return f.err }
func (f failing2) Close() error                 { return nil }

func TestNothingInAPageSilencesAFinding(t *testing.T) {
	_, plain := scanned(t, Options{}, texts("a.js", "eval(x);"))
	for _, comment := range []string{
		"// nosemgrep", "/* eslint-disable */", "// eslint-disable-line", "// sallyport-ignore", "// nosec", "/* sallyport: suppress eval until 2099-01-01 */",
		"[[suppress]]\nrule = 'eval'\npath = '*'\nreason = 'x'\nexpires = 2099-01-01",
	} {
		_, sum := scanned(t, Options{}, texts("a.js", comment+"\neval(x); "+comment, "sallyport.toml", comment, ".sallyport", comment))
		if sum.Severities != plain.Severities {
			t.Errorf("%q changes what counts: %+v", comment, sum)
		}
	}
}

package js

import (
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/npmtest"
)

func TestSyntaxTestsOfTheStandardAreAccepted(t *testing.T) {
	dir := npmtest.Package(t, "test262-parser-tests", "0.0.5")
	share := map[string]float64{}
	for _, kind := range []string{"pass", "pass-explicit", "fail", "early"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*.js"))
		if err != nil || len(files) == 0 {
			t.Fatal("no tests in ", kind, err)
		}
		accepted, caught := 0, 0
		for _, path := range files {
			o := Options{Goal: ScriptGoal, CrossCheck: true}
			if strings.HasSuffix(path, ".module.js") {
				o.Goal = ModuleGoal
			}
			s := Parse(load(t, path), o)
			if s.Goal != Opaque && !s.Lowered {
				accepted++
			} else if strings.HasPrefix(kind, "pass") {
				t.Logf("%s: %v", path, s.Problems)
			}
			if len(s.Problems) > 0 {
				caught++
			}
		}
		n := float64(len(files))
		share[kind] = float64(accepted) / n
		t.Logf("%-13s %d files: %.2f %% accepted by our parser, %.2f %% with a problem after the cross-check", kind, len(files), 100*share[kind], 100*float64(caught)/n)
	}
	if share["pass"] < 0.995 || share["pass-explicit"] < 0.995 {
		t.Error("fewer than 99.5 % of the valid scripts are accepted")
	}
	if share["fail"] > 0.3 {
		t.Error("more than 30 % of the invalid scripts are accepted")
	}
}

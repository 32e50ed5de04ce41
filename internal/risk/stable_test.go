package risk

import (
	"math"
	"slices"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

func TestScoresDoNotHangOnNamesAndSpaces(t *testing.T) {
	sets := map[string][]sample{"hostile": hostile(t), "honest": honest(t)}
	for _, change := range []struct {
		name string
		how  api.TransformOptions
	}{
		{"renamed", api.TransformOptions{MinifyIdentifiers: true, Format: api.FormatIIFE, TreeShaking: api.TreeShakingFalse}},
		{"minified", api.TransformOptions{MinifyIdentifiers: true, MinifyWhitespace: true, MinifySyntax: true, Format: api.FormatIIFE, TreeShaking: api.TreeShakingFalse}},
	} {
		for _, set := range []string{"hostile", "honest"} {
			var apart []int
			for _, one := range sets[set] {
				r := api.Transform(one.text, change.how)
				if len(r.Errors) > 0 || one.read.Goal != "script" {
					continue // not JavaScript, or not a script
				}
				// What stands at the top of a script belongs to the page, and keeps its name: only wrapped can all be renamed.
				wrapped, again := readSample(one.name, []byte("( function () {\n"+one.text+"\n}() );")), readSample(one.name, r.Code)
				before, after := Score(wrapped.subject()).Score, Score(again.subject()).Score
				if moved := int(math.Abs(float64(after - before))); moved > tolerance {
					t.Logf("%s, %s: %d becomes %d", one.name, change.name, before, after)
				}
				apart = append(apart, int(math.Abs(float64(after-before))))
			}
			slices.Sort(apart)
			near, _ := slices.BinarySearch(apart, tolerance+1)
			t.Logf("%s, %s: %d of %d within %d points, %d the same, worst %d", set, change.name, near, len(apart), tolerance, count(apart, 0), apart[len(apart)-1])
			if len(apart) < 150 || float64(near) < 0.97*float64(len(apart)) {
				t.Errorf("%s scripts, %s: only %d of %d keep their score", set, change.name, near, len(apart))
			}
		}
	}
}

// tolerance is how many points a script may move that is written another way.
const tolerance = 3

func count(all []int, what int) (n int) {
	for _, one := range all {
		if one == what {
			n++
		}
	}
	return n
}

package pattern_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/internal/corpustest"
	"sallyport/internal/flow"
	"sallyport/internal/js"
	"sallyport/internal/pattern"
)

// corpus are real scripts, parsed and followed.
type parsed struct {
	path  string
	s     *js.Script
	g     *flow.Graph
	bytes int
}

func corpus(t testing.TB) (all []parsed, bytes int) {
	t.Helper()
	for _, f := range corpustest.Files(t) {
		s := js.Parse(f.Text, js.Options{Name: f.Name})
		all = append(all, parsed{f.Name, s, flow.Analyse(s, flow.Options{}), len(f.Text)})
		bytes += len(f.Text)
	}
	return all, bytes
}

// shapes are the sorts of rules that teams write, each about one name.
var shapes = []string{
	"    pattern: %s(...)\n",
	"    pattern: $O.%s($X, ...)\n",
	"    pattern: $EL.%s = $X\n",
	"    patterns: [{pattern: '$O.%s({action: $A, ...}, ...)'}, {metavariable-regex: {metavariable: $A, regex: '.edit'}}]\n",
	"    patterns: [{pattern-inside: 'function $F(...) { ... }'}, {pattern: $X.%s}, {pattern-not: this.$Y}]\n",
	"    pattern: |\n      $X = %s(...);\n      ...\n      $X.done(...);\n",
	"    pattern-regex: '\\b%s\\s*\\('\n",
	"    mode: taint\n    pattern-sources: [{pattern: location.$P}]\n    pattern-sinks: [{pattern: '$O.%s(...)'}]\n",
}

// manyRules are n rules about the names that are given, again and again with other endings.
func manyRules(t testing.TB, n int, names []string) *pattern.Set {
	t.Helper()
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		name := names[i/len(shapes)%len(names)]
		if round := i / len(shapes) / len(names); round > 0 {
			name += fmt.Sprint(round)
		}
		fmt.Fprintf(&b, "  - id: rule-%d\n    message: m\n    severity: LOW\n    languages: [js]\n", i)
		b.WriteString(strings.ReplaceAll(shapes[i%len(shapes)], "%s", name))
	}
	return read(t, "many.yaml", b.String())
}

// usual are names that real scripts use, from everywhere to hardly ever.
var usual = strings.Fields("eval append html text getScript ajax post postWithToken importScript setItem")

func matchAll(t testing.TB, set *pattern.Set, all []parsed) (matches int, notes []string) {
	t.Helper()
	for _, p := range all {
		found, note := set.Match(p.s, p.g, p.path)
		matches += len(found)
		if note != "" {
			notes = append(notes, p.path)
		}
	}
	return matches, notes
}

func TestAThousandRulesReadTheCorpusInSaneTime(t *testing.T) {
	all, bytes := corpus(t)
	set := manyRules(t, 1000, usual)
	start := time.Now()
	matches, notes := matchAll(t, set, all)
	t.Logf("%d scripts, %d bytes, %d rules: %d matches, %d scripts too long, in %v", len(all), bytes, len(set.Rules), matches, len(notes), time.Since(start))
	if len(notes) > 0 || matches == 0 {
		t.Errorf("%d matches; steps ran out in %v", matches, notes)
	}
}

// What rules cost beside reading a script, for ten of them and for a thousand.
func BenchmarkMatch(b *testing.B) {
	all, bytes := corpus(b)
	for _, n := range []int{10, 100, 1000} {
		set := manyRules(b, n, usual)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			for b.Loop() {
				matchAll(b, set, all)
			}
		})
	}
	b.Run("reading", func(b *testing.B) {
		b.SetBytes(int64(bytes))
		for b.Loop() {
			for _, p := range all {
				s := js.Parse([]byte(p.s.Text), js.Options{Name: p.path})
				flow.Analyse(s, flow.Options{})
			}
		}
	})
}

package pattern_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
	"sallyport/internal/pattern"
)

// The rules in testdata/wiki are what a wiki's security team might write.
func TestRealRulesDoWhatTheCommentsBesideThemSay(t *testing.T) {
	checks, rules := 0, 0
	for _, stem := range []string{"editing", "loading", "flows"} {
		set := read(t, stem, fileText(t, "testdata/wiki/"+stem+".yaml"))
		rules += len(set.Rules)
		for _, ext := range []string{".js", ".vue"} {
			name := "testdata/wiki/" + stem + ext
			if ext == ".vue" && stem != "loading" {
				continue
			}
			text := fileText(t, name)
			s, found := find(t, set.Everywhere(), name, text)
			n, failures := pattern.Compare(text, lines(s, set, found))
			checks += n
			for _, f := range failures {
				t.Errorf("%s:%d: %s", name, f.Line, f.Message)
			}
		}
	}
	t.Logf("%d rules, %d checks", rules, checks)
	if rules < 15 || checks < 45 {
		t.Errorf("%d rules, %d checks", rules, checks)
	}
}

func TestAScriptCannotMakeARuleSlowWithoutANote(t *testing.T) {
	set := read(t, "x.yaml", `rules:
  - {id: x, message: m, severity: LOW, languages: [js], pattern: 'f(..., $A, ..., $B, ..., $C, ..., $A, ..., $B, ..., $C, ..., nothing)'}
  - {id: y, message: m, severity: LOW, languages: [js], pattern: 'g()'}
`)
	s := js.Parse([]byte("g(); f("+strings.Repeat("a, b, c, ", 2_000)+"d)"), js.Options{Name: "x.js"})
	matches, note := set.Match(s, flow.Analyse(s, flow.Options{}), "x.js")
	if !strings.Contains(note, "not tried everywhere") || len(matches) != 1 {
		t.Errorf("%d matches, note %q", len(matches), note)
	}
}

func TestSeveritiesAndMetadataAreCarriedAlong(t *testing.T) {
	set := read(t, "x.yaml", `rules:
  - id: one
    message: |
      This is
      wrong. And more.
    severity: WARNING
    languages: js
    metadata: {cwe: ['CWE-79: XSS', CWE-94], references: [https://a.test], confidence: HIGH, technology: [browser, jquery], nested: {a: 1}}
    pattern: f()
  - {id: two, message: m, severity: critical, languages: [js], pattern: f()}
`)
	r := set.Rules[0]
	if r.Severity != finding.Medium || set.Rules[1].Severity != finding.Critical || r.Title() != "This is wrong" {
		t.Errorf("%+v", r)
	}
	want := "This is wrong. And more.\n\nconfidence: HIGH\n\ntechnology: browser, jquery\n\nnested: a: 1\n\nSee https://a.test"
	if diff := cmp.Diff(want, r.Doc()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{79, 94}, r.CWE); diff != "" {
		t.Error(diff)
	}
}

func TestAWayShowsHowDataGetsToASink(t *testing.T) {
	set := read(t, "x.yaml", "rules: [{id: x, message: m, severity: LOW, languages: [js], mode: taint, pattern-sources: [{pattern: source()}], pattern-sinks: [{pattern: sink(...)}]}]")
	s, found := find(t, set, "x.js", "const a = source();\nfunction f( p ) {\n\tsink( 'x' + p );\n}\nf( a );\n")
	if len(found) != 1 {
		t.Fatalf("%d matches", len(found))
	}
	var way []string
	for _, step := range found[0].Way {
		line, _ := s.Lines.Position(s.Start(step.Node))
		way = append(way, string(rune('0'+line))+" "+step.Message)
	}
	want := []string{"1 it begins here", "5 through the variable a", "2 it is handed to a function", "3 through the variable p", "3 it arrives here"}
	if diff := cmp.Diff(want, way); diff != "" {
		t.Error(diff)
	}
}

func TestStyleSheetsAndDataAreNotSearchedAndWhatCannotBeReadIsSearchedAsText(t *testing.T) {
	set := read(t, "x.yaml", "rules: [{id: x, message: m, severity: LOW, languages: [js], pattern-regex: evil}]")
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"a.css": {".evil { color: red }", 0}, "a.json": {`{"evil": 1}`, 0}, "a.js": {"evil()", 1}, "b.js": {"((( evil", 1},
	} {
		if _, found := find(t, set, name, c.text); len(found) != c.want {
			t.Errorf("%s: %d matches, want %d", name, len(found), c.want)
		}
	}
}

func TestOneSetServesSeveralGoroutinesAtOnce(t *testing.T) {
	set := manyRules(t, 200, usual)
	text := fileText(t, "testdata/wiki/flows.js") + fileText(t, "testdata/wiki/loading.js")
	counts := make(chan int, 8)
	for range cap(counts) {
		go func() {
			s := js.Parse([]byte(text), js.Options{Name: "x.js"})
			found, _ := set.Match(s, flow.Analyse(s, flow.Options{}), "x.js")
			counts <- len(found)
		}()
	}
	first := <-counts
	for range cap(counts) - 1 {
		if n := <-counts; n != first || n == 0 {
			t.Errorf("%d matches, and %d", first, n)
		}
	}
}

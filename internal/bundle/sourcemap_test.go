package bundle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// locate finds where a piece of generated text comes from: page, 1-based line and column.
func locate(t *testing.T, code, rawMap []byte, needle string) string {
	t.Helper()
	at := strings.Index(string(code), needle)
	if at < 0 {
		t.Fatalf("%q is not in %.300s", needle, code)
	}
	var m sourceMap
	if err := json.Unmarshal(rawMap, &m); err != nil {
		t.Fatal(err)
	}
	segs, err := decodeMappings(m.Mappings)
	if err != nil {
		t.Fatal(err)
	}
	line, col := advance(0, 0, string(code[:at]))
	found := segment{source: -1}
	for _, s := range segs {
		if s.line == line && s.col <= col {
			found = s
		}
	}
	if found.source < 0 {
		return "nowhere"
	}
	page := m.SourcesContent[found.source]
	rest := unitsFrom(page[lineStart(page, found.srcLine):], found.srcCol)
	return fmt.Sprintf("%s:%d:%d %.8s", m.Sources[found.source], found.srcLine+1, found.srcCol+1, rest)
}

var mappedFiles = []File{
	{Name: "a.js", Title: "User:M/a.js", URL: "https://wiki.example/a.js", Text: "// one\nvar 𝒳x = 'alpha';\n\n  first( 'é𝒳', 'beta', `x\ny`, 'gamma' );"},
	{Name: "bad.js", Title: "User:M/bad.js", Text: "}"},
	{Name: "b.js", Title: "User:M/b.js", Text: "\ufeffsecond( 'delta' );\r\n\r\n\tthird( 'epsilon' )\u2028;fourth( 'zeta' )"},
	{Name: "c.vue", Title: "User:M/c.vue", Text: "<template>\n<p>x</p></template> <script>\nmodule.exports = { name: 'eta' };\n</script>"},
}

func TestASourceMapLeadsBackToThePage(t *testing.T) {
	want := map[string]string{
		"alpha": "https://wiki.example/a.js:2:11 'alpha';", "beta": "https://wiki.example/a.js:4:17 'beta', ", "gamma": "https://wiki.example/a.js:5:5 'gamma' ",
		"delta": "User:M/b.js:1:9 'delta' ", "epsilon": "User:M/b.js:3:9 'epsilon", "bad.js": "nowhere", "https": "nowhere",
	}
	for _, in := range []Input{{Module: "m"}, {Module: "m", Package: true}, {Module: "m", Debug: 1}, {Module: "m", Package: true, Debug: 2}} {
		in.Files = mappedFiles
		m := Build(in)
		code, sourceMap := m.Combined(), m.SourceMap()
		for needle, where := range want {
			if needle == "https" || in.Debug > 0 && needle == "bad.js" {
				continue
			}
			if got := locate(t, code, sourceMap, needle); in.Debug == 0 && got != where {
				t.Errorf("package %v: %s comes from %s, want %s", in.Package, needle, got, where)
			} else if in.Debug > 0 && !strings.HasPrefix(got, strings.SplitAfterN(where, ":", 5)[0]) {
				t.Errorf("debug: %s comes from %s, want %s", needle, got, where)
			}
		}
		if !in.Package || in.Debug > 0 {
			continue
		}
		if got := locate(t, code, sourceMap, "\"eta\""); got != "User:M/c.vue:3:26 'eta' };" {
			t.Errorf("eta comes from %s", got)
		}
	}
}

func TestMakingASourceMapDoesNotChangeTheCode(t *testing.T) {
	for _, f := range corpus(t, ".js") {
		in := Input{Module: "m", Files: []File{{Name: "a.js", Title: f.path, Text: f.text}}}
		plain, mapped := build(in, false), build(in, true)
		if string(plain.Combined()) != string(mapped.Combined()) {
			t.Errorf("%s: the code differs with a source map", f.path)
		}
		var m sourceMap
		if err := json.Unmarshal(plain.SourceMap(), &m); err != nil {
			t.Fatalf("%s: %v", f.path, err)
		}
		checkMap(t, f, string(plain.Combined()), m)
	}
}

// checkMap compares names in generated code with the page they are said to come from: property names are not renamed, so
// those at mapped places must be equal on both sides.
func checkMap(t *testing.T, f corpusFile, code string, m sourceMap) {
	t.Helper()
	segs, err := decodeMappings(m.Mappings)
	if err != nil {
		t.Fatal(err)
	}
	generated := strings.Split(code, "\n")
	var pages [][]string
	for _, text := range m.SourcesContent {
		pages = append(pages, strings.Split(strings.ReplaceAll(text, "\u2028", "\n"), "\n"))
	}
	same, other := 0, 0
	for _, s := range segs {
		if s.source < 0 || s.line >= len(generated) || s.srcLine >= len(pages[s.source]) {
			continue
		}
		g, p := unitsFrom(generated[s.line], s.col), unitsFrom(pages[s.source][s.srcLine], s.srcCol)
		if w := leadingWord(g); len(w) > 3 && s.name < 0 {
			if leadingWord(strings.TrimLeft(p, `"'`)) == w {
				same++
			} else {
				other++
			}
		}
	}
	if other > same/4 {
		t.Errorf("%s: %d names are the same on both sides of the map, %d are not", f.path, same, other)
	}
}

func unitsFrom(line string, col int) string {
	n := 0
	for i, r := range line {
		if n >= col {
			return line[i:]
		}
		n++
		if r > 0xffff {
			n++
		}
	}
	return ""
}

func leadingWord(s string) string {
	i := 0
	for i < len(s) && isWordByte(s[i]) {
		i++
	}
	return s[:i]
}

func TestAnIndexMapPlacesEachSection(t *testing.T) {
	a := Build(Input{Module: "a", Files: mappedFiles[:1]})
	b := Build(Input{Module: "b", Files: mappedFiles[2:3]})
	got := IndexMap([]Section{{Code: []byte("/* head */ x();\n")}, {a.Combined(), a.SourceMap()}, {Code: []byte("y();")}, {b.Combined(), b.SourceMap()}})
	var index struct {
		Version  int
		Sections []struct {
			Offset struct{ Line, Column int }
			Map    struct{ File string }
		}
	}
	if err := json.Unmarshal(got, &index); err != nil {
		t.Fatal(err)
	}
	lines := 1 + strings.Count(string(a.Combined()), "\n")
	want := fmt.Sprintf("{3 [{{1 0} {a}} {{%d 4} {b}}]}", lines)
	if diff := cmp.Diff(want, fmt.Sprint(index)); diff != "" {
		t.Error(diff)
	}
}

func FuzzMappingsSurviveWritingAndReading(f *testing.F) {
	f.Add("AAAA,IAAM,SAAA;;AAEDA,QAAK")
	f.Add("A")
	f.Fuzz(func(t *testing.T, s string) {
		segs, err := decodeMappings(s)
		if err != nil || slices.ContainsFunc(segs, func(s segment) bool {
			return s.col < 0 || s.source < -1 || s.source < 0 && (s.srcLine != 0 || s.srcCol != 0 || s.name >= 0) || s.srcLine < 0 || s.srcCol < 0 || s.name < -1
		}) {
			return // no map has negative places
		}
		again, err := decodeMappings(encodeMappings(segs))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(segs, again, cmp.AllowUnexported(segment{})); diff != "" {
			t.Error(diff)
		}
	})
}

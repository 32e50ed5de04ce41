package link_test

import (
	"strings"
	"testing"

	"sallyport/internal/js"
	"sallyport/internal/link"
)

func parse(path, text string) link.File {
	return link.File{Path: path, Script: js.Parse([]byte(text), js.Options{Name: path}), Uses: map[link.Ref]int{}}
}

func TestEveryLineAndColumnOfAFileIsFoundAgain(t *testing.T) {
	main := parse("main.mjs", "import a, {b as c, 'odd name' as d} from './other.mjs'; start( a );\n"+
		"export function start() { return c + d; }\nexport default class {}\nimport( './other.mjs' ).then( start );\n")
	main.Uses[link.Ref{Kind: link.Module, Name: "./other.mjs"}] = 1
	other := parse("other.mjs", "// first\nexport const b = 1; export { b as 'odd name' };\nexport * from './third.js';\nexport default 'é𝒳' + b;\n")
	other.Uses[link.Ref{Kind: link.Module, Name: "./third.js"}] = 2
	third := parse("third.js", "return 1;\nvar kept = require( './gone.js' );")
	files := []link.File{main, other, third}
	joined := link.Join(files)
	if s := js.Parse([]byte(joined.Text), js.Options{}); s.Goal == js.Opaque {
		t.Fatalf("%v in\n%s", s.Problems, joined.Text)
	}
	seen := map[int]int{}
	for i, line := range strings.Split(joined.Text, "\n") {
		file, at := joined.Place(i + 1)
		if file < 0 {
			continue
		}
		seen[file]++
		original := strings.Split(files[file].Script.Text, "\n")[at-1]
		for _, word := range []string{"start( a )", "function start", "first", "class", "kept", "'é𝒳'", "then"} {
			if strings.Index(original, word) != strings.Index(line, word) {
				t.Errorf("%s:%d: %q has moved in %q", files[file].Path, at, word, line)
			}
		}
	}
	if seen[0] != 5 || seen[1] != 5 || seen[2] != 2 {
		t.Errorf("lines of the files: %v", seen)
	}
}

func TestOurOwnNamesAreNobodyElses(t *testing.T) {
	main := parse("main.js", "var $m1 = require( './b.js' ), $$m1 = 2;")
	main.Uses[link.Ref{Kind: link.Module, Name: "./b.js"}] = 1
	if text := link.Join([]link.File{main, parse("b.js", "exports.x = 1;")}).Text; !strings.Contains(text, "var $m1 = $$$m1.exports") {
		t.Error(text)
	}
}

func TestModulesAreWhatAScriptAsksFor(t *testing.T) {
	s := js.Parse([]byte(`var a = require('./a.js'), b = require(name), c = obj.require('./c.js'), a2 = require('./a.js');
mw.loader.using('x').then(require => require('ext.gadget.d'));`), js.Options{})
	got := link.Modules(s)
	if len(got) != 2 || got[0].Name != "./a.js" || got[1].Name != "ext.gadget.d" {
		t.Error(got)
	}
}

// FuzzJoin: whatever two files say of each other, joining ends, and every place is inside its file.
func FuzzJoin(f *testing.F) {
	f.Add("require('./b')", "module.exports = 1")
	f.Add("import x from './b'; export { x as default };", "export default function () {}")
	f.Add("export * as n from './b'\nimport('./b')", "{\"json\": [1]}")
	f.Add("import'./b'/*\u2028*/", "export let [a, {b: c = 1, ...d}] = e")
	f.Fuzz(func(t *testing.T, a, b string) {
		main, other := parse("a.mjs", a), parse("b.js", b)
		main.Uses[link.Ref{Kind: link.Module, Name: "./b"}] = 1
		other.Uses[link.Ref{Kind: link.Page, Name: "a"}] = 0
		files := []link.File{main, other}
		joined := link.Join(files)
		for i := range strings.Count(joined.Text, "\n") + 2 {
			if file, at := joined.Place(i); file >= 0 && (at < 1 || at > strings.Count(files[file].Script.Text, "\n")+strings.Count(files[file].Script.Text, "\r")+strings.Count(files[file].Script.Text, "\u2028")+strings.Count(files[file].Script.Text, "\u2029")+1) {
				t.Fatalf("line %d of file %d", at, file)
			}
		}
	})
}

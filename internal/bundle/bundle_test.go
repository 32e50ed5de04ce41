package bundle

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

func TestGlobalScriptsKeepTheirNames(t *testing.T) {
	for text, want := range map[string]string{
		"var aLongName = 1; function another( parameter ) { return parameter; }": "var aLongName=1;function another(n){return n}\n",
		"if ( mw.x ) { return; }\nf();":                                          "(function(){\n/*\nUser:M/a.js\n*/\nif ( mw.x ) { return; }\nf();\n}).call(this);\n",
		"":                                                                       "",
	} {
		m := Build(Input{Module: "m", Files: []File{page("User:M/a.js", text)}})
		if got := string(m.Scripts()); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestEveryCodexIconCanBeAskedFor(t *testing.T) {
	if len(codexIcons()) < 280 {
		t.Fatalf("%d icons", len(codexIcons()))
	}
	var names []string
	for name := range codexIcons() {
		names = append(names, name)
	}
	m := Build(Input{Module: "m", Package: true, Icons: names, Files: []File{page("User:M/a.js", "console.log( Object.keys( require( './icons.json' ) ).length )")}})
	if len(m.Problems) > 0 {
		t.Error(m.Problems)
	}
	nodeParses(t, []string{string(m.Combined())})
}

func TestJSONPagesAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":[1,2.50,-0,1e5],"b":null}`: `{"a":[1,2.50,-0,1e5],"b":null}`, ` "x" `: `"x"`, "true": "true", "[]": "[]", "{}": "{}", "[[],{}]": "[[],{}]",
		`"</script>\u2028\u0000"`: `"\u003c/script>\u2028\u0000"`, `{"a":1,"a":2}`: `{"a":1,"a":2}`, `{"__proto__":1}`: `{["__proto__"]:1}`, `"\ud83d"`: "\"\ufffd\"",
		"": "", "{": "", "[1,]": "", "{a:1}": "", "1 2": "", "NaN": "", "'a'": "", "01": "", "[1]]": "", "// c\n1": "",
		strings.Repeat("[", 499) + strings.Repeat("]", 499): strings.Repeat("[", 499) + strings.Repeat("]", 499), strings.Repeat("[", 501) + strings.Repeat("]", 501): "", strings.Repeat("[", 1_000_000): "",
	} {
		got, err := jsonLiteral(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.40s: got %.40s, %v", text, got, err)
		}
	}
}

func FuzzBuildNeverPanics(f *testing.F) {
	f.Add("a.js", "var a = /x/g, b = `${a}`; return", "b.css", "a{left:1px}", uint8(0))
	f.Add("a.js", "}); evil(); (function(){", "b.vue", "<template><p>x</template><script>exports.a=1</script>", uint8(1))
	f.Add("a.js", "let x\n-->\n<!-- y", "b.json", `{"__proto__":[1]}`, uint8(1))
	f.Add("a.js", "/*@nomin*/ await/1", "b.js", "'use strict'; 010", uint8(6))
	f.Fuzz(func(t *testing.T, name1, text1, name2, text2 string, how uint8) {
		in := Input{Module: "m", Package: how&1 != 0, Debug: int(how >> 1 & 3), RTL: how&8 != 0, Styles: how&16 != 0, Files: []File{{Name: name1, Title: name1, Text: text1}, {Name: name2, Title: name2, URL: "https://wiki.example/w/x", Text: text2}}}
		m := Build(in)
		combined := string(m.Combined())
		if msgs := parses(combined); len(msgs) > 0 {
			t.Errorf("the bundle does not parse: %s\n%s", msgs[0].Text, combined)
		}
		if !strings.HasPrefix(combined, payloadHead) || !strings.HasSuffix(combined, payloadTail) {
			t.Errorf("not one statement: %s", combined)
		}
		if !json.Valid(m.SourceMap()) {
			t.Error("the source map is not JSON")
		}
		m.Scripts()
		m.StylesCSS()
	})
}

// A page that passes must be the body of its function and nothing else, in the eyes of a parser that did not decide.
func FuzzAPageStaysInsideItsFunction(f *testing.F) {
	for _, s := range []string{"a", "}", "await / 1 } ); x ( { 2 /g", "x = {} / 1", "`${`}`}`", "if (a) /}/.test(b)", "/*", "a++ / b / c", "class A { static { } }", "<!-- }", "'\\\n'", "\\u{61}", "#!x", "x\n-->}", "}\nevil()\n{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = lineEnds.Replace(strings.ToValidUTF8(s, "?"))
		if _, bad := survey(s); bad != nil {
			return
		}
		wrapped := "x=function(){\n" + s + "\n}"
		ast, err := js.Parse(parse.NewInputString(wrapped), js.Options{})
		if err != nil {
			return
		}
		if whole := len(ast.List) == 1 && isFunction(ast.List[0]); !whole {
			t.Errorf("survey lets out %q", s)
		}
	})
}

func isFunction(s js.IStmt) bool {
	e, ok := s.(*js.ExprStmt)
	if !ok {
		return false
	}
	assignment, ok := e.Value.(*js.BinaryExpr)
	if !ok {
		return false
	}
	_, ok = assignment.Y.(*js.FuncDecl)
	return ok
}

func FuzzFlipTwiceGivesBackTheStart(f *testing.F) {
	for _, c := range mirrored {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := flipped(s)
		if !strings.ContainsAny(s, "0123456789") && !strings.Contains(s, "radius") && !strings.Contains(strings.ToLower(s), "@noflip") && s == strings.ToLower(s) {
			if again := flipped(once); again != joinAll(s) {
				t.Errorf("%q becomes %q and then %q", s, once, again)
			}
		}
	})
}

// joinAll gives back what the tokens of a text hold: all of it but an unterminated comment.
func joinAll(s string) string {
	toks, _, _ := cssTokens(s)
	return joinTokens(toks)
}

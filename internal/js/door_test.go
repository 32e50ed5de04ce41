package js

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestFrontDoorTellsTextsApart(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a.js", "", "script"},
		{"a.js", "a()", "script"},
		{"a.js", "\ufeffa()", "script"},
		{"a.js", "#!/usr/bin/env node\na()", "script"},
		{"a.js", "// <nowiki>\na()\n// </nowiki>", "script"},
		{"a.js", "<nowiki>\na()\n</nowiki>", "script fence"},
		{"a.js", "<pre><nowiki>\na()\n</nowiki></pre>\n", "script fence"},
		{"a.js", "<!-- hidden\na()\n--> gone", "script"},
		{"a.js", "if (x) return; module.exports = a", "function"},
		{"a.js", "import a from 'b'; a()", "module"},
		{"a.js", "export const a = 1", "module"},
		{"a.js", "const a = await b(); export {a}", "module"},
		{"a.js", "const a = await b();", "module"},
		{"a.js", "await(b)", "script"},
		{"a.mjs", "a()", "module"},
		{"a.js", "a <!-- b", "script"},
		{"a.js", "var let, yield, async, of, get, set, await, static; let = yield", "script"},
		{"a.js", "javascript:alert(1)", "script bookmarklet"},
		{"", "javascript:(function()%7Balert(%22a%20b%22)%7D)()", "script bookmarklet"},
		{"a.js", "== Heading ==\nSome text, [[link]] and {{template}}.", "opaque wikitext"},
		{"a.js", "#REDIRECT [[MediaWiki:Other.js]]", "opaque wikitext"},
		{"a.js", "<!DOCTYPE html>\n<html><body>No such page</body></html>", "opaque html"},
		{"a.js", "let a: string = b; interface C {}", "script typescript"},
		{"a.ts", "import type {A} from 'b'; export const a = <A>c;", "module typescript"},
		{"a.js", "a(", "opaque syntax"},
		{"a.js", "a\x00b", "opaque encoding syntax"},
		{"a.js", "a('\xff')", "script encoding"},
		{"a.js", wide("a('é')"), "script encoding"},
		{"a.json", `{"a": [1, true, null, "\u0041"]}`, "json"},
		{"a.json", `{a: 1, /* why */ 'b': 2,}`, "json json"},
		{"a.json", `{"a": `, "opaque json"},
		{"", `{"a": 1}`, "json"},
		{"", `{ a: 1 }`, "script"},
		{"a.css", "a{", "css"},
		{"a.vue", "<template><a/></template>", "vue"},
		{"", "<script>\nexport default {}\n</script>", "vue"},
		{"a.vue", "nothing", "opaque syntax"},
		{"a.js", strings.Repeat(" ", maxBytes+1), "opaque too-large"},
	} {
		s := Parse([]byte(c.src), Options{Name: c.name})
		got := string(s.Goal)
		for _, p := range s.Problems {
			got += " " + string(p.Kind)
		}
		if got != c.want {
			t.Errorf("%s %.60q: %s, want %s: %v", c.name, c.src, got, c.want, s.Problems)
		}
	}
}

// wide is text in UTF-16 as Windows saves it.
func wide(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestBookmarkletsAreDecodedBeforeTheyAreRead(t *testing.T) {
	s := Parse([]byte("javascript:(function()%7Balert(%22a%20b%22)%7D)()"), Options{})
	found := false
	s.Walk(s.Root, func(n Node) bool {
		found = found || s.Str(n) == "a b"
		return true
	})
	if !found {
		t.Errorf("%q: the string is not there", s.Text)
	}
}

func TestForcedGoalsAreObeyed(t *testing.T) {
	if s := ParseExpression([]byte("a ? b : c")); s.Goal != ExpressionGoal || s.Kind(s.Root) != Cond || len(s.Bindings) != 4 {
		t.Errorf("%s %v", s.Goal, s.Kind(s.Root))
	}
	if s := ParseExpression([]byte("a; b")); s.Goal != Opaque {
		t.Error("two statements were taken for an expression")
	}
	if s := Parse([]byte("a <!-- b"), Options{Goal: ModuleGoal}); s.Goal != ModuleGoal || len(s.Comments) != 0 || len(s.Bindings) != 3 {
		t.Errorf("%s %v: in a module this is a < !(--b), no comment", s.Goal, s.Comments)
	}
}

func TestProblemsSayWhereInUTF16(t *testing.T) {
	s := Parse([]byte("x = '😀'\r\ny = '😀' + ;"), Options{Name: "a.js"})
	if len(s.Problems) != 1 || s.Problems[0].Line != 2 || s.Problems[0].Column != 12 {
		t.Errorf("%+v", s.Problems)
	}
}

// Each of these is a way to make a recursive reader call itself as often as the text is long.
func TestHostileNestingEndsInAProblem(t *testing.T) {
	for _, unit := range []string{
		"(", "[", "{", "!", "-", "a?b:", "if(a)", "a=>", "`${", "x=", "a**", "new ", "typeof ", "class{[", "({a:", "function(){",
		"a:", "a??b,", "async(", "[a=", "if(a);else ", "for(;;)", "do ", "while(1)", "with(a)", "try{", "switch(a){case ", "a[", "a(",
		"({[", "...", "yield ", "await ", "async x=>", "(a,", "({a=", "let [", "var {a:", "export default ", "@a ", "<a>", "a<b<", "/*", "/", "\"", "'",
		"a.b", "a()", "a+", "a,", "a&&", "a?.b", "a`b`", "{a:1},", "<!--", "\\u{", "#a in ", "static{", "class A extends ", "import(", "x\n", "0,",
	} {
		for _, n := range []int{120_000, 1_000_000} {
			src := strings.Repeat(unit, n/len(unit))
			for _, name := range []string{"a.js", "a.json", "a.vue", "a.css"} {
				s := Parse([]byte(src), Options{Name: name, CrossCheck: len(src) < 200_000})
				if s.Goal == Opaque && len(s.Problems) == 0 {
					t.Errorf("%q in %s: opaque without a reason", unit, name)
				}
			}
		}
	}
}

func TestNestingThatPeopleWriteIsRead(t *testing.T) {
	for what, src := range map[string]string{
		"brackets":   strings.Repeat("[", 300) + strings.Repeat("]", 300),
		"functions":  strings.Repeat("(function(){", 200) + strings.Repeat("})()", 200),
		"else if":    "if(a);" + strings.Repeat("else if(a);", 700),
		"additions":  "a" + strings.Repeat("+a", 15_000),
		"calls":      "a" + strings.Repeat(".b()", 8_000),
		"statements": strings.Repeat("a();", 200_000),
		"elements":   "[" + strings.Repeat("1,", 300_000) + "]",
	} {
		if s := Parse([]byte(src), Options{Name: "a.js"}); s.Goal != ScriptGoal {
			t.Errorf("%s: %s %v", what, s.Goal, s.Problems)
		}
	}
}

func ExampleParse() {
	s := Parse([]byte("var a = 'x';\nmw.loader.load(a);"), Options{Name: "MediaWiki:Common.js"})
	s.Walk(s.Root, func(n Node) bool {
		if s.Kind(n) == Call {
			line, column := s.Lines.Position(s.Start(n))
			decl := s.Bindings[s.Binding(s.Arg(n, 0))].Decl
			fmt.Printf("%d:%d %s with %s of line 1, column %d\n", line, column, s.Source(s.Callee(n)), s.Name(s.Arg(n, 0)), s.Start(decl)+1)
		}
		return true
	})
	// Output: 2:1 mw.loader.load with a of line 1, column 5
}

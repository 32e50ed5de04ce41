package bundle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// bombs are texts whose tree is as deep as the text is long. n is how often each repeats.
func bombs(n int) map[string]string {
	r := strings.Repeat
	var labels strings.Builder
	for i := range n {
		fmt.Fprintf(&labels, "l%d:", i)
	}
	return map[string]string{
		"parentheses": r("(", n), "closed parentheses": r("(", n) + "a" + r(")", n), "arrays": r("[", n) + r("]", n), "blocks": r("{", n) + r("}", n),
		"functions": r("function f(){", n) + r("}", n), "templates": r("`${", n) + "1" + r("}`", n), "objects": "x=" + r("{a:", n) + "1" + r("}", n),
		"not": r("!", n) + "a", "minus": r("- ", n) + "a", "typeof": r("typeof ", n) + "a", "new": r("new ", n) + "a", "dots": "a" + r(".a", n),
		"calls": "a" + r("()", n), "sum": "a" + r("+a", n), "sum over lines": "a" + r("\n+a", n), "power": r("a**", n) + "a", "and": "a" + r("&&a", n), "coalesce": "a" + r("??a", n),
		"arrows": r("a=>", n) + "a", "async arrows": r("async a=>", n) + "a", "choices": r("a?a:", n) + "a", "open choices": r("a?", n) + "a" + r(":a", n), "assignments": r("a=", n) + "a",
		"if": r("if(1)", n) + ";", "if over lines": r("if(1)\n", n) + ";", "else": r("if(1);else ", n) + ";", "else with blocks": r("if(1){}else ", n) + ";", "else after do": r("if(1)do;while(0);else ", n) + ";",
		"else after try": r("if(1)try{}catch{}else ", n) + ";", "do": r("do ", n) + ";" + r("while(0);", n), "while": r("while(1)", n) + ";", "labels": labels.String() + ";", "tags": "a" + r("``", n),
		"classes": "x=" + r("class extends ", n) + "a" + r("{}", n), "optional": "a" + r("?.a", n), "commas then bracket": r("(a,!!!!!!!!!", n), "await": "async function f(){" + r("await\n", n) + "a}",
		"yield": "function*f(){" + r("yield ", n) + "a}", "pattern": "var " + r("[", n) + "a" + r("]", n) + "=1", "hidden in what looks like a regexp": "{}\n" + r("/!!!!/\n", n), "regexp groups": "x=/" + r("(", n) + r(")", n) + "/",
		"hidden behind a string": "{}/'/;" + r("(", n) + "/'/", "hidden behind a template": "x={}/`/;" + r("(", n), "in else of if of else": r("if(1)if(1);else{", n),
	}
}

func TestNestingBombsAreRefusedBeforeAnythingRecurses(t *testing.T) {
	for name, bomb := range bombs(200_000) {
		t.Run(name, func(t *testing.T) {
			m := Build(Input{Module: "m", Files: []File{{Name: "bomb.js", Title: "bomb.js", Text: bomb}, {Name: "b.js", Title: "b.js", Text: "sibling()"}}})
			if len(m.Problems) != 1 || m.Problems[0].Title != "bomb.js" {
				t.Errorf("problems = %v, want one with the bomb", m.Problems)
			}
			if !strings.Contains(string(m.Combined()), "sibling()") {
				t.Error("the sibling is gone")
			}
		})
	}
}

func TestLongFlatScriptsAreFine(t *testing.T) {
	r, n := strings.Repeat, 20_000
	for name, text := range map[string]string{
		"statements": r("a();", n), "no semicolons": r("a()\nb = 1\n", n), "functions": r("function f() { return 1 }\n", n), "list": "x = [" + r("'a', ", n) + "]",
		"object": "x = {" + r("key: 'value',\n", n) + "}", "sequence": r("a(),", 3000) + "a()", "conditions": r("if (a) b(); else c();\n", n), "loops": r("for (;;) { break }\nx()\n", n),
		"methods": "class A {" + r("m() { return 1 }\n", n) + "}", "cases": "switch (a) {" + r("case 1: b();\n", n) + "}", "variables": "var " + r("a = 1, ", 3000) + "b",
		"a long sum": "x = ''" + r(" + 'line\\n'\n", 900), "template": "x = `" + r("${ a + b }, ", 2000) + "`", "else if": r("if (a) b(); else ", 400) + "c()",
	} {
		m := Build(Input{Module: "m", Files: []File{{Name: "a.js", Title: name, Text: text}}})
		if len(m.Problems) > 0 {
			t.Error(m.Problems[0])
		}
	}
}

// Each of these, at the largest size allowed, made the minifier take minutes (some most of an hour): errors whose line it looks for again and again,
// long chains it walks for each link, and statements it joins one by one.
func TestFloodsOfErrorsAndChainsDoNotHang(t *testing.T) {
	r := strings.Repeat
	full := func(head, body, tail string) string {
		return head + r(body, MaxPage/4/len(body)) + tail
	}
	for name, text := range map[string]string{
		"calls": full("", "a();", ""), "calls on lines": full("", "a()\n", ""), "assignments": full("", "x.y='z';", ""), "conditions": full("", "if(a)b();", ""),
		"early returns": full("function f(){", "if(a)return b();", "}"), "one sequence": full("x=(", "a(),", "1)"), "sequences": full("", "("+r("a(),", 900)+"1);", ""),
		"conjunctions": full("", "x=a"+r("&&a", 900)+";", ""), "declared twice": full("", "let a;", ""), "var again": full("", "var a=1;", ""), "pattern": full("var [", "a,", "]=1"),
		"strict octal": full("'use strict';", "010;", ""), "strict with": full("'use strict';", "with(a);", ""), "strict escape": full("'use strict';", "'\\01';", ""), "let in a class": full("class A{m(){", "let=1;", "}}"),
		"prototypes": full("x={", "__proto__:1,", "}"), "private": full("class A{", "#a;", "}"), "defaults": full("switch(a){", "default:", "}"), "cases": full("switch(a){", "case 1:", "}"),
		"keys": full("x={", "a:1,", "}"), "typeof": full("", "typeof a=='b';", ""), "constants": full("const a=1;", "a=2;", ""), "await": full("function f(){", "await a;", "}"), "class members": full("class A{", "m(){}", "}"),
		"constructors": full("class A{", "constructor(){}", "}"), "labels": full("", "a:b();", ""), "jumps": full("", "for(;;)break x;", ""), "parameters": full("function f(", "a,", "b){}"),
	} {
		t.Run(name, func(t *testing.T) {
			m := Build(Input{Module: "m", Files: []File{{Name: "a.js", Title: "flood", Text: text}, {Name: "b.js", Title: "b", Text: "sibling()"}}})
			if !strings.Contains(string(m.Combined()), "sibling()") {
				t.Error("the sibling is gone")
			}
		})
	}
}

func TestPagesThatAreSlowTogetherDoNotHang(t *testing.T) {
	var names strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&names, "let v%d;", i)
	}
	octal := strings.Repeat("010;\n", 14_000)
	for name, files := range map[string][]File{
		"names declared in both":    {{Text: names.String()}, {Text: names.String()}},
		"strict and octal":          {{Text: "'use strict';"}, {Text: octal[:len(octal)/2]}, {Text: octal[:len(octal)/2]}},
		"many pages, one name each": slices.Repeat([]File{{Text: "let a;"}}, 300),
	} {
		for i := range files {
			files[i].Name, files[i].Title = fmt.Sprint(i, ".js"), fmt.Sprint(i, ".js")
		}
		m := Build(Input{Module: "m", Files: append(files, File{Name: "s.js", Title: "s", Text: "sibling()"})})
		if len(m.Problems) == 0 || m.Problems[0].Title == "0.js" || !strings.Contains(string(m.Combined()), "sibling()") {
			t.Errorf("%s: %d problems, the first %v", name, len(m.Problems), m.Problems[:min(1, len(m.Problems))])
		}
	}
}

func TestStyleBombsAreRefused(t *testing.T) {
	r, n := strings.Repeat, 500_000
	for name, text := range map[string]string{
		"blocks": r("a{", n), "parentheses": "a{b:" + r("(", n), "functions": "a{b:" + r("c(", n), "brackets": r("[", n), "not": r(":not(", n), "crossed": r("{(}[", n), "media": r("@media x{", n),
	} {
		t.Run(name, func(t *testing.T) {
			m := Build(Input{Module: "m", Files: []File{{Name: "a.css", Title: name, Text: text}, {Name: "b.css", Title: "b", Text: "b{c:d}"}}})
			if len(m.Problems) != 1 || string(m.StylesCSS()) != "b{c:d}\n" {
				t.Errorf("problems = %v, styles %.50s", m.Problems, m.StylesCSS())
			}
		})
	}
	for name, text := range map[string]string{
		"not": "@media " + r("not ", n) + "x{a{b:c}}", "and": "@media x" + r(" and x", n) + "{a{b:c}}", "compound": "a" + r(":b", n) + "{c:d}", "descendants": r("a ", n) + "{c:d}", "supports": "@supports " + r("not ", n) + "(a:b){c{d:e}}", "rules": r("a{b:c}", n/5), "layers": "@layer a" + r(".a", n) + "{a{b:c}}", "close": r("}", n) + "a{b:c}",
	} {
		t.Run("flat "+name, func(t *testing.T) {
			Build(Input{Module: "m", RTL: true, Files: []File{{Name: "a.css", Title: name, Text: text}}})
		})
	}
}

func TestTooLargePagesAreRefused(t *testing.T) {
	big := strings.Repeat("/* ten megabytes */\n", 500_000)
	m := Build(Input{Module: "m", Files: []File{{Name: "big.js", Title: "big.js", Text: big}, {Name: "bad.js", Title: "bad.js", Text: "'\xff'"}, {Name: "b.js", Title: "b.js", Text: "sibling()"}}})
	if len(m.Problems) != 2 || !strings.Contains(m.Problems[0].Message, "10000000 bytes") || !strings.Contains(m.Problems[1].Message, "UTF-8") {
		t.Errorf("problems = %v", m.Problems)
	}
	if len(m.Combined()) > 1000 || !strings.Contains(string(m.Combined()), "sibling()") {
		t.Errorf("combined = %.500s", m.Combined())
	}
	many := make([]File, 10)
	for i := range many {
		many[i] = File{Name: fmt.Sprint(i, ".js"), Title: fmt.Sprint(i, ".js"), Text: strings.Repeat("//\n\n", MaxPage/4)}
	}
	if m := Build(Input{Module: "m", Files: many}); len(m.Problems) != len(many)-MaxModule/MaxPage {
		t.Errorf("%d of %d pages refused, want all but the first %d", len(m.Problems), len(many), MaxModule/MaxPage)
	}
}

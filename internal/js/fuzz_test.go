package js

import (
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "a", "(function(){return 1})()", "`a${b}c`", "/[/]/g.test(x)", "<!-- x\n--> y", "class A{#x;static{}get a(){}}",
		"async (a,{b=1},...c)=>{for await(let x of y);}", "label:for(;;)break label", "import a,{b as c} from 'x';export*from 'y'",
		"({a,b:[c]=d,...e}=f)", "let x: string = <div/>", "javascript:alert%281%29", "<nowiki>\na()\n</nowiki>", "== x ==\n[[y]]",
		"if(a)function f(){}else with(b)c", "'\\u{1F600}\\x41\\101'", "0x1F+0b1+1_000n", "\ufeffa", "a?.b?.[c]?.(d)", "new.target",
		"<template><a :href=\"b\" @click=\"c=1;d()\">{{ e }}</a></template><script>export default {}</script><style>a{b:url(c)}</style>",
		"@import 'a';x[value^='b']{background:url(\\75 rl)}", `{"a":[1,-2e3,"\u0041"]}`, "yield\n*a", "let\nlet", "\xff\x00", "a\u2028b",
	} {
		for _, name := range []string{"", "a.js", "a.css", "a.json", "a.vue", "a.ts"} {
			f.Add(name, seed)
		}
	}
	f.Fuzz(func(t *testing.T, name, src string) {
		if len(name) > 20 || len(src) > 4000 {
			return
		}
		s := Parse([]byte(src), Options{Name: name, CrossCheck: len(src)%4 == 0})
		check(t, s)
		for _, p := range s.Parts {
			if p.Script != nil {
				check(t, p.Script)
			}
		}
		if s.Goal == Opaque && len(s.Problems) == 0 {
			t.Error("opaque without a reason")
		}
	})
}

func check(t *testing.T, s *Script) {
	checkSpans(t, s.Tree)
	if s.Root != 0 {
		checkScopes(t, s)
	}
	for _, c := range s.Comments {
		if c.Start >= c.End || int(c.End) > len(s.Text) {
			t.Errorf("comment from %d to %d in %q", c.Start, c.End, s.Text)
		}
	}
	for _, st := range s.Styles {
		if st.Start > st.End || st.End > len(s.Text) {
			t.Errorf("style %+v in %q", st, s.Text)
		}
	}
	for _, p := range s.Problems {
		if p.Line < 1 || p.Column < 1 || p.Offset > len(s.Text) || strings.TrimSpace(p.Message) == "" {
			t.Errorf("problem %+v", p)
		}
	}
}

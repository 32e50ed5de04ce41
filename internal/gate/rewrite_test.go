package gate_test

import (
	"strings"
	"testing"

	"sallyport/internal/js"

	. "sallyport/internal/gate"
)

// check holds whatever is read: the rewritten text parses, has the hook once for each gate, and leads back.
func check(t *testing.T, src string, s *Script) {
	t.Helper()
	for _, f := range s.Functions() {
		if f.Start > f.End || f.Line < 1 {
			t.Errorf("%+v", f)
		}
	}
	r, err := s.Rewrite(nil)
	if err != nil {
		return
	}
	again := js.Parse([]byte(r.Text), js.Options{Goal: s.Goal})
	if again.Goal == js.Opaque {
		t.Fatalf("%q is not read when rewritten: %q: %v", src, r.Text, again.Problems)
	}
	hooks, back := 0, 0
	again.Walk(again.Root, func(n js.Node) bool {
		if again.Kind(n) == js.Call && again.Name(again.Callee(n)) == r.Hook {
			hooks++
		}
		if again.Kind(n) == js.Ident && again.Name(n) != r.Hook && !strings.Contains(again.Source(n), `\`) {
			line, column := again.Lines.Position(again.Start(n))
			was := s.Lines.Offset(r.Original(line, column))
			if !strings.HasPrefix(s.Text[was:], again.Name(n)) {
				back++
			}
		}
		return true
	})
	if hooks != len(r.Gates) {
		t.Errorf("%d gates, %d hooks in %q", len(r.Gates), hooks, r.Text)
	}
	if back > 0 {
		t.Errorf("%d names of %q do not lead back", back, r.Text)
	}
}

func TestConditionsPassThroughTheHook(t *testing.T) {
	for src, want := range map[string]string{
		"if(a)b()":                           "if(H(1,(a)))b()",
		"a&&b&&c()":                          "H(1,(a))&&H(2,(b))&&c()",
		"a||(b,c)||d":                        "H(1,(a))||(H(2,(b,c)))||d",
		"if(a&&b)c()":                        "if(H(1,(a&&b)))c()",
		"if(a&&b())c()":                      "if(H(1,(H(2,(a))&&b())))c()",
		"if(!(a||b.c))d()":                   "if(H(1,(!(a||b.c))))d()",
		"return!a&&b":                        "return H(1,(!a))&&b",
		"while(a);do b();while(c)for(;d;);":  "while(H(1,(a)));do b();while(H(2,(c)))for(;H(3,(d)););",
		"switch(a){case 1:case'b':c()}":      "switch(H(1,(a))){case 1:case'b':c()}",
		"switch(true){case a>b:c()}":         "switch(true){case H(1,(a>b)):c()}",
		"x=a?b?1:2:c?3:4":                    "x=H(1,(a))?H(2,(b))?1:2:H(3,(c))?3:4",
		"x\n!a&&b()":                         "x\nH(1,(!a))&&b()",
		"a??b":                               "a??b",
		"async()=>{if(await a)for(;;)break}": "async()=>{if(H(1,(await a)))for(;;)break}",
		"a?.b||`${c||d}`":                    "H(1,(a?.b))||`${H(2,(c))||d}`",
		"a?.5:1":                             "H(1,(a))?.5:1",
		"if(a){}else if(b){}":                "if(H(1,(a))){}else if(H(2,(b))){}",
		"class A extends(b||c){#d=e||f}":     "class A extends(H(1,(b))||c){#d=H(2,(e))||f}",
	} {
		s := Read([]byte(src), Options{})
		r, err := s.Rewrite(nil)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		if got := strings.ReplaceAll(r.Text, r.Hook, "H"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", src, got, want)
		}
		check(t, src, s)
	}
}

func TestGatesSayWhatTheyAskAndWhichWayLeadsOn(t *testing.T) {
	src := `
if ( mw.config.get( 'wgUserName' ) !== 'Mara' ) { return; }
if ( new Date() < new Date( '2027-01-01' ) ) throw 0;
if ( Math.random() < 0.1 ) a(); else b();
mw.config.get( 'wgUserGroups' ).includes( 'sysop' ) && $( '#x' ).length && c();
switch ( mw.config.get( 'skin' ) ) { case 'minerva': a(); }
confirm( 'Sure?' ) || $.noop();
while ( x ) y();
`
	var got []string
	for _, g := range Read([]byte(src), Options{}).Gates() {
		line := string(g.Form) + " " + string(g.Asks)
		if !g.Want {
			line += " not"
		}
		if g.Both {
			line += " both"
		}
		got = append(got, line+strings.Join(g.Cases, ""))
	}
	want := "if user not; if date not; if chance both; && group; && element; switch skin'minerva'; || confirmation not; loop "
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
}

func TestOnlyChosenGatesAreRewrittenAndKeepTheirNumbers(t *testing.T) {
	s := Read([]byte("if(a)b();if(c)d();if(e)f()"), Options{})
	r, err := s.Rewrite(func(g Gate) bool { return g.N == 2 })
	if err != nil || r.Text != "if(a)b();if(__gate(2,(c)))d();if(e)f()" || len(r.Gates) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = Read([]byte("var __gate=1;if(a)b()"), Options{}).Rewrite(nil)
	if err != nil || r.Hook == "__gate" || strings.Contains("var __gate=1", r.Hook) {
		t.Errorf("the hook is called %s, %v", r.Hook, err)
	}
}

func TestWhatCannotBeRewrittenIsSaid(t *testing.T) {
	for _, name := range []string{"a.css", "a.json", "a.vue"} {
		if _, err := Read([]byte("{}"), Options{Name: name}).Rewrite(nil); err == nil {
			t.Errorf("%s is rewritten", name)
		}
	}
	for _, src := range []string{"if(", "let x: string = a ? 'b' : 'c'"} {
		if _, err := Read([]byte(src), Options{}).Rewrite(nil); err == nil {
			t.Errorf("%s is rewritten", src)
		}
	}
}

// Deep nesting must not make a text that only we could read into one that nobody can.
func TestDeepConditionsStayReadable(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("if(a)", 1400) + "b()", strings.Repeat("(a||", 700) + "b" + strings.Repeat(")", 700),
		"x=" + strings.Repeat("a?b:", 1300) + "c", strings.Repeat("a&&", 5000) + "b", strings.Repeat("a?", 700) + "b" + strings.Repeat(":c", 700),
		strings.Repeat("[a||", 700) + "b" + strings.Repeat("]", 700), strings.Repeat("f(function(){if(a)", 200) + "b" + strings.Repeat("})", 200),
	} {
		s := Read([]byte(src), Options{})
		if s.Goal == js.Opaque {
			t.Errorf("%.20q is not read in the first place: %v", src, s.Problems)
		}
		check(t, src[:20], s)
	}
}

func TestFunctionsAreListedFromTheScriptOn(t *testing.T) {
	s := Read([]byte("var é = '😀'; function a() { return () => 1; }\nclass B { c() {} get d() {} }\nvar e = { f() {}, 'g': function () {}, async *h() {} };"), Options{})
	var got []string
	for _, f := range s.Functions() {
		got = append(got, f.Name)
	}
	if strings.Join(got, " ") != " a  c d f g h" {
		t.Errorf("%q", got)
	}
	if f := s.Functions(); f[1].Start != 14 || f[0].End != len("var e = 'xx'; function a() { return () => 1; }\nclass B { c() {} get d() {} }\nvar e = { f() {}, 'g': function () {}, async *h() {} };") {
		t.Errorf("%+v", f[:2])
	}
}

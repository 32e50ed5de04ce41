package js

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var bindingKinds = map[BindingKind]string{
	Global: "global", Var: "var", Let: "let", Const: "const", FunctionDecl: "function", ClassDecl: "class", Param: "param",
	CatchParam: "catch", ImportBinding: "import", FunctionName: "own name", ArgumentsObject: "arguments",
}

// describe prints each binding with its uses: d declared, r read, w written, ? may be caught by with; and the byte offset.
func describe(s *Script) string {
	var b strings.Builder
	for id := BindingID(1); int(id) < len(s.Bindings); id++ {
		v := s.Bindings[id]
		fmt.Fprintf(&b, "%s %s in %d:", bindingKinds[v.Kind], s.AtomText(v.Name), v.Scope)
		for _, n := range s.Refs(id) {
			b.WriteByte(' ')
			for i, f := range []Flags{IsDeclared, IsRead, IsWritten, IsDynamic} {
				if s.Is(n, f) {
					b.WriteByte("drw?"[i])
				}
			}
			fmt.Fprint(&b, s.Start(n))
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestEveryNameFindsItsBinding(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"var a = 1; a++; b = a", "var a in 1: dw4 rw11 r20; global b in 0: w16"},
		{"f(); function f() { return x; var x }", "function f in 1: r0 dw14; var x in 2: r27 d34"},
		{"let a; { let a = 1; a } a", "let a in 1: d4 r24; let a in 2: dw13 r20"},
		{"{ var a = 1 } a", "var a in 1: dw6 r14"},
		{"for (let i = 0; i < 2; i++) i; i", "let i in 2: dw9 r16 rw23 r28; global i in 0: r31"},
		{"for (var k in o) k", "var k in 1: dw9 r17; global o in 0: r14"},
		{"for (k of o);", "global k in 0: w5; global o in 0: r10"},
		{"try {} catch (e) { var e = 1; e }", "catch e in 3: dw14 r30; var e in 1: dw23"},
		{"(function f(a) { f(a, arguments) })", "param a in 2: dw12 r19; own name f in 2: dw10 r17; arguments arguments in 2: r22"},
		{"(function f(f) { f })", "param f in 2: dw12 r17; own name f in 2: dw10"},
		{"(a, {b, c: [d = a]}, ...e) => b", "param a in 2: dw1 r16; param b in 2: dw5 r30; param d in 2: dw12; param e in 2: dw24"},
		{"() => arguments", "global arguments in 0: r6"},
		{"a => b => a + b", "param a in 2: dw0 r10; param b in 3: dw5 r14"},
		{"class A { m() { A } } new A", "class A in 1: dw6 r16 r26"},
		{"(class B { m() { B } }); B", "own name B in 2: dw7 r17; global B in 0: r25"},
		{"class C { static { var v; v } }", "class C in 1: dw6; var v in 3: d23 r26"},
		{"[a, b.c, {d: e = f}] = g", "global a in 0: w1; global b in 0: r4; global e in 0: w13; global f in 0: r17; global g in 0: r23"},
		{"with (o) { p } p", "global o in 0: r6; global p in 0: r?11 r15"},
		{"var q; with (o) q = 1", "var q in 1: d4 w?16; global o in 0: r13"},
		{"if (x) { function g() {} } g()", "function g in 1: dw18 r27; global x in 0: r4"},
		{"'use strict'; { function g() {} } g()", "function g in 2: dw25; global g in 0: r34"},
		{"switch (a) { case b: let c; default: c }", "let c in 2: d25 r37; global a in 0: r8; global b in 0: r18"},
		{"x: for (;;) { break x } x", "global x in 0: r24"},
		{"({a, b: c, [d]: 1}); e.f", "global a in 0: r2; global c in 0: r8; global d in 0: r12; global e in 0: r21"},
		{"import a, {b as c, d} from 'm'; export {a, c as e}; d", "import a in 1: dw7 r40; import c in 1: dw16 r43; import d in 1: dw19 r52"},
		{"import * as n from 'm'; export default function f() { n }", "function f in 1: dw48; import n in 1: dw12 r54"},
		{"export const {a, b: [c]} = d; export * as z from 'y'", "const a in 1: dw14; const c in 1: dw21; global d in 0: r27"},
		{"typeof u; delete v.w; u += 1", "global u in 0: r7 rw22; global v in 0: r17"},
	} {
		s := Parse([]byte(c.src), Options{Name: "a.js"})
		if s.Goal == Opaque {
			t.Errorf("%s: %v", c.src, s.Problems)
			continue
		}
		checkScopes(t, s)
		got := describe(s)
		if diff := cmp.Diff(strings.ReplaceAll(c.want, "; ", "\n"), strings.ReplaceAll(got, "; ", "\n")); diff != "" {
			t.Errorf("%s:\n%s", c.src, diff)
		}
	}
}

func TestDirectEvalMakesTheScopesAroundItDynamic(t *testing.T) {
	s := Parse([]byte("function f() { return () => eval(x) } function g() { window.eval(x) }"), Options{Name: "a.js"})
	want := map[string]bool{"f": true, "g": false}
	s.Walk(s.Root, func(n Node) bool {
		if name := s.Name(s.Ident(n)); s.Kind(n) == Function && name != "" && s.Scopes.Scopes[s.ScopeOf(n)].Dynamic != want[name] {
			t.Errorf("%s: dynamic is %v", name, !want[name])
		}
		return true
	})
}

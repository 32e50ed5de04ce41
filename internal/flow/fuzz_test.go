package flow

import (
	"strings"
	"testing"

	"sallyport/internal/js"
)

func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{
		`var a = [1, ...b], {c, ...d} = e; for (const [k, v] of Object.entries(d)) a.push(k + v); sink(a.join())`,
		`class A extends B { static x = 1; #y; get z() { return super.z } constructor() { super(); this.#y = () => this } }`,
		`function* g() { yield* g() } async function h() { for await (const x of g()) await x }`,
		`a.b.c = a; a = a.b; a.b = a.c; o = {...o, o}; f = f.bind(f); f(f)(f)`,
		`switch (x) { case 1: x = 2; default: x += x } try { throw x } catch ({y}) { x = y } finally { x-- }`,
		`label: for (;;) { if (x) continue label; else break label } do x++; while (x in y) with (x) y`,
		`eval(eval(eval)); Function('a', 'b')(); $($($)); new new X()()`, "`${`${a}`}`; tag`a${b}`; a?.b?.[c]?.(d)",
		`function f(){ return f } f.prototype = f; f.prototype.f = f; OO.inheritClass(f, f); Object.assign(f, f)`,
		`while (1) x.push(x); 'a'.repeat(1e9); [].concat([[]]); var s = 'a'; s = s + s; s = s + s; sink(s)`,
		`a.b.c.d.e.f.g.h.i.j = a.b().c().d().e().f().g().h = 1; x[''] = x['.'] = 1; this[''](''); window[''] = document['']`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 20_000 {
			return
		}
		s := js.Parse([]byte(code), js.Options{Name: "fuzz.js"})
		everything(Analyse(s, Options{}))
	})
}

func TestHostileScriptsEndInNotesRatherThanInTrouble(t *testing.T) {
	for name, code := range map[string]string{
		"endless packer":     `function f(x) { return f(x + x) } sink(f('a'))`,
		"endless loop":       `sink((function () { while (true) {} })())`,
		"doubling":           `var s = 'aaaaaaaa'; ` + strings.Repeat(`s = s + s; `, 60) + `sink(s)`,
		"huge repeat":        `sink('abc'.repeat(1e9)); sink(new Array(1e9).join('x'))`,
		"long sum":           `sink(` + strings.Repeat(`'a' + x + `, 5_000) + `'b')`,
		"long chain":         `a` + strings.Repeat(`.b()`, 5_000),
		"nested functions":   strings.Repeat(`(function () { x = y; `, 300) + strings.Repeat(`})()`, 300),
		"many objects":       `var o = {}; ` + strings.Repeat(`o = { a: o, b: o }; `, 3_000) + `sink(o.a.b.a.b)`,
		"many conditions":    strings.Repeat(`if (a) return; `, 10_000) + `b()`,
		"everything at once": `var f = [` + strings.Repeat(`function (x) { return f[x](f) }, `, 2_000) + `]; f[0](f)`,
		"regexp":             `sink('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/(a+)+$/g, 'b'))`,
	} {
		t.Run(name, func(t *testing.T) {
			s := js.Parse([]byte(code), js.Options{Name: "hostile.js"})
			if s.Goal == js.Opaque {
				t.Fatal(s.Problems)
			}
			g := Analyse(s, Options{})
			_ = everything(g)
			t.Log(g.Notes())
		})
	}
}

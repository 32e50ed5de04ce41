package gate_test

import (
	"path/filepath"
	"testing"
	"time"

	"sallyport/internal/corpustest"
	"sallyport/internal/js"

	. "sallyport/internal/gate"
)

// text is what testdata/parse.js is asked about.
type text struct {
	Text string  `json:"text"`
	Goal js.Goal `json:"goal"`
	Run  bool    `json:"run"`
}

type answer struct {
	Error     string   `json:"error"`
	Functions [][2]int `json:"functions"`
}

func TestEveryScriptOfTheCorpusReadsTheSameWhenRewritten(t *testing.T) {
	var asked []text
	var names []string
	gates, constants, lowered, unread := 0, 0, 0, 0
	for _, f := range corpustest.Files(t, ".js") {
		s := Read(f.Text, Options{Name: f.Name})
		c := s.Constants()
		constants += len(c.List)
		c.Clocks(time.Unix(1.8e9, 0))
		r, err := s.Rewrite(nil, numbers(s)...)
		switch {
		case s.Lowered:
			lowered++
			continue
		case err != nil:
			unread++
			continue
		}
		gates += len(r.Gates)
		check(t, f.Name, s)
		names = append(names, f.Name)
		asked = append(asked, text{r.Text, s.Goal, false}, text{s.Text, s.Goal, false})
	}
	var answers []answer
	node(t, "parse.js", asked, &answers)
	read := 0
	for i, path := range names {
		switch rewritten, original := answers[2*i].Error, answers[2*i+1].Error; {
		case original != "": // V8 does not read what we do: fences of wikitext, newest syntax
			t.Logf("%s: V8 does not read the original: %s", filepath.Base(path), original)
		case rewritten != "":
			t.Errorf("%s: V8 does not read the rewritten text: %s", path, rewritten)
		default:
			read++
		}
	}
	t.Logf("%d scripts rewritten and read by V8, with %d gates and %d constants; %d lowered, %d no JavaScript", read, gates, constants, lowered, unread)
	if read < 100 {
		t.Error("too few scripts were compared")
	}
}

// Coverage is counted by matching V8's functions with ours.
func TestFunctionsBeginAndEndWhereV8CountsThem(t *testing.T) {
	var asked []text
	var functions [][]Function
	add := func(s *Script) {
		r, err := s.Rewrite(nil, numbers(s)...)
		if err != nil || len(s.Functions()) != len(r.Functions()) {
			t.Fatal(err)
		}
		asked = append(asked, text{s.Text, s.Goal, true}, text{r.Text, s.Goal, true})
		functions = append(functions, s.Functions(), r.Functions())
	}
	add(Read([]byte(every), Options{}))
	for _, f := range corpustest.Files(t, ".js") {
		s := Read(f.Text, Options{Name: f.Name})
		if s.Goal == js.ScriptGoal && !s.Lowered && plain(s.Script) && len(s.Text) < 200_000 {
			add(s)
		}
	}
	var answers []answer
	node(t, "parse.js", asked, &answers)
	seen, all := 0, 0
	for i, a := range answers {
		ours := map[[2]int]bool{}
		for _, f := range functions[i] {
			ours[[2]int{f.Start, f.End}] = true
		}
		all += len(ours)
		for _, f := range a.Functions {
			seen++
			if !ours[f] {
				t.Errorf("script %d: V8 counts %v, %.60q", i, f, asked[i].Text[min(f[0], len(asked[i].Text)):])
			}
		}
		if i < 2 && len(a.Functions) != len(ours) {
			t.Errorf("V8 counts %d functions where every form runs, we have %d", len(a.Functions), len(ours))
		}
	}
	t.Logf("%d functions counted by V8 in %d texts, original and rewritten, all among our %d", seen, len(answers), all)
}

// every has every form of function, and runs them all.
const every = `
function declared() {} declared();
async function later() {} later();
function* many() {} many().next();
async function* both() {} both().next();
( function () {} )(); ( function named() {} )(); ( () => 1 )(); ( x => x )( 1 ); ( ( p = 0 || 1 ) => p || 2 )(); ( ( () => 1 ) && ( q => q ? 1 : 2 ) )( 1 ); ( async ( y ) => y )( 1 ); ( async z => { } )();
var o = { a() {}, b: function () {}, get c() { return 1; }, set c( v ) {}, async d() {}, *e() {}, async *f() {}, [ 'g' ]() {}, 'h'() {}, 1: () => 0, get [ 'i' ]() { return 0; } };
o.a(); o.b(); o.c; o.c = 1; o.d(); o.e().next(); o.f().next(); o.g(); o.h(); o[ 1 ](); o.i;
class A { x = 1; static w = 3; static { var q = 1; } constructor() { this.#k(); } m() {} static n() {} get p() { return 1; } #k() {} async q() {} *r() {} static async s() {} static get t() { return 0; } [ 'u' ]() {} v = () => 2; }
var a = new A(); a.m(); A.n(); a.p; a.q(); a.r().next(); A.s(); A.t; a.u(); a.v();
function withDefault( x = () => 3 ) { return x(); } withDefault();
new Function( 'return 1' )();
`

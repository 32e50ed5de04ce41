package gate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	. "sallyport/internal/gate"
)

type pair struct {
	A    string `json:"a"`
	B    string `json:"b"`
	Hook string `json:"hook"`
}

// numbers are those of all functions of a script.
func numbers(s *Script) []int {
	var out []int
	for i := range s.Functions() {
		out = append(out, i)
	}
	return out
}

func rewritten(t *testing.T, src string, turns map[int]Turn) pair {
	t.Helper()
	s := Read([]byte(src), Options{})
	r, err := s.Rewrite(nil, numbers(s)...)
	if err != nil {
		t.Fatalf("%v: %s", err, src)
	}
	return pair{src, r.Text, (&Hook{Name: r.Hook, Turns: turns}).Script()}
}

func TestARewrittenScriptBehavesAsBefore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var pairs []pair
	for _, src := range handWritten {
		pairs = append(pairs, rewritten(t, src, nil))
	}
	for range 1500 {
		p := program{random: random}
		pairs = append(pairs, rewritten(t, p.block(4), nil))
	}
	var answers []string
	node(t, "run.js", pairs, &answers)
	gates := 0
	for i, a := range answers {
		gates += strings.Count(pairs[i].B, "__gate(")
		if a != "" {
			t.Errorf("%s\nrewritten %s\n%s", pairs[i].A, pairs[i].B, a)
		}
	}
	t.Logf("%d programs with %d gates behave alike", len(answers), gates)
}

func TestTurnedConditionsLeadOn(t *testing.T) {
	var pairs []pair
	for _, c := range []struct {
		src, like string
		turns     map[int]Turn
	}{
		{"if(0)log(1)", "log(1)", map[int]Turn{1: {To: true}}},
		{"(function(){if(1)return;log(2)})()", "log(2)", map[int]Turn{1: {To: false}}},
		{"while(0)log(3)", "log(3)", map[int]Turn{1: {To: true, Once: true}}},
		{"switch('x'){case 'a':log(4);break;case 'b':log(5)}", "log(5)", map[int]Turn{1: {Value: "'b'"}}},
		{"switch(true){case 1>2:log(6)}", "log(6)", map[int]Turn{1: {To: true}}},
		{"0&&log(7)", "log(7)", map[int]Turn{1: {To: true}}},
		{"1||log(8)", "log(8)", map[int]Turn{1: {To: false}}},
		{"log(0?9:10);log('a'&&11)", "log(9);log(11)", map[int]Turn{1: {To: true}, 2: {To: true}}},
		{"if(0)log(12)", "0", map[int]Turn{1: {Value: "log(13)"}}}, // what is no literal does not get in
	} {
		r, err := Read([]byte(c.src), Options{}).Rewrite(nil)
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, pair{c.like + ";void 0", r.Text + ";void 0", (&Hook{Name: r.Hook, Turns: c.turns}).Script()})
	}
	// Each turn is told once, and only when it changed something.
	told := (&Hook{Name: "h", Turns: map[int]Turn{1: {To: true}, 2: {To: true}}, Report: "function(n){log('turned',n)}"}).Script()
	pairs = append(pairs, pair{"log('turned',2);void 0", "h(1,1);h(2,0);h(2,0);h(3,0);void 0", told})
	var answers []string
	node(t, "run.js", pairs, &answers)
	for i, a := range answers {
		if a != "" {
			t.Errorf("%s: %s", pairs[i].B, a)
		}
	}
}

// handWritten are the places where a text put in could do harm.
var handWritten = []string{
	"var f=function(){return!log(1)&&log(2)};log(f())", "var a={b(){return this===a}};log((0||a.b)()===true);log((1?a.b:0)())",
	"function g(){if(arguments.length&&log(arguments[0]))return new.target;return typeof this}log(g(7));log(typeof new g)",
	"function*y(){if(yield 1)log('t');else log('f');log((yield 2)||'d')}var i=y();i.next();i.next(true);i.next()",
	"(async()=>{if(await log(1))log(2);log(await 0||3)})();log(4)", "var x=1\nvar y=x\n!log(0)&&log(5)\nlog(y)",
	"log(typeof(void 0||Object));log([]+{}||1)", "l:for(var i=0;i<5;i++){for(;;){if(i===3)break l;if(i&1)continue l;break}log(i)}",
	"switch(log(2)){default:log('d');case 3:log('3');break;case 2:log('2')}", "switch(true){case log(0):log('no');case log(1)>0:log('yes')}",
	"try{if(nowhere)log(1)}catch(e){log(e.name)}finally{log(2)||log(3)}", "log(eval('var q=1;q')&&q)", "var k=0;do{k++}while(k<3&&log(k));log(k)",
	"'use strict';log(function(){return this===undefined||0}())", "with({a:1,__proto__:null}){if(a)log(a)}", "log(`${1&&`${0||2}`}`)",
	"var o={get a(){return log('get')},b:log(1)&&2,[0||'c']:3};log(o.a||1,o)", "class A{static x=0||log('s');#p=1&&2;m(){return this.#p||0}}log(new A().m())",
	"var{a=0||1,...b}={b:2};log(a,b);((c=1&&log(2),d=c||3)=>log(c,d))()", "log(a?.b||1);var a", "log(0?.5:1)", "log(null??(0||'n'))", "if(log(1),log(0));else log('e')",
	"for(var z in 0||{p:1})log(z);for(var w of 0||[1])log(w)", "var n=0;n||=log(5);n&&=log(6);log(n)", "log(delete(0||{}).x,typeof(1&&undefined))",
	"x=>{};log((x=>x||1)(0));log((x=>({})||1)(0))", "throw 0||log('t')", "if(1)function h(){log('h')}h()", "label:if(1){break label}log(1)", "var s='\\u2028'||1;log(s,'😀'&&2)",
	"log(1)/log(2)||log(3)/1", "log(/x/.test('x')&&/[/]/.source)", "var d=1;while(d-->0)log(d)", "log(+!0||-!1,!(!0&&!1))", "if(0){}else if(0){}else log('z')",
}

// program writes random programs that say what they do.
type program struct {
	random *rand.Rand
	names  int
	budget int
}

func (p *program) pick(all ...string) string { return all[p.random.IntN(len(all))] }

func (p *program) block(depth int) string {
	var b strings.Builder
	for range 1 + p.random.IntN(3) {
		b.WriteString(p.statement(depth))
		b.WriteString(p.pick(";", "\n;", ";\n", ";"))
	}
	return b.String()
}

func (p *program) statement(depth int) string {
	p.budget++
	if depth == 0 || p.budget > 60 {
		return "log(" + p.expr(1) + ")"
	}
	e := func() string { return p.expr(depth) }
	switch p.random.IntN(10) {
	case 0:
		return "if(" + e() + ")" + p.body(depth) + p.pick("", "else "+p.body(depth))
	case 1:
		p.names++
		name := p.names
		return fmt.Sprintf("for(var i%d=0;i%[1]d<2&&%s;i%[1]d++)%s", name, e(), p.body(depth))
	case 2:
		p.names++
		name := p.names
		return fmt.Sprintf("var w%d=3;while(w%[1]d-->0&&%s)%s", name, e(), p.body(depth))
	case 3:
		return "switch(" + e() + "){case " + e() + ":" + p.block(depth-1) + p.pick("break;", "") + "default:" + p.block(depth-1) + "case 1:" + p.block(depth-1) + "}"
	case 4:
		return "(function(){if(" + e() + ")return " + e() + ";" + p.block(depth-1) + "return!" + e() + "}).call(1)"
	case 5:
		return "try{" + p.block(depth-1) + "}catch(e){log(e.name)||" + e() + "}"
	case 6:
		return "do{" + p.block(depth-1) + "}while(" + p.pick("0", "false", "''") + "&&" + e() + ")"
	case 7:
		return "v=" + e() + "\nlog(v)"
	default:
		return e()
	}
}

func (p *program) body(depth int) string {
	return "{" + p.block(depth-1) + "}"
}

func (p *program) expr(depth int) string {
	p.budget++
	if depth <= 0 || p.budget > 60 {
		return p.pick("0", "1", "''", "'a'", "null", "NaN", "log(0)", "log(1)", "log('b')", "typeof v", "[]", "nowhere", "this", "(0,1)")
	}
	e := func() string { return p.expr(depth - 1) }
	switch p.random.IntN(9) {
	case 0:
		return "(" + e() + p.pick("&&", "||", " && ", "\n||\n") + e() + ")"
	case 1:
		return "(" + e() + "?" + e() + ":" + e() + ")"
	case 2:
		return p.pick("!", " - ", "typeof ", "void ", " + ") + e()
	case 3:
		return "(" + e() + p.pick("&&", "||") + e() + p.pick("&&", "&&", "&&") + e() + ")"
	case 4:
		return "log(" + e() + "," + e() + ")"
	case 5:
		return "[" + e() + "||" + e() + "].length"
	case 6:
		return "((x=" + e() + ")=>x||" + e() + ")()"
	case 7:
		return "(" + e() + p.pick("===", "<", " + ", ",", "??") + e() + ")"
	default:
		return "`${" + e() + "||1}`"
	}
}

package bundle
import ("testing";"strings";"fmt";"os";"time";"github.com/evanw/esbuild/pkg/api")
func TestZ(t *testing.T) {
	n := 0
	fmt.Sscan(os.Getenv("ZN"), &n)
	r := strings.Repeat
	uniq := func(f string) string { var b strings.Builder; for i := range n { fmt.Fprintf(&b, f, i) }; return b.String() }
	text := map[string]string{"stmts": r("a();", n), "seq": "x=("+r("a(),", n)+"1)", "ret": "function f(){"+r("if(a)return b();", n)+"}", "ret2": "function f(){"+r("if(a())return;b();", n)+"}", "ifelse": r("if(a)b();else c();", n), "list": "x=["+r("a(),",n)+"]", "obj":"x={"+r("a:1,",n)+"}", "vars": "var a0"+r(",b=a()", n), "thr": r("if(a)throw b();",n), "args":"f("+r("a,",n)+"1)", "cases":"switch(a){"+r("case 1:b();",n)+"}","class":"class A{"+r("m(){}",n)+"}", "fns":r("function f(){}",n), "data": r("x.y='z';",n), "for": r("for(;;)a();", n), "ifs":r("if(a)b();",n), "try":r("try{a()}catch{}",n),"asi":r("a()\n",n),"destr":"var ["+r("a,",n)+"]=1", "uniqvar": uniq("var v%d=1;"), "uniqlet": uniq("let v%d=f();"), "uniqfn": uniq("function v%d(){}\n"), "uniqref":uniq("v%d=1;"), "uniqletuse": uniq("let v%d=f();")+uniq("g(v%d);"), "params":"function f("+uniq("v%d,")+"z){}", "nestfn": "function f(){"+uniq("function v%d(){return z}")+"}","duplet":r("let a;",n),"dupvar":r("var a=1;",n),"labels":r("a:b();",n), "regex": r("/a/;", n), "strs": r("'a\\n';",n), "propchain": r("a.b.c;",n), "onestmt":"var "+uniq("v%d=1,")+"z=2"}[os.Getenv("ZC")]
	if text == "" { fmt.Println("?"); return }
	st := func(name string, f func()) { t0 := time.Now(); f(); if d := time.Since(t0); d > 200*time.Millisecond { fmt.Printf("%s\t%s\t%d\t%v\n", os.Getenv("ZC"), name, len(text), d.Round(time.Millisecond)) } }
	w := "return function(a,b){\n"+text+"\n}"
	st("survey", func(){ survey(text) })
	st("parse", func(){ parses(text) })
	var out transformed
	o := minifyOptions(api.LoaderJS)
	o.MinifyWhitespace = true
	st("ws", func(){ out = transform(w, o) })
	o.MinifyIdentifiers = true
	st("ws+id", func(){ out = transform(w, o) })
	st("tde", func(){ seconded([]byte(out.code[min(7,len(out.code)):])) })
	o.MinifySyntax = true
	st("all", func(){ out = transform(w, o) })
}

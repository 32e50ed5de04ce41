package flow

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"sallyport/internal/js"
)

// graph analyses a snippet, which must parse.
func graph(t *testing.T, code string) *Graph {
	t.Helper()
	s := js.Parse([]byte(code), js.Options{Name: "test.js"})
	if s.Goal == js.Opaque {
		t.Fatalf("parse %q: %v", code, s.Problems)
	}
	return Analyse(s, Options{})
}

// sink is the first argument of the call of sink(…) in a snippet.
func sink(t *testing.T, g *Graph) js.Node {
	t.Helper()
	for _, c := range g.Calls() {
		if c.Callee == "sink" {
			return c.Arg(0)
		}
	}
	t.Fatalf("no call of sink in %q", g.Script().Text)
	return 0
}

// expectStr checks the patterns of what sink() gets, joined by " | ".
func expectStr(t *testing.T, code, want string) {
	t.Helper()
	g := graph(t, code)
	a := g.Str(sink(t, g))
	got := strings.Join(a.Patterns(), " | ")
	if a.More {
		got += " | …"
	}
	if got != want {
		t.Errorf("%s\n got %s\nwant %s", code, got, want)
	}
}

var contextNames = []string{"html", "attr", "url", "param", "js", "css", "selector", "wikitext", "regexp", "data", "markup", "msgparam"}

func spell(c Contexts) string {
	if c&Anywhere == Anywhere {
		c &^= Anywhere
		return strings.TrimSuffix("all+"+spell(c), "+")
	}
	var out []string
	for i, n := range contextNames {
		if c&(1<<i) != 0 && 1<<i != Data {
			out = append(out, n)
		}
	}
	return strings.Join(out, "+")
}

// expectTaint checks what reaches sink(), as "source:contexts, …" in the order of the sources; data is left out.
func expectTaint(t *testing.T, code, want string) {
	t.Helper()
	g := graph(t, code)
	var got []string
	for _, f := range g.Taint(sink(t, g)) {
		got = append(got, fmt.Sprintf("%v:%s", f.Source, spell(f.Unsafe)))
	}
	sort.Strings(got)
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%s\n got %s\nwant %s", code, s, want)
	}
}

// expectCalls checks the names of all calls in order, with their circumstances.
func expectCalls(t *testing.T, code string, want ...string) {
	t.Helper()
	g := graph(t, code)
	var got []string
	for _, c := range g.Calls() {
		got = append(got, describe(&c))
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("%s\n got:\n%s\nwant:\n%s", code, a, b)
	}
}

func describe(c *Call) string {
	s := c.Callee
	if len(c.Targets) > 0 {
		s += "*"
	}
	if c.Trigger != "" {
		s += " " + string(c.Trigger)
	}
	if c.InLoop {
		s += " loop"
	}
	for _, g := range c.Gates {
		not := ""
		if g.Negated {
			not = "!"
		}
		s += " [" + not + string(g.Kind) + "]"
	}
	return s
}

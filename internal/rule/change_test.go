package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"sallyport/internal/js"
)

// changes rewrite a script so that it means the same: findings must not depend on how a thing is written.
var changes = []struct {
	name   string
	change func(*testing.T, string) string
}{
	{"as written", func(_ *testing.T, s string) string { return s }},
	{"renamed", renamed},
	{"minified", transformed(api.TransformOptions{MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, Format: api.FormatIIFE})},
	{"wrapped", func(_ *testing.T, s string) string {
		return "( function ( $, mw ) {\n\t'use strict';\n\tfunction main() {\n" + s + "\n\t}\n\tmain();\n}( jQuery, mw ) );\n"
	}},
	{"lowered to ES5", lowered},
	{"strings split", edited(splitString)},
	{"properties by string", edited(byString)},
}

func transformed(o api.TransformOptions) func(*testing.T, string) string {
	return func(t *testing.T, text string) string {
		r := api.Transform(text, o)
		if len(r.Errors) > 0 {
			t.Fatalf("esbuild: %s in\n%s", r.Errors[0].Text, text)
		}
		return string(r.Code)
	}
}

// lowered goes as far towards ES5 as esbuild can: classes and destructuring have no older form there.
func lowered(t *testing.T, text string) string {
	r := api.Transform(text, api.TransformOptions{
		Target:    api.ES2015,
		Supported: map[string]bool{"arrow": false, "template-literal": false, "object-extensions": false, "for-of": true, "const-and-let": true},
	})
	if len(r.Errors) > 0 {
		return text
	}
	return string(r.Code)
}

// renamed gives every name that the script declares another one.
func renamed(t *testing.T, text string) string {
	s := js.Parse([]byte(text), js.Options{Name: "x.js"})
	at := map[int]string{}
	for id := range s.Bindings {
		if b := s.Bindings[id]; b.Decl == 0 || b.Kind == js.Global {
			continue
		}
		for _, n := range s.Refs(js.BindingID(id)) {
			at[s.Start(n)] = fmt.Sprintf("q%d", id)
		}
	}
	return rewrite(s, func(n js.Node) (string, bool) {
		switch {
		case s.Kind(n) == js.Property && s.Is(n, js.IsShorthand):
			if to, ok := at[s.Start(s.Value(n))]; ok && s.Kind(s.Value(n)) == js.Ident {
				return s.Name(s.Value(n)) + ": " + to, true
			}
		case s.Kind(n) == js.Ident:
			to, ok := at[s.Start(n)]
			return to, ok
		}
		return "", false
	})
}

func edited(f func(*js.Script, js.Node) (string, bool)) func(*testing.T, string) string {
	return func(t *testing.T, text string) string {
		s := js.Parse([]byte(text), js.Options{Name: "x.js"})
		up := s.Parents()
		return rewrite(s, func(n js.Node) (string, bool) {
			to, ok := f(s, n)
			if ok && s.Kind(n) == js.String && s.Key(up[n]) == n {
				to = "[" + to + "]" // a key that is computed stands in brackets
			}
			return to, ok
		})
	}
}

// rewrite prints a script with some nodes replaced; inside of a Dot the object is rewritten as well.
func rewrite(s *js.Script, f func(js.Node) (string, bool)) string {
	var print func(n js.Node) string
	print = func(n js.Node) string {
		if to, ok := f(n); ok && !strings.Contains(to, object) {
			return to
		} else if ok {
			return strings.Replace(to, object, print(s.Object(n)), 1)
		}
		var b strings.Builder
		at := s.Start(n)
		s.Children(n, func(c js.Node) {
			if s.Start(c) < at {
				return
			}
			b.WriteString(s.Text[at:s.Start(c)])
			b.WriteString(print(c))
			at = s.End(c)
		})
		b.WriteString(s.Text[at:s.End(n)])
		return b.String()
	}
	return s.Text[:s.Start(s.Root)] + print(s.Root) + s.Text[s.End(s.Root):]
}

// object stands for the rewritten object of a Dot.
const object = "\x00"

// splitString cuts a string in two.
func splitString(s *js.Script, n js.Node) (string, bool) {
	source := s.Source(n)
	if s.Kind(n) != js.String || len(source) < 7 || strings.Contains(source, `\`) {
		return "", false
	}
	q, middle := source[:1], len(source)/2
	for source[middle]&0xc0 == 0x80 {
		middle++
	}
	return "(" + source[:middle] + q + " + " + q + source[middle:] + ")", true
}

// byString writes a.b as a['b'], for what stands behind a dot.
func byString(s *js.Script, n js.Node) (string, bool) {
	if s.Kind(n) == js.Dot && !s.Is(n, js.IsOptional) && !s.Is(n, js.IsPrivate) && s.Kind(s.Object(n)) != js.Super {
		return object + "['" + s.Name(n) + "']", true
	}
	return "", false
}

func TestChangedScriptsStillParse(t *testing.T) {
	for _, c := range changes {
		for _, set := range []string{"hostile", "harmless"} {
			for _, h := range snippets(t, set) {
				if s := js.Parse([]byte(c.change(t, h.text)), js.Options{Name: "x.js"}); s.Goal == js.Opaque {
					t.Errorf("%s, %s: %v\n%s", h.name, c.name, s.Problems, c.change(t, h.text))
				}
			}
		}
	}
}

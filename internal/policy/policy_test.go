package policy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/csp"
)

func base(t testing.TB) *csp.Policy {
	t.Helper()
	p, err := Base(Wiki{Origin: "https://wiki.example", ScriptPath: "/w", Own: "/sallyport"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func source(t testing.TB, text string) csp.Source {
	t.Helper()
	s, why := csp.ParseSource(text)
	if why != "" {
		t.Fatal(why)
	}
	return s
}

func ask(t *testing.T, header string, kind csp.Kind, url string) bool {
	t.Helper()
	set, problems := csp.ParseHeader(header)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set.Allows(csp.Request{Kind: kind, URL: csp.ParseAddress(url), Page: csp.ParseAddress("https://wiki.example/wiki/Main_Page")}).Allowed
}

func TestTheBaseRunsTheWikiAndNotItsPages(t *testing.T) {
	header, err := NewComposer(base(t)).Header()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind csp.Kind
		url  string
		want bool
	}{
		{csp.Script, "https://wiki.example/w/load.php?modules=startup", true},
		{csp.Script, "https://wiki.example/sallyport/load.php?modules=x", true},
		{csp.Script, "https://wiki.example/w/resources/lib/x.js", true},
		{csp.Script, "https://wiki.example/w/index.php?title=User:Mallory/x.js&action=raw&ctype=text/javascript", false},
		{csp.Script, "https://wiki.example/w/api.php?callback=x", false},
		{csp.Script, "https://evil.example/x.js", false},
		{csp.InlineScript, "", true},
		{csp.Eval, "", true},
		{csp.Style, "https://wiki.example/w/index.php?title=MediaWiki:X.css&action=raw&ctype=text/css", true},
		{csp.Connect, "https://wiki.example/w/api.php", true},
		{csp.Connect, "https://evil.example/", false},
		{csp.Image, "https://evil.example/pixel", false},
		{csp.Form, "https://evil.example/", false},
		{csp.Base, "https://evil.example/", false},
		{csp.Object, "https://wiki.example/x", false},
	} {
		if got := ask(t, header, c.kind, c.url); got != c.want {
			t.Errorf("%s %s: %v", c.kind, c.url, got)
		}
	}
}

func TestOnlyReadersOfAGadgetHaveItsServers(t *testing.T) {
	c := NewComposer(base(t))
	translate := Set{"gadget 1", []Grant{{"connect-src", source(t, "https://translate.example")}, {"script-src", source(t, "https://cdn.example/lib/")}}}
	charts := Set{"gadget 2", []Grant{{"img-src", source(t, "https://charts.example")}}}
	both, err := c.Header(translate, charts)
	if err != nil {
		t.Fatal(err)
	}
	if turned, _ := c.Header(charts, translate); turned != both {
		t.Errorf("the order matters:\n%s\n%s", both, turned)
	}
	one, _ := c.Header(charts)
	for url, want := range map[string][2]bool{"https://translate.example/": {true, false}, "https://wiki.example/": {true, true}} {
		if got := [2]bool{ask(t, both, csp.Connect, url), ask(t, one, csp.Connect, url)}; got != want {
			t.Errorf("%s: %v, want %v", url, got, want)
		}
	}
	if !ask(t, both, csp.Script, "https://cdn.example/lib/x.js") || ask(t, both, csp.Script, "https://cdn.example/x.js") || !ask(t, one, csp.Image, "https://charts.example/1.png") {
		t.Errorf("%s\n%s", both, one)
	}
	if nobody, _ := c.Header(); strings.Contains(nobody, "translate") || len(nobody) > 1024 {
		t.Errorf("%d bytes for readers without gadgets: %s", len(nobody), nobody)
	}
}

func TestAHeaderNoProxyWouldPassIsNotSent(t *testing.T) {
	var many Set
	many.Key = "many"
	for i := range 1000 {
		many.Grants = append(many.Grants, Grant{"connect-src", source(t, fmt.Sprintf("https://server-%d.example", i))})
	}
	header, err := NewComposer(base(t)).Header(many)
	if !errors.Is(err, ErrTooLong) || strings.Contains(header, "server-1.example") || !ask(t, header, csp.Connect, "https://wiki.example/") {
		t.Errorf("%v, %d bytes", err, len(header))
	}
}

func TestAnOriginThatIsNoneHasNoPolicy(t *testing.T) {
	for _, origin := range []string{"https://wiki.example; script-src *", "https://wiki example", "https://wiki.example, default-src *"} {
		if p, err := Base(Wiki{Origin: origin}); err == nil {
			t.Errorf("%q: %s", origin, p)
		}
	}
}

func BenchmarkSallyCompose(b *testing.B) {
	c := NewComposer(base(b))
	var sets []Set
	for i := range 20 {
		s := Set{Key: fmt.Sprint("gadget ", i)}
		for j := range 3 {
			s.Grants = append(s.Grants, Grant{"connect-src", source(b, fmt.Sprintf("https://s%d.g%d.example", j, i))})
		}
		sets = append(sets, s)
	}
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.Header(sets...); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			if made := c.compose(sets); made.err != nil {
				b.Fatal(made.err)
			}
		}
	})
}

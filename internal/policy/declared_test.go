package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
)

// declared is a definition that asks for one server.
func declared(directive, host, reason string) []byte {
	page, err := json.Marshal(map[string]any{
		"module":   map[string]any{"pages": []string{"/a.js"}},
		"settings": map[string]any{"csp": map[string]any{directive: map[string]string{host: reason}}},
	})
	if err != nil {
		panic(err)
	}
	return page
}

// stays says what is wrong with a header that grants what a definition asks for: it must hold that and nothing else.
func stays(t *testing.T, c *Composer, page []byte) (granted int) {
	t.Helper()
	d, _ := gadget.Parse(page, gadget.Options{})
	if d == nil {
		return 0
	}
	var grants []Grant
	for _, h := range d.Settings.CSP {
		grants = append(grants, Grant{h.Directive, h.Source})
	}
	header, err := c.Header(SetOf(grants))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(header, func(r rune) bool { return r < ' ' || r > '~' || r == ',' }) {
		t.Fatalf("%s ends the policy: %q", page, header)
	}
	set, problems := csp.ParseHeader(header)
	before, _ := c.Header()
	base, _ := csp.Parse(before)
	if len(problems) > 0 || len(set) != 1 {
		t.Fatalf("%s makes %d policies: %q %v", page, len(set), header, problems)
	}
	for _, is := range set[0].Directives {
		was := base.Find(is.Name)
		if was == nil {
			was = base.Governing(is.Name)
		}
		if was == nil {
			t.Fatalf("%s adds the directive %s: %q", page, is.Name, header)
		}
		for _, s := range is.Sources {
			mine := func(g Grant) bool { return g.Directive == is.Name && g.Source == s }
			if !slices.Contains(was.Sources, s) && !slices.ContainsFunc(grants, mine) {
				t.Fatalf("%s lets %s use %s: %q", page, is.Name, s, header)
			}
		}
	}
	return len(grants)
}

func TestAHostNameEndsNeitherThePolicyNorTheHeader(t *testing.T) {
	c := NewComposer(base(t))
	for _, host := range []string{
		"https://a.example; script-src *", "https://a.example, script-src *", "https://a.example\r\nSet-Cookie: x=1", "https://a.example\n\nhtml",
		"https://a.example/;x", "https://a.example/,x", "https://a.example 'unsafe-eval'", "https://a.example\t*", "https://a.example\u00a0*", "https://a\x00b.example",
		"https://a.example/" + strings.Repeat("x", gadget.MaxSource),
	} {
		for _, directive := range []string{"connect-src", "script-src", "script-src *; connect-src", "default-src", "report-uri", "base-uri", "object-src", "sandbox"} {
			if n := stays(t, c, declared(directive, host, "why")); n != 0 {
				t.Errorf("%s %q is granted", directive, host)
			}
		}
	}
	if n := stays(t, c, declared("connect-src", "https://a.example/x", "why\r\nnot")); n != 1 {
		t.Errorf("%d servers of a definition that is as it should be", n)
	}
}

func FuzzWhatADefinitionAsksForIsAllItGets(f *testing.F) {
	f.Add("connect-src", "https://a.example/x", "why")
	f.Add("img-src", "wss://*.a.example:8443", "why")
	f.Add("script-src", "https://a.example;", "'unsafe-eval'")
	f.Add("style-src-elem", "https://a.example, default-src *", "\r\n")
	c := NewComposer(base(f))
	f.Fuzz(func(t *testing.T, directive, host, reason string) { stays(t, c, declared(directive, host, reason)) })
}

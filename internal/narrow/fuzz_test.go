package narrow

import (
	"slices"
	"strings"
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/violation"
)

// FuzzDerive makes a policy of what anybody could have reported: however hosts are spelt, nothing but a source of the directive
// it was reported for comes of them.
func FuzzDerive(f *testing.F) {
	for _, s := range [][2]string{
		{"img-src", "https://a.test"}, {"connect-src", "wss://a.test:8443"}, {"script-src-elem", "https://a.test; script-src *"}, {"img-src", "https://a.test,script-src *"},
		{"img-src", "https://a.test\r\nX-Evil: 1"}, {"img-src; script-src", "*"}, {"script-src", "'unsafe-inline'"}, {"style-src-attr", "inline"}, {"worker-src", "blob:"}, {"font-src", "data:"},
		{"form-action", "https://ü.test"}, {"frame-src", "https://a.test/;/x"}, {"img-src", "https:"}, {"img-src", "*"}, {"base-uri", "https://*.test"}, {"img-src", "https://*.test"}, {"img-src", "https://*"},
	} {
		f.Add(s[0], s[1])
	}
	base, _ := csp.Parse("default-src 'self'; script-src 'self'; object-src 'none'")
	f.Fuzz(func(t *testing.T, directive, blocked string) {
		rows := []violation.Row{met(directive, blocked, "User:Mara/x.gadget", 1, 1, 2, 3, 4, 5, 6), met(directive, blocked, "User:Mara/x.gadget", 2, 1, 2, 3, 4, 5, 6)}
		derived := Remember(rows).Derive(Wanted{Page: wikiPage, Base: base, Share: 1, People: 5, Days: 2})
		text := derived.Policy.String()
		set, problems := csp.ParseHeader(text)
		if len(set) != 1 || len(problems) > 0 || strings.ContainsAny(text, "\r\n,\x00") {
			t.Fatalf("%q %q became %q: %v", directive, blocked, text, problems)
		}
		for _, d := range set[0].Directives {
			before := base.Governing(d.Name)
			for _, s := range d.Sources {
				known := before != nil && slices.Contains(before.Sources, s)
				if !known && (s.Wild || !strings.Contains(strings.ToLower(blocked), s.Host)) {
					t.Errorf("%q %q: %s may be used for %s: %q", directive, blocked, s, d.Name, text)
				}
			}
		}
	})
}

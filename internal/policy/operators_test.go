package policy

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/csp"
)

func TestOperatorsRefuseWhatMeetsTheirListWhateverItsPath(t *testing.T) {
	hosts := func(list ...string) []csp.Source {
		all, err := ReadHosts(list)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	o := Operators{
		Everybody: base(t).Grant("img-src", source(t, "https://maps.example"), source(t, "https://tiles.tracker.example")),
		Refuse:    hosts("*.tracker.example", "evil.example"), Review: hosts("*.workers.example", "maps.example"),
	}
	for text, want := range map[string]Word{
		"img-src https://maps.example/tile/":      Everybody,
		"connect-src https://maps.example":        Review,
		"img-src https://tiles.tracker.example":   Refused,
		"img-src https://tracker.example:8443/x":  Refused,
		"img-src https://a.b.tracker.example":     Refused,
		"connect-src wss://evil.example":          Refused,
		"connect-src https://notevil.example":     Asks,
		"connect-src https://*.example":           Refused, // evil.example is among them
		"connect-src https://a.workers.example/x": Review,
		"connect-src https://translate.example":   Asks,
		"form-action https://translate.example":   Asks,
	} {
		directive, s, _ := strings.Cut(text, " ")
		if got := o.Says(directive, source(t, s)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	o.Review = hosts("*")
	if got := o.Says("connect-src", source(t, "https://translate.example")); got != Review {
		t.Errorf("everything is reviewed, but this: %q", got)
	}
	for _, bad := range []string{"", "https://evil.example", "evil.example/x", "evil.example:8", "'self'", "data:", "evil.example; script-src *", "evil.example, *"} {
		if all, err := ReadHosts([]string{bad}); err == nil {
			t.Errorf("%q is read as %v", bad, all)
		}
	}
}

func TestAGrantThatTheWikisOwnPolicyBlocksIsNamed(t *testing.T) {
	own, _ := csp.ParseHeader("default-src 'self' https://*.example; script-src 'self'; img-src *", "connect-src 'self' wss://chat.example https://a.example; form-action 'self'")
	grants := []Grant{
		{"img-src", source(t, "https://pictures.test")},
		{"script-src", source(t, "https://cdn.example")},
		{"connect-src", source(t, "https://a.example/x")},
		{"connect-src", source(t, "https://b.example")},
		{"connect-src", source(t, "https://c.test")},
		{"form-action", source(t, "https://forms.test")},
	}
	var got []string
	for _, g := range Blocked(own, grants) {
		got = append(got, g.Directive+" "+g.Source.String())
	}
	if want := "[script-src https://cdn.example connect-src https://b.example connect-src https://c.test form-action https://forms.test]"; fmt.Sprint(got) != want {
		t.Errorf("blocked: %s, want %s", got, want)
	}
	for _, p := range own {
		p.ReportOnly = true
	}
	if list := Blocked(own, grants); list != nil {
		t.Errorf("what is only reported blocks %v", list)
	}
}

func TestReadersWithTheSameGrantsShareAHeaderWhoseSizeIsCounted(t *testing.T) {
	c := NewComposer(base(t))
	if got := c.Below(0.95); got != 0 {
		t.Errorf("before anybody came: %d", got)
	}
	a, b := Grant{"img-src", source(t, "https://a.example")}, Grant{"connect-src", source(t, "https://b.example")}
	one, other := SetOf([]Grant{a, b, a}), SetOf([]Grant{b, a})
	if one.Key != other.Key || len(one.Grants) != 2 || SetOf(nil).Key != "" {
		t.Errorf("%q, %q", one.Key, other.Key)
	}
	header, _ := c.Header(one)
	if again, _ := c.Header(other); again != header || c.cache.EstimatedSize() != 1 {
		t.Errorf("%d headers are kept", c.cache.EstimatedSize())
	}
	if _, err := c.Header(); err != nil {
		t.Error(err)
	}
	if got := c.Below(0.95); got < len(header) || got > len(header)+sizeStep {
		t.Errorf("p95 is %d, the only header has %d bytes", got, len(header))
	}
	var many []Grant
	for i := range 100 {
		many = append(many, Grant{"connect-src", source(t, fmt.Sprintf("https://server-%d.example", i))})
	}
	long, _ := c.Header(SetOf(many))
	if half, most := c.Below(0.5), c.Below(0.95); half > len(header)+sizeStep || most < len(long) {
		t.Errorf("of 3 headers, two of %d and one of %d bytes, half are below %d and all below %d", len(header), len(long), half, most)
	}
}

func TestWhatOneOfTwoPoliciesLacksIsAskedFor(t *testing.T) {
	wide := base(t).Grant("img-src", source(t, "https://maps.example"))
	sent := []*csp.Policy{wide, wide}
	o := Operators{Everybody: wide, Now: func() []*csp.Policy { return sent }}
	if got := o.Says("img-src", source(t, "https://maps.example")); got != Everybody {
		t.Errorf("%q", got)
	}
	sent[1] = base(t) // is being rolled out
	if got := o.Says("img-src", source(t, "https://maps.example")); got != Asks {
		t.Errorf("%q", got)
	}
}

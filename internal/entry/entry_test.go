package entry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/risk"
)

func read(t testing.TB, text string) *Rules {
	t.Helper()
	rs, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// calm is a script that the default rules allow to everybody without powerful rights.
func calm() Script {
	return Script{Title: "User:Mara/calm.js", Kind: UserScript, Read: true, Author: Confirmed, Review: Unreviewed, People: 3}
}

func able(name capability.Name, certainty capability.Certainty, trigger capability.Trigger) capability.Set {
	return capability.Set{{Name: name, Certainty: certainty, Trigger: trigger}}
}

func TestTheDefaultRulesAreThoseOfACautiousWiki(t *testing.T) {
	rs := read(t, string(Default))
	for name, from := range map[string]int{"severe": risk.SevereFrom, "high": risk.HighFrom} {
		i := slices.IndexFunc(rs.list, func(r Rule) bool { return r.Name == name })
		if i < 0 || rs.list[i].ScoreFrom != from {
			t.Errorf("the rule %q does not begin where the score is called so, at %d", name, from)
		}
	}
	if dead := rs.Shadowed(); len(dead) > 0 {
		t.Errorf("rules that never decide: %v", dead)
	}
	admin := Use{Rights: []string{"edit", "editinterface"}}
	with := func(edit func(*Script)) Script { s := calm(); edit(&s); return s }
	cases := []struct {
		what string
		s    Script
		u    Use
		want Action
		rule string
	}{
		{"a calm script for a reader", calm(), Use{}, Allow, "the rest"},
		{"the same for an admin", calm(), admin, Refuse, "powerful people, loose"},
		{"pinned, for an admin", calm(), Use{Rights: admin.Rights, Pinned: true}, Allow, "the rest"},
		{"approved, for an admin", with(func(s *Script) { s.Review = Approved }), admin, Allow, "approved"},
		{"an admin's own", calm(), Use{Rights: admin.Rights, Own: true}, Allow, "own"},
		{"spreading", with(func(s *Script) {
			s.Capabilities = able(capability.WriteOtherCode, capability.Likely, capability.OnLoad)
		}), Use{}, Refuse, "spreads"},
		{"spreading from one's own page", with(func(s *Script) {
			s.Capabilities = able(capability.WriteSiteCode, capability.Certain, capability.OnTimer)
		}), Use{Own: true}, Refuse, "spreads"},
		{"an editor for code, on a click", with(func(s *Script) {
			s.Capabilities = able(capability.WriteOtherCode, capability.Certain, capability.OnClick)
		}), Use{}, Allow, "the rest"},
		{"a mere suspicion", with(func(s *Script) {
			s.Capabilities = able(capability.WriteOtherCode, capability.Possible, capability.OnLoad)
		}), Use{}, Allow, "the rest"},
		{"what cannot be read", with(func(s *Script) { s.Capabilities = able(capability.Opaque, capability.Certain, "") }), Use{}, Refuse, "unreadable"},
		{"what nobody has read", with(func(s *Script) { s.Read = false }), Use{}, Warn, "unread"},
		{"the same pinned by an admin", with(func(s *Script) { s.Read = false }), Use{Rights: admin.Rights, Pinned: true}, Refuse, "powerful people, unread"},
		{"by somebody blocked", with(func(s *Script) { s.Author = Blocked }), Use{}, Refuse, "blocked author"},
		{"by somebody new", with(func(s *Script) { s.Author = Unconfirmed }), Use{}, Confirm, "new author"},
		{"the same, agreed to", with(func(s *Script) { s.Author = Unconfirmed }), Use{Agreed: true}, Allow, "new author"},
		{"a severe one", with(func(s *Script) { s.Score = 80 }), Use{}, Refuse, "severe"},
		{"a severe one, agreed to", with(func(s *Script) { s.Score = 80 }), Use{Agreed: true}, Refuse, "severe"},
		{"a high one", with(func(s *Script) { s.Score = 45 }), Use{}, Confirm, "high"},
		{"rejected, though pinned", with(func(s *Script) { s.Review = Rejected }), Use{Pinned: true, Own: true}, Refuse, "rejected"},
		{"approved and gained a power", with(func(s *Script) { s.Review = Approved }), Use{Gained: able(capability.Delete, capability.Certain, capability.OnLoad)}, Confirm, "gained a power"},
		{"gained a host", calm(), Use{Gained: able(capability.Network, capability.Certain, "")}, Warn, "gained something"},
		{"code of the site", with(func(s *Script) { s.Kind, s.Score = SiteCode, 90 }), admin, Allow, "the rest"},
	}
	decided := map[string]bool{}
	for _, c := range cases {
		got := rs.Decide(&c.s, &c.u)
		if got.Action != c.want || got.Rule != c.rule {
			t.Errorf("%s: %s by %q, want %s by %q", c.what, got.Action, got.Rule, c.want, c.rule)
		}
		decided[got.Rule] = true
	}
	for _, r := range rs.list {
		if !decided[r.Name] {
			t.Errorf("no case is decided by %q", r.Name)
		}
	}
}

func TestARuleFileIsReadWithAllItsMistakes(t *testing.T) {
	_, err := Read([]byte(`
[[rule]]
name = "a"
capabilities = ["write:everything"]
then = "refuse"
because = "x"
[[rule]]
name = "a"
then = "forbid"
unread = true
score_from = 101
[[rule]]
capabilities = ["network"]
then = "allow"
[[rule]]
name = "targets alone"
targets = ["*.test"]
people_from = 5
people_below = 5
then = "warn"
because = "x"
`))
	if err == nil {
		t.Fatal("read")
	}
	for _, want := range []string{
		`"write:everything"`, "rule 1 has that name", `"forbid": write "allow", "warn", "confirm" or "refuse"`, "score_from = 101", "never fits",
		"because is missing", "name is missing", "a rule that allows cannot name capabilities", "targets without capabilities", "leave nobody",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
	for text, want := range map[string]string{
		"[[rule]]\nname = 'a'\nwhen = 'now'\nthen = 'allow'": "when",
		"[[rule]\n":                          "1|",
		strings.Repeat("# x\n", maxFile/4+1): "longer than",
		"[[rule]]\nname = 'a'\nthen = 'allow'\ncapabilities = 'eval'": "string",
	} {
		if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestTargetsThatAreNotKnownMayBeAny(t *testing.T) {
	for _, c := range []struct {
		pattern, target string
		want            bool
	}{
		{"*.test", "a.b.test", true}, {"*.test", "test", false}, {"*.test", "a.test.example", false},
		{"User:*/common.js", "User:A/B/common.js", true}, {"User:*/common.js", "User:A/common.css", false}, {"a*b*c", "abc", true}, {"a*b*c", "acb", false},
		{"a*a", "a", false}, {"*", "", true}, {"x", "", true}, {"x", "User:<name>/x", true}, {"x", "x", true}, {"x", "y", false},
	} {
		if got := could(c.pattern, c.target); got != c.want {
			t.Errorf("%q, %q: %v", c.pattern, c.target, got)
		}
	}
}

func TestExplainSaysWhyTheOthersDidNotDecide(t *testing.T) {
	rs := read(t, string(Default))
	s := calm()
	s.Score = 45
	d, steps := rs.Explain(&s, &Use{Rights: []string{"delete"}})
	if d.Rule != "powerful people, loose" || len(steps) != rs.Len() {
		t.Fatal(d, len(steps))
	}
	var said []string
	for _, step := range steps {
		said = append(said, fmt.Sprintf("%s: %s", step.Rule, step.Misfit))
		if step.Fits != (step.Misfit == "") {
			t.Errorf("%+v", step)
		}
	}
	for _, want := range []string{"approved: its review is none", "own: it is somebody else's", "severe: its score is 45", "powerful people, loose: ", "gained something: nothing of that is new"} {
		if !slices.Contains(said, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(said, "\n"))
		}
	}
}

func TestNothingRunsThatNoRuleSpeaksOf(t *testing.T) {
	s := calm()
	if d := read(t, "").Decide(&s, &Use{}); d.Action != Refuse || d.Says == "" {
		t.Error(d)
	}
}

func TestARuleThatNeverDecidesIsFound(t *testing.T) {
	rs := read(t, `
rule = [
	{ name = "wide", score_from = 40, then = "confirm", because = "x" },
	{ name = "narrow", score_from = 60, kinds = ["gadget"], then = "refuse", because = "x" },
	{ name = "other", people_from = 5, then = "warn", because = "x" },
	{ name = "more", people_from = 6, own = true, then = "warn", because = "x" },
	{ name = "net", capabilities = ["network", "eval"], then = "warn", because = "x" },
	{ name = "net only", capabilities = ["network"], certainty = "certain", then = "refuse", because = "x" },
	{ name = "net maybe", capabilities = ["network"], certainty = "possible", then = "refuse", because = "x" },
	{ name = "rest", then = "allow" },
]`)
	want := map[string]string{"narrow": "wide", "more": "other", "net only": "net"}
	if diff := cmp.Diff(want, rs.Shadowed()); diff != "" {
		t.Error(diff)
	}
}

func TestASimulationCountsScriptsAndPeopleOnce(t *testing.T) {
	inForce := read(t, `rule = [{ name = "rest", then = "allow" }]`)
	draft := read(t, `rule = [
	{ name = "popular", people_from = 3, runners = ["reader"], then = "refuse", because = "x" },
	{ name = "new", authors = ["unconfirmed"], then = "confirm", because = "x" },
	{ name = "rest", then = "allow" }]`)
	a, b, c := calm(), calm(), calm()
	a.Title, b.Title, c.Title = "A", "B", "C"
	c.People, c.Author = 1, Unconfirmed
	cases := []Case{{a, []Person{{ID: 1}, {ID: 2}, {ID: 3, Use: Use{Anonymous: true}}}}, {b, []Person{{ID: 2}, {ID: 1}, {ID: 4}}}, {c, []Person{{ID: 9}}}}
	got := draft.Simulate(inForce, cases)
	want := Effect{Scripts: 2, People: 3, Changes: []Change{
		{"B", "popular", Allow, Refuse, 3}, {"A", "popular", Allow, Refuse, 2}, {"C", "new", Allow, Confirm, 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if back := inForce.Simulate(draft, cases); back.Freed != 2 || back.Scripts != 0 {
		t.Error(back)
	}
	if same := draft.Simulate(draft, cases); len(same.Changes) != 0 {
		t.Error(same)
	}
}

func TestMorePowerForTheScriptNeverLoosensTheDefault(t *testing.T) {
	rs := read(t, string(Default))
	base := calm()
	for _, name := range capability.Names() {
		for _, trigger := range []capability.Trigger{"", capability.OnLoad, capability.OnClick} {
			for _, u := range []Use{{}, {Own: true}, {Pinned: true}, {Rights: []string{"delete"}, Pinned: true}, {Gained: able(capability.Network, capability.Certain, "")}} {
				more := base
				more.Capabilities, more.Score = able(name, capability.Certain, trigger), 90
				if rs.Decide(&base, &u).Action.Stricter(rs.Decide(&more, &u).Action) {
					t.Errorf("%s %s %+v loosens it", name, trigger, u)
				}
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(Default)
	f.Add([]byte("[[rule]]\nname = 'a'\nthen = 'allow'"))
	f.Add([]byte("rule = [{name='x', capabilities=['network'], targets=['*'], then='warn', because='y'}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rs, err := Read(text)
		if (rs == nil) == (err == nil) {
			t.Fatal(rs, err)
		}
		if err == nil {
			s := calm()
			d := rs.Decide(&s, &Use{})
			if strictness(d.Action) < 0 {
				t.Fatalf("%+v", d)
			}
			rs.Shadowed()
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	rs := read(b, string(Default))
	s, u := calm(), Use{Rights: []string{"read", "edit", "createpage", "move", "upload", "minoredit", "autoconfirmed", "patrol", "rollback"}}
	for range 30 {
		s.Capabilities = append(s.Capabilities, capability.Capability{Name: capability.Network, Target: "a.test", Certainty: capability.Certain})
	}
	for b.Loop() {
		rs.Decide(&s, &u)
	}
}

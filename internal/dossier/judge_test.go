package dossier

import (
	"context"
	"errors"
	"slices"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// notebook keeps agreements.
type notebook struct {
	all []store.Agreement
	err error
}

func (n *notebook) Agree(_ context.Context, a store.Agreement) error {
	n.all = append(slices.DeleteFunc(n.all, func(b store.Agreement) bool { return a.UserID == b.UserID && a.Title == b.Title }), a)
	return n.err
}

func (n *notebook) Agreements(_ context.Context, _ string, user int64) (found []store.Agreement, err error) {
	for _, a := range n.all {
		if a.UserID == user {
			found = append(found, a)
		}
	}
	return found, n.err
}

func judge(t testing.TB, s *shelf) *Judge {
	t.Helper()
	rules, err := entry.Read(entry.Default)
	if err != nil {
		t.Fatal(err)
	}
	a := New(Options{Site: site, Known: s, Account: func(_ context.Context, name string) (mediawiki.Author, error) {
		return mediawiki.Author{User: wiki.User{ID: 5, Rights: map[bool][]string{true: {"autoconfirmed"}}[name != "Newt"]}}, nil
	}})
	return NewJudge(a, &notebook{}, rules, true)
}

var (
	noor = wiki.User{ID: 7, Name: "Noor", Rights: []string{"edit"}}
	ira  = wiki.User{ID: 8, Name: "Ira", Rights: []string{"edit", "editsitejs"}}
)

func (j *Judge) must(t testing.TB, x Text, u wiki.User, pinned bool) *Verdict {
	t.Helper()
	v, err := j.Decide(t.Context(), x, u, pinned)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatBecomesOfAScriptDependsOnWhoRunsItAndHow(t *testing.T) {
	s := &shelf{}
	for _, title := range []string{"User:Mara/x.js", "User:Ira/x.js", "User:Newt/x.js"} {
		s.read(t, title, "text")
	}
	j := judge(t, s)
	for _, c := range []struct {
		title  string
		user   wiki.User
		pinned bool
		want   entry.Action
	}{
		{"User:Mara/x.js", wiki.User{}, false, entry.Allow},
		{"User:Mara/x.js", noor, false, entry.Allow},
		{"User:Mara/x.js", ira, false, entry.Refuse},
		{"User:Mara/x.js", ira, true, entry.Allow},
		{"User:Ira/x.js", ira, false, entry.Allow},
		{"User:Newt/x.js", noor, false, entry.Confirm},
		{"User:Mara/unread.js", noor, false, entry.Warn},
		{"User:Mara/unread.js", ira, true, entry.Refuse},
	} {
		if v := j.must(t, text(t, c.title, "text"), c.user, c.pinned); v.Action != c.want {
			t.Errorf("%s for %q, pinned %t: %s by %q, want %s", c.title, c.user.Name, c.pinned, v.Action, v.Rule, c.want)
		}
	}
}

func TestAYesHoldsForOneTextAndOneAccount(t *testing.T) {
	s := &shelf{}
	s.read(t, "User:Newt/x.js", "text")
	s.read(t, "User:Newt/x.js", "other")
	j := judge(t, s)
	x := text(t, "User:Newt/x.js", "text")
	if err := j.Agree(t.Context(), x, noor.ID, true); err != nil {
		t.Fatal(err)
	}
	if v := j.must(t, x, noor, false); v.Action != entry.Allow || !v.Asked {
		t.Errorf("agreed: %+v", v.Decision)
	}
	for what, v := range map[string]*Verdict{
		"another text": j.must(t, text(t, "User:Newt/x.js", "other"), noor, false), "somebody else": j.must(t, x, wiki.User{ID: 9, Name: "Ulo"}, false),
		"nobody": j.must(t, x, wiki.User{}, false),
	} {
		if v.Action != entry.Confirm {
			t.Errorf("%s: %+v", what, v.Decision)
		}
	}
	if err := j.Agree(t.Context(), x, noor.ID, false); err != nil || j.must(t, x, noor, false).Action != entry.Allow {
		t.Errorf("switching on takes the yes back: %v", err)
	}
}

func TestWhatAScriptGainedSinceTheReaderSwitchedItOnIsSaid(t *testing.T) {
	s := &shelf{}
	title := "User:Mara/x.js"
	had, gained := capability.Capability{Name: capability.Network, Target: "a.test", Certainty: capability.Certain}, deletes
	j := judge(t, s)
	// Nobody had read it when it was switched on; somebody has since.
	if err := j.Agree(t.Context(), text(t, title, "old"), noor.ID, false); err != nil {
		t.Fatal(err)
	}
	s.read(t, title, "new", had, gained)
	if v := j.must(t, text(t, title, "new"), noor, false); len(v.Use.Gained) != 0 {
		t.Errorf("gained over what nobody knows: %v", v.Use.Gained)
	}
	j = judge(t, s)
	s.read(t, title, "old", had)
	if err := j.Agree(t.Context(), text(t, title, "old"), noor.ID, false); err != nil {
		t.Fatal(err)
	}
	v := j.must(t, text(t, title, "new"), noor, false)
	if len(v.Use.Gained) != 1 || v.Use.Gained[0].Name != capability.Delete || v.Action != entry.Confirm || v.Rule != "gained a power" {
		t.Errorf("%+v, gained %v", v.Decision, v.Use.Gained)
	}
	if err := j.Agree(t.Context(), text(t, title, "new"), noor.ID, true); err != nil {
		t.Fatal(err)
	}
	if v := j.must(t, text(t, title, "new"), noor, false); v.Action != entry.Allow {
		t.Errorf("after a yes: %+v", v.Decision)
	}
}

func TestAStoreThatCannotSayWhatWasAgreedToIsAnError(t *testing.T) {
	j := judge(t, &shelf{})
	j.agreements = &notebook{err: errors.New("disk")}
	if _, err := j.Decide(t.Context(), text(t, "User:Mara/x.js", "text"), noor, false); err == nil {
		t.Error("no error")
	}
}

func BenchmarkDecide(b *testing.B) {
	s := &shelf{}
	j := judge(b, s)
	x := text(b, "User:Mara/x.js", "text")
	for b.Loop() {
		j.must(b, x, noor, false)
	}
}

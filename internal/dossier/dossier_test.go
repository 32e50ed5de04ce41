package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/entry"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// shelf is what analyses said, by digest.
type shelf struct {
	results  []store.Result
	failures []store.Failure
	err      error
	asked    int
}

func (s *shelf) Results(_ context.Context, _ string, d store.Digest) (found []store.Result, err error) {
	s.asked++
	for _, r := range s.results {
		if r.SHA256 == d {
			found = append(found, r)
		}
	}
	return found, s.err
}

func (s *shelf) FailuresOf(_ context.Context, _ string, d store.Digest) (found []store.Failure, err error) {
	for _, f := range s.failures {
		if f.SHA256 == d {
			found = append(found, f)
		}
	}
	return found, nil
}

func (s *shelf) read(t *testing.T, title, text string, all ...capability.Capability) {
	t.Helper()
	body, err := json.Marshal(&finding.Script{Path: title, Capabilities: all})
	if err != nil {
		t.Fatal(err)
	}
	s.results = append(s.results, store.Result{Job: store.Job{Kind: "scan", SHA256: store.DigestOf(text), Wiki: "w", Path: title, Version: "1"}, Body: string(body), Made: noon})
}

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	site = &wiki.Site{ID: "w", Lang: "en", Namespaces: map[int]wiki.Namespace{
		0: {}, 2: {Name: "User", Canonical: "User"}, 4: {Name: "Project", Canonical: "Project"}, 8: {Name: "MediaWiki", Canonical: "MediaWiki"},
	}}
)

func page(t testing.TB, text string) wiki.Title {
	t.Helper()
	title, err := site.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return title
}

func text(t testing.TB, title, text string) Text {
	return Text{Title: page(t, title), Digest: store.DigestOf(text)}
}

func (a *Archive) of(t testing.TB, x Text) *File {
	t.Helper()
	f, err := a.Of(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var deletes = capability.Capability{Name: capability.Delete, Certainty: capability.Certain, Trigger: capability.OnLoad, Line: 3}

func TestWhatReadingAndRunningSawIsJoinedAndScored(t *testing.T) {
	s := &shelf{}
	s.read(t, "User:Mara/x.js", "text", deletes)
	body, err := json.Marshal(&trace.Document{Isolation: "A", Runs: []*trace.Report{{Path: "User:Mara/x.js", Capabilities: []trace.Capability{
		{Capability: capability.Capability{Name: capability.Network, Target: "a.test", Certainty: capability.Certain}, Stage: trace.Natural},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	s.results = append(s.results, store.Result{Job: store.Job{Kind: "detonate", SHA256: store.DigestOf("text"), Wiki: "w", Path: "User:Mara/x.js"}, Body: string(body), Made: noon})
	f := New(Options{Site: site, Known: s}).of(t, text(t, "User:Mara/x.js", "text"))
	if f.Read == nil || f.Run == nil || !f.Script.Read || f.Script.Kind != entry.UserScript || len(f.Script.Capabilities) != 2 {
		t.Errorf("known: %+v", f.Script)
	}
	if f.Script.Score == 0 || f.Script.Score != f.Risk.Score {
		t.Errorf("score %d, assessed %d", f.Script.Score, f.Risk.Score)
	}
}

func TestWhatIsSaidOfTheSameTextOnAnotherPageDoesNotCount(t *testing.T) {
	s := &shelf{}
	s.read(t, "User:Mara/x.js", "text")
	a := New(Options{Site: site, Known: s})
	if f := a.of(t, text(t, "User:Ulo/x.js", "text")); f.Script.Read || f.Script.Score != 0 {
		t.Errorf("%+v", f.Script)
	}
	if f := a.of(t, Text{Digest: store.DigestOf("text")}); f.Script.Read || f.Script.Kind != entry.OtherPage {
		t.Errorf("of no page: %+v", f.Script)
	}
}

func TestWhatNoAnalysisCouldReadIsOpaque(t *testing.T) {
	s := &shelf{failures: []store.Failure{{Job: store.Job{Kind: "scan", SHA256: store.DigestOf("text"), Path: "User:Mara/x.js"}, Reason: "it took too long"}}}
	f := New(Options{Site: site, Known: s}).of(t, text(t, "User:Mara/x.js", "text"))
	if !f.Script.Read || len(f.Script.Capabilities) != 1 || f.Script.Capabilities[0].Name != capability.Opaque {
		t.Errorf("%+v", f.Script)
	}
}

func TestAuthorsAreOfTheTierThatTheWikiSays(t *testing.T) {
	of := func(id int64, rights ...string) mediawiki.Author {
		return mediawiki.Author{User: wiki.User{ID: id, Rights: rights}}
	}
	accounts := map[string]mediawiki.Author{
		"Gone": {}, "Newt": of(1), "Mara": of(2, "autoconfirmed"), "Ira": of(3, "edituserjs", "autoconfirmed"),
		"Bad": {User: wiki.User{ID: 4, Rights: []string{"edituserjs"}}, Blocked: true},
	}
	a := New(Options{Site: site, Known: &shelf{}, Now: func() time.Time { return noon }, Account: func(_ context.Context, name string) (mediawiki.Author, error) {
		one, ok := accounts[name]
		if !ok {
			return one, errors.New("the wiki is down")
		}
		return one, nil
	}})
	for title, want := range map[string]entry.Author{
		"User:Gone/x.js": entry.Unknown, "User:Newt/x.js": entry.Unconfirmed, "User:Mara/x.js": entry.Confirmed, "User:Ira/x.js": entry.Trusted,
		"User:Bad/x.js": entry.Blocked, "User:Nobody/x.js": entry.Unknown, "MediaWiki:Common.js": entry.Trusted, "Project:X.js": entry.Unknown,
	} {
		if got := a.of(t, text(t, title, "text")).Script.Author; got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
}

func TestAnUnreadTextIsLookedAtAgainSoonAndOneThatWasReadLater(t *testing.T) {
	s, now := &shelf{}, noon
	a := New(Options{Site: site, Known: s, Now: func() time.Time { return now }})
	x := text(t, "User:Mara/x.js", "text")
	a.of(t, x)
	s.read(t, "User:Mara/x.js", "text", deletes)
	if a.of(t, x).Script.Read || s.asked != 1 {
		t.Errorf("asked %d times at once", s.asked)
	}
	now = now.Add(unreadFor)
	if !a.of(t, x).Script.Read {
		t.Error("the reading is not found")
	}
	now = now.Add(unreadFor)
	if a.of(t, x); s.asked != 2 {
		t.Errorf("asked %d times", s.asked)
	}
}

func TestAStoreThatDoesNotAnswerIsAnErrorAndIsNotRemembered(t *testing.T) {
	s := &shelf{err: errors.New("disk")}
	a := New(Options{Site: site, Known: s})
	x := text(t, "User:Mara/x.js", "text")
	if _, err := a.Of(t.Context(), x); err == nil {
		t.Fatal("no error")
	}
	s.err = nil
	a.of(t, x)
}

func BenchmarkOf(b *testing.B) {
	a := New(Options{Site: site, Known: &shelf{}})
	x := text(b, "User:Mara/x.js", "text")
	for b.Loop() {
		a.of(b, x)
	}
}

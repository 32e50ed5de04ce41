package incident

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/shelf"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// stir is a wiki where texts of scripts change.
type stir struct {
	*Sudden
	off      []switches.Switch
	last     []switches.Switch
	people   int
	approved bool
	instead  bool // an earlier text is served in the place of one that is off
	broken   error
	log      strings.Builder
	now      time.Time
	began    time.Time // when the page was made
}

func (s *stir) SwitchOff(_ context.Context, w switches.Switch) (switches.Switch, error) {
	if s.broken != nil {
		return w, s.broken
	}
	s.off = append(s.off, w)
	return w, nil
}

func (s *stir) Last(context.Context, int) ([]switches.Switch, error) { return s.last, nil }

func newStir() *stir {
	s := &stir{people: 12, now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)}
	s.Sudden = NewSudden(Sudden{
		Site:    &wiki.Site{ID: "w", Namespaces: map[int]wiki.Namespace{2: {ID: 2, Name: "User"}, 8: {ID: 8, Name: "MediaWiki"}}},
		Popular: 10, Gains: []string{"write:other-code", NetworkCode, "opaque"}, Off: s,
		People:   func(context.Context, string, int) (int, error) { return s.people, nil },
		Approved: func(context.Context, wiki.Title, store.Digest) (bool, error) { return s.approved, nil },
		Instead:  func(context.Context, wiki.Title, store.Digest) (bool, error) { return s.instead, s.broken },
		Listed:   func(host string) bool { return host == "good.test" },
		Began:    func(context.Context, wiki.Title) (time.Time, error) { return s.began, nil },
		Now:      func() time.Time { return s.now }, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	return s
}

// change is a text that gained something, saved a moment ago.
func (s *stir) change(gained ...capability.Capability) shelf.Change {
	return shelf.Change{Title: wiki.Title{NS: 2, Key: "Mara/translate_it.js"}, Now: "n", Base: "b", Saved: s.now.Add(-time.Minute), People: -1, Gained: gained, Score: 30, Was: 20}
}

func can(name capability.Name, how, target string) capability.Capability {
	return capability.Capability{Name: name, How: how, Target: target, Certainty: capability.Likely, Trigger: capability.OnLoad}
}

func TestAPopularScriptThatGainsWhatOutbreaksAreMadeOfIsSwitchedOff(t *testing.T) {
	asked, suspected := can(capability.WriteOtherCode, "", "x"), can(capability.WriteOtherCode, "", "x")
	asked.Trigger, suspected.Certainty = capability.OnConfirmation, capability.Possible
	for what, c := range map[string]struct {
		change func(s *stir, c *shelf.Change)
		off    string // part of the reason; empty: it stays on
	}{
		"writes others' code": {func(s *stir, c *shelf.Change) {
			c.Gained = capability.Set{can(capability.WriteOtherCode, "", "User:Ira/x.js")}
		}, "gained: can change other people's scripts"},
		"code from a server": {func(s *stir, c *shelf.Change) {
			c.Gained = capability.Set{can(capability.Network, "script", "evil.test")}
		}, "contacts evil.test"},
		"cannot be read": {func(s *stir, c *shelf.Change) { c.Gained = capability.Set{can(capability.Opaque, "", "")} }, "could not be read"},
		"severe":         {func(s *stir, c *shelf.Change) { c.Score = 70 }, "is a severe risk (70, was 20)"},
		"severe before":  {func(s *stir, c *shelf.Change) { c.Score, c.Was = 70, 65 }, ""},
		"code from a server allowed": {func(s *stir, c *shelf.Change) {
			c.Gained = capability.Set{can(capability.Network, "script", "good.test")}
		}, ""},
		"only asks a server": {func(s *stir, c *shelf.Change) {
			c.Gained = capability.Set{can(capability.Network, "fetch", "evil.test")}
		}, ""},
		"edits pages":               {func(s *stir, c *shelf.Change) { c.Gained = capability.Set{can(capability.WritePage, "", "")} }, ""},
		"asks each time":            {func(s *stir, c *shelf.Change) { c.Gained = capability.Set{asked} }, ""},
		"a suspicion":               {func(s *stir, c *shelf.Change) { c.Gained = capability.Set{suspected} }, ""},
		"few run it":                {func(s *stir, c *shelf.Change) { c.Score, s.people = 70, 9 }, ""},
		"gadgets that many have on": {func(s *stir, c *shelf.Change) { c.Score, s.people, c.People = 70, 0, 10 }, "10 people or more"},
		"of the site":               {func(s *stir, c *shelf.Change) { c.Score, c.Title = 70, wiki.Title{NS: 8, Key: "Common.js"} }, ""},
		"saved long ago, read anew": {func(s *stir, c *shelf.Change) { c.Score, c.Saved = 70, s.now.Add(-25*time.Hour) }, ""},
		"approved":                  {func(s *stir, c *shelf.Change) { c.Score, s.approved = 70, true }, ""},
		"switched on again by people": {func(s *stir, c *shelf.Change) {
			c.Score, s.last = 70, []switches.Switch{{Kind: switches.Revision, Target: "n", Ended: s.now}}
		}, ""},
		"another text was on again": {func(s *stir, c *shelf.Change) {
			c.Score, s.last = 70, []switches.Switch{{Kind: switches.Revision, Target: "o", Ended: s.now}}
		}, "severe"},
		"read for the first time": {func(s *stir, c *shelf.Change) { c.Score, c.Base = 70, "" }, ""},
		"a new page":              {func(s *stir, c *shelf.Change) { c.Score, c.Base, c.Was, s.began = 70, "", 0, s.now.Add(-time.Hour) }, "severe risk (70, was 0)"},
		"several": {func(s *stir, c *shelf.Change) {
			c.Score, c.Gained = 70, capability.Set{can("opaque", "", ""), can("write:other-code", "", "a"), can("write:other-code", "", "b"), can("write:other-code", "", "c"), can("write:other-code", "", "d")}
		}, "; 2 more, and is a severe risk"},
		"with a very long description": {func(s *stir, c *shelf.Change) {
			c.Gained = capability.Set{can(capability.WriteOtherCode, "", strings.Repeat("é", 1000))}
		}, "é…"},
	} {
		s := newStir()
		changed := s.change()
		c.change(s, &changed)
		if err := s.Changed(t.Context(), changed); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		switch {
		case c.off == "" && len(s.off) == 0:
		case c.off == "" || len(s.off) != 1:
			t.Errorf("%s: switched off: %+v", what, s.off)
		default:
			got := s.off[0]
			if got.Kind != switches.Revision || got.Target != "n" || got.By != Myself || got.Title != "User:Mara/translate_it.js" || !strings.Contains(got.Reason, c.off) || len(got.Reason) > 900 {
				t.Errorf("%s: %+v, want a reason with %q", what, got, c.off)
			}
		}
	}
}

func TestADryRunOnlySaysItOnceAndAnotherProcessMayBeFaster(t *testing.T) {
	s := newStir()
	s.DryRun = true
	for range 3 {
		if err := s.Changed(t.Context(), s.change(can(capability.Opaque, "", ""))); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.off) != 0 || strings.Count(s.log.String(), "would be switched off") != 1 {
		t.Errorf("%+v %s", s.off, s.log.String())
	}
	s.DryRun, s.broken = false, switches.ErrOff
	if err := s.Changed(t.Context(), s.change(can(capability.Opaque, "", ""))); err != nil {
		t.Error(err)
	}
	s.broken = errors.New("the store is away")
	if err := s.Changed(t.Context(), s.change(can(capability.Opaque, "", ""))); !errors.Is(err, s.broken) {
		t.Errorf("it is not tried again: %v", err)
	}
}

func TestTheSitesOwnScriptIsSwitchedOffWhereAnEarlierTextComesInItsPlace(t *testing.T) {
	for what, c := range map[string]struct {
		set     string
		key     string
		change  func(s *stir, c *shelf.Change)
		instead bool
		off     string // the end of the reason; empty: it stays on
		said    string // in the log
	}{
		"falls back":            {SiteFallBack, "Common.js", nil, true, "gained: can change other people's scripts (User:Ira/x.js), on load, without asking. The text approved before is served in its place", ""},
		"a gadget":              {SiteFallBack, "Gadget-x.js", nil, true, "The text approved before is served in its place", ""},
		"nothing comes instead": {SiteFallBack, "Common.js", nil, false, "", "nothing would be served in its place"},
		"always":                {SiteAlways, "Common.js", nil, false, "Nothing is served in its place until somebody decides", ""},
		"always, with a text":   {SiteAlways, "Common.js", nil, true, "The text approved before is served in its place", ""},
		"not looked at":         {SiteOff, "Common.js", nil, true, "", ""},
		"a setting of before":   {"", "Common.js", nil, true, "", ""},
		"a style sheet":         {SiteAlways, "Common.css", nil, true, "", ""},
		"approved":              {SiteAlways, "Common.js", func(s *stir, _ *shelf.Change) { s.approved = true }, true, "", ""},
		"nothing sudden":        {SiteAlways, "Common.js", func(_ *stir, c *shelf.Change) { c.Gained = nil }, true, "", ""},
		"there for long":        {SiteAlways, "Common.js", func(_ *stir, c *shelf.Change) { c.Base = "" }, true, "", ""},
		"the first text, new":   {SiteFallBack, "Common.js", func(s *stir, c *shelf.Change) { c.Base, s.began = "", s.now }, false, "", "nothing would be served in its place"},
		"switched on by somebody": {SiteAlways, "Common.js", func(s *stir, _ *shelf.Change) {
			s.last = []switches.Switch{{Kind: switches.Revision, Target: "n", Ended: s.now}}
		}, true, "", ""},
		"a dry run": {SiteAlways, "Common.js", func(s *stir, _ *shelf.Change) { s.DryRun = true }, true, "", "would be switched off"},
	} {
		s := newStir()
		s.SiteCode, s.instead, s.people = c.set, c.instead, 0
		changed := s.change(can(capability.WriteOtherCode, "", "User:Ira/x.js"))
		changed.Title = wiki.Title{NS: wiki.NSMediaWiki, Key: c.key}
		if c.change != nil {
			c.change(s, &changed)
		}
		for range 2 {
			if err := s.Changed(t.Context(), changed); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		switch {
		case c.off == "" && len(s.off) > 0:
			t.Errorf("%s: switched off: %+v", what, s.off)
		case c.off != "" && (len(s.off) == 0 || !strings.HasSuffix(s.off[0].Reason, c.off) || !strings.HasPrefix(s.off[0].Reason, "By itself, because it is the site's own and its newest text ") || s.off[0].Title != "MediaWiki:"+c.key):
			t.Errorf("%s: %+v, want a reason with %q", what, s.off, c.off)
		}
		if n := strings.Count(s.log.String(), "level=ERROR"); c.said == "" && n > 0 || c.said != "" && (n != 1 || !strings.Contains(s.log.String(), c.said)) {
			t.Errorf("%s: said %d times: %s", what, n, s.log.String())
		}
	}
	s := newStir()
	s.SiteCode, s.broken = SiteFallBack, errors.New("the store is away")
	changed := s.change(can(capability.Opaque, "", ""))
	changed.Title = wiki.Title{NS: wiki.NSMediaWiki, Key: "Common.js"}
	if err := s.Changed(t.Context(), changed); !errors.Is(err, s.broken) {
		t.Errorf("not known what would be served, and not tried again: %v", err)
	}
}

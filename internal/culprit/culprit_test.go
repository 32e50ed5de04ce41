package culprit

import (
	"context"
	"errors"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// shelf is gadgets and what was read in their pages.
type shelf struct {
	gadgets []store.Gadget
	servers map[string][]string // by page
	on      map[int64][]int64   // gadgets by account
	asked   int                 // questions that went to the store
	broken  error
}

func (s *shelf) Gadget(_ context.Context, id int64) (*registry.Gadget, error) {
	s.asked++
	for _, g := range s.gadgets {
		if g.PageID == id {
			return &registry.Gadget{Row: g}, nil
		}
	}
	return nil, registry.ErrNotFound
}

func (s *shelf) Enabled(_ context.Context, user store.Account) (list []registry.Enabled, _ error) {
	s.asked++
	for _, id := range s.on[user.UserID] {
		g, _ := s.Gadget(context.Background(), id)
		list = append(list, registry.Enabled{Gadget: g})
	}
	return list, s.broken
}

func (s *shelf) List(_ context.Context, q store.Query) (list []store.Listed, total int, _ error) {
	for _, g := range s.gadgets[min(q.Offset, len(s.gadgets)):] {
		if len(list) < 2 { // a small page, to see that the next is asked for
			list = append(list, store.Listed{Gadget: g})
		}
	}
	return list, len(s.gadgets), s.broken
}

func (s *shelf) Pages(_ context.Context, _ string, titles []string) (map[string]store.Page, error) {
	pages := map[string]store.Page{}
	for _, t := range titles {
		pages[t] = store.Page{Title: t, Digest: store.DigestOf(t)}
	}
	return pages, nil
}

func (s *shelf) Results(_ context.Context, _ string, d store.Digest) ([]store.Result, error) {
	s.asked++
	for page, servers := range s.servers {
		if store.DigestOf(page) != d {
			continue
		}
		script := &finding.Script{Path: page}
		for _, host := range servers {
			script.Capabilities = append(script.Capabilities, capability.Capability{Name: capability.Network, Target: host})
		}
		body, err := script.MarshalJSON()
		return []store.Result{{Job: store.Job{Kind: "detonate"}, Body: "{}"}, {Job: store.Job{Kind: "scan"}, Body: string(body)}}, err
	}
	return nil, nil
}

func newFinder(t *testing.T) (*Finder, *shelf) {
	t.Helper()
	s := &shelf{
		gadgets: []store.Gadget{
			{PageID: 1, Title: "User:Mara/Quick_translate.gadget", Files: []string{"User:Mara/translate.js", "User:Mara/words.js"}},
			{PageID: 2, Title: "User:Ira/maps.gadget", Files: []string{"User:Ira/maps.js"}},
			{PageID: 3, Title: "User:Ada/maps.gadget", Files: []string{"User:Ada/maps.js"}},
		},
		servers: map[string][]string{"User:Mara/words.js": {"words.test", "*.test"}, "User:Ira/maps.js": {"maps.test"}, "User:Ada/maps.js": {"maps.test", "own.test"}},
		on:      map[int64][]int64{7: {1, 2}, 8: {2, 3}, 9: {1}},
	}
	site := &wiki.Site{ID: "w", ArticlePath: "/wiki/$1", ScriptPath: "/w", Namespaces: map[int]wiki.Namespace{0: {}, 2: {ID: 2, Name: "User", Subpages: true}, 8: {ID: 8, Name: "MediaWiki"}}}
	f := New(Options{Site: site, Base: "/sallyport", Gadgets: s, Known: s})
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f, s
}

func TestWhatIsServedAtAnAddressIsNamed(t *testing.T) {
	f, _ := newFinder(t)
	for _, c := range []struct {
		path, query, name string
		sure              bool
	}{
		{"/sallyport/g/p1/load.php", "", "User:Mara/Quick translate.gadget", true},
		{"/sallyport/g/p1/abc.js", "", "User:Mara/Quick translate.gadget", true},
		{"/sallyport/load.php", "modules=ext.usergadget.p2&lang=en", "User:Ira/maps.gadget", true},
		{"/sallyport/load.php", "modules=ext.usergadget.p2%7Cext.usergadget.p1", "/sallyport/load.php", false},
		{"/sallyport/g/p99/load.php", "", "/sallyport/g/p99/load.php", false},
		{"/w/index.php", "title=user:Mara/x.js&action=raw&ctype=text/javascript", "User:Mara/x.js", true},
		{"/w/index.php", "title=User:Mara/Diary&action=raw", "/w/index.php", false},
		{"/w/index.php", "", "/w/index.php", false},
		{"/w/index.php/User:Mara/x.js", "", "User:Mara/x.js", true},
		{"/wiki/MediaWiki:Common.js", "action=raw", "MediaWiki:Common.js", true},
		{"/wiki/Secret_page", "", "", false},
		{"/wiki/User:Mara/x%2Ejs", "", "User:Mara/x.js", true},
		{"/w/load.php", "modules=startup", "/w/load.php", false},
		{"/w/resources/lib/jquery.js", "", "/w/resources/lib/jquery.js", false},
		{"/elsewhere/jquery.js", "", "", false},
	} {
		if name, sure := f.Script(c.path, c.query); name != c.name || sure != c.sure {
			t.Errorf("%s?%s is %q (%v), want %q (%v)", c.path, c.query, name, sure, c.name, c.sure)
		}
	}
}

func TestAScriptIsGuessedOnlyWhenOneAloneWouldDo(t *testing.T) {
	f, s := newFinder(t)
	for _, c := range []struct {
		user    int64
		blocked string
		want    string
	}{
		{0, "https://words.test", "User:Mara/Quick translate.gadget"},
		{8, "https://words.test", "User:Mara/Quick translate.gadget"}, // from a page that runs it otherwise
		{0, "https://maps.test", ""},                                  // two name it
		{7, "https://maps.test:8443", "User:Ira/maps.gadget"},         // of which this reader has one
		{8, "https://maps.test", ""},                                  // and this one both
		{9, "wss://maps.test", ""},                                    // and this one neither
		{7, "https://nobody.test", ""},
		{7, "inline", ""},
	} {
		if got := f.Guess(c.user, c.blocked); got != c.want {
			t.Errorf("%d, %s: %q, want %q", c.user, c.blocked, got, c.want)
		}
	}
	before := s.asked
	for range 100 {
		f.Guess(7, "https://maps.test")
	}
	if s.asked != before {
		t.Errorf("%d questions about one reader within a minute", s.asked-before)
	}
}

func TestAFloodOfNumbersAsksTheStoreSoOftenAndNoMore(t *testing.T) {
	f, s := newFinder(t)
	s.asked = 0
	s.gadgets = append(s.gadgets, store.Gadget{PageID: 100_000, Title: "User:Ira/new.gadget"})
	if name, sure := f.Script("/sallyport/g/p100000/load.php", ""); name != "User:Ira/new.gadget" || !sure {
		t.Errorf("a gadget that is new: %q", name)
	}
	for id := range 3000 {
		f.gadget(int64(id) + 1000)
	}
	if s.asked != lookups {
		t.Errorf("%d questions", s.asked)
	}
}

func TestATextIsReadOnceAndAFailureLeavesWhatWasKnown(t *testing.T) {
	f, s := newFinder(t)
	s.asked = 0
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.asked != 1 { // User:Mara/translate.js, which is not analysed yet
		t.Errorf("%d texts are read again", s.asked)
	}
	s.broken = errors.New("the disk is on fire")
	if f.Refresh(t.Context()) == nil {
		t.Error("nobody is told")
	}
	if got := f.Guess(0, "https://words.test"); got == "" {
		t.Error("what was known is lost")
	}
}

package web

import (
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/bundle"
	"sallyport/internal/capability"
	"sallyport/internal/registry"
	"sallyport/internal/store"
)

const translateAt = "/sallyport/gadget/p1/switch"

// revised is Mara's gadget after she saved one of its pages: what Ira accepted is kept. Each capability is one of the new text;
// the old one contacts words.example.
func (s *setting) revised(l *library, now ...capability.Capability) {
	const title = "User:Mara/translate.js"
	read := func(text string, all ...capability.Capability) store.Digest {
		l.keepText(title, text, all)
		return store.DigestOf(text)
	}
	words := capability.Capability{Name: capability.Network, Target: "words.example", Certainty: capability.Certain}
	g := s.village.gadgets[1]
	old, page := *g, store.Page{Title: title, PageID: 101, RevID: 5, Model: "javascript", Saved: today.AddDate(0, -1, 0)}
	page.Digest = read("old", words)
	old.Files = []registry.File{{File: bundle.File{Title: title}, Page: page, Owner: "Mara"}}
	old.Key, old.Row.Digest, old.Kept = "old", "d", "keptset"
	page.Digest, page.RevID, page.Saved = read("new", append(now, words)...), 9, today
	g.Files = []registry.File{{File: bundle.File{Title: title}, Page: page, Owner: "Mara"}}
	g.Key, g.Row.Digest = "new", "d"
	s.village.kept[[2]int64{2, 1}] = registry.Accepted{Acceptance: store.Acceptance{UserID: 2, Gadget: 1, Set: "keptset", At: old.Row.Saved}, Gadget: &old}
}

func has(t *testing.T, body string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func newRevised(t *testing.T, now ...capability.Capability) *setting {
	l := newLibrary()
	s := newSetting(t, func(o *Options) { o.Scripts = &Scripts{Newest: l.Newest, Known: l} })
	s.revised(l, now...)
	return s
}

func TestACardSaysWhatChangedSinceItsReaderAcceptedIt(t *testing.T) {
	var four []capability.Capability
	for _, host := range []string{"a.test", "b.test", "c.test", "fonts.test"} {
		four = append(four, capability.Capability{Name: capability.Network, Target: host})
	}
	s := newRevised(t, append(four, capability.Capability{Name: capability.WriteSiteCode})...)
	for _, path := range []string{"/sallyport/", "/sallyport/gadget/p1"} {
		has(t, s.get(path).Body.String(), "On <time", "New: <span>can change code that runs for everybody</span>", "contacts <bdi>a.test</bdi>", "and 2 more",
			`/w/index.php?diff=9&amp;oldid=5&amp;title=User%3AMara%2Ftranslate.js`, "Accept", "Keep the old one")
	}
	if body := s.get("/sallyport/user/Ira").Body.String(); strings.Contains(body, "New: ") {
		t.Error("what she accepted is told on the list that everybody sees")
	}
	s = newRevised(t)
	has(t, s.get("/sallyport/").Body.String(), "It can do nothing new.")
	s.village.gadgets[1].Files[0].Page.Digest = "never read"
	has(t, s.get("/sallyport/").Body.String(), "Nobody has read the new text yet.")
	g := s.village.gadgets[1]
	kept := s.village.kept[[2]int64{2, 1}].Gadget
	g.Files[0].Page = kept.Files[0].Page
	g.Files[0].Missing = true
	has(t, s.get("/sallyport/").Body.String(), "Pages of it are gone, or must not run.", "<bdi>User:Mara/translate.js</bdi> (no longer runs)")
	s.village.gadgets[1].Key = "old"
	if body := s.get("/sallyport/").Body.String(); strings.Contains(body, "Changed") || strings.Contains(body, "Keep the old one") {
		t.Error("nothing changed, and something is said")
	}
}

func TestAReaderAcceptsWhatTheyWereShown(t *testing.T) {
	s := newRevised(t)
	form := s.form(t, "/sallyport/", "accept")
	if w := s.post(translateAt, form); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := s.village.kept[[2]int64{2, 1}].Gadget.Key; got != "new" {
		t.Errorf("accepted is %s", got)
	}
	s = newRevised(t)
	form = s.form(t, "/sallyport/", "accept")
	s.village.gadgets[1].Row.Digest = "changed once more"
	if w := s.post(translateAt, form); w.Code != 409 || !strings.Contains(w.Body.String(), "changed again meanwhile") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	form.Set("set", string(registry.SetOf(s.village.gadgets[1])))
	if w := s.post(translateAt, form); w.Code != 403 {
		t.Errorf("a form for other texts than the page showed: %d", w.Code)
	}
}

func TestAReaderStaysOnTheOldOneAndTakesTheNew(t *testing.T) {
	s := newRevised(t, capability.Capability{Name: capability.Network, Target: "fonts.test"})
	if w := s.post(translateAt, s.form(t, "/sallyport/", "stay")); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	body := s.get("/sallyport/").Body.String()
	has(t, body, "Old one kept", "have kept to that since", "contacts <bdi>fonts.test</bdi>", "Take the new one")
	if strings.Contains(body, "Keep the old one") {
		t.Error("it is offered again")
	}
	s.village.gadgets[1].Row.Owner, s.village.gadgets[1].Row.OwnerID = "Old Tom", 4
	has(t, s.get("/sallyport/").Body.String(), "It belongs to <a")
	form := s.form(t, "/sallyport/", "accept")
	g := s.village.gadgets[1]
	delete(s.village.gadgets, 1)
	has(t, s.get("/sallyport/").Body.String(), "Its page was deleted meanwhile.", "Quick translate")
	s.village.gadgets[1] = g
	if w := s.post(translateAt, form); w.Code != 303 || !s.village.kept[[2]int64{2, 1}].Stays.IsZero() {
		t.Errorf("%d: she still stays", w.Code)
	}
}

func TestAFormToStayIsNoFormToAccept(t *testing.T) {
	s := newRevised(t)
	form := s.form(t, "/sallyport/", "stay")
	form.Set("to", "accept")
	form.Set("set", string(registry.SetOf(s.village.gadgets[1])))
	if w := s.post(translateAt, form); w.Code != 403 {
		t.Errorf("%d", w.Code)
	}
	if w := s.post(translateAt, url.Values{"to": {"stay"}, "owner": {"1"}}); w.Code != 403 {
		t.Errorf("without a token: %d", w.Code)
	}
}

// changing gives Ira two gadgets that changed: one that she may accept, one of which she keeps the old one.
func (s *setting) changing(l *library) {
	s.revised(l, capability.Capability{Name: capability.Network, Target: "fonts.example.test"}, capability.Capability{Name: capability.WriteSiteCode})
	old := *s.village.gadgets[2]
	old.Row.Digest, old.Row.RevID, old.Kept = "old", 3, "keptset"
	s.village.chosen[2] = append(s.village.chosen[2], store.Choice{UserID: 2, Gadget: 2, OwnerID: old.Row.OwnerID, Since: today})
	s.village.kept[[2]int64{2, 2}] = registry.Accepted{Acceptance: store.Acceptance{UserID: 2, Gadget: 2, Stays: today}, Gadget: &old}
}

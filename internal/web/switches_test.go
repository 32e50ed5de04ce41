package web

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/incident"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// chief may switch things off and on.
func chief() wiki.User {
	return wiki.User{ID: 2, Name: "Ira", Rights: []string{"editinterface", "editsitejs"}}
}

// panelOf is a page about switches, on a store in which people have Mara's first gadget on: user 2, who holds power, and user 5.
func panelOf(t *testing.T) (*Switching, func(*Options)) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	site := villageSite()
	g := newVillage().gadgets[1].Row
	g.Files = []string{"User:Mara/translate.js", "User:Ira/words.json"}
	if err := db.SaveGadget(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	for _, user := range []int64{2, 5} {
		if err := db.Choose(t.Context(), store.Choice{Wiki: site.ID, UserID: user, Gadget: 1, OwnerID: 1, Since: today}); err != nil {
			t.Fatal(err)
		}
	}
	s := &Switching{Keeper: &switches.Keeper{Store: db, Site: site, Now: func() time.Time { return today }, Log: slog.New(slog.DiscardHandler)}, Crowd: db}
	return s, func(o *Options) {
		o.Switches = s
		o.People = func() *accounts.Report {
			return &accounts.Report{Accounts: []incident.Account{{ID: 2, Name: "Ira"}, {ID: 77, Name: "Nobody of these"}}}
		}
	}
}

func (s *setting) send(path string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://wiki.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r, change...)
}

func TestThePageAboutSwitchesShowsWhomOneTouchesBeforeTheDeed(t *testing.T) {
	panel, with := panelOf(t)
	s := newSetting(t, with)
	s.me = chief()
	for query, wants := range map[string][]string{
		"kind=gadget&target=User:Mara/Quick_translate": {"2 people have it switched on.", "One of them holds power:", "/sallyport/user/Ira", "Quick translate", `name="target" value="ext.usergadget.p1"`},
		"kind=author&target=mara":                      {"2 people have it switched on.", "1 gadget that somebody uses", `value="Mara"`},
		"kind=author&target=Ira":                       {"2 people have it switched on."}, // a page of hers is part of it
		"kind=all":                                     {"2 people have it switched on.", "The site’s own code goes on"},
		"kind=host&target=https://CDN.evil.test/x":     {"Nobody is known to have it switched on.", `value="cdn.evil.test"`},
		"kind=gadget&target=ext.gadget.hotcat":         {"It is code of the site’s", "hotcat"},
		"kind=author&target=Nobody":                    {"Nobody here has this name."},
		"kind=host&target=nowhere":                     {"That is no server"},
		"kind=gadget&target=User:Mara/none":            {"There is no such gadget."},
		"kind=everything&target=x":                     {"Show whom it touches"},
	} {
		w := s.get("/sallyport/switches?" + query)
		for _, want := range wants {
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %d, the page does not say %q", query, w.Code, want)
			}
		}
	}
	if !panel.Calm() {
		t.Errorf("looking switched something off: %+v", panel.Active())
	}
}

// A switch by author leaves the site's own code alone, and says which of it is theirs.
func TestThePageAboutSwitchesNamesTheSitesPagesThatAnAuthorsSwitchLeavesAlone(t *testing.T) {
	panel, with := panelOf(t)
	s := newSetting(t, with)
	s.me = chief()
	db := panel.Crowd.(*sqlstore.Store)
	for title, author := range map[string]string{"MediaWiki:Common.js": "Mara", "MediaWiki:Gadget-one.js": "Mara", "MediaWiki:Mara.js": "Ira", "User:Mara/mediawiki: x.js": "Mara"} {
		if err := db.SeeScript(t.Context(), store.Script{Wiki: panel.Site.ID, Title: title, Rev: 7, Digest: store.DigestOf(title), Author: author, Saved: today}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := panel.SwitchOff(t.Context(), switches.Switch{Kind: switches.Revision, Target: string(store.DigestOf("MediaWiki:Gadget-one.js")), Title: "MediaWiki:Gadget-one.js", Reason: "no", By: "Ira"}); err != nil {
		t.Fatal(err)
	}
	page := s.get("/sallyport/switches?kind=author&target=Mara").Body.String()
	at := "/sallyport/switches?kind=revision&amp;target=" + string(store.DigestOf("MediaWiki:Common.js")) + "&amp;title=MediaWiki%3ACommon.js#off"
	if text := visibleText(t, page); !strings.Contains(text, "Not switched off: 1 page of the site’s own, whose text is by this author now.") || !strings.Contains(page, at) {
		t.Errorf("before the deed, without %s:\n%s", at, text)
	}
	if asked := s.get(strings.TrimSuffix(strings.ReplaceAll(at, "&amp;", "&"), "#off")).Body.String(); !strings.Contains(asked, `name="title" value="MediaWiki:Common.js"`) {
		t.Error("the link does not lead to where that text is switched off")
	}
	if _, err := panel.SwitchOff(t.Context(), switches.Switch{Kind: switches.Author, Target: "Mara", Reason: "no", By: "Ira"}); err != nil {
		t.Fatal(err)
	}
	if page := s.get("/sallyport/switches").Body.String(); strings.Count(page, at) != 1 {
		t.Errorf("while the author is off:\n%s", visibleText(t, page))
	}
	if page := s.get("/sallyport/switches?kind=author&target=Ira").Body.String(); !strings.Contains(page, "MediaWiki:Mara.js") {
		t.Errorf("another author's page is not named:\n%s", visibleText(t, page))
	}
}

func TestAPersonSwitchesOffWithAReasonAndOnWithOneClick(t *testing.T) {
	panel, with := panelOf(t)
	s := newSetting(t, with)
	s.me = chief()
	page := s.get("/sallyport/switches?kind=author&target=Mara").Body.String()
	form := url.Values{"do": {"off"}, "token": {tokenIn(page)}, "kind": {"author"}, "target": {"Mara"}, "title": {""}, "why": {"reads <passwords>"}}
	with2 := func(key, value string) url.Values {
		changed := url.Values{}
		for k, v := range form {
			changed[k] = v
		}
		changed.Set(key, value)
		return changed
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a script":     s.send("/sallyport/switches", form, header("Sec-Fetch-Mode", "cors"), header("Sec-Fetch-Dest", "empty")),
		"another":      s.send("/sallyport/switches", with2("target", "Ira")),
		"another kind": s.send("/sallyport/switches", with2("kind", "all")),
		"no token":     s.send("/sallyport/switches", with2("token", "")),
		"no reason":    s.send("/sallyport/switches", with2("why", " ")),
		"no session":   s.send("/sallyport/switches", form, header("Cookie", "village_session=xyz")),
	} {
		if w.Code < 400 || !panel.Calm() {
			t.Errorf("%s: %d, off: %+v", name, w.Code, panel.Active())
		}
	}
	s.me.Rights = []string{"block"}
	if w := s.send("/sallyport/switches", form); w.Code != http.StatusForbidden || !panel.Calm() {
		t.Errorf("somebody who may only look: %d", w.Code)
	}
	if w := s.get("/sallyport/switches?kind=author&target=Mara"); w.Code != http.StatusOK || tokenIn(w.Body.String()) != "" {
		t.Errorf("somebody who may only look is shown %d with a token", w.Code)
	}
	s.me = chief()
	if w := s.send("/sallyport/switches", form); w.Code != http.StatusSeeOther {
		t.Fatalf("switching off: %d %s", w.Code, w.Body.String())
	}
	if w := s.send("/sallyport/switches", form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Somebody else was faster") {
		t.Errorf("the second: %d", w.Code)
	}
	if !strings.Contains(s.get("/sallyport/gadgets").Body.String(), "Switched off here") {
		t.Error("the gallery shows gadgets of hers as if they ran")
	}
	page = s.get("/sallyport/switches").Body.String()
	for _, want := range []string{"1 thing is switched off.", "reads &lt;passwords&gt;", "2 people have it switched on.", "Switch on again"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	on := url.Values{"do": {"on"}, "token": {tokenIn(page)}, "id": {"1"}}
	if w := s.send("/sallyport/switches", on); w.Code != http.StatusSeeOther || !panel.Calm() {
		t.Fatalf("switching on: %d", w.Code)
	}
	if w := s.send("/sallyport/switches", on); w.Code != http.StatusConflict {
		t.Errorf("switching on twice: %d", w.Code)
	}
	if page := s.get("/sallyport/switches").Body.String(); !strings.Contains(page, "Nothing is switched off.") || !strings.Contains(page, "reads &lt;passwords&gt;") {
		t.Error("the history does not say what was off")
	}
	var d struct {
		Off  []switches.Switch
		Past []switches.Switch
	}
	if err := json.Unmarshal(s.get("/sallyport/switches.json").Body.Bytes(), &d); err != nil || len(d.Off) != 0 || len(d.Past) != 1 || d.Past[0].EndedBy != "Ira" {
		t.Errorf("as JSON: %+v, %v", d, err)
	}
}

func TestOnlyThoseWhoGuardTheWikiSeeWhatIsOff(t *testing.T) {
	_, with := panelOf(t)
	s := newSetting(t, with)
	for _, me := range []wiki.User{{}, {ID: 3, Name: "Ada", Rights: []string{"edit", "editinterface"}}} {
		s.me = me
		for _, path := range []string{"/sallyport/switches", "/sallyport/switches.json"} {
			if w := s.get(path); w.Code != http.StatusForbidden {
				t.Errorf("%s sees %s: %d", me.Name, path, w.Code)
			}
		}
		if strings.Contains(s.get("/sallyport/gadget/p2").Body.String(), "/sallyport/switches") {
			t.Errorf("%s is offered the form", me.Name)
		}
	}
	s.me = chief()
	if !strings.Contains(s.get("/sallyport/gadget/p2").Body.String(), "/sallyport/switches?kind=gadget&amp;target=ext.usergadget.p2#off") {
		t.Error("who may switch is not offered the form")
	}
}

func TestMyGadgetsSayWhoSwitchedOneOffAndWhy(t *testing.T) {
	s := newSetting(t)
	by := &switches.Switch{ID: 3, Kind: switches.Author, Target: "Mara", Reason: "reads <passwords>", By: "Guard", At: today}
	s.gadgets[1].Stopped, s.gadgets[1].Problem = by, "Guard switched it off"
	page := s.get("/sallyport/").Body.String()
	for _, want := range []string{"Switched off here", "switched it off for everybody on", "reads &lt;passwords&gt;", "It stays in your list"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	if page := s.get("/sallyport/gadget/p1").Body.String(); !strings.Contains(page, "reads &lt;passwords&gt;") || strings.Contains(page, "cannot run") {
		t.Error("the gadget's page does not say why it is off, or says that its author should mend it")
	}
}

// withSomeOff is the page with one thing of each sort off, and one on again.
func withSomeOff(t *testing.T) func(*Options) {
	t.Helper()
	panel, with := panelOf(t)
	for _, title := range []string{"MediaWiki:Common.js", "MediaWiki:Gadget-a-rather-long-name-of-a-script-that-everybody-has.js"} {
		if err := panel.Crowd.(*sqlstore.Store).SeeScript(t.Context(), store.Script{Wiki: panel.Site.ID, Title: title, Rev: 7, Digest: store.DigestOf(title), Author: "Mara", Saved: today}); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range []switches.Switch{
		{Kind: switches.Host, Target: "a-rather-long-name-of-a-server.on-the-other-side-of-the-world.evil.test", Reason: "passwords are sent there", By: "Ira"},
		{Kind: switches.Revision, Target: string(store.DigestOf("x")), Title: "User:Mara/translate.js", Reason: "שולח סיסמאות החוצה", By: hostile},
		{Kind: switches.Author, Target: "Mara", Reason: strings.Repeat("the account was taken over ", 8), By: "Mara"},
		{Kind: switches.Gadget, Target: "p2", Reason: "it was the wrong one", By: "Ira"},
	} {
		off, err := panel.SwitchOff(t.Context(), s)
		if err == nil && i == 3 {
			_, err = panel.Undo(t.Context(), off.ID, "Ira", "looked again")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return with
}

package confirm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/notice"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// still is a wiki of one page.
type still struct{ old string }

func (s still) Changes(_ context.Context, op *writedoor.Operation, _ writedoor.Ask) ([]writedoor.Change, error) {
	if len(op.Pages) == 0 {
		return nil, nil
	}
	p := op.Pages[0]
	p.ID, p.Rev, p.Before, p.After = 5, 3, "javascript", "javascript"
	return []writedoor.Change{{Page: p, Old: s.old, New: op.Params.Text("text")}}, nil
}

// desk is the origin of approvals with one change that waits.
type desk struct {
	t     *testing.T
	h     http.Handler
	desk  *pending.Desk
	store store.Approvals
	now   time.Time
	id    string
}

func open(t *testing.T, old, fresh string) *desk {
	t.Helper()
	return openAt(t, passkey.Site{Origin: "https://confirm.test", Host: "confirm.test"}, pending.Approve, old, fresh)
}

func openAt(t *testing.T, at passkey.Site, policy pending.Policy, old, fresh string) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)}
	db, err := sqlstore.Open(t.Context(), "")
	d.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	d.store = db
	site := &wiki.Site{ID: "testwiki", Name: "Test & <wiki>", ArticlePath: "/wiki/$1", Namespaces: map[int]wiki.Namespace{0: {}, 8: {ID: 8, Name: "MediaWiki"}}}
	secret := []byte(strings.Repeat("k", 32))
	now := func() time.Time { return d.now }
	d.desk, err = pending.New(pending.Options{Site: site, Store: db, Door: still{old}, Secret: secret, Now: now, Confirm: at,
		Password: func(context.Context, string, string) error { return errors.New("wrong") }})
	d.ok(err)
	users := func(context.Context, []string) ([]wiki.User, error) {
		return []wiki.User{{ID: 7, Name: "Ira <b>", Rights: []string{"editsitejs"}}}, nil
	}
	composer := &pending.Composer{Desk: d.desk, Users: users, Ask: func(context.Context, map[string]string) ([]byte, error) {
		return json.Marshal(map[string]any{"query": map[string]any{"pages": []any{map[string]any{"pageid": 5, "revisions": []any{
			map[string]any{"revid": 3, "slots": map[string]any{"main": map[string]any{"content": old}}},
		}}}}})
	}}
	office, err := notice.New(notice.Options{Site: site, Store: db, Confirm: at.Origin, Post: &mailbox{}, Now: now})
	d.ok(err)
	d.h, err = New(Options{Composer: composer, Notices: office, Desk: d.desk, Store: db, Wiki: "https://wiki.test", Resume: "/sallyport/resume/", Secret: secret, Now: now, Delay: 48 * time.Hour, Analyse: analysis})
	d.ok(err)
	d.id = d.park(policy, writedoor.SiteCode, "Common.js", fresh)
	return d
}

// park keeps a change of a page of the MediaWiki namespace, or of the preferences when it names none.
func (d *desk) park(policy pending.Policy, tier writedoor.Tier, page, fresh string) (id string) {
	d.t.Helper()
	params := &phpform.Values{}
	params.Set("text", fresh)
	params.Set("summary", "<i>why</i> \u202e")
	op := &writedoor.Operation{
		Kind: writedoor.Options, Via: "api.php", Action: "options", Params: params, Tiers: []writedoor.Tier{tier},
		Forward: &writedoor.Forward{Method: "POST", Target: "/api.php", ContentType: "application/x-www-form-urlencoded", Body: []byte("text=x")},
	}
	if page != "" {
		op.Kind, op.Action = writedoor.Edit, "edit"
		op.Pages = []writedoor.Page{{Title: wiki.Title{NS: 8, Key: page}, Role: writedoor.Edited}}
	}
	c, err := d.desk.Park(d.t.Context(), pending.Arrival{
		Operation: op, Policy: policy, Actor: wiki.User{ID: 7, Name: "Ira <b>"}, Sent: pending.Sender{Mode: "cors", Dest: "empty"},
	})
	d.ok(err)
	return c.ID
}

// analysis finds what a text names.
func analysis(path string, text []byte) *finding.Script {
	s := &finding.Script{Path: path}
	if strings.Contains(string(text), "grave") {
		s.Capabilities = append(s.Capabilities, capability.Capability{Name: capability.WriteSiteCode, Certainty: capability.Certain, Line: 1})
	}
	return s
}

func (d *desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// person are the headers of a person's own click.
func person() map[string]string {
	return map[string]string{"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1"}
}

func (d *desk) ask(method, path string, form url.Values, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(d.t.Context(), method, "https://confirm.test"+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w
}

func TestThePageSaysWhoWhatAndHowAndEscapesEverything(t *testing.T) {
	d := open(t, "a();\nold();", "a();\nnew(\u202e'<script>');")
	w := d.ask("GET", "/a/"+d.id, nil, person())
	text := w.Body.String()
	for _, want := range []string{"Ira &lt;b&gt;", "MediaWiki:Common.js", "Sent by a script, not by your form", "&lt;script&gt;", "[U+202E]", "&lt;i&gt;why&lt;/i&gt;",
		"revision 3", "site-code", "Approve with passkey", "This was not me", "https://confirm.test/", "no passkey here yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(text, "[U+202E]"); n != 3 {
		t.Errorf("%d of the three hidden characters are shown: in the summary, the difference and the whole text", n)
	}
	for _, never := range []string{"<b>", "<i>", "'<script>", "\u202e"} {
		if strings.Contains(text, never) {
			t.Errorf("the page says %q", never)
		}
	}
	if got := w.Header().Get("Set-Cookie"); got != "" {
		t.Errorf("it sets the cookie %s", got)
	}
}

func TestNobodyElsesDocumentsGetIn(t *testing.T) {
	d := open(t, "a", "b")
	with := func(name, value string) map[string]string {
		h := person()
		h[name] = value
		return h
	}
	for name, c := range map[string]struct {
		method, path string
		header       map[string]string
	}{
		"a frame":                      {"GET", "/a/" + d.id, with("Sec-Fetch-Dest", "iframe")},
		"a fetch":                      {"GET", "/a/" + d.id, map[string]string{"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}},
		"no word from the browser":     {"GET", "/a/" + d.id, nil},
		"a form from the wiki":         {"POST", "/a/" + d.id + "/reject", with("Sec-Fetch-Site", "cross-site")},
		"a form from a sibling domain": {"POST", "/a/" + d.id + "/reject", with("Sec-Fetch-Site", "same-site")},
		"a form from nowhere":          {"POST", "/a/" + d.id + "/reject", with("Sec-Fetch-Site", "none")},
		"ahead of time":                {"GET", "/a/" + d.id, with("Sec-Purpose", "prefetch")},
		"a service worker":             {"GET", "/static/x/confirm.js", with("Service-Worker", "script")},
		"our script for another site":  {"GET", "/static/x/confirm.js", map[string]string{"Sec-Fetch-Dest": "script", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site"}},
	} {
		if w := d.ask(c.method, c.path, url.Values{}, c.header); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	r := httptest.NewRequest("GET", "https://other.test/a/"+d.id, nil)
	for name, value := range person() {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("another name for this host: %d", w.Code)
	}
	c, err := d.desk.Change(t.Context(), d.id)
	d.ok(err)
	if c.State != store.Parked {
		t.Errorf("the change is %s", c.State)
	}
}

func TestEveryAnswerIsLockedDown(t *testing.T) {
	d := open(t, "a", "b")
	for _, path := range []string{"/", "/a/" + d.id, "/a/x", "/enrol/x", "/keys", "/nowhere", "/a/" + d.id + "/text"} {
		h := d.ask("GET", path, nil, person()).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		} {
			if !strings.HasPrefix(h.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", path, csp)
		}
	}
}

func TestWithoutScriptsPeopleCanStillSayNo(t *testing.T) {
	d := open(t, "a", "b")
	if w := d.ask("POST", "/a/"+d.id+"/approve", url.Values{"until": {"1"}}, person()); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "needs the script") {
		t.Errorf("an approval without a signature: %d", w.Code)
	}
	if w := d.ask("POST", "/a/"+d.id+"/not-me", url.Values{}, person()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Stopped") {
		t.Errorf("not me: %d", w.Code)
	}
	if w := d.ask("POST", "/a/"+d.id+"/reject", url.Values{}, person()); w.Code != http.StatusConflict {
		t.Errorf("once more: %d", w.Code)
	}
	if w := d.ask("GET", "/a/"+d.id+"/text", nil, person()); w.Body.String() != "b" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the text is %q", w.Body.String())
	}
}

func TestAGraveChangeWantsThePagesNameTyped(t *testing.T) {
	d := open(t, "a", "grave")
	if text := d.ask("GET", "/a/"+d.id, nil, person()).Body.String(); !strings.Contains(text, "Type the name of the page") || !strings.Contains(text, "This change adds") {
		t.Error("the page does not ask for it")
	}
	w := d.ask("POST", "/a/"+d.id+"/approve", url.Values{"until": {"1"}, "answer": {"{}"}, "name": {"something"}}, person())
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "name is missing") {
		t.Errorf("without the name: %d", w.Code)
	}
	w = d.ask("POST", "/a/"+d.id+"/approve", url.Values{"until": {"1"}, "answer": {"{}"}, "name": {" MediaWiki:Common.js "}}, person())
	if w.Code != http.StatusForbidden {
		t.Errorf("with it, and no signature: %d", w.Code)
	}
}

func TestInvitationsEnd(t *testing.T) {
	d := open(t, "a", "b")
	invite, path := NewInvite("testwiki", 7, "Ira", "operator", d.now.Add(time.Hour))
	d.ok(d.store.SaveInvite(t.Context(), invite))
	if w := d.ask("GET", path, nil, person()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "credentials") && !strings.Contains(w.Body.String(), "Make the key") {
		t.Errorf("a good one: %d", w.Code)
	}
	if w := d.ask("POST", path, url.Values{"until": {"9999999999"}, "answer": {"{}"}}, person()); w.Code != http.StatusConflict {
		t.Errorf("an answer far ahead: %d", w.Code)
	}
	d.now = d.now.Add(2 * time.Hour)
	if w := d.ask("GET", path, nil, person()); w.Code != http.StatusGone {
		t.Errorf("an old one: %d", w.Code)
	}
	if w := d.ask("GET", "/enrol/other", nil, person()); w.Code != http.StatusNotFound {
		t.Errorf("none: %d", w.Code)
	}
}

func TestAFurtherKeyThatNoKeyVouchedForWaits(t *testing.T) {
	d := open(t, "a", "b")
	o := &origin{Options: Options{Store: d.store, Delay: 48 * time.Hour, Now: func() time.Time { return d.now }}}
	counts := func(from string) time.Duration {
		at, err := o.counts(t.Context(), store.Invite{Wiki: "testwiki", UserID: 7, From: from}, d.now)
		d.ok(err)
		return at.Sub(d.now)
	}
	if got := counts("operator"); got != 0 {
		t.Errorf("the first key waits %s", got)
	}
	d.ok(d.store.SaveKey(t.Context(), store.Key{Wiki: "testwiki", ID: "k", Kind: "passkey", UserID: 7, User: "Ira", Public: []byte{1}, Added: d.now, Counts: d.now}))
	if got := counts("operator"); got != 48*time.Hour {
		t.Errorf("a second one by an operator waits %s", got)
	}
	if got := counts("k"); got != 0 {
		t.Errorf("a second one by the first waits %s", got)
	}
	d.ok(d.store.SaveKey(t.Context(), store.Key{Wiki: "testwiki", ID: "late", Kind: "passkey", UserID: 7, User: "Ira", Public: []byte{1}, Added: d.now, Counts: d.now.Add(48 * time.Hour)}))
	if text := d.ask("GET", "/a/"+d.id, nil, person()).Body.String(); !strings.Contains(text, "A further key was added") {
		t.Error("its owner does not see it")
	}
	if _, err := d.store.Key(t.Context(), "testwiki", "none"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestPagesSpeakTheReadersLanguageAndNoAddressChoosesIt(t *testing.T) {
	d := open(t, "a", "grave")
	for _, c := range []struct{ accept, query, lang, dir, says string }{
		{"", "", "en", "ltr", "Is this you?"},
		{"he", "", "he", "rtl", "זה אתם?"},
		{"he-IL,he;q=0.9,en;q=0.5", "", "he", "rtl", "יכול לשנות קוד שרץ אצל כולם"},
		{"fr", "", "en", "ltr", "can change code that runs for everybody"},
		{"en", "?uselang=he", "en", "ltr", "Is this you?"},
		{"en", "?uselang=qqx", "en", "ltr", "Is this you?"},
		{"qqx", "", "en", "ltr", "Is this you?"},
	} {
		header := person()
		header["Accept-Language"] = c.accept
		w := d.ask("GET", "/a/"+d.id+c.query, nil, header)
		text := w.Body.String()
		if !strings.Contains(text, `<html lang="`+c.lang+`" dir="`+c.dir+`">`) || !strings.Contains(text, c.says) || w.Header().Get("Content-Language") != c.lang {
			t.Errorf("%+v: in %s", c, w.Header().Get("Content-Language"))
		}
		if strings.Contains(text, "⧼") {
			t.Errorf("%+v: a message is missing", c)
		}
	}
	w := d.ask("GET", "/a/"+d.id, nil, map[string]string{"Accept-Language": "he"})
	if !strings.Contains(w.Body.String(), "דפדפן עדכני") {
		t.Errorf("a refusal says %q", w.Body.String())
	}
}

func TestNamesKeepTheirDirectionToThemselves(t *testing.T) {
	d := open(t, "a", "b")
	text := d.ask("GET", "/a/"+d.id, nil, person()).Body.String()
	for _, want := range []string{
		"<strong><bdi>Ira &lt;b&gt;</bdi></strong> wants to change <strong><bdi>MediaWiki:Common.js</bdi></strong> on <bdi>https://wiki.test</bdi>.",
		"must begin with <strong><bdi dir=\"ltr\">https://confirm.test/</bdi></strong> – anything",
		"<bdi>&lt;i&gt;why&lt;/i&gt; <span class=\"odd\"><bdi></bdi>[U+202E]</span></bdi>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}

package confirm

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"sallyport/internal/mediawiki"
	"sallyport/internal/passkey"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// crowd is the origin of approvals with people who have keys.
type crowd struct {
	*desk
	keys map[string]*passkeytest.Key
	log  bytes.Buffer
}

var everybody = map[string]wiki.User{
	"Ira <b>": {ID: 7, Name: "Ira <b>", Rights: []string{"editsitejs"}}, "Ada": {ID: 8, Name: "Ada", Rights: []string{"editsitejs"}},
	"Bela": {ID: 9, Name: "Bela", Rights: []string{"editsitejs"}}, "Reader": {ID: 10, Name: "Reader"},
}

func usersOf(_ context.Context, names []string) ([]wiki.User, error) {
	users := make([]wiki.User, len(names))
	for i, name := range names {
		users[i] = everybody[name]
	}
	return users, nil
}

func newCrowd(t *testing.T, codes bool) *crowd {
	t.Helper()
	c := &crowd{desk: open(t, "a();", "b();"), keys: map[string]*passkeytest.Key{}}
	secret := []byte(strings.Repeat("k", 32))
	o := pending.Options{
		Site: c.desk.desk.Site(), Store: c.store, Door: still{"a();"}, Secret: secret, Now: func() time.Time { return c.now }, Most: 60,
		Confirm: passkey.Site{Origin: "https://confirm.test", Host: "confirm.test"}, Log: slog.New(slog.NewTextHandler(&c.log, nil)),
	}
	if codes {
		o.Password = func(_ context.Context, user, password string) error {
			if password != "the password of "+user {
				return &mediawiki.Error{Code: "wrongpassword"}
			}
			return nil
		}
	}
	var err error
	c.desk.desk, err = pending.New(o)
	c.ok(err)
	composer := &pending.Composer{Desk: c.desk.desk, Users: usersOf}
	c.h, err = New(Options{Composer: composer, Desk: c.desk.desk, Store: c.store, Wiki: "https://wiki.test", Resume: "/sallyport/resume/", Secret: secret,
		Now: o.Now, Delay: 48 * time.Hour, Analyse: analysis, Log: o.Log})
	c.ok(err)
	for name, u := range everybody {
		if name == "Reader" {
			continue
		}
		c.keys[name] = passkeytest.New(t)
		c.ok(c.store.SaveKey(t.Context(), store.Key{Wiki: "testwiki", ID: c.keys[name].ID, Kind: "passkey", UserID: u.ID, User: name, Public: c.keys[name].Public, Added: c.now, Counts: c.now}))
	}
	return c
}

// park lets Ira's change of a page wait.
func (c *crowd) park(title, text string, tier writedoor.Tier) string {
	c.t.Helper()
	c.now = c.now.Add(time.Second)
	return c.desk.park(pending.Approve, tier, title, text)
}

// form is a form of a page as a browser would send it.
type form struct {
	action    string
	values    url.Values
	challenge []byte
	create    bool
}

var (
	formTags  = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	inputTags = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
)

func attribute(tag, name string) string {
	if m := regexp.MustCompile(`(?:^|\s)` + name + `="([^"]*)"`).FindStringSubmatch(tag); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// formOf finds the form of a page that goes to an address; empty: the page's own.
func (c *crowd) formOf(path, action string) form {
	c.t.Helper()
	w := c.ask("GET", path, nil, person())
	return c.formIn(w.Body.String(), path, action)
}

func (c *crowd) formIn(page, path, action string) form {
	c.t.Helper()
	for _, m := range formTags.FindAllStringSubmatch(page, -1) {
		f := form{action: attribute(m[1], "action"), values: url.Values{}, create: attribute(m[1], "data-ceremony") == "create"}
		if f.action != action {
			continue
		}
		if f.action == "" {
			f.action = path
		}
		for _, tag := range inputTags.FindAllString(m[2], -1) {
			f.values.Add(attribute(tag, "name"), attribute(tag, "value"))
		}
		var options struct{ Challenge string }
		if text := attribute(m[1], "data-options"); text != "" {
			c.ok(json.Unmarshal([]byte(text), &options))
			var err error
			f.challenge, err = base64.RawURLEncoding.DecodeString(options.Challenge)
			c.ok(err)
		}
		return f
	}
	c.t.Fatalf("%s has no form for %q:\n%s", path, action, page)
	return form{}
}

// with is the form after a key answered, with further fields.
func (c *crowd) with(f form, k *passkeytest.Key, more ...string) form {
	values := url.Values{}
	for name, list := range f.values {
		values[name] = slices.Clone(list)
	}
	if f.create {
		values.Set("answer", k.Create("https://confirm.test", "confirm.test", f.challenge))
	} else if k != nil {
		values.Set("answer", passkeytest.JSON(k.Sign("https://confirm.test", "confirm.test", passkeytest.Present|passkeytest.Verified, f.challenge)))
	}
	for i := 0; i < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	f.values = values
	return f
}

func (c *crowd) send(f form) (code int, page, location string) {
	w := c.ask("POST", f.action, f.values, person())
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

func (c *crowd) state(id string) store.State {
	c.t.Helper()
	ch, err := c.desk.desk.Change(c.t.Context(), id)
	c.ok(err)
	return ch.State
}

func TestNoOtherSiteUsesTheFormsThatPeopleSign(t *testing.T) {
	c := newCrowd(t, true)
	made, words, err := (&pending.Vouching{Desk: c.desk.desk, Delay: time.Hour}).Ask(t.Context(), everybody["Ira <b>"], passkey.Credential{ID: "aWQ", Public: []byte{1}}, "", "p")
	c.ok(err)
	invite, path := NewInvite("testwiki", 7, "Ira <b>", "operator", c.now.Add(time.Hour))
	c.ok(c.store.SaveInvite(t.Context(), invite))
	before, err := c.store.Entries(t.Context(), "testwiki", 0, 100)
	c.ok(err)
	tries := 0
	for _, route := range []string{
		"POST /a/" + c.id + "/say", "POST /a/" + c.id + "/said", "POST /a/" + c.id + "/code", "POST /set", "POST /recover", "POST /recovery/" + made.ID + "/vouch",
		"POST /recovery/" + made.ID + "/stop", "POST " + path + "/code", "POST /queue", "GET /a/" + c.id + "/all", "GET /recover?user=Ada",
		"GET /recovery/" + made.ID, "GET " + path + "/code",
	} {
		method, path, _ := strings.Cut(route, " ")
		for name, header := range map[string][2]string{
			"another site": {"Sec-Fetch-Site", "cross-site"}, "a sibling": {"Sec-Fetch-Site", "same-site"}, "a bookmark": {"Sec-Fetch-Site", "none"},
			"a frame": {"Sec-Fetch-Dest", "iframe"}, "a fetch": {"Sec-Fetch-Mode", "cors"}, "a script": {"Sec-Fetch-Dest", "empty"},
			"ahead of time": {"Sec-Purpose", "prefetch"}, "an old browser": {"Sec-Fetch-Dest", ""},
		} {
			if method == "GET" && header[0] == "Sec-Fetch-Site" {
				continue // a link leads here
			}
			h := person()
			h[header[0]] = header[1]
			tries++
			form := url.Values{"words": {words}, "verdict": {"reject"}, "until": {"9999999999"}, "answer": {"{}"}, "id": {c.id}, "password": {"x"}, "code": {"1"}}
			if w := c.ask(method, path, form, h); w.Code != http.StatusForbidden {
				t.Errorf("%s from %s: %d", route, name, w.Code)
			}
		}
		if h := c.ask(method, path, url.Values{}, person()).Header(); h.Get("X-Frame-Options") != "DENY" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", route, h)
		}
	}
	after, err := c.store.Entries(t.Context(), "testwiki", 0, 100)
	c.ok(err)
	if len(after) != len(before) || c.state(c.id) != store.Parked {
		t.Errorf("something was done: %d entries, %d before", len(after), len(before))
	}
	t.Logf("%d tries on 13 addresses: all refused", tries)
}

func TestASetIsShownWithItsDifferencesAndApprovedAsShown(t *testing.T) {
	c := newCrowd(t, false)
	two, three := c.park("Two.js", "two('<script>\u202e');", writedoor.SiteCode), c.park("Three.js", "three();", writedoor.Gadget)
	grave, four := c.park("Grave.js", "grave", writedoor.SiteCode), ""
	page := c.ask("GET", "/a/"+two+"/all", nil, person()).Body.String()
	for _, want := range []string{"MediaWiki:Two.js", "MediaWiki:Three.js", "MediaWiki:Common.js", "Approve 3 changes with passkey", "1 other change waits", "<details>", "[U+202E]", "&lt;script&gt;", "Ira &lt;b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"MediaWiki:Grave.js", "\u202e", "'<script>"} {
		if strings.Contains(page, never) {
			t.Errorf("the page says %q", never)
		}
	}
	if text := c.ask("GET", "/a/"+two, nil, person()).Body.String(); !strings.Contains(text, "3 other changes of this account wait") {
		t.Error("a change does not say that there are others")
	}
	f := c.formIn(page, "", "/set")
	if got := f.values["id"]; !slices.Equal(got, []string{c.id, two, three}) {
		t.Fatalf("it names %v", got)
	}
	four = c.park("Four.js", "four();", writedoor.SiteCode)
	for name, ids := range map[string][]string{
		"an id exchanged": {c.id, two, four}, "one more": {c.id, two, three, four}, "one less": {c.id, two}, "another order": {two, c.id, three},
	} {
		bad := c.with(f, c.keys["Ira <b>"])
		bad.values["id"] = ids
		if code, _, _ := c.send(bad); code != http.StatusForbidden {
			t.Errorf("%s: %d", name, code)
		}
	}
	bad := c.with(f, c.keys["Ira <b>"])
	bad.values["id"] = []string{c.id, two, grave}
	if code, page, _ := c.send(bad); code != http.StatusConflict || !strings.Contains(page, "decided by itself") {
		t.Errorf("with a grave one: %d", code)
	}
	if code, _, _ := c.send(c.with(f, c.keys["Ada"])); code != http.StatusForbidden {
		t.Errorf("another person's key: %d", code)
	}
	for _, id := range []string{c.id, two, three, four} {
		if got := c.state(id); got != store.Parked {
			t.Fatalf("one is %s", got)
		}
	}
	good := c.with(f, c.keys["Ira <b>"])
	if code, _, to := c.send(good); code != http.StatusSeeOther || to != "https://wiki.test/sallyport/resume/"+strings.Join([]string{c.id, two, three}, ",") {
		t.Errorf("as shown: %d to %s", code, to)
	}
	if code, _, _ := c.send(good); code != http.StatusConflict {
		t.Errorf("once more: %d", code)
	}
	if c.state(three) != store.Approved || c.state(four) != store.Parked {
		t.Errorf("they are %s and %s", c.state(three), c.state(four))
	}
}

func TestWhatPeopleSayStandsBesideTheChangeAndCannotDeceive(t *testing.T) {
	c := newCrowd(t, false)
	const words = "no:\n<script>x</script>\n\u202etxt.exe"
	code, page, _ := c.send(form{action: "/a/" + c.id + "/say", values: url.Values{"verdict": {"comment"}, "words": {words}}})
	if code != http.StatusOK || !strings.Contains(page, "&lt;script&gt;") || strings.Contains(page, "<script>x") || !strings.Contains(page, "[U+202E]") {
		t.Fatalf("before it is signed: %d", code)
	}
	f := c.formIn(page, "", "/a/"+c.id+"/said")
	for name, bad := range map[string]form{
		"other words": c.with(f, c.keys["Ada"], "words", "yes"), "a rejection": c.with(f, c.keys["Ada"], "verdict", "reject"),
		"another time": c.with(f, c.keys["Ada"], "until", fmt.Sprint(c.now.Add(4*time.Minute).Unix())), "a key nobody knows": c.with(f, passkeytest.New(t)),
	} {
		if code, _, _ := c.send(bad); code != http.StatusForbidden {
			t.Errorf("%s: %d", name, code)
		}
	}
	other := c.park("Other.js", "x", writedoor.SiteCode)
	elsewhere := c.with(f, c.keys["Ada"])
	elsewhere.action = "/a/" + other + "/said"
	if code, _, _ := c.send(elsewhere); code != http.StatusForbidden {
		t.Errorf("about another change: %d", code)
	}
	for range 2 {
		if code, _, to := c.send(c.with(f, c.keys["Ada"])); code != http.StatusSeeOther || to != "/a/"+c.id {
			t.Fatalf("as shown: %d to %s", code, to)
		}
	}
	page = c.ask("GET", "/a/"+c.id, nil, person()).Body.String()
	if strings.Count(page, "&lt;script&gt;x") != 1 || strings.Contains(page, "<script>x") || strings.Contains(page, "\u202e") || !strings.Contains(page, "<dt><bdi>Ada</bdi>, <time") {
		t.Errorf("its author reads %s", page)
	}
	code, page, _ = c.send(form{action: "/a/" + c.id + "/say", values: url.Values{"verdict": {"reject"}, "words": {"not so"}}})
	if code != http.StatusOK {
		t.Fatal(code)
	}
	c.send(c.with(c.formIn(page, "", "/a/"+c.id+"/said"), c.keys["Bela"]))
	page = c.ask("GET", "/a/"+c.id, nil, person()).Body.String()
	if c.state(c.id) != store.Rejected || !strings.Contains(page, "rejected it") || !strings.Contains(page, "not so") || strings.Contains(page, "/say") {
		t.Errorf("it is %s; its author reads %s", c.state(c.id), page)
	}
	if code, _, _ := c.send(form{action: "/a/" + c.id + "/say", values: url.Values{"verdict": {"approve"}, "words": {"x"}}}); code != http.StatusBadRequest {
		t.Errorf("something else than a comment: %d", code)
	}
}

func TestTheQueueIsSortedAndAsksForNoSecondSignature(t *testing.T) {
	c := newCrowd(t, false)
	c.now = c.now.Add(time.Hour)
	c.park("Aaa.js", "x", writedoor.SiteCode)
	c.park("Grave.js", "grave", writedoor.SiteCode)
	code, page, _ := c.send(c.with(c.formOf("/queue", ""), c.keys["Ada"]))
	order := func(page string) (names []string) {
		for _, m := range regexp.MustCompile(`<tr><td[^>]*><a href="/a/[^"]+"><bdi>([^<]+)`).FindAllStringSubmatch(page, -1) {
			names = append(names, strings.TrimPrefix(m[1], "MediaWiki:"))
		}
		return names
	}
	if got := order(page); code != http.StatusOK || !slices.Equal(got, []string{"Grave.js", "Common.js", "Aaa.js"}) {
		t.Fatalf("at first: %d %v", code, got)
	}
	f := c.formIn(page, "", "/queue")
	for by, want := range map[string][]string{"age": {"Common.js", "Aaa.js", "Grave.js"}, "page": {"Aaa.js", "Common.js", "Grave.js"}, "nonsense": {"Grave.js", "Common.js", "Aaa.js"}} {
		_, page, _ := c.send(c.with(f, nil, "sort", by))
		if got := order(page); !slices.Equal(got, want) {
			t.Errorf("by %s: %v", by, got)
		}
	}
	for name, bad := range map[string]form{
		"another proof": c.with(f, nil, "proof", strings.Repeat("0", 64)), "another key": c.with(f, nil, "key", c.keys["Bela"].ID),
		"a later end": c.with(f, nil, "until", fmt.Sprint(c.now.Add(time.Hour).Unix())),
	} {
		if code, _, _ := c.send(bad); code != http.StatusForbidden {
			t.Errorf("%s: %d", name, code)
		}
	}
	revoke := c.with(f, nil)
	revoke.action = "/keys/revoke"
	if code, _, _ := c.send(revoke); code != http.StatusForbidden {
		t.Errorf("the proof used to revoke a key: %d", code)
	}
	c.now = c.now.Add(16 * time.Minute)
	if code, _, _ := c.send(c.with(f, nil, "sort", "age")); code != http.StatusConflict {
		t.Errorf("too late: %d", code)
	}
	_, page, _ = c.send(c.with(c.formOf("/queue", ""), c.keys["Ira <b>"]))
	if !strings.Contains(page, "Yours, of the last week") || strings.Count(page, "Grave.js") != 2 {
		t.Error("the author does not see their own")
	}
}

func TestSomebodyWithoutKeysIsVouchedForByTwo(t *testing.T) {
	c := newCrowd(t, false)
	for name, want := range map[string]int{"Ira <b>": http.StatusOK, "Reader": http.StatusNotFound, "Nobody": http.StatusNotFound} {
		if w := c.ask("GET", "/recover?user="+url.QueryEscape(name), nil, person()); w.Code != want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	fresh := passkeytest.New(t)
	f := c.formOf("/recover?user="+url.QueryEscape("Ira <b>"), "/recover")
	if code, _, _ := c.send(c.with(f, fresh, "user", "Ada")); code != http.StatusForbidden {
		t.Errorf("for another account than the key was made for: %d", code)
	}
	code, page, _ := c.send(c.with(f, fresh))
	words := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(page)
	path := regexp.MustCompile(`/recovery/[\w-]+`).FindString(page)
	if code != http.StatusOK || words == "" || path == "" {
		t.Fatalf("after asking: %d %s", code, page)
	}
	shown := c.ask("GET", path, nil, person()).Body.String()
	if strings.Contains(shown, words) || !strings.Contains(shown, "Ira &lt;b&gt;") || !strings.Contains(shown, "has keys that work") {
		t.Errorf("who vouches reads %s", shown)
	}
	_, queue, _ := c.send(c.with(c.formOf("/queue", ""), c.keys["Ada"]))
	if !strings.Contains(queue, path) {
		t.Error("reviewers are not told")
	}
	vouch := c.formOf(path, path+"/vouch")
	if code, _, _ := c.send(c.with(vouch, c.keys["Ada"], "words", "AAAA-AAAA")); code != http.StatusForbidden {
		t.Errorf("wrong words: %d", code)
	}
	if code, _, _ := c.send(c.with(vouch, c.keys["Ira <b>"], "words", words)); code != http.StatusForbidden {
		t.Errorf("for oneself: %d", code)
	}
	ada := c.with(vouch, c.keys["Ada"], "words", words)
	if code, page, _ := c.send(ada); code != http.StatusOK || !strings.Contains(page, "1 more person has to vouch") {
		t.Fatalf("the first: %d", code)
	}
	if code, _, _ := c.send(ada); code != http.StatusForbidden {
		t.Errorf("the same signature once more: %d", code)
	}
	stop := c.formOf(path, path+"/stop")
	crossed := c.with(vouch, c.keys["Bela"])
	crossed.action = stop.action
	if code, _, _ := c.send(crossed); code != http.StatusForbidden {
		t.Errorf("a signature for it taken as one against it: %d", code)
	}
	if code, page, _ := c.send(c.with(vouch, c.keys["Bela"], "words", strings.ToLower(words))); code != http.StatusOK || !strings.Contains(page, "7 March 2026") {
		t.Fatalf("the second: %d %s", code, page)
	}
	if text := c.ask("GET", "/a/"+c.id, nil, person()).Body.String(); !strings.Contains(text, "A further key was added") {
		t.Error("the account's other holders do not see it")
	}
	if code, page, _ := c.send(c.with(c.formOf(path, path+"/stop"), c.keys["Ira <b>"])); code != http.StatusOK || !strings.Contains(page, "Stopped") {
		t.Errorf("an old key stops it: %d", code)
	}
	if k, err := c.store.Key(t.Context(), "testwiki", fresh.ID); err != nil || k.Revoked.IsZero() {
		t.Errorf("the key is %+v, %v", k, err)
	}
}

func TestAPasswordAndACodeAreAskedForWhereTheyAreEnough(t *testing.T) {
	off := newCrowd(t, false)
	invite, path := NewInvite("testwiki", 7, "Ira <b>", "operator", off.now.Add(time.Hour))
	off.ok(off.store.SaveInvite(t.Context(), invite))
	if w := off.ask("GET", path+"/code", nil, person()); w.Code != http.StatusNotFound {
		t.Errorf("where they are off: %d", w.Code)
	}
	c := newCrowd(t, true)
	c.ok(c.store.SaveInvite(t.Context(), invite))
	code := func(page string) string {
		secret := strings.ReplaceAll(regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(page), " ", "")
		text, err := totp.GenerateCode(secret, c.now)
		c.ok(err)
		return text
	}
	page := c.ask("GET", path+"/code", nil, person()).Body.String()
	if !strings.Contains(page, "<svg") || !strings.Contains(page, "A passkey is better") {
		t.Errorf("the page says %s", page)
	}
	f := c.formIn(page, path+"/code", "")
	if status, _, _ := c.send(c.with(f, nil, "password", "wrong", "code", code(page))); status != http.StatusForbidden {
		t.Errorf("a wrong password: %d", status)
	}
	if status, _, _ := c.send(c.with(f, nil, "password", "the password of Ira <b>", "code", code(page))); status != http.StatusOK {
		t.Fatalf("right: %d", status)
	}
	c.now = c.now.Add(49 * time.Hour) // there is a passkey already, so it waits
	text := code(page)
	lesser, own := c.park("Sitenotice", "hello", writedoor.Interface), c.park("Own.js", "x", writedoor.SiteCode)
	if page := c.ask("GET", "/a/"+own, nil, person()).Body.String(); strings.Contains(page, "password") {
		t.Error("a password is asked for where it is not enough")
	}
	f = c.formOf("/a/"+lesser, "/a/"+lesser+"/code")
	forCode := c.with(f, nil, "password", "the password of Ira <b>", "code", text)
	forCode.action = "/a/" + own + "/code"
	if status, _, _ := c.send(forCode); status != http.StatusForbidden || c.state(own) != store.Parked {
		t.Errorf("for code: %d, it is %s", status, c.state(own))
	}
	good := c.with(f, nil, "password", "the password of Ira <b>", "code", text)
	if status, _, to := c.send(good); status != http.StatusSeeOther || to != "https://wiki.test/sallyport/resume/"+lesser {
		t.Errorf("where it is: %d to %s", status, to)
	}
	second := c.park("Sitenotice-2", "x", writedoor.Interface)
	good.action = "/a/" + second + "/code"
	if status, _, _ := c.send(good); status != http.StatusForbidden {
		t.Errorf("the same code for another change: %d", status)
	}
	if page := c.ask("GET", "/a/"+lesser, nil, person()).Body.String(); !strings.Contains(page, "which a false page could have asked for") {
		t.Error("the page does not say what kind of approval it was")
	}
	if said := c.log.String(); strings.Contains(said, "the password of") || strings.Contains(said, text) || !strings.Contains(said, "password and a code") {
		t.Errorf("the program's log says %s", said)
	}
}

func TestWhereGuessesComeFrom(t *testing.T) {
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.77:1", "", "192.0.2.0/24"}, {"192.0.2.77:1", "198.51.100.1", "192.0.2.0/24"}, {"127.0.0.1:1", "198.51.100.1", "198.51.100.0/24"},
		{"10.0.0.1:1", "203.0.113.9, 198.51.100.1", "198.51.100.0/24"}, {"[2001:db8:1:2::3]:1", "", "2001:db8:1::/48"}, {"127.0.0.1:1", "nonsense", "127.0.0.0/24"},
		{"[::ffff:192.0.2.77]:1", "", "192.0.2.0/24"}, {"", "", "nowhere"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := prefix(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

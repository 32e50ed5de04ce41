package confirm

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/notice"
	"sallyport/internal/notice/mail"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// mailbox keeps the letters of a test.
type mailbox struct {
	letters []mail.Letter
	down    error
}

func (b *mailbox) Send(_ context.Context, l mail.Letter) error {
	if b.down == nil {
		b.letters = append(b.letters, l)
	}
	return b.down
}

// withNotices opens the origin again, with an office behind it.
func withNotices(t *testing.T, post notice.Post) (*crowd, *notice.Office) {
	t.Helper()
	c := newCrowd(t, false)
	now := func() time.Time { return c.now }
	office, err := notice.New(notice.Options{Site: c.desk.desk.Site(), Store: c.store.(store.Store), Confirm: "https://confirm.test", Post: post, Now: now})
	c.ok(err)
	c.h, err = New(Options{Desk: c.desk.desk, Store: c.store, Wiki: "https://wiki.test", Secret: []byte(strings.Repeat("k", 32)), Now: now, Notices: office})
	c.ok(err)
	return c, office
}

// shows has somebody sign for the notices' page.
func (c *crowd) shows(name string) string {
	c.t.Helper()
	code, page, _ := c.send(c.with(c.formOf("/notices", ""), c.keys[name]))
	if code != 200 {
		c.t.Fatalf("%d %s", code, page)
	}
	return page
}

// sends sends a form of the page with something typed into it.
func (c *crowd) sends(page, action, name, value string) (int, string) {
	c.t.Helper()
	code, page, _ := c.send(c.with(c.formIn(page, "/notices", action), nil, name, value))
	return code, page
}

func TestAPersonReadsNoticesAndHasThemMailed(t *testing.T) {
	box := &mailbox{}
	c, office := withNotices(t, box)
	id := c.park("Common.js", "x();", writedoor.SiteCode)
	body, err := json.Marshal(map[string]any{"id": "r", "user_id": 7, "user": "Ira <b>", "by": "<i>Ada</i>"})
	c.ok(err)
	c.ok(c.store.Append(t.Context(), "testwiki", store.Entry{Kind: "vouched", Body: string(body), At: c.now}))
	c.ok(office.Look(t.Context()))
	page := c.shows("Ira <b>")
	for _, want := range []string{"A change that you sent waits for your approval.", "MediaWiki:Common.js", `href="/a/` + id + `"`, `href="/recovery/r"`,
		"&lt;i&gt;Ada&lt;/i&gt;", "No notices are mailed to you yet", "Ira &lt;b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if other := c.shows("Ada"); strings.Contains(other, "Common.js") {
		t.Error("Ada reads Ira's notices")
	}
	if code, text := c.sends(page, "/notices/address", "address", "ira@mail.test\r\nBcc: eve@evil.test"); code != 400 || len(box.letters) > 0 {
		t.Errorf("%d %s", code, text)
	}
	_, page = c.sends(page, "/notices/address", "address", "ira@mail.test")
	_, rest, _ := strings.Cut(box.letters[0].Text, "The code is\n\n    ")
	code, _, _ := strings.Cut(rest, "\n")
	if box.letters[0].To != "ira@mail.test" || strings.Contains(page, code) {
		t.Errorf("%+v", box.letters)
	}
	if status, _ := c.sends(page, "/notices/code", "code", "AAAA BBBB CCCC"); status != 403 {
		t.Errorf("a wrong code: %d", status)
	}
	_, page = c.sends(page, "/notices/code", "code", code)
	if !strings.Contains(page, "Notices go to") || !strings.Contains(page, "ira@mail.test") {
		t.Errorf("after the code:\n%s", page)
	}
	_, page = c.sends(page, "/notices/choose", "all", "1")
	if !strings.Contains(page, `value="1" checked`) {
		t.Errorf("after the choice:\n%s", page)
	}
	_, page = c.sends(page, "/notices/forget", "none", "")
	if strings.Contains(page, "ira@mail.test") {
		t.Errorf("after all:\n%s", page)
	}
}

func TestAFormOfTheNoticesPageIsGoodForItsReaderAlone(t *testing.T) {
	c, _ := withNotices(t, &mailbox{})
	page := c.shows("Ira <b>")
	f := c.formIn(page, "/notices", "/notices/address")
	for name, change := range map[string]func(url.Values){
		"another key":   func(v url.Values) { v.Set("key", c.keys["Ada"].ID) },
		"no proof":      func(v url.Values) { v.Del("proof") },
		"another proof": func(v url.Values) { v.Set("proof", strings.Repeat("0", 64)) },
		"later":         func(v url.Values) { v.Set("until", "99999999999") },
	} {
		values := maps.Clone(f.values)
		values.Set("address", "eve@evil.test")
		change(values)
		if w := c.ask("POST", "/notices/address", values, person()); w.Code != 403 && w.Code != 409 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	c.now = c.now.Add(2 * time.Hour)
	if code, _ := c.sends(page, "/notices/address", "address", "ira@mail.test"); code != 409 {
		t.Errorf("two hours later: %d", code)
	}
}

func TestWithoutAMailServerThePageSaysSo(t *testing.T) {
	c, _ := withNotices(t, nil)
	page := c.shows("Ira <b>")
	if !strings.Contains(page, "No mail is sent from here") || strings.Contains(page, "/notices/address") {
		t.Error(page)
	}
	c, _ = withNotices(t, &mailbox{down: mail.ErrNoServer})
	if code, text := c.sends(c.shows("Ira <b>"), "/notices/address", "address", "ira@mail.test"); code != 503 || !strings.Contains(text, "No mail could be sent") {
		t.Errorf("%d %s", code, text)
	}
}

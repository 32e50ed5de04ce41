package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

// client is a program with somebody's session, and a key of theirs that approves by hand.
type client struct {
	*guarded
	cookies string
	key     *passkeytest.Key
}

func (g *guarded) client() *client { return g.clientOf("Admin", "admin password 1") }

// clientOf is a program with somebody's session, and a key of theirs.
func (g *guarded) clientOf(name, password string) *client {
	g.Helper()
	session, err := mediawiki.New(g.front, g.script, local, mediawiki.Options{}).Login(g.Context(), name, password)
	if err != nil {
		g.Fatal(err)
	}
	me, err := mediawiki.New(g.front, g.script, local, mediawiki.Options{}).WhoAmI(g.Context(), session.Cookies())
	if err != nil {
		g.Fatal(err)
	}
	c := &client{g, session.Cookies(), passkeytest.New(g.T)}
	db, err := sqlstore.Open(g.Context(), "sqlite:"+filepath.Join(filepath.Dir(g.file), "sallyport.db"))
	if err != nil {
		g.Fatal(err)
	}
	defer db.Close()
	site, err := session.Client().Site(g.Context())
	if err != nil {
		g.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond) // as stores keep it
	key := store.Key{Wiki: site.ID, ID: c.key.ID, Kind: "passkey", UserID: me.ID, User: me.Name, Public: c.key.Public, Added: now, Counts: now.Add(-time.Second)}
	entry, err := pending.KeyAdded(key, "operator")
	if err != nil {
		g.Fatal(err)
	}
	if err := db.SaveKey(g.Context(), key, entry); err != nil {
		g.Fatal(err)
	}
	return c
}

func (c *client) do(method, address, kind string, body []byte, header ...string) (*http.Response, string) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if strings.HasPrefix(address, c.front) {
		req.Header.Set("Cookie", c.cookies)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	r, err := local.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		c.Fatal(err)
	}
	return r, string(text)
}

func (c *client) token(kind string) string {
	c.Helper()
	_, body := c.do("GET", c.front+c.script+"/api.php?action=query&meta=tokens&format=json&type="+kind, "", nil)
	var answer struct {
		Query struct{ Tokens map[string]string }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		c.Fatal(err)
	}
	return answer.Query.Tokens[kind+"token"]
}

// navigation are the headers of a person's own click on the confirm origin.
var navigation = []string{"Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-User", "?1"}

// approve opens a change's page, signs what it offers, and makes the change.
func (c *client) approve(address string) (page, answer string) {
	c.Helper()
	_, page = c.do("GET", address, "", nil, navigation...)
	_, options, _ := strings.Cut(page, `data-options="`)
	options, _, _ = strings.Cut(options, `"`)
	var offered struct{ Challenge string }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(options, "&#34;", `"`)), &offered); err != nil {
		c.Fatalf("the page offers %q: %.3000s", options, page)
	}
	_, until, _ := strings.Cut(page, `name="until" value="`)
	until, _, _ = strings.Cut(until, `"`)
	a := c.key.Sign(c.confirm, "confirm.localhost", passkeytest.Present|passkeytest.Verified, decode(c.T, offered.Challenge))
	signed, err := json.Marshal(map[string]any{"id": a.KeyID, "rawId": a.KeyID, "type": "public-key", "response": map[string]string{
		"authenticatorData": encode(a.AuthData), "clientDataJSON": encode(a.ClientData), "signature": encode(a.Signature),
	}})
	if err != nil {
		c.Fatal(err)
	}
	r, answer := c.do("POST", address+"/approve", "application/x-www-form-urlencoded", []byte(url.Values{"until": {until}, "answer": {string(signed)}}.Encode()), navigation...)
	back := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(back, c.front+"/sallyport/resume/") {
		return page, r.Status + " " + answer
	}
	r, answer = c.do("GET", back, "", nil, "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate")
	return page, r.Status + " " + answer
}

// vector is a way to change code. form is posted to the path.
type vector struct {
	name, path string
	token      string // kind of the API's token, or "form" for the edit form's
	form       url.Values
	refused    bool            // nobody can be shown what it leads to
	before     func(c *client) // prepares the wiki
	changed    func(c *client) bool
}

func script(c *client, title, want string) bool { return strings.Contains(c.raw(title), want) }

// Every way to change code through the gateway, with the session of somebody who may: none does without an approval, each does
// with one where what it leads to can be shown.
func TestNoWayOfChangingCodeWorksUnapprovedAndEachDoesOnceApproved(t *testing.T) {
	const settings = "open_changes = 60\n[write_door.tiers]\ndeletion = \"approve\"\n"
	const merges = "$wgGroupPermissions['sysop']['mergehistory'] = true;\n"
	mara := func(w *mediawikitest.Wiki) { w.AddUser("Mara", password("Mara")) }
	t.Run("the gate alone", func(t *testing.T) {
		g, w := guardedWiki(t, false, merges, mara, settings)
		everyVector(t, g)
		everyWay(t, g.client(), w, 0)
	})
	t.Run("a sealed wiki", func(t *testing.T) {
		g, w := guardedWiki(t, true, merges, mara, settings)
		everyVector(t, g)
		everyWay(t, g.client(), w, 1)
		// Past the gateway, with the same session: the seal refuses what carries no grant.
		c := g.client()
		form := url.Values{"action": {"edit"}, "format": {"json"}, "title": {"MediaWiki:Common.js"}, "text": {"direct();"}, "token": {c.token("csrf")}}
		_, body := c.do("POST", g.back+"/api.php", "application/x-www-form-urlencoded", []byte(form.Encode()), "Cookie", c.cookies)
		if strings.Contains(g.raw("MediaWiki:Common.js"), "direct") || !strings.Contains(body, "error") {
			t.Errorf("directly: %.300s", body)
		}
	})
}

func everyVector(t *testing.T, g *guarded) {
	c := g.client()
	api := func(action string, pairs ...string) url.Values {
		v := url.Values{"action": {action}, "format": {"json"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	page := func(title, text string) func(*client) { return func(c *client) { c.edit("Admin", title, text) } }
	has := func(title, want string) func(*client) bool {
		return func(c *client) bool { return script(c, title, want) }
	}
	vectors := []vector{
		{name: "api edit", path: "/api.php", token: "csrf", form: api("edit", "title", "MediaWiki:V1.js", "text", "hit1();"), changed: has("MediaWiki:V1.js", "hit1")},
		{name: "api append", path: "/api.php", token: "csrf", form: api("edit", "title", "MediaWiki:V2.js", "appendtext", "\nhit2();"), before: page("MediaWiki:V2.js", "a();"), changed: has("MediaWiki:V2.js", "hit2")},
		{name: "api section", path: "/api.php", token: "csrf", form: api("edit", "title", "MediaWiki:Copyright", "section", "1", "text", "== x ==\nhit"), before: page("MediaWiki:Copyright", "top\n\n== x ==\nold"), changed: has("MediaWiki:Copyright", "hit")},
		{name: "api undo", path: "/api.php", token: "csrf", form: api("edit", "title", "MediaWiki:V3.js", "undo", "LAST"), before: func(c *client) { page("MediaWiki:V3.js", "hit3();")(c); page("MediaWiki:V3.js", "good();")(c) }, changed: has("MediaWiki:V3.js", "hit3")},
		{name: "api move over", path: "/api.php", token: "csrf", form: api("move", "from", "User:Admin/evil.js", "to", "MediaWiki:V4.js", "noredirect", "1"), before: page("User:Admin/evil.js", "hit4();"), changed: has("MediaWiki:V4.js", "hit4")},
		{name: "api content model", path: "/api.php", token: "csrf", form: api("changecontentmodel", "title", "User:Mara/plain", "model", "javascript", "summary", "s"), before: page("User:Mara/plain", "hit5();"), changed: func(c *client) bool {
			_, body := c.do("GET", c.front+"/api.php?action=query&prop=info&titles=User:Mara/plain&format=json", "", nil)
			return strings.Contains(body, `"contentmodel":"javascript"`)
		}},
		{name: "api delete", path: "/api.php", token: "csrf", form: api("delete", "title", "MediaWiki:V6.js"), before: page("MediaWiki:V6.js", "keep6();"), changed: func(c *client) bool { return !script(c, "MediaWiki:V6.js", "keep6") }},
		{name: "another's script", path: "/api.php", token: "csrf", form: api("edit", "title", "User:Mara/common.js", "text", "hit7();"), changed: has("User:Mara/common.js", "hit7")},
		{name: "gadget list", path: "/api.php", token: "csrf", form: api("edit", "title", "MediaWiki:Gadgets-definition", "text", "* hit8[ResourceLoader|default]|hit8.js"), changed: has("MediaWiki:Gadgets-definition", "hit8")},
		{name: "rights", path: "/api.php", token: "userrights", form: api("userrights", "user", "Mara", "add", "interface-admin"), changed: func(c *client) bool {
			_, body := c.do("GET", c.front+"/api.php?action=query&list=users&ususers=Mara&usprop=groups&format=json", "", nil)
			return strings.Contains(body, "interface-admin")
		}},
		{name: "import", path: "/api.php", token: "csrf", form: api("import", "interwikisource", "x", "interwikipage", "y"), refused: true, changed: func(*client) bool { return false }},
		{name: "new section", path: "/api.php", token: "csrf", form: api("edit", "title", "MediaWiki:V9.js", "section", "new", "sectiontitle", "x", "text", "hit9();"), refused: true, changed: has("MediaWiki:V9.js", "hit9")},
		{name: "edit form", path: "/index.php?title=MediaWiki:V10.js&action=submit", token: "form", form: url.Values{"wpTextbox1": {"hit10();"}, "wpSave": {"1"}, "wpUnicodeCheck": {"ℳ𝒲♥𝓊𝓃𝒾𝒸ℴ𝒹ℯ"}, "wpUltimateParam": {"1"}, "wpEdittime": {""}, "wpStarttime": {"20260101000000"}, "format": {"text/javascript"}, "model": {"javascript"}}, changed: has("MediaWiki:V10.js", "hit10")},
		{name: "move form", path: "/index.php?title=Special:MovePage&action=submit", token: "form", form: url.Values{"wpOldTitle": {"User:Admin/evil2.js"}, "wpNewTitleNs": {"8"}, "wpNewTitleMain": {"V11.js"}, "wpMove": {"1"}}, before: page("User:Admin/evil2.js", "hit11();"), changed: has("MediaWiki:V11.js", "hit11")},
		{name: "rest", path: "/rest.php/v1/page/MediaWiki:V12.js", token: "json", changed: has("MediaWiki:V12.js", "hit12"), form: url.Values{"text": {"hit12();"}}},
	}
	worked, refused := 0, 0
	for _, v := range vectors {
		if v.before != nil {
			v.before(c)
		}
		address := c.vector(v)
		if v.changed(c) {
			t.Errorf("%s: changed without an approval", v.name)
			continue
		}
		if v.refused {
			refused++
			if address != "" {
				t.Errorf("%s: it waits, and nobody could be shown what for", v.name)
			}
			continue
		}
		if address == "" {
			t.Errorf("%s: it does not wait", v.name)
			continue
		}
		page, answer := c.approve(address)
		if !v.changed(c) {
			t.Errorf("%s: not changed after the approval: %.1500s\n%.3000s", v.name, answer, page)
			continue
		}
		worked++
	}
	if report := g.sally("audit", "verify", "--config", g.file); !strings.Contains(report, "; 0 problems") {
		t.Errorf("the log: %s", report)
	}
	t.Logf("%d ways: none works unapproved; %d work once approved, %d are refused", len(vectors), worked, refused)
	t.Log(g.sally("audit", "verify", "--config", g.file))
}

// vector sends one and returns where it waits; empty when it does not.
func (c *client) vector(v vector) string {
	c.Helper()
	form := v.form
	for key := range form {
		if form.Get(key) == "LAST" {
			form.Set(key, c.last(form.Get("title")))
		}
	}
	var r *http.Response
	var body string
	switch v.token {
	case "json":
		text, _ := json.Marshal(map[string]any{"source": form.Get("text"), "comment": "c", "token": c.token("csrf"), "content_model": "javascript"})
		r, body = c.do("PUT", c.front+v.path, "application/json", text)
	case "form":
		form.Set("wpEditToken", c.token("csrf"))
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for key := range form {
			_ = m.WriteField(key, form.Get(key))
		}
		_ = m.Close()
		r, body = c.do("POST", c.front+v.path, m.FormDataContentType(), b.Bytes(), "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-User", "?1")
		if r.Header.Get("Location") == "" {
			c.Logf("%s: %s %.3000s", v.name, r.Status, body)
		}
		return r.Header.Get("Location")
	default:
		form.Set("token", c.token(v.token))
		r, body = c.do("POST", c.front+v.path, "application/x-www-form-urlencoded", []byte(form.Encode()))
	}
	_, rest, found := strings.Cut(body, `"address":"`)
	address, _, _ := strings.Cut(rest, `"`)
	if !found {
		c.Logf("%s: %s %.300s", v.name, r.Status, body)
		return ""
	}
	return address
}

func (c *client) last(title string) string {
	c.Helper()
	_, body := c.do("GET", c.front+"/api.php?action=query&prop=info&format=json&titles="+url.QueryEscape(title), "", nil)
	_, rest, _ := strings.Cut(body, `"lastrevid":`)
	rev, _, _ := strings.Cut(rest, ",")
	return rev
}

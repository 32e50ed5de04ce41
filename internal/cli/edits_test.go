package cli

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sallyport/internal/config"
	"sallyport/internal/dossier"
	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

var aField = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

// importer is Noor, whose common.js loads Mara's script, before a gateway.
type importer struct {
	*testing.T
	*joined
	db      store.Store
	wiki    *fakewiki.Wiki
	cookies string
}

func newImporter(t *testing.T, change func(*parts)) *importer {
	t.Helper()
	i := &importer{T: t, wiki: fakewiki.New(fakewiki.Options{Name: "Test", Lang: "en"})}
	for _, name := range []string{"Mara", "Noor"} {
		i.wiki.AddUser(name, "password of "+name)
	}
	server := httptest.NewServer(i.wiki)
	t.Cleanup(server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	i.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	i.db = db
	p := parts{wikiURL: server.URL, scriptPath: "/w", store: db, log: slog.New(slog.DiscardHandler)}
	change(&p)
	i.joined, err = join(t.Context(), p)
	i.ok(err)
	_, err = i.wiki.Save("User:Mara/doit.js", "doit( mw.util );", "Mara", "")
	i.ok(err)
	_, err = i.wiki.Save("User:Noor/common.js", "importScript( 'User:Mara/doit.js' );\nmine();", "Noor", "")
	i.ok(err)
	session, err := mediawiki.New(server.URL, "/w", nil, mediawiki.Options{}).Login(t.Context(), "Noor", "password of Noor")
	i.ok(err)
	i.cookies = session.Cookies()
	return i
}

func (i *importer) ok(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

// ask is a page of ours as Noor opens it, or a form as she sends it.
func (i *importer) ask(method, path string, form url.Values) (int, string) {
	i.Helper()
	r := httptest.NewRequestWithContext(i.Context(), method, "http://wiki.test/sallyport"+path, strings.NewReader(form.Encode()))
	for name, value := range map[string]string{
		"Cookie": i.cookies, "Content-Type": "application/x-www-form-urlencoded",
		"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1",
	} {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	i.handler.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	i.ok(err)
	return w.Code, string(body)
}

// turn presses "Turn into a gadget".
func (i *importer) turn() string {
	i.Helper()
	_, page := i.ask(http.MethodGet, "/", nil)
	_, form, found := strings.Cut(page, `action="/sallyport/imports"`)
	if !found {
		i.Fatalf("there is no button: %s", page)
	}
	fields := url.Values{}
	for _, m := range aField.FindAllStringSubmatch(form, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	code, body := i.ask(http.MethodPost, "/imports", fields)
	if code != 200 {
		i.Fatalf("%d %s", code, body)
	}
	return body
}

func (i *importer) text(title string) string {
	p, _ := i.wiki.Page(title)
	return p.Text
}

func TestAReaderTurnsAnImportIntoAGadgetWithOneClick(t *testing.T) {
	i := newImporter(t, func(*parts) {})
	body := i.turn()
	if own := i.text("User:Noor/common.js"); strings.HasPrefix(own, "importScript") || !strings.HasSuffix(own, "mine();") {
		t.Errorf("her page is %q", own)
	}
	if made := i.text("User:Noor/doit.gadget"); !strings.Contains(made, `"User:Mara/doit.js"`) || !strings.Contains(made, `"mediawiki.util"`) {
		t.Errorf("the definition is %q", made)
	}
	if !strings.Contains(body, "is a gadget now") {
		t.Error(body)
	}
	i.ok(i.registry.Refresh(t.Context(), []wiki.Title{{NS: wiki.NSUser, Key: "Noor/doit.gadget"}})) // as recent changes would have it do
	if _, page := i.ask(http.MethodGet, "/", nil); !strings.Contains(page, "have not switched on") || !strings.Contains(page, "doit") || strings.Contains(page, "/sallyport/imports") {
		t.Errorf("it is not offered: %s", page)
	}
}

func TestAtTheWriteDoorItWaitsForItsSender(t *testing.T) {
	i := newImporter(t, func(p *parts) {
		c, err := config.Parse([]byte("[wiki]\nurl = \"http://wiki.test\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		c.WriteDoor.Tiers["own-code"], c.WriteDoor.Tiers["gadget-definition"] = "approve", "approve"
		p.door = &doorParts{settings: c.WriteDoor, confirm: "https://confirm.test", wiki: "https://wiki.test"}
	})
	before := i.text("User:Noor/common.js")
	body := i.turn()
	if strings.Count(body, `href="https://confirm.test/a/`) != 2 || !strings.Contains(body, "Nothing is changed yet") {
		t.Error(body)
	}
	if i.text("User:Noor/common.js") != before || i.text("User:Noor/doit.gadget") != "" {
		t.Error("something is saved")
	}
}

func TestNewRulesAreTriedOnTheTextsThatEachReaderRuns(t *testing.T) {
	i := newImporter(t, func(*parts) {})
	ctx, old := t.Context(), store.DigestOf("doit( mw.util );")
	save := func(key, text string) {
		_, err := i.wiki.Save("User:"+key, text, "Mara", "")
		i.ok(err)
		i.ok(i.registry.Refresh(ctx, []wiki.Title{{NS: wiki.NSUser, Key: key}}))
	}
	save("Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`)
	g, err := i.registry.ByTitle(ctx, "User:Mara/doit")
	i.ok(err)
	ids := map[string]int64{}
	for _, name := range []string{"Noor", "Mara"} {
		who, err := i.registry.User(ctx, name)
		i.ok(err)
		ids[name] = who.UserID
		i.ok(i.registry.SwitchOn(ctx, who.UserID, g.Row.PageID))
	}
	i.ok(i.registry.Stay(ctx, ids["Noor"], g.Row.PageID))
	save("Mara/doit.js", "newer();")
	h, uses := &hall{Judge: &dossier.Judge{Archive: dossier.New(dossier.Options{Site: i.registry.Site})}, db: i.db, reg: i.registry}, inUse{}
	i.ok(h.gadgetRuns(ctx, uses))
	if len(uses) != 2 {
		t.Errorf("%d texts run", len(uses))
	}
	for text, who := range uses {
		_, noor := who[ids["Noor"]]
		if len(who) != 1 || noor != (text.Digest == old) {
			t.Errorf("%s is run by %v", text.Digest, who)
		}
	}
}

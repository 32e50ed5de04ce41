package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// town is the pages on the real registry and store, over a pretend wiki.
type town struct {
	*testing.T
	wiki     *fakewiki.Wiki
	client   *mediawiki.Client
	registry *registry.Registry
	pages    http.Handler
	cookies  string // of whoever is logged in
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := fakewiki.New(fakewiki.Options{Name: "Town"})
	for _, name := range []string{"Mara", "Ira", "Tom"} {
		w.AddUser(name, "password of "+name)
	}
	w.AddUser("Ada", "password of Ada", "sysop", "interface-admin")
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	client := mediawiki.New(server.URL, "/w", nil, mediawiki.Options{})
	site, err := client.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(registry.Options{Site: site, Wiki: client, Store: db})
	if err := reg.Begin(t.Context(), func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- reg.Follow(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	s := &town{T: t, wiki: w, client: client, registry: reg}
	secret, err := db.Secret(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	if s.pages, err = New(Options{Registry: reg, Site: site, Secret: secret, SiteGadgets: reg.SiteGadgets, Who: s.who}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *town) who(ctx context.Context, r *http.Request) (wiki.User, error) {
	return s.client.WhoAmI(ctx, r.Header.Get("Cookie"))
}

func (s *town) logIn(name string) {
	s.Helper()
	jar := map[string]string{}
	ask := func(form url.Values) string {
		r := httptest.NewRequest(http.MethodPost, "http://wiki.example/w/api.php", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", s.cookies)
		w := httptest.NewRecorder()
		s.wiki.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			jar[c.Name] = c.Value
		}
		var pairs []string
		for k, v := range jar {
			pairs = append(pairs, k+"="+v)
		}
		s.cookies = strings.Join(pairs, "; ")
		return w.Body.String()
	}
	s.cookies = ""
	body := ask(url.Values{"action": {"query"}, "meta": {"tokens"}, "type": {"login"}, "format": {"json"}, "formatversion": {"2"}})
	_, token, _ := strings.Cut(body, `"logintoken":"`)
	token, _, _ = strings.Cut(token, `"`)
	token = strings.ReplaceAll(token, `\\`, `\`)
	body = ask(url.Values{"action": {"login"}, "lgname": {name}, "lgpassword": {"password of " + name}, "lgtoken": {token}, "format": {"json"}})
	if !strings.Contains(body, `"Success"`) {
		s.Fatalf("log in as %s: %s", name, body)
	}
}

func (s *town) save(author, title, text string) {
	s.Helper()
	if _, err := s.wiki.Save(title, text, author, ""); err != nil {
		s.Fatal(err)
	}
}

// fresh waits until the registry knows everything that happened on the wiki.
func (s *town) fresh() {
	s.Helper()
	s.registry.Poke()
	for start := time.Now(); time.Since(start) < 10*time.Second; {
		before := time.Now()
		if s.registry.Fresh(s.Context()); time.Since(before) < 500*time.Millisecond {
			return
		}
	}
	s.Fatal("the registry does not catch up")
}

func (s *town) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://wiki.example"+path, nil)
	asPerson(r)
	r.Header.Set("Cookie", s.cookies)
	w := httptest.NewRecorder()
	s.pages.ServeHTTP(w, r)
	return w
}

func (s *town) text(path string) string {
	s.Helper()
	return visibleText(s.T, s.get(path).Body.String())
}

// press sends the first form of a page that switches something on or off.
func (s *town) press(path, to string) {
	s.Helper()
	for _, part := range strings.Split(s.get(path).Body.String(), `<form class="switch" method="post" action="`)[1:] {
		action, _, _ := strings.Cut(part, `"`)
		fields := url.Values{}
		for _, m := range hiddenField.FindAllStringSubmatch(part, -1) {
			fields.Set(m[1], m[2])
		}
		if fields.Get("to") != to {
			continue
		}
		r := httptest.NewRequest(http.MethodPost, "http://wiki.example"+action, strings.NewReader(fields.Encode()))
		asPerson(r)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", s.cookies)
		w := httptest.NewRecorder()
		if s.pages.ServeHTTP(w, r); w.Code != http.StatusSeeOther {
			s.Fatalf("switch %s on %s: %d %s", to, path, w.Code, visibleText(s.T, w.Body.String()))
		}
		return
	}
	s.Fatalf("%s has no switch to turn %s: %s", path, to, s.text(path))
}

func (s *town) says(path string, wants ...string) {
	s.Helper()
	text := s.text(path)
	for _, want := range wants {
		if !strings.Contains(text, want) {
			s.Errorf("%s does not say %q:\n%s", path, want, text)
		}
	}
}

func TestAGadgetsLifeOnTheRealRegistry(t *testing.T) {
	s := newTown(t)
	s.save("Ada", "MediaWiki:Gadgets-definition", "== editing ==\n* hotcat[ResourceLoader|default]|hotcat.js\n")
	s.save("Mara", "User:Mara/doit.js", "mw.log( 'did it' );")
	s.save("Ira", "User:Ira/words.json", "{}")
	s.save("Mara", "User:Mara/doit.gadget", `{"description":"Does it.","module":{"pages":["/doit.js","User:Ira/words.json"],"dependencies":["mediawiki.util"]},"settings":{"namespaces":[0]}}`)
	s.fresh()

	s.says("/sallyport/", "When you log in, you choose")
	s.says("/sallyport/gadgets", "1 gadget", "doit Does it. by Mara 0", "hotcat editing Everybody")
	s.logIn("Tom")
	s.says("/sallyport/", "No gadget is switched on", "User:Tom/first.gadget")
	at := s.get("/sallyport/gadget/User:Mara/doit").Header().Get("Location")
	s.says(at, "doit Switch on", "by Mara · nobody uses it yet · runs pages of Ira · 2 people can change it", "(main)", "User:Ira/words.json a page of Ira")
	s.press(at, "on")
	s.says("/sallyport/", "doit On Does it. by Mara · 1 person · runs pages of Ira", "Switch off")
	s.says("/sallyport/user/Tom", "doit On")

	if err := s.wiki.Move("User:Mara/doit.gadget", "User:Mara/done.gadget", "Mara", false); err != nil {
		t.Fatal(err)
	}
	s.fresh()
	s.says("/sallyport/", "done On")

	if err := s.wiki.Move("User:Mara/done.gadget", "User:Ira/done.gadget", "Ada", false); err != nil {
		t.Fatal(err)
	}
	s.fresh()
	s.says("/sallyport/", "done Rests", "This gadget now belongs to Ira", "Switch on again as Ira’s", "Remove")

	s.save("Ira", "User:Ira/done.gadget", `{"module":{"pages":"User:Ira/done.js"}}`)
	s.fresh()
	s.press("/sallyport/", "on")
	s.says("/sallyport/", "done Does not run", "It cannot run: line 1:")
	s.says(at, "This gadget cannot run.", "Ira can repair it")

	if err := s.wiki.Delete("User:Ira/done.gadget", "Ada"); err != nil {
		t.Fatal(err)
	}
	s.fresh()
	s.says("/sallyport/", "A deleted gadget", "Gone", "If the page is restored")
	s.press("/sallyport/", "off")
	s.says("/sallyport/", "No gadget is switched on")
	s.says(at, "There is no such gadget")
}

func TestATokenDiesWithItsSession(t *testing.T) {
	s := newTown(t)
	s.save("Mara", "User:Mara/doit.js", "1;")
	s.save("Mara", "User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`)
	s.fresh()
	s.logIn("Tom")
	at := s.get("/sallyport/gadget/User:Mara/doit").Header().Get("Location")
	fields := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(s.get(at).Body.String(), -1) {
		fields.Set(m[1], m[2])
	}
	s.logIn("Tom") // again: another session of the same person
	r := httptest.NewRequest(http.MethodPost, "http://wiki.example"+at+"/switch", strings.NewReader(fields.Encode()))
	asPerson(r)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", s.cookies)
	w := httptest.NewRecorder()
	if s.pages.ServeHTTP(w, r); w.Code != http.StatusForbidden || !strings.Contains(visibleText(t, w.Body.String()), "no valid token") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/config"
	"sallyport/internal/csp"
	"sallyport/internal/fakewiki"
	"sallyport/internal/gadget"
	"sallyport/internal/policy"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// policed is a pretend wiki behind an enforced policy, where gadgets of Mara's ask for servers.
type policed struct {
	testing.TB
	*joined
	wiki *fakewiki.Wiki
	log  *bytes.Buffer
}

func newPoliced(t testing.TB, settings config.Policy) *policed {
	t.Helper()
	p := &policed{TB: t, wiki: fakewiki.New(fakewiki.Options{Name: "Test"}), log: &bytes.Buffer{}}
	for _, name := range []string{"Mara", "Noor", "Tom"} {
		p.wiki.AddUser(name, "password of "+name)
	}
	server := httptest.NewServer(p.wiki)
	t.Cleanup(server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	p.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	settings.Mode = "enforce"
	p.joined, err = join(t.Context(), parts{
		wikiURL: server.URL, scriptPath: "/w", store: db, policy: settings, origin: "https://wiki.example", log: slog.New(slog.NewTextHandler(p.log, nil)),
	})
	p.ok(err)
	return p
}

func (p *policed) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// allows makes a gadget that asks for servers, switches it on for somebody, and allows it all.
func (p *policed) allows(name, gadgetName string, servers ...string) wiki.User {
	p.Helper()
	var asked []string
	for _, s := range servers {
		asked = append(asked, fmt.Sprintf("%q:\"why\"", s))
	}
	title := "User:Mara/" + gadgetName
	_, err := p.wiki.Save(title+".gadget", `{"module":{"pages":["/x.js"]},"settings":{"csp":{"connect-src":{`+strings.Join(asked, ",")+`}}}}`, "Mara", "")
	p.ok(err)
	t, err := p.registry.Site.Parse(title + ".gadget")
	p.ok(err)
	p.ok(p.registry.Refresh(p.Context(), []wiki.Title{t}))
	g, err := p.registry.ByTitle(p.Context(), title)
	p.ok(err)
	u, err := p.registry.User(p.Context(), name)
	p.ok(err)
	p.ok(p.registry.SwitchOn(p.Context(), u.UserID, g.Row.PageID))
	var hosts []gadget.Host
	for _, text := range servers {
		s, _ := csp.ParseSource(text)
		hosts = append(hosts, gadget.Host{Directive: "connect-src", Source: s})
	}
	p.ok(p.registry.Grant(p.Context(), u.UserID, g.Row.PageID, hosts))
	return wiki.User{ID: u.UserID, Name: name}
}

func TestEachReaderIsSentWhatTheyAllowed(t *testing.T) {
	p := newPoliced(t, config.Policy{Allow: map[string][]string{"img-src": {"https://maps.example"}}})
	noor := p.allows("Noor", "words", "https://words.example")
	tom := p.allows("Tom", "other", "https://other.example")
	nobody := p.policy.answer(t.Context(), wiki.User{}, nil)
	for _, c := range []struct {
		reader wiki.User
		has    string
	}{{noor, "https://words.example"}, {tom, "https://other.example"}, {wiki.User{}, ""}, {wiki.User{ID: 99, Name: "Mara"}, ""}} {
		a := p.policy.answer(t.Context(), c.reader, nil)
		text := strings.Join(a.Enforced, "")
		for _, s := range []string{"https://words.example", "https://other.example"} {
			if strings.Contains(text, s) != (s == c.has) {
				t.Errorf("%s: %s", c.reader.Name, text)
			}
		}
		if len(a.Enforced) != 1 || len(a.ReportOnly) != 0 || (a.Held == "") != (c.has == "") || (a.Version == nobody.Version) != (c.has == "") || !strings.Contains(text, "https://maps.example") {
			t.Errorf("%s: %+v", c.reader.Name, a)
		}
		if id := strings.TrimPrefix(a.Version, "e"); !strings.Contains(text, "?v="+id+".") || !strings.Contains(a.Endpoints, id+`="/sallyport/csp-report?v=`+id+".") {
			t.Errorf("reports do not name the policy %s: %s, %s", id, text, a.Endpoints)
		}
	}
}

func TestALongHeaderIsSaidOnceAndOneThatIsTooLongIsNotSent(t *testing.T) {
	p := newPoliced(t, config.Policy{})
	server := func(i int) string { return fmt.Sprintf("https://s%d.%s.example", i, strings.Repeat("long-name-", 5)) }
	var reader wiki.User
	for g := range 5 {
		var list []string
		for i := range gadget.MaxHosts {
			list = append(list, server(100*g+i))
		}
		reader = p.allows("Noor", fmt.Sprint("gadget", g), list...)
		p.policy.answer(t.Context(), reader, nil)
		p.policy.answer(t.Context(), reader, nil)
	}
	if n := strings.Count(p.log.String(), "a proxy in front may refuse"); n != 4 || strings.Contains(p.log.String(), "Noor") {
		t.Errorf("headers of five lengths, four of them long, are said %d times:\n%s", n, p.log)
	}
	p.policy.told.size(p.policy.log, policy.Most+1, errors.New("test: too long"))
	p.policy.told.size(p.policy.log, policy.Most+1, errors.New("test: too long"))
	if n := strings.Count(p.log.String(), "does not fit"); n != 1 {
		t.Errorf("one that is too long is said %d times", n)
	}
}

func TestAPolicyOfTheWikisOwnThatBlocksAGrantIsSaidOnce(t *testing.T) {
	p := newPoliced(t, config.Policy{Allow: map[string][]string{"img-src": {"https://maps.example"}}})
	noor := p.allows("Noor", "words", "https://words.example")
	for range 2 {
		p.policy.answer(t.Context(), noor, []string{"connect-src 'self'; img-src *", "default-src * 'nonce-abc'"})
		p.policy.answer(t.Context(), wiki.User{}, []string{"img-src 'self'"})
	}
	log := p.log.String()
	for _, source := range []string{"source=https://words.example", "source=https://maps.example"} {
		if strings.Count(log, source) != 1 {
			t.Errorf("%s:\n%s", source, log)
		}
	}
	p = newPoliced(t, config.Policy{})
	p.policy.answer(t.Context(), p.allows("Noor", "words", "https://words.example"), []string{"default-src *"})
	if strings.Contains(p.log.String(), "words.example") {
		t.Errorf("what is not blocked is said:\n%s", p.log)
	}
}

// BenchmarkSallyPolicy is what the policy costs a page of a reader whose gadgets have sixty servers.
func BenchmarkSallyPolicy(b *testing.B) {
	p := newPoliced(b, config.Policy{})
	var noor wiki.User
	for g := range 3 {
		var list []string
		for i := range gadget.MaxHosts {
			list = append(list, fmt.Sprintf("https://s%d.g%d.example", i, g))
		}
		noor = p.allows("Noor", fmt.Sprint("gadget", g), list...)
	}
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			if a := p.policy.answer(b.Context(), noor, nil); a.Held == "" {
				b.Fatal(a)
			}
		}
	})
	b.Run("fromStore", func(b *testing.B) { // once a second
		for b.Loop() {
			p.ok(p.registry.TakeBack(b.Context(), noor.ID, 999))
			if a := p.policy.answer(b.Context(), noor, nil); a.Held == "" {
				b.Fatal(a)
			}
		}
	})
}

package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// world is a delivery that stands on a real registry, which stands on a pretend wiki and a store in memory.
type world struct {
	testing.TB
	wiki *fakewiki.Wiki
	reg  *breakable
	d    *Delivery
	now  time.Time
}

// breakable is a registry whose store can fail.
type breakable struct {
	*registry.Registry
	err error
}

var errBroken = errors.New("the disk is on fire")

func (b *breakable) Gadget(ctx context.Context, id int64) (*registry.Gadget, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Registry.Gadget(ctx, id)
}

func (b *breakable) ByTitle(ctx context.Context, title string) (*registry.Gadget, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Registry.ByTitle(ctx, title)
}

func (b *breakable) Enabled(ctx context.Context, user store.Account) ([]registry.Enabled, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Registry.Enabled(ctx, user)
}

// newWorld furnishes a wiki with pages, by title; each is saved by the person in whose space it is, or by Ira.
func newWorld(t testing.TB, pages [][2]string) *world {
	t.Helper()
	w := &world{TB: t, wiki: fakewiki.New(fakewiki.Options{Name: "Test", Lang: "en"}), now: time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)}
	for _, name := range []string{"Mara", "Noor", "Stranger"} {
		w.wiki.AddUser(name, "password of "+name)
	}
	w.wiki.AddUser("Ira", "password of Ira", "sysop", "interface-admin")
	server := httptest.NewServer(w.wiki)
	t.Cleanup(server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	w.must(err)
	t.Cleanup(func() { _ = db.Close() })
	client := mediawiki.New(server.URL, "/w", nil, mediawiki.Options{})
	site, err := client.Site(t.Context())
	w.must(err)
	w.reg = &breakable{Registry: registry.New(registry.Options{Site: site, Wiki: client, Store: db})}
	for _, page := range pages {
		w.save(page[0], page[1])
	}
	menu := func(lang string) string { return "User gadgets in " + lang }
	w.d = New(Options{Gadgets: w.reg, Base: "/sallyport", Menu: menu, Now: func() time.Time { return w.now }})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// save writes a page as its owner and lets the registry know.
func (w *world) save(title, text string) {
	w.Helper()
	author := "Ira"
	if rest, ok := strings.CutPrefix(title, "User:"); ok {
		author, _, _ = strings.Cut(rest, "/")
	}
	_, err := w.wiki.Save(title, text, author, "test")
	w.must(err)
	w.seen(title)
}

// seen has the registry read pages again, as it does when they turn up in recent changes.
func (w *world) seen(titles ...string) {
	w.Helper()
	var list []wiki.Title
	for _, title := range titles {
		t, err := w.reg.Site.Parse(title)
		w.must(err)
		list = append(list, t)
	}
	w.must(w.reg.Refresh(w.Context(), list))
}

// id is the page id of a gadget's definition: "doit" is User:Mara/doit.gadget.
func (w *world) id(name string) int64 {
	w.Helper()
	if !strings.Contains(name, ":") {
		name = "User:Mara/" + name
	}
	page, ok := w.wiki.Page(name + ".gadget")
	if !ok {
		w.Fatalf("there is no page %s.gadget", name)
	}
	return page.ID
}

func (w *world) module(name string) string { return fmt.Sprintf("ext.usergadget.p%d", w.id(name)) }

func (w *world) switchOn(user, name string) {
	w.Helper()
	account, err := w.reg.User(w.Context(), user)
	w.must(err)
	w.must(w.reg.SwitchOn(w.Context(), account.UserID, w.id(name)))
}

// get asks for a path below the base.
func (w *world) get(path string, header ...string) *httptest.ResponseRecorder {
	return w.ask("GET", path, header...)
}

func (w *world) ask(method, path string, header ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, "/sallyport"+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	w.d.ServeHTTP(answer, r)
	return answer
}

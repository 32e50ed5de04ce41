package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"sallyport/internal/delivery"
	"sallyport/internal/fakewiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// owners is how many people wrote the gadgets.
const owners = 100

// known is a delivery over a store that knows many gadgets.
type known struct {
	b        *testing.B
	site     *wiki.Site
	store    store.Store
	registry *registry.Registry
	delivery *delivery.Delivery
}

// quietWiki knows all people, and one page: the last one edited. Any other question would be a mistake, and panics.
type quietWiki struct {
	registry.Wiki
	edited wiki.Page
}

func (w *quietWiki) Users(_ context.Context, names []string) ([]wiki.User, error) {
	users := make([]wiki.User, len(names))
	for i, name := range names {
		users[i] = wiki.User{ID: userID(name), Name: name, Rights: []string{"read", "edit"}}
	}
	return users, nil
}

func (w *quietWiki) Pages(context.Context, []wiki.Title) ([]wiki.Page, error) {
	w.edited.Rev++
	return []wiki.Page{w.edited}, nil
}

// userID reads the id out of names such as "Owner 12" and "Reader 100".
func userID(name string) int64 {
	var kind string
	var id int64
	_, _ = fmt.Sscanf(name, "%s %d", &kind, &id)
	if kind == "Reader" {
		id += owners + 1
	}
	return id + 1
}

// knows fills a store in a file with n gadgets of one script each, and with a choice of each by somebody. For each of the
// counts given there is a reader who has switched on that many.
func knows(b *testing.B, n int, counts ...int) *known {
	b.Helper()
	db, err := sqlstore.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "known.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	k := &known{b: b, site: fakewiki.New(fakewiki.Options{Lang: "en"}).Site(), store: db}
	for i := range n {
		k.add(i)
	}
	for _, count := range counts {
		for i := range count {
			k.choose(userID(reader(count)), i)
		}
	}
	first := wiki.Page{
		Title: wiki.Title{NS: wiki.NSUser, Key: "Owner_0/tool0.js"}, ID: scriptPage(0), Rev: 1,
		Model: wiki.ModelJavaScript, Text: script(0), Author: "Owner 0",
	}
	k.registry = registry.New(registry.Options{Site: k.site, Wiki: &quietWiki{edited: first}, Store: db})
	k.delivery = delivery.New(delivery.Options{Gadgets: k.registry, Base: "/sallyport", Menu: func(string) string { return "My gadgets" }})
	return k
}

func reader(count int) string { return fmt.Sprintf("Reader %d", count) }

// Page ids of the definition and of the script of gadget i.
func definitionPage(i int) int64 { return int64(2*i + 1) }
func scriptPage(i int) int64     { return int64(2*i + 2) }

func script(i int) string {
	return fmt.Sprintf("mw.hook( 'wikipage.content' ).add( function ( $content ) { $content.find( '.tool%d' ).text( 'number %d' ); } );\n", i, i)
}

// add does what the registry does when it reads a new definition.
func (k *known) add(i int) {
	k.b.Helper()
	owner, tool := fmt.Sprintf("Owner %d", i%owners), fmt.Sprintf("Owner_%d/tool%d", i%owners, i)
	definition := fmt.Sprintf(`{"description":"Tool number %d","module":{"pages":["/tool%d.js"],"dependencies":["mediawiki.util"]}}`, i, i)
	k.page(tool+".gadget", definitionPage(i), wiki.ModelWikitext, owner, definition)
	k.page(tool+".js", scriptPage(i), wiki.ModelJavaScript, owner, script(i))
	k.must(k.store.SaveGadget(k.b.Context(), store.Gadget{
		Wiki: k.site.ID, PageID: definitionPage(i), Title: "User:" + tool + ".gadget", Name: fmt.Sprintf("tool%d", i),
		OwnerID: userID(owner), Owner: owner, RevID: 1, Digest: store.DigestOf(definition),
		Owners: map[string]int64{owner: userID(owner)}, Files: []string{"User:" + tool + ".js"},
		Description: fmt.Sprintf("Tool number %d", i), Saved: time.Unix(1, 0),
	}))
	k.choose(int64(1_000_000+i), i)
}

func (k *known) page(key string, id int64, model, author, text string) {
	k.b.Helper()
	k.must(k.store.SavePage(k.b.Context(), store.Page{
		Wiki: k.site.ID, Title: "User:" + key, PageID: id, RevID: 1, Model: model, Author: author,
		Digest: store.DigestOf(text), Saved: time.Unix(1, 0), Checked: time.Unix(1, 0),
	}, text))
}

func (k *known) choose(user int64, i int) {
	k.b.Helper()
	k.must(k.store.Choose(k.b.Context(), store.Choice{
		Wiki: k.site.ID, UserID: user, Gadget: definitionPage(i), OwnerID: userID(fmt.Sprintf("Owner %d", i%owners)), Since: time.Unix(1, 0),
	}))
}

// edit tells the registry that a page of gadget 0 was saved again.
func (k *known) edit() {
	k.b.Helper()
	k.must(k.registry.Refresh(k.b.Context(), []wiki.Title{{NS: wiki.NSUser, Key: "Owner_0/tool0.js"}}))
}

func (k *known) must(err error) {
	k.b.Helper()
	if err != nil {
		k.b.Fatal(err)
	}
}

package cli

import (
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

func TestAGadgetIsPopularWhenEnoughPeopleHaveIt(t *testing.T) {
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	site := &wiki.Site{ID: "w", Namespaces: map[int]wiki.Namespace{2: {ID: 2, Canonical: "User", Name: "User"}}}
	is := popular(site, db, 2)
	ask := func(key string) bool {
		t.Helper()
		yes, err := is(t.Context(), wiki.Title{NS: wiki.NSUser, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	if err := db.SaveGadget(t.Context(), store.Gadget{Wiki: "w", PageID: 7, Title: "User:Mara/doit.gadget", Name: "doit", OwnerID: 1, Owner: "Mara", RevID: 1, Files: []string{"User:Mara/doit.js"}, Saved: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for n := range int64(3) {
		for _, page := range []string{"Mara/doit.gadget", "Mara/doit.js"} {
			if got := ask(page); got != (n >= 2) {
				t.Errorf("%s is popular with %d people: %v", page, n, got)
			}
		}
		if err := db.Choose(t.Context(), store.Choice{Wiki: "w", UserID: 10 + n, Gadget: 7, OwnerID: 1, Since: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	if ask("Mara/other.js") {
		t.Error("a page of no gadget is popular")
	}
}

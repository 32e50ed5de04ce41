package cli

import (
	"slices"
	"testing"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

func TestWhatPopularGadgetsNeedIsPopularToo(t *testing.T) {
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	site := &wiki.Site{ID: "w"}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for id, g := range map[int64]struct {
		people int64
		needs  map[string]int64
	}{
		1: {2, map[string]int64{"User:M/b": 2}}, 2: {0, map[string]int64{"User:M/c": 3, "User:M/a": 1}}, 3: {1, nil}, 4: {1, map[string]int64{"User:M/e": 5}}, 5: {0, nil},
	} {
		ok(db.SaveGadget(t.Context(), store.Gadget{Wiki: "w", PageID: id, Title: "User:M/" + string(rune('a'+id-1)), Name: "n", Owner: "M", OwnerID: 9, Needs: g.needs}))
		for user := range g.people {
			ok(db.Choose(t.Context(), store.Choice{Wiki: "w", UserID: user + 1, Gadget: id, OwnerID: 9}))
		}
	}
	for least, want := range map[int][]int64{1: {1, 2, 3, 4, 5}, 2: {1, 2, 3}, 3: nil} {
		all, err := crowded(t.Context(), db, site, least)
		ok(err)
		var own []int64
		for _, g := range all {
			own = append(own, g.Gadget)
			if g.People < least {
				t.Errorf("from %d people: %+v", least, g)
			}
		}
		ids, err := withNeeds(t.Context(), db, site, own)
		ok(err)
		if slices.Sort(ids); !slices.Equal(ids, want) {
			t.Errorf("from %d people: %v, want %v", least, ids, want)
		}
	}
}

package notice_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/audit/audittest"
	"sallyport/internal/notice"
	"sallyport/internal/store"
)

func TestWhoeverAskedForAServerIsToldAndTheAuthorOfTheGadget(t *testing.T) {
	w := newWorld(t)
	w.lives(false, audittest.Ira, audittest.Olga, audittest.Mara)
	w.round(w.n)
	w.box.got()
	r := store.Request{Wiki: w.Site.ID, ID: "r1", Directive: "connect-src", Host: "https://translate.test", Script: "User:Mara/doit.gadget", Asked: w.Now()}
	for _, u := range []store.Asker{{UserID: audittest.Ira.ID, User: "Ira"}, {UserID: audittest.Olga.ID, User: "Olga"}} {
		r.UserID, r.User = u.UserID, u.User
		_, _, err := w.Store.Ask(t.Context(), r, store.Limits{Account: 5, Wiki: 5}, store.Entry{Kind: "host asked", At: w.Now(), Body: `{"what":"connect-src https://translate.test","by":"` + u.User + `"}`})
		w.OK(err)
	}
	w.said("asked", "ops: Somebody asks for a server", "ops: Somebody asks for a server")
	r.State, r.By, r.Decided = store.RequestGranted, "Ada", w.Now()
	_, err := w.Store.Decide(t.Context(), r, store.RequestOpen, store.Entry{Kind: "host granted", At: w.Now(),
		Body: `{"request":"r1","what":"connect-src https://translate.test","script":"User:Mara/doit.gadget","author":` + strconv.FormatInt(audittest.Mara.ID, 10) + `,"author_name":"Mara","by":"Ada","reason":"fine"}`})
	w.OK(err)
	w.said("granted", "ira: A server was granted", "olga: A server was granted", "mara: A server was granted")
	if diff := cmp.Diff(notice.HostGranted, w.kinds(audittest.Mara)[0]); diff != "" {
		t.Error(diff)
	}
	w.OK(w.Store.Append(t.Context(), w.Site.ID, store.Entry{Kind: "host refused", At: w.Now(), Body: `{"request":"r1","by":"Ada","reason":"it was sold"}`}))
	w.said("taken back", "ira: A server was not granted", "olga: A server was not granted")
	w.OK(w.Store.Append(t.Context(), w.Site.ID, store.Entry{Kind: "host refused", At: w.Now(), Body: `{"request":"none","by":"Ada"}`}))
	w.said("about a request that is not there")
}

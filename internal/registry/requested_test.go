package registry

import (
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/gadget"
	"sallyport/internal/store"
)

func TestWhatOperatorsGrantAGadgetIsAskedOfItsReadersAlone(t *testing.T) {
	w, db, _ := withOperators(t)
	id := w.asks("Mara", "plain", `"pages":["/plain.js"]`, "")
	noor, err := w.reg.User(t.Context(), "Noor")
	w.must(err)
	w.must(w.reg.SwitchOn(t.Context(), noor.UserID, id))
	if got := w.wants(noor, id); got != "" {
		t.Errorf("before: %s", got)
	}
	decide := func(request string, state, from store.RequestState) {
		t.Helper()
		first, err := db.Decide(t.Context(), store.Request{Wiki: w.reg.Site.ID, ID: request, State: state, By: "Ira", Decided: w.reg.now()}, from)
		w.must(err)
		if !first {
			t.Fatal("not decided")
		}
		w.reg.RequestsChanged()
	}
	_, _, err = db.Ask(t.Context(), store.Request{
		Wiki: w.reg.Site.ID, ID: "r", UserID: noor.UserID, User: "Noor", Directive: "connect-src", Host: "https://words.example", Gadget: id, Why: "to read", Asked: w.reg.now(),
	}, store.Limits{Account: 1, Wiki: 1})
	w.must(err)
	if got := w.wants(noor, id); got != "" {
		t.Errorf("while it waits: %s", got)
	}
	decide("r", store.RequestGranted, store.RequestOpen)
	if got := w.wants(noor, id); got != "connect-src https://words.example waits of plain\n" {
		t.Errorf("granted to the gadget: %s", got)
	}
	if got := w.granted(noor); got != "" {
		t.Errorf("without the reader's word: %s", got)
	}
	source, _ := csp.ParseSource("https://words.example")
	w.must(w.reg.Grant(t.Context(), noor.UserID, id, []gadget.Host{{Directive: "connect-src", Source: source}}))
	if got := w.granted(noor); got != "connect-src https://words.example" {
		t.Errorf("agreed: %s", got)
	}
	decide("r", store.RequestWithdrawn, store.RequestGranted)
	if got := w.granted(noor); got != "" {
		t.Errorf("taken back: %s", got)
	}
}

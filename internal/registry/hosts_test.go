package registry

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/policy"
	"sallyport/internal/store"
)

// withOperators gives a world a policy, and a clock that the test turns.
func withOperators(t *testing.T) (*world, *failing, *time.Time) {
	w := newWorld(t)
	hosts := func(list ...string) *policy.Operators {
		refuse, err := policy.ReadHosts(list[:1])
		w.must(err)
		review, err := policy.ReadHosts(list[1:])
		w.must(err)
		return &policy.Operators{Refuse: refuse, Review: review}
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	db := &failing{Store: w.reg.store}
	w.reg = New(Options{Site: w.reg.Site, Wiki: w.reg.wiki, Store: db, Operators: hosts("*.tracker.example", "new.example"), Now: func() time.Time { return now }})
	return w, db, &now
}

// failing is a store that can be away.
type failing struct {
	store.Store
	err  error
	hang chan struct{} // nil, or closed when it answers again
}

func (f *failing) Grants(ctx context.Context, wiki string, user int64) ([]store.Grant, error) {
	if f.hang != nil {
		<-f.hang
	}
	if f.err != nil {
		return nil, f.err
	}
	return f.Store.Grants(ctx, wiki, user)
}

// asks makes a gadget that asks for servers.
func (w *world) asks(owner, name, module, csp string) int64 {
	w.Helper()
	w.save(owner, "User:"+owner+"/"+name+".js", "/* "+name+" */")
	w.save(owner, "User:"+owner+"/"+name+".gadget", `{"module":{`+module+`},"settings":{"csp":{`+csp+`}}}`)
	w.catchUp()
	g, err := w.reg.ByTitle(w.Context(), "User:"+owner+"/"+name)
	w.must(err)
	if g.Problem != "" {
		w.Fatal(g.Problem)
	}
	return g.Row.PageID
}

// wants is what a gadget asks of somebody, a word for each server.
func (w *world) wants(user store.Account, id int64) string {
	w.Helper()
	g, err := w.reg.Gadget(w.Context(), id)
	w.must(err)
	all, err := w.reg.Wants(w.Context(), user.UserID, g)
	w.must(err)
	text := ""
	for _, one := range all {
		word := string(one.Word)
		if word == "" {
			word = map[bool]string{true: "granted", false: "waits"}[one.Granted]
		}
		text += fmt.Sprintf("%s %s %s of %s\n", one.Directive, one.Source, word, one.By.Row.Name)
	}
	return text
}

func (w *world) granted(user store.Account) string {
	w.Helper()
	g, err := w.reg.Granted(w.Context(), user)
	w.must(err)
	return g.Set.Key
}

// agree grants a gadget everything it asks for.
func (w *world) agree(user store.Account, id int64) {
	w.Helper()
	g, err := w.reg.Gadget(w.Context(), id)
	w.must(err)
	all, err := w.reg.Wants(w.Context(), user.UserID, g)
	w.must(err)
	var hosts []gadget.Host
	for _, one := range all {
		hosts = append(hosts, one.Host)
	}
	w.must(w.reg.Grant(w.Context(), user.UserID, id, hosts))
}

func (w *world) account(name string) store.Account {
	w.Helper()
	a, err := w.reg.User(w.Context(), name)
	w.must(err)
	return a
}

func (w *world) is(what, got, want string) {
	w.Helper()
	if got != want {
		w.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

func TestAServerCountsWhileItIsGrantedAndAskedForAndNotRefused(t *testing.T) {
	w, db, now := withOperators(t)
	id := w.asks("Mara", "translate", `"pages":["/translate.js"]`, `"connect-src":{"https://translate.example":"translates","https://a.tracker.example":"counts","https://new.example":"shows"}`)
	noor, other := w.account("Noor"), w.account("Stranger")
	for _, user := range []store.Account{noor, other} {
		w.must(w.reg.SwitchOn(w.Context(), user.UserID, id))
	}
	w.is("before", w.granted(noor), "")
	w.agree(noor, id)
	w.is("wants", w.wants(noor, id), "connect-src https://a.tracker.example refused of translate\nconnect-src https://new.example review of translate\nconnect-src https://translate.example granted of translate\n")
	w.is("granted", w.granted(noor), "connect-src https://translate.example")
	w.is("somebody who was not asked", w.granted(other), "")

	w.asks("Mara", "translate", `"pages":["/translate.js"]`, `"connect-src":{"https://translate.example":"translates","https://more.example":"more"}`)
	w.is("a new revision wants", w.wants(noor, id), "connect-src https://more.example waits of translate\nconnect-src https://translate.example granted of translate\n")
	w.is("what was granted stays", w.granted(noor), "connect-src https://translate.example")
	w.asks("Mara", "translate", `"pages":["/translate.js"]`, `"connect-src":{"https://more.example":"more"}`)
	w.is("what is not asked for any more", w.granted(noor), "")
	w.agree(noor, id)
	w.is("what was agreed to later", w.granted(noor), "connect-src https://more.example")
	w.must(w.reg.TakeBack(w.Context(), noor.UserID, id))
	w.is("taken back", w.granted(noor), "")

	w.agree(noor, id)
	w.must(w.reg.SwitchOff(w.Context(), noor.UserID, id))
	w.is("switched off", w.granted(noor), "")
	w.must(w.reg.SwitchOn(w.Context(), noor.UserID, id))
	w.is("switched on again, and not asked", w.granted(noor), "")

	w.asks("Mara", "translate", `"pages":["/translate.js"]`, `"img-src":{"https://new.example":"shows"}`)
	w.agree(noor, id)
	w.is("what waits for the operators", w.granted(noor), "")
	_, _, err := db.Ask(t.Context(), store.Request{
		Wiki: w.reg.Site.ID, ID: "r", UserID: noor.UserID, User: "Noor", Directive: "img-src", Host: "https://new.example", Gadget: id, Why: "to see", Asked: *now,
	}, store.Limits{Account: 1, Wiki: 1})
	w.must(err)
	_, err = db.Decide(t.Context(), store.Request{Wiki: w.reg.Site.ID, ID: "r", State: store.RequestGranted, By: "Ira", Decided: *now}, store.RequestOpen)
	w.must(err)
	w.reg.RequestsChanged()
	w.is("after they looked", w.wants(noor, id), "img-src https://new.example waits of translate\n")
	w.agree(noor, id)
	w.is("and the reader agreed", w.granted(noor), "img-src https://new.example")
}

func TestAGadgetIsGrantedWhatTheGadgetsItNeedsAskFor(t *testing.T) {
	w, _, _ := withOperators(t)
	kit := w.asks("Mara", "kit", `"pages":["/kit.js"]`, `"connect-src":{"https://kit.example":"fetches"}`)
	user := w.asks("Stranger", "user", `"pages":["/user.js"],"dependencies":["User:Mara/kit"]`, `"img-src":{"https://pictures.example":"shows"}`)
	noor := w.account("Noor")
	w.must(w.reg.SwitchOn(w.Context(), noor.UserID, user))
	w.is("wants", w.wants(noor, user), "img-src https://pictures.example waits of user\nconnect-src https://kit.example waits of kit\n")
	w.agree(noor, user)
	w.is("granted", w.granted(noor), "connect-src https://kit.example\nimg-src https://pictures.example")
	w.must(w.reg.SwitchOn(w.Context(), noor.UserID, kit))
	w.is("the other one by itself is asked for", w.wants(noor, kit), "connect-src https://kit.example waits of kit\n")
	g, err := w.reg.Granted(w.Context(), noor)
	w.must(err)
	if len(g.Held) != 1 || g.Held[0].Gadget.Row.PageID != user || g.Keys() != g.Held[0].Key {
		t.Errorf("%+v", g.Held)
	}
}

func TestWhatIsGrantedIsReadOnceASecondAndKnownWhileTheStoreIsAway(t *testing.T) {
	w, db, now := withOperators(t)
	id := w.asks("Mara", "translate", `"pages":["/translate.js"]`, `"connect-src":{"https://translate.example":"translates"}`)
	noor := w.account("Noor")
	w.must(w.reg.SwitchOn(w.Context(), noor.UserID, id))
	w.agree(noor, id)
	const want = "connect-src https://translate.example"
	w.is("granted", w.granted(noor), want)
	w.must(db.SetGrants(w.Context(), w.reg.Site.ID, noor.UserID, id, nil)) // by another process
	w.is("in the same second", w.granted(noor), want)
	db.err = errors.New("test: the disk is on fire")
	*now = now.Add(grantedAge)
	w.is("while the store is away", w.granted(noor), want)
	*now = now.Add(grantedAge)
	w.is("and longer", w.granted(noor), want)
	if g, err := w.reg.Granted(w.Context(), w.account("Stranger")); err == nil {
		t.Errorf("of somebody who is not known: %+v", g)
	}
	db.err = nil
	*now = now.Add(grantedAge)
	w.is("once it is back", w.granted(noor), "")

	db.hang = make(chan struct{})
	*now = now.Add(grantedAge)
	brief, cancel := context.WithCancel(t.Context())
	cancel()
	if g, err := w.reg.Granted(brief, noor); err != nil || g.Set.Key != "" {
		t.Errorf("while it hangs: %+v, %v", g, err)
	}
	close(db.hang)
}

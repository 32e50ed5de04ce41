// Package audittest makes logs for tests: a desk on a store, people with keys, and a wiki of one page whose changes they
// send, approve and make.
package audittest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// People who have keys. Ira may edit the site's scripts.
var (
	Ira  = wiki.User{ID: 7, Name: "Ira", Rights: []string{"editsitejs"}}
	Olga = wiki.User{ID: 8, Name: "Olga"}
	Mara = wiki.User{ID: 9, Name: "Mara"}
)

// Office is the desk and everything around it.
type Office struct {
	testing.TB
	Site  *wiki.Site
	Store store.Store
	Desk  *pending.Desk
	At    passkey.Site // where approvals are given

	keys map[int64]*passkeytest.Key
	mu   sync.Mutex
	now  time.Time
	revs []revision
}

type revision struct {
	id         int64
	user, text string
}

// New makes an office on an empty store in memory; all people have a key.
func New(t testing.TB) *Office {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := &Office{
		TB: t, Store: db, At: passkey.Site{Origin: "https://confirm.test", Host: "confirm.test"}, keys: map[int64]*passkeytest.Key{},
		now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC), revs: []revision{{1, "Ada", "old();"}},
		Site: &wiki.Site{ID: "testwiki", Name: "Testwiki", Namespaces: map[int]wiki.Namespace{
			0: {}, 2: {ID: 2, Name: "User", Canonical: "User", Subpages: true}, 8: {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"},
		}},
	}
	o.Desk, err = pending.New(pending.Options{Site: o.Site, Store: db, Door: o, Confirm: o.At, Secret: []byte(strings.Repeat("k", 32)), Now: o.Now})
	o.OK(err)
	for _, u := range []wiki.User{Ira, Olga, Mara} {
		o.Enrol(u)
	}
	return o
}

// OK ends the test on an error.
func (o *Office) OK(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// Now is the office's time; it goes on a little whenever somebody looks.
func (o *Office) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(time.Millisecond)
	return o.now
}

// Pass lets time pass.
func (o *Office) Pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// Enrol gives somebody a key, which counts at once.
func (o *Office) Enrol(u wiki.User) store.Key {
	o.Helper()
	k := passkeytest.New(o)
	o.keys[u.ID] = k
	now := o.Now().Truncate(time.Second)
	key := store.Key{Wiki: o.Site.ID, ID: k.ID, Kind: "passkey", UserID: u.ID, User: u.Name, Public: k.Public, Added: now, Counts: now}
	entry, err := pending.KeyAdded(key, "operator")
	o.OK(err)
	o.OK(o.Store.SaveKey(o.Context(), key, entry))
	return key
}

// Revoke ends somebody's key.
func (o *Office) Revoke(u wiki.User) {
	o.Helper()
	key, err := o.Store.Key(o.Context(), o.Site.ID, o.keys[u.ID].ID)
	o.OK(err)
	key.Revoked = o.Now().Truncate(time.Second)
	entry, err := pending.KeyRevoked(key)
	o.OK(err)
	o.OK(o.Store.SaveKey(o.Context(), key, entry))
}

// Park has Ira send a change of MediaWiki:Common.js.
func (o *Office) Park(text string, policy pending.Policy) *pending.Change {
	o.Helper()
	params := &phpform.Values{}
	params.Set("title", "MediaWiki:Common.js")
	params.Set("text", text)
	params.Set("summary", "because")
	op := &writedoor.Operation{
		Kind: writedoor.Edit, Via: "api.php", Action: "edit", Tiers: []writedoor.Tier{writedoor.SiteCode}, Result: writedoor.Given, Params: params,
		Pages:   []writedoor.Page{{Title: wiki.Title{NS: wiki.NSMediaWiki, Key: "Common.js"}, Role: writedoor.Edited}},
		Forward: &writedoor.Forward{Method: "POST", Target: "/api.php", ContentType: "application/x-www-form-urlencoded", Body: []byte("action=edit&text=" + url.QueryEscape(text))},
	}
	c, err := o.Desk.Park(o.Context(), pending.Arrival{Operation: op, Policy: policy, Actor: Ira, Ask: o.Ask})
	o.OK(err)
	return c
}

// Approve has somebody approve a change as it is shown now.
func (o *Office) Approve(u wiki.User, id string) {
	o.Helper()
	c, err := o.Desk.Change(o.Context(), id)
	o.OK(err)
	until := o.Desk.Until(c)
	record, err := o.Desk.Shown(c, until)
	o.OK(err)
	signed := o.keys[u.ID].Sign(o.At.Origin, o.At.Host, passkeytest.Present|passkeytest.Verified, pending.Challenge(record))
	_, err = o.Desk.Approve(o.Context(), id, until, signed)
	o.OK(err)
}

// Make has the wiki make an approved change.
func (o *Office) Make(id string) {
	o.Helper()
	s, err := o.Desk.Begin(o.Context(), id, Ira, o.Ask)
	o.OK(err)
	o.mu.Lock()
	o.revs = append(o.revs, revision{o.revs[len(o.revs)-1].id + 1, s.User, s.Changes[0].New})
	o.mu.Unlock()
	o.OK(o.Desk.Finish(o.Context(), s, pending.Reply{Status: 200}, o.Ask))
}

// Ask answers for the wiki.
func (o *Office) Ask(_ context.Context, params map[string]string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	page := map[string]any{"pageid": 5, "ns": 8, "title": params["titles"], "contentmodel": "javascript", "lastrevid": o.revs[len(o.revs)-1].id}
	var list []any
	for i := len(o.revs) - 1; i >= 0; i-- {
		r := o.revs[i]
		list = append(list, map[string]any{"revid": r.id, "user": r.user, "slots": map[string]any{"main": map[string]any{"contentmodel": "javascript", "content": r.text}}})
	}
	page["revisions"] = list
	return json.Marshal(map[string]any{"query": map[string]any{"pages": []any{page}}})
}

// Changes computes what an edit leads to.
func (o *Office) Changes(_ context.Context, op *writedoor.Operation, _ writedoor.Ask) ([]writedoor.Change, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(op.Pages) != 1 {
		return nil, fmt.Errorf("%d pages", len(op.Pages))
	}
	last, p := o.revs[len(o.revs)-1], op.Pages[0]
	p.ID, p.Rev, p.Before, p.After = 5, last.id, "javascript", "javascript"
	return []writedoor.Change{{Page: p, Old: last.text, New: op.Params.Text("text")}}, nil
}

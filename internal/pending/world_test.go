package pending_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/audit"
	"sallyport/internal/passkey"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

var (
	ira   = wiki.User{ID: 7, Name: "Ira", Rights: []string{"editsitejs"}}
	olga  = wiki.User{ID: 8, Name: "Olga"}
	title = wiki.Title{NS: wiki.NSMediaWiki, Key: "Common.js"}
)

type rev struct {
	ID         int64
	User, Text string
}

// wikiModel is a wiki of one page, and the moment.
type wikiModel struct {
	mu   sync.Mutex
	revs []rev
	said map[int64]string // summaries, by revision
	now  time.Time
	down bool
}

func newWiki() *wikiModel {
	return &wikiModel{revs: []rev{{1, "Ada", "old();"}}, now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)}
}

func (w *wikiModel) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond)
	return w.now
}

func (w *wikiModel) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// save makes a revision whatever happens: that a change is made once must not be owed to the wiki's own checks.
func (w *wikiModel) save(user, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revs = append(w.revs, rev{w.revs[len(w.revs)-1].ID + 1, user, text})
}

func (w *wikiModel) by(user string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.revs {
		if r.User == user {
			n++
		}
	}
	return n
}

// ask answers prop=info and prop=revisions about the page.
func (w *wikiModel) ask(_ context.Context, params map[string]string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return nil, fmt.Errorf("the wiki is down")
	}
	page := map[string]any{"pageid": 5, "ns": 8, "title": params["titles"], "contentmodel": "javascript", "lastrevid": w.revs[len(w.revs)-1].ID}
	if params["prop"] == "revisions" {
		var list []any
		for i := len(w.revs) - 1; i >= 0; i-- {
			r := w.revs[i]
			list = append(list, map[string]any{"revid": r.ID, "user": r.User, "comment": w.said[r.ID], "slots": map[string]any{"main": map[string]any{"contentmodel": "javascript", "content": r.Text}}})
		}
		page["revisions"] = list
	}
	return json.Marshal(map[string]any{"query": map[string]any{"pages": []any{page}}})
}

// Changes computes what an edit leads to.
func (w *wikiModel) Changes(_ context.Context, op *writedoor.Operation, _ writedoor.Ask) ([]writedoor.Change, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.revs[len(w.revs)-1]
	p := op.Pages[0]
	p.ID, p.Rev, p.Before, p.After = 5, last.ID, "javascript", "javascript"
	return []writedoor.Change{{Page: p, Old: last.Text, New: op.Params.Text("text")}}, nil
}

// edit is an operation that saves a text.
func edit(text string) *writedoor.Operation {
	params := &phpform.Values{}
	params.Set("title", "MediaWiki:Common.js")
	params.Set("text", text)
	params.Set("summary", "because")
	return &writedoor.Operation{
		Kind: writedoor.Edit, Via: "api.php", Action: "edit", Tiers: []writedoor.Tier{writedoor.SiteCode}, Result: writedoor.Given, Params: params,
		Pages:   []writedoor.Page{{Title: title, Role: writedoor.Edited}},
		Forward: &writedoor.Forward{Method: "POST", Target: "/api.php", ContentType: "application/x-www-form-urlencoded", Body: []byte("action=edit&text=" + text)},
	}
}

// world is a desk on a store, in front of the model.
type world struct {
	testing.TB
	w     *wikiModel
	store store.Approvals
	desk  *pending.Desk
	key   *passkeytest.Key
	at    passkey.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{TB: t, w: newWiki(), store: db, key: passkeytest.New(t), at: passkey.Site{Origin: "https://confirm.test", Host: "confirm.test"}}
	w.add(w.key, ira)
	w.open(db, nil)
	return w
}

func (w *world) add(k *passkeytest.Key, u wiki.User) {
	w.Helper()
	key := store.Key{Wiki: "testwiki", ID: k.ID, Kind: "passkey", UserID: u.ID, User: u.Name, Public: k.Public, Added: w.w.time(), Counts: w.w.time()}
	entry, err := pending.KeyAdded(key, "operator")
	w.ok(err)
	w.ok(w.store.SaveKey(w.Context(), key, entry))
}

// open makes a desk, as after a restart.
func (w *world) open(s store.Approvals, change func(*pending.Options)) {
	w.Helper()
	site := &wiki.Site{ID: "testwiki", Namespaces: map[int]wiki.Namespace{0: {}, 2: {ID: 2, Name: "User", Canonical: "User", Subpages: true}, 8: {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"}}}
	o := pending.Options{Site: site, Store: s, Door: w.w, Confirm: w.at, Secret: []byte(strings.Repeat("k", 32)), Now: w.w.time}
	if change != nil {
		change(&o)
	}
	var err error
	w.desk, err = pending.New(o)
	w.ok(err)
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) park(text string) (*pending.Change, error) {
	return w.desk.Park(w.Context(), pending.Arrival{Operation: edit(text), Policy: pending.Approve, Actor: ira, Ask: w.w.ask})
}

// sign approves a change as it is shown now.
func (w *world) sign(k *passkeytest.Key, c *pending.Change) error {
	w.Helper()
	until := w.desk.Until(c)
	record, err := w.desk.Shown(c, until)
	w.ok(err)
	_, err = w.desk.Approve(w.Context(), c.ID, until, k.Sign(w.at.Origin, w.at.Host, passkeytest.Present|passkeytest.Verified, pending.Challenge(record)))
	return err
}

// send does what the gateway does with a change that Begin gave out.
func (w *world) send(s *pending.Sending) pending.Reply {
	form, err := phpform.Read(s.Forward.Method, "", []string{s.Forward.ContentType}, s.Forward.Body, phpform.Limits{})
	w.ok(err)
	if got, want := form.Post.Text("baserevid"), strconv.FormatInt(s.Changes[0].Rev, 10); got != want {
		w.Errorf("the request names base %s, want %s", got, want)
	}
	w.w.save(s.User, form.Post.Text("text"))
	return pending.Reply{Status: 200}
}

// make commits an approved change.
func (w *world) make(id string) (*pending.Sending, error) {
	s, err := w.desk.Begin(w.Context(), id, ira, w.w.ask)
	if err != nil {
		return s, err
	}
	return s, w.desk.Finish(w.Context(), s, w.send(s), w.w.ask)
}

func (w *world) state(id string) store.State {
	w.Helper()
	c, err := w.desk.Change(w.Context(), id)
	w.ok(err)
	return c.State
}

// verified checks the log.
func (w *world) verified() *audit.Report {
	w.Helper()
	r, err := audit.Verify(w.Context(), w.store, "testwiki", w.at)
	w.ok(err)
	for _, p := range r.Problems {
		w.Errorf("the log: %s", p)
	}
	return r
}

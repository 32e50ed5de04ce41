package pending_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"sallyport/internal/pending"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// shelf is a wiki of as many pages as are asked for, each "MediaWiki:Gadget-N.js" with one revision by Ada.
type shelf struct {
	mu   sync.Mutex
	revs map[string][]rev
	next int64
}

func newShelf() *shelf { return &shelf{revs: map[string][]rev{}, next: 100} }

// page returns a page's revisions; ids are even, and revision numbers follow from the page's name alone until somebody saves.
func (s *shelf) page(title string) []rev {
	if s.revs[title] == nil {
		s.revs[title] = []rev{{ID: int64(1 + len(title)), User: "Ada", Text: "old " + title}}
	}
	return s.revs[title]
}

func (s *shelf) save(user, title, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.revs[title] = append(s.page(title), rev{ID: s.next, User: user, Text: text})
}

func (s *shelf) by(user string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, revs := range s.revs {
		for _, r := range revs {
			if r.User == user {
				n++
			}
		}
	}
	return n
}

// has says whether a page's text is by somebody.
func (s *shelf) has(user, title string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	revs := s.page(title)
	return revs[len(revs)-1].User == user
}

func (s *shelf) ask(_ context.Context, params map[string]string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	revs := s.page(params["titles"])
	page := map[string]any{"pageid": 5, "ns": 8, "title": params["titles"], "contentmodel": "javascript", "lastrevid": revs[len(revs)-1].ID}
	var list []any
	for i := len(revs) - 1; i >= 0; i-- {
		r := revs[i]
		list = append(list, map[string]any{"revid": r.ID, "user": r.User, "slots": map[string]any{"main": map[string]any{"contentmodel": "javascript", "content": r.Text}}})
	}
	page["revisions"] = list
	return json.Marshal(map[string]any{"query": map[string]any{"pages": []any{page}}})
}

// Changes computes what an edit leads to.
func (s *shelf) Changes(_ context.Context, op *writedoor.Operation, _ writedoor.Ask) ([]writedoor.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := op.Pages[0]
	revs := s.page("MediaWiki:" + p.Title.Key)
	last := revs[len(revs)-1]
	p.ID, p.Rev, p.Before, p.After = 5, last.ID, "javascript", "javascript"
	return []writedoor.Change{{Page: p, Old: last.Text, New: op.Params.Text("text")}}, nil
}

// many is a world whose wiki is a shelf, and where n changes of one account may wait.
func many(w *world, n int) *shelf {
	s := newShelf()
	w.open(w.store, func(o *pending.Options) { o.Door, o.Most = s, n })
	return s
}

// parkOn parks a change of a page of the shelf.
func (w *world) parkOn(s *shelf, n int, policy pending.Policy) *pending.Change {
	w.Helper()
	op := edit(fmt.Sprintf("new(%d);", n))
	op.Pages[0].Title = wiki.Title{NS: wiki.NSMediaWiki, Key: fmt.Sprintf("Gadget-%d.js", n)}
	op.Params.Set("title", "MediaWiki:"+op.Pages[0].Title.Key)
	c, err := w.desk.Park(w.Context(), pending.Arrival{Operation: op, Policy: policy, Actor: ira, Ask: s.ask})
	w.ok(err)
	return c
}

// makeOn commits an approved change.
func (w *world) makeOn(s *shelf, id string) (*pending.Sending, error) {
	sending, err := w.desk.Begin(w.Context(), id, ira, s.ask)
	if err != nil {
		return sending, err
	}
	s.save(sending.User, "MediaWiki:"+sending.Changes[0].Title.Key, sending.Changes[0].New)
	return sending, w.desk.Finish(w.Context(), sending, pending.Reply{Status: 200}, s.ask)
}

func ids(set []*pending.Change) (all []string) {
	for _, c := range set {
		all = append(all, c.ID)
	}
	return all
}

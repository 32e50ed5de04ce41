package gateway

import (
	"context"
	"errors"
	"net/http"

	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// doorLine says what came of one change of a set.
type doorLine struct {
	Name string // of its page
	Came string // "done", "not" or "later"
	Why  string // in English
	Link string
}

// commitAll makes the approved changes of a set, one after the other in the order of the address, and says of each what came
// of it. One that cannot be made keeps none of the others back.
func (d *Door) commitAll(w http.ResponseWriter, r *http.Request, ids []string) {
	if len(ids) > pending.MaxSet {
		d.refuse(w, r, http.StatusNotFound, "sallyport-gone", "There is no such change any more.")
		return
	}
	actor, err := d.Who(r.Context(), r)
	if err != nil {
		d.refuse(w, r, http.StatusServiceUnavailable, "sallyport-unavailable", "The wiki does not say who you are. Your changes are kept; try again in a minute.")
		return
	}
	page, status := doorPage{Title: "set", Code: "set"}, http.StatusOK
	for _, id := range ids {
		line := d.commitOne(r, id, actor)
		if line.Came != "done" {
			status = http.StatusConflict
		}
		page.Lines = append(page.Lines, line)
	}
	d.page(w, r, status, page)
}

// commitOne is commit for a change among others.
func (d *Door) commitOne(r *http.Request, id string, actor wiki.User) doorLine {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), sendTime)
	defer cancel()
	ask := d.ask(r)
	s, err := d.Desk.Begin(ctx, id, actor, ask)
	switch {
	case s != nil && s.Change != nil && s.State == store.Done:
	case err != nil:
		return d.notCommitted(id, s, err)
	default:
		d.made(r, actor, s)
		if d.Desk.ByBroker(s.Change) {
			_, err = d.Desk.Commit(ctx, s)
		} else {
			reply := &replyBuffer{header: http.Header{}}
			d.send(reply, carrier(ctx, r), s.Forward, s.Grant)
			err = d.Desk.Finish(ctx, s, pending.Reply{Status: reply.status, Refusal: refusal(reply)}, ask)
		}
		if err != nil {
			d.Log.Error("what came of a change is not known yet", "change", id, "err", err)
		}
		d.Log.Info("approved change of a set sent", "change", id, "user", actor.Name, "state", string(s.State), "revision", s.Told.Revision)
	}
	line := doorLine{Name: d.nameOf(s.Change), Came: "done", Link: d.after(s.Change)}
	switch s.State {
	case store.Done:
	case store.Sending:
		line.Came, line.Link = "later", d.Base+"/resume/"+id
	default:
		line.Came, line.Why, line.Link = "not", s.Told.Outcome, d.Desk.Address(id)
	}
	return line
}

// notCommitted is the line of a change that was not sent.
func (d *Door) notCommitted(id string, s *pending.Sending, err error) doorLine {
	line := doorLine{Name: id, Came: "not", Why: err.Error()}
	if s != nil && s.Change != nil {
		line.Name, line.Link = d.nameOf(s.Change), d.Desk.Address(id)
	}
	if errors.Is(err, pending.ErrStale) || errors.Is(err, pending.ErrNotNow) || errors.Is(err, pending.ErrGone) || errors.Is(err, pending.ErrNotYours) {
		return line
	}
	d.Log.Error("approved change not sent", "change", id, "err", err)
	line.Came, line.Why, line.Link = "later", "", d.Base+"/resume/"+id
	return line
}

func (d *Door) nameOf(c *pending.Change) string {
	if len(c.Changes) == 0 {
		return c.Action
	}
	return d.Desk.Site().PrefixedText(c.Changes[0].Title)
}

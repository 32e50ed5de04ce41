package gateway

import (
	"net/http"

	"sallyport/internal/incident"
	"sallyport/internal/pending"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Held is the error code of a change that the outbreak breaker does not let through now.
const Held = "sallyport-held"

// held asks the breaker about a write as it arrives, and returns why it must not be made now; empty when it may. Of writes that
// touch nothing sensitive the account is asked for seldom; one that cannot be asked for is not judged.
func (d *Door) held(r *http.Request, a pending.Arrival) string {
	if d.Guard == nil || a.Operation.Kind == writedoor.Read || a.Operation.Kind == writedoor.Minor {
		return ""
	}
	all := d.Sessions.of(r)
	if len(all) == 0 {
		return ""
	}
	if a.Actor.ID == 0 {
		var err error
		if a.Actor, err = d.Sessions.sent(r.Context(), r, all); err != nil {
			d.Log.Warn("write not judged: the wiki does not say whose it is", "path", r.URL.Path, "err", err)
		}
	}
	if a.Actor.ID == 0 {
		return ""
	}
	decision, err := d.Guard.Judge(r.Context(), incident.Write{
		Operation: a.Operation, Actor: a.Actor, Session: d.Guard.Breaker.Which(all), Waits: a.Policy.Waits(), Pressed: a.Sent.ByPerson(),
	})
	if err != nil {
		d.Log.Debug("sender went away", "path", r.URL.Path, "err", err)
	}
	return decision.Why
}

// notNow answers a write that is held. The text that came with it is shown, so that nobody loses it.
func (d *Door) notNow(w http.ResponseWriter, r *http.Request, a pending.Arrival, why string) {
	d.Log.Warn("write held", "user", a.Actor.Name, "action", a.Operation.Action, "tier", string(a.Operation.Tier()))
	info := why
	if a.Policy.Waits() && d.Desk != nil {
		info += " What has to be repaired at once can be written and approved at " + d.Desk.Confirm().Origin + "/compose."
	}
	if machine(r) {
		d.problem(w, r, http.StatusForbidden, Held, info, nil)
		return
	}
	d.page(w, r, http.StatusForbidden, doorPage{Title: "held", Code: Held, Info: info, Text: typed(a.Operation)})
}

// typed is the text that somebody wrote.
func typed(op *writedoor.Operation) string {
	for _, key := range []string{"wpTextbox1", "text", "appendtext", "prependtext"} {
		if text := op.Params.Text(key); text != "" {
			return text
		}
	}
	return ""
}

// made tells the breaker of a change that was approved, and is about to be made.
func (d *Door) made(r *http.Request, actor wiki.User, s *pending.Sending) {
	if d.Guard == nil {
		return
	}
	var session incident.Session
	if all := d.Sessions.of(r); len(all) > 0 {
		session = d.Guard.Breaker.Which(all)
	}
	var pages []wiki.Title
	for _, c := range s.Changes {
		pages = append(pages, c.Title)
	}
	tier := writedoor.None
	if len(s.Tiers) > 0 {
		tier = s.Tiers[0]
	}
	d.Guard.Made(actor, session, writedoor.Kind(s.Kind), tier, pages)
}

package rollout

import (
	"slices"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

// Idle is how long nobody needs a source before it is proposed that it goes.
const Idle = 30 * 24 * time.Hour

// Sources lists the outside sources of the policy in force with who answers for each, and when it was used last as far as
// reports say: those of readers on their day of the probe, and those of before it was allowed.
func (k *Keeper) Sources(rows []violation.Row) []narrow.Permission {
	s := k.State()
	force, _ := k.InForce()
	began := k.Now() // of the reports: who allowed what in the settings, and when, nobody knows
	for i := range rows {
		if rows[i].First.Before(began) {
			began = rows[i].First
		}
	}
	var list []narrow.Permission
	for _, o := range k.outside(force) {
		p := narrow.Permission{Directive: o.Directive, Source: o.Source.String(), Given: began}
		if s.InForce != nil {
			p.Owner, p.Reason, p.Given = s.InForce.By, s.InForce.Why, s.InForce.At
		}
		if i := slices.IndexFunc(s.Marks, func(m Mark) bool { return m.Directive == p.Directive && m.Source == p.Source }); i >= 0 {
			p.Owner, p.Reason, p.Expires = s.Marks[i].Owner, s.Marks[i].Reason, s.Marks[i].Expires
		}
		p.Used = k.lastUse(o, rows)
		list = append(list, p)
	}
	return list
}

// lastUse is when a source was last asked for what only it allows.
func (k *Keeper) lastUse(o Outside, rows []violation.Row) (last time.Time) {
	alone := &csp.Policy{Directives: []csp.Directive{{Name: o.Directive, Sources: []csp.Source{o.Source}}}}
	for i := range rows {
		r := &rows[i]
		kind, ok := csp.KindOf(r.Directive, r.Blocked)
		if !ok || r.Noise != violation.None || !r.Last.After(last) {
			continue
		}
		// Reports have no paths; a redirect is what paths are not compared for (CSP3 §6.7.2.8).
		v := alone.Allows(csp.Request{Kind: kind, URL: csp.ParseAddress(r.Blocked), Page: k.Page, Redirected: true})
		if v.Allowed && v.By == o.Source {
			last = r.Last
		}
	}
	return last
}

// Falling says which sources fall when, soonest first.
func (k *Keeper) Falling(rows []violation.Row) []narrow.Due {
	return narrow.Calendar(k.Sources(rows), k.Now(), Idle)
}

// Narrower is the policy in force without the sources that are due.
func (k *Keeper) Narrower(rows []violation.Row) *csp.Policy {
	force, _ := k.InForce()
	var gone []Outside
	for _, d := range k.Falling(rows) {
		if source, why := csp.ParseSource(d.Source); why == "" && !d.When.After(k.Now()) {
			gone = append(gone, Outside{d.Directive, source})
		}
	}
	return without(force, gone).Minimise()
}

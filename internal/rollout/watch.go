package rollout

import (
	"context"
	"errors"
	"slices"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

// limits say when a roll-out halts by itself: a sixth person loses something nobody foresaw, or more than twice the people
// who were foreseen.
func limits() narrow.Limits { return narrow.Limits{People: 5, Percent: 200} }

// knownDays is how far back it counts that something was blocked before a roll-out.
const knownDays = 7

// Robot is who halts a roll-out when no person did.
const Robot = "Sallyport"

// Watch halts the roll-out when readers lost more since its share was set than was foreseen.
func (k *Keeper) Watch(ctx context.Context) error {
	s := k.State()
	if s.Rollout == nil || s.Rollout.Halted != "" || s.Rollout.Share == 0 {
		return nil
	}
	lost, err := k.lost(ctx, s)
	if err != nil {
		return err
	}
	why := s.Rollout.Surprise(lost, limits())
	if why.IsZero() {
		return nil
	}
	k.Log.Warn("the roll-out of a policy halts by itself", "wiki", k.Wiki, "why", why.String())
	err = k.Halt(ctx, Act{By: Robot, Why: why.String(), Says: why, Seen: s.Version})
	if errors.Is(err, ErrChanged) { // another process, or a person, was faster; the next look decides anew
		return nil
	}
	return err
}

// Lost is what readers lost to the roll-out since its share was set; nothing without one.
func (k *Keeper) Lost(ctx context.Context) ([]narrow.Loss, error) {
	s := k.State()
	if s.Rollout == nil {
		return nil, nil
	}
	return k.lost(ctx, s)
}

// lost is what readers lost since the share was set.
//
// Rows do not say which policy blocked something. But what the policy in force, when it is enforced, blocks as well was no
// loss; what the roll-out blocks and the other allows, the roll-out blocked; and what both allow and was blocked all the
// same, by a redirect or a path, counts when nobody's browser blocked it before. Days are not taken apart either: what the
// day the share was set had seen before is in Before.
func (k *Keeper) lost(ctx context.Context, s *State) ([]narrow.Loss, error) {
	rows, err := k.Store.Rows(ctx, k.Wiki, violation.DayOf(s.Rollout.Since))
	if err != nil {
		return nil, err
	}
	force, enforced, err := k.inForce(s)
	if err != nil {
		return nil, err
	}
	if enforced {
		rows = k.letThrough(rows, force)
	}
	candidate, err := parse(s.Rollout.Policy)
	if err != nil {
		return nil, err
	}
	set := csp.Set{candidate}
	impact := narrow.Remember(refusals(rows, s.Noise)).Simulate(set, set, k.Page)
	list := impact.Lost
	for _, l := range impact.Unclear {
		if !slices.Contains(s.Rollout.Known, l.Directive+" "+l.Blocked) {
			list = append(list, l)
		}
	}
	return beyond(list, s.Rollout.Before), nil
}

// refusals are the rows about what was really blocked. What is noise shows in all rows about a host, and in no others.
func refusals(rows []violation.Row, said map[string]bool) []violation.Row {
	hosts := map[string]bool{}
	for i := range rows {
		if !rows[i].ReportOnly {
			hosts[rows[i].Blocked] = true
		}
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r violation.Row) bool { return !hosts[r.Blocked] })
	return slices.DeleteFunc(withNoise(rows, said), func(r violation.Row) bool { return r.ReportOnly })
}

// inForce is the policy in force of a state that may not be the newest.
func (k *Keeper) inForce(s *State) (p *csp.Policy, enforced bool, err error) {
	if s.InForce == nil {
		return k.Settings.Policy, k.Settings.Enforced, nil
	}
	p, err = parse(s.InForce.Text)
	return p, true, err
}

// allows asks a policy about something that was blocked.
func (k *Keeper) allows(p *csp.Policy, l narrow.Loss) bool {
	kind, _ := csp.KindOf(l.Directive, l.Blocked)
	return p.Allows(csp.Request{Kind: kind, URL: csp.ParseAddress(l.Blocked), Page: k.Page}).Allowed
}

// beyond takes the people off who had lost something before.
func beyond(list, before []narrow.Loss) []narrow.Loss {
	for _, b := range before {
		for i := range list {
			if list[i].Directive == b.Directive && list[i].Blocked == b.Blocked {
				list[i].People = max(0, list[i].People-b.People)
			}
		}
	}
	list = slices.DeleteFunc(list, func(l narrow.Loss) bool { return l.People == 0 })
	slices.SortStableFunc(list, func(a, b narrow.Loss) int { return b.People - a.People })
	return list[:min(len(list), maxKept)]
}

// blockedBefore names what was really blocked since a day.
func blockedBefore(rows []violation.Row, since violation.Day) []string {
	var list []string
	for i := range rows {
		if r := &rows[i]; !r.ReportOnly && r.Day >= since && r.Noise == violation.None {
			list = append(list, r.Directive+" "+r.Blocked)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), maxKept)]
}

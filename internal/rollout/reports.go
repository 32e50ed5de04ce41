package rollout

import (
	"context"
	"slices"
	"sync"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

// Days is how many days of reports count: one more than [Idle], so that a source can be seen to be unused for that long.
const Days = 31

// reportAge is how long reports that were read are taken for all there are.
const reportAge = 10 * time.Second

// reports are the reports read last: a person who tries one draft after another asks for the same ones.
type reports struct {
	mu      sync.Mutex
	at      time.Time
	version int64           // of the state that what follows was made with
	raw     []violation.Row // as the store has them
	rows    []violation.Row
	history *narrow.History // of what the policy in force lets through
}

// Reports are the last [Days] of reports, with what the filter and people call noise marked as such. They may be some
// seconds old, and must not be changed.
func (k *Keeper) Reports(ctx context.Context) ([]violation.Row, error) {
	k.reports.mu.Lock()
	defer k.reports.mu.Unlock()
	err := k.readReports(ctx)
	return k.reports.rows, err
}

// readReports brings reports up to date.
func (k *Keeper) readReports(ctx context.Context) error {
	r, now, s := &k.reports, k.Now(), k.State()
	age := now.Sub(r.at)
	fresh := age >= 0 && age < reportAge
	if fresh && r.version == s.Version {
		return nil
	}
	if !fresh {
		raw, err := k.Store.Rows(ctx, k.Wiki, violation.DayOf(now)-Days)
		if err != nil {
			return err
		}
		r.at, r.raw = now, raw
	}
	r.version, r.rows, r.history = s.Version, withNoise(r.raw, s.Noise), nil
	return nil
}

// Simulate asks what a draft would take away that people have now. What the policy in force blocks already, it does not take;
// all who reported anything are counted.
func (k *Keeper) Simulate(ctx context.Context, draft *csp.Policy) (narrow.Impact, error) {
	k.reports.mu.Lock()
	defer k.reports.mu.Unlock()
	if err := k.readReports(ctx); err != nil {
		return narrow.Impact{}, err
	}
	r := &k.reports
	if r.history == nil {
		rows := r.rows
		if force, enforced := k.InForce(); enforced {
			rows = k.letThrough(rows, force)
		}
		r.history = narrow.Remember(rows)
	}
	impact := r.history.Simulate(csp.Set{draft}, nil, k.Page)
	impact.People = Summarise(r.rows).People
	return impact, nil
}

// letThrough are the rows about what a policy does not block.
func (k *Keeper) letThrough(rows []violation.Row, p *csp.Policy) []violation.Row {
	known := map[[2]string]bool{}
	var list []violation.Row
	for i := range rows {
		key := [2]string{rows[i].Directive, rows[i].Blocked}
		through, asked := known[key]
		if !asked {
			through = k.allows(p, narrow.Loss{Directive: key[0], Blocked: key[1]})
			known[key] = through
		}
		if through {
			list = append(list, rows[i])
		}
	}
	return list
}

// withNoise marks rows as the filter and people see them.
func withNoise(rows []violation.Row, said map[string]bool) []violation.Row {
	rows = slices.Clone(violation.SuspectInjectors(rows))
	for i := range rows {
		noise, known := said[rows[i].Blocked]
		switch {
		case known && !noise:
			rows[i].Noise = violation.None
		case known && rows[i].Noise == violation.None:
			rows[i].Noise = ByPerson
		}
	}
	return rows
}

// ByPerson marks reports that somebody called noise.
const ByPerson violation.Noise = "by hand"

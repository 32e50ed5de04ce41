package incident

import (
	"fmt"
	"time"
)

// saved is a text that somebody saved without pressing a button.
type saved struct {
	at    time.Time
	event Event
}

// copies looks for the same text in several people's code pages, whatever was served to whom: what sessions got may have
// come from a cache, or past this gateway.
func (b *Breaker) copies(e *Event, a *account) *Trip {
	if e.Pressed || e.Waits || b.open || e.Added.Empty() {
		return nil
	}
	b.saved = append(b.saved, saved{e.Time, *e})
	for len(b.saved) > b.set.Steps || len(b.saved) > 0 && e.Time.Sub(b.saved[0].at) > b.set.Together {
		b.saved = b.saved[1:]
	}
	accounts, others := map[int64]bool{}, map[string]bool{}
	t := &Trip{Rule: Copies, At: e.Time, Everywhere: true}
	for i := range b.saved {
		s := &b.saved[i].event
		if !b.alike(s.Added, e.Added) && !s.Added.NamesSame(e.Added) {
			continue
		}
		if e.Time.Sub(s.Time) <= time.Minute {
			accounts[s.User] = true
		}
		if s.User == e.User && s.Victim != Site && s.Victim != s.Name {
			others[s.Victim] = true
		}
		t.add(s.Session, s.Name, s.Page)
	}
	switch {
	case len(others) >= 2 && a.habit(e.Time) < b.set.Habit:
		t.Reasons = []string{fmt.Sprintf("%s wrote the same text into code pages of %d other people, which this account did not do before", e.Name, len(others))}
	case len(accounts) >= b.set.Flood:
		t.Reasons = []string{fmt.Sprintf("%d accounts saved the same text within a minute", len(accounts))}
	default:
		return nil
	}
	return t
}

package incident

import (
	"fmt"
	"slices"
	"time"

	"sallyport/internal/writedoor"
)

// account is what is ordinary for somebody.
type account struct {
	seen time.Time // for the first time
	now  [classes]minute
	most [classes]int // a minute, ever; not counting the minute that runs
	days []day        // on which the account changed other people's code, newest last
}

// since is for how long an account is known.
func (a *account) since(now time.Time) time.Duration {
	if a.seen.IsZero() {
		a.seen = now
	}
	return now.Sub(a.seen)
}

// minute counts within one.
type minute struct {
	at time.Time
	n  int
}

// day counts changes of other people's code.
type day struct {
	at time.Time
	n  int
}

// class is a kind of operation that is counted by itself.
type class int

const (
	none class = iota
	removal
	edit
	classes
)

func classOf(k writedoor.Kind) class {
	switch k {
	case writedoor.Delete, writedoor.Undelete, writedoor.HideRevisions, writedoor.Block, writedoor.Unblock, writedoor.Protect,
		writedoor.Move, writedoor.Merge, writedoor.Rights, writedoor.RenameUser, writedoor.Import, writedoor.Mass:
		return removal
	case writedoor.Edit, writedoor.Rollback, writedoor.Undo, writedoor.ContentModel:
		return edit
	default:
		return none
	}
}

func (b *Breaker) account(id int64) *account {
	return b.accounts.or(id, func() *account { return &account{} })
}

// did counts a write.
func (a *account) did(e *Event) {
	if e.Victim != "" && e.Victim != Site && e.Victim != e.Name {
		today := e.Time.UTC().Truncate(24 * time.Hour)
		if n := len(a.days); n == 0 || !a.days[n-1].at.Equal(today) {
			a.days = append(a.days, day{at: today})
			a.days = a.days[max(0, len(a.days)-30):]
		}
		a.days[len(a.days)-1].n++
	}
	c := classOf(e.Kind)
	if c == none {
		return
	}
	m := &a.now[c]
	if e.Time.Sub(m.at) >= time.Minute {
		a.most[c] = max(a.most[c], m.n)
		*m = minute{at: e.Time}
	}
	m.n++
}

// habit is how many changes of other people's code the account made on earlier days.
func (a *account) habit(now time.Time) (n int) {
	today := now.UTC().Truncate(24 * time.Hour)
	for _, d := range a.days {
		if d.at.Before(today) {
			n += d.n
		}
	}
	return n
}

// burst looks whether an account does at once what it never did. A script that few know yet makes it suspicious early; tools
// that everybody uses do not.
func (b *Breaker) burst(e *Event, a *account) *Trip {
	c := classOf(e.Kind)
	if c == none || e.Approved || c == edit && e.Bot || b.off[e.Session] {
		return nil
	}
	m := a.now[c]
	n := m.n + 1
	if e.Time.Sub(m.at) >= time.Minute {
		n = 1
	}
	young := b.stranger(e)
	limit := b.set.Most
	if young != "" {
		limit = map[class]int{removal: b.set.Deletions, edit: b.set.Edits}[c]
	}
	if n <= limit || float64(n) <= b.set.Times*float64(a.most[c]) {
		return nil
	}
	t := &Trip{Rule: Burst, At: e.Time, Reasons: []string{fmt.Sprintf("%s made %d changes (%s) within a minute; the most this account did before is %d", e.Name, n, e.Kind, a.most[c])}}
	if young != "" {
		t.Reasons = append(t.Reasons, fmt.Sprintf("the session runs %s, which fewer than %d accounts had met", young, b.set.Young))
	}
	t.add(e.Session, e.Name, "")
	t.Everywhere = slices.ContainsFunc(b.last, func(o Trip) bool {
		return o.Rule == Burst && e.Time.Sub(o.At) <= b.set.Together && !slices.Contains(o.Accounts, e.Name)
	})
	return t
}

// stranger names a script in the session that the account, and nearly everybody, got for the first time just now.
func (b *Breaker) stranger(e *Event) string {
	was := b.sessions.get(e.Session)
	if was == nil {
		return ""
	}
	for _, got := range was.served {
		x := b.scripts.get(got.key)
		if x != nil && !b.harmless(got) && !x.crowd && len(x.met) <= b.set.Young && got.novel && e.Time.Sub(got.fresh) <= b.set.Together && x.owner != e.Name {
			return x.name()
		}
	}
	return ""
}

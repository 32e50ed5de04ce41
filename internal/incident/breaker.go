package incident

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"sallyport/internal/writedoor"
)

// Breaker stops an outbreak: it sees what code goes to which session, and what sessions write, and trips when code that a
// session was given comes out of it again. It is safe for concurrent use; it reads no clock.
type Breaker struct {
	mu       sync.Mutex
	set      Settings
	scripts  *recent[string, *script]
	sessions *recent[Session, *session]
	accounts *recent[int64, *account]
	steps    []step  // oldest first
	saved    []saved // of the last minute: see copies.go
	known    map[string]bool

	open     bool // tripped: all code writes are held
	dark     bool // pulled: user code is off for everybody
	off      map[Session]bool
	reported map[int64]bool  // accounts whose owners say that something in their browser is not theirs
	bad      map[string]bool // pages that carry the text
	last     []Trip          // newest last
	resets   int
	changes  int // of what a restart must not forget
	seen     time.Time
}

// maxTrips is how many trips are remembered.
const maxTrips = 50

// New makes a breaker that begins to watch at a time.
func New(s Settings, start time.Time) *Breaker {
	s = s.WithDefaults()
	return &Breaker{
		set: s, seen: start, scripts: newRecent[string, *script](s.Scripts), sessions: newRecent[Session, *session](s.Sessions),
		accounts: newRecent[int64, *account](s.Accounts), known: map[string]bool{}, off: map[Session]bool{}, reported: map[int64]bool{}, bad: map[string]bool{},
	}
}

// Saw judges a write.
//
// Scripts that spread have to do three things: run in somebody's session, write themselves from there, and be run by
// somebody else from where they were written. Honest traffic does each of these, and hardly ever all three:
//
//   - An installer writes the same line into many people's pages. But the line names another script than the installer, one
//     that most of those people have not run before; it is written when somebody clicks; and nobody runs another person's
//     common.js, so what was installed leads no further.
//   - Who copies a script that they use sends a form, and presses its button.
//   - Who moves a script from one page of theirs to another has run it for days.
//   - A script that saves its settings writes the same text for everybody, and that text is not the script.
//   - A mass tool writes the same text into many pages, with an approval, or day after day; and it runs no code of others.
//   - An administrator deletes fifty pages a minute with a tool that everybody knows.
//
// So a step is a write by a session of a text that the session was served before (or of anything, at once after it was
// served something that nobody knows). Two steps that belong together trip when the second session got the text from where
// the first had written it, however slowly ([Descent]); when one session reaches several people ([Reach]); or when both came
// faster than people press buttons ([Reflex]). What is approved is no step.
func (b *Breaker) Saw(e Event) Decision {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = e.Time
	a := b.account(e.User)
	trip := b.judge(&e, a)
	a.did(&e)
	if trip != nil {
		b.trip(trip)
	}
	hold, why := b.holds(&e)
	return Decision{Hold: hold, Why: why, Trip: trip}
}

// Learn tells the breaker of a write of the past, so that it knows what is ordinary for an account.
func (b *Breaker) Learn(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.account(e.User).did(&e)
}

func (b *Breaker) judge(e *Event, a *account) *Trip {
	if t := b.burst(e, a); t != nil {
		return t
	}
	if !runs(e) || e.Approved {
		return nil
	}
	if t := b.spread(e); t != nil {
		return t
	}
	return b.copies(e, a)
}

// runs says whether a write changes what somebody's browser runs.
func runs(e *Event) bool { return e.Victim != "" && isCode(e.Tier) }

func isCode(t writedoor.Tier) bool {
	switch t {
	case writedoor.SiteCode, writedoor.DefaultGadget, writedoor.RawHTML, writedoor.Gadget, writedoor.PopularGadget, writedoor.OthersCode, writedoor.SiteJSON,
		writedoor.Definition, writedoor.Script, writedoor.Interface, writedoor.OwnCode, writedoor.ImportTier:
		return true
	default:
		return false
	}
}

// holds says whether a write may be made now.
func (b *Breaker) holds(e *Event) (bool, string) {
	switch {
	case e.Approved:
		return false, ""
	case (b.dark || b.open && !b.set.DryRun) && isCode(e.Tier):
		return true, "Scripts on this wiki have begun to change each other, so no script can be changed until somebody has looked. Your text is not lost: keep a copy and try again later."
	case (b.reported[e.User] || b.off[e.Session] && !b.set.DryRun) && !e.Pressed:
		return true, "Something in your browser made changes that you may not know of, so scripts can change nothing in your name until somebody has looked. Close all tabs of this wiki; what you do by hand goes on as before."
	default:
		return false, ""
	}
}

// trip remembers why, and closes what is to be closed.
func (b *Breaker) trip(t *Trip) {
	t.DryRun = b.set.DryRun && t.Rule != ByPerson && t.Rule != NotMe
	b.last = append(b.last, *t)
	b.last = b.last[max(0, len(b.last)-maxTrips):]
	b.open = b.open || t.Everywhere
	b.changes++
	b.close(t.Sessions, t.Pages)
}

// close switches user code off for sessions, and pages that carry the text off for everybody.
func (b *Breaker) close(sessions []Session, pages []string) {
	b.changes++
	for _, s := range sessions {
		if len(b.off) < b.set.Sessions {
			b.off[s] = true
		}
	}
	for _, p := range pages {
		if len(b.bad) < b.set.Steps {
			b.bad[fold(p)] = true
		}
	}
}

// Off says whether user code is off for a session: because it took part, because it was served a page that carries the text,
// because its account was reported, or because it is off for everybody. user is the account, 0 when that is not known.
func (b *Breaker) Off(s Session, user int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dark || b.reported[user] {
		return true
	}
	if len(b.off) == 0 && len(b.bad) == 0 && len(b.reported) == 0 {
		return false
	}
	was := b.sessions.get(s)
	if was != nil && b.reported[was.user] {
		return true
	}
	return !b.set.DryRun && (b.off[s] || b.open && b.exposed(was))
}

// Which picks the session that a request belongs to, of those that it names: one that is off, else one that was served
// something, else the first. So nobody leaves a session by naming another one as well. sessions must not be empty.
func (b *Breaker) Which(sessions []Session) Session {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range sessions {
		if b.off[s] {
			return s
		}
	}
	for _, s := range sessions {
		if b.sessions.get(s) != nil {
			return s
		}
	}
	return sessions[0]
}

// Dark says whether user code is off for everybody.
func (b *Breaker) Dark() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dark
}

func (b *Breaker) exposed(was *session) bool {
	return was != nil && slices.ContainsFunc(was.served, func(x served) bool { return x.page != "" && b.bad[x.page] })
}

// Quarantined says whether a page should be served to nobody: it carries the text that tripped the breaker. Of a page whose
// title is not known ("") that cannot be said, so it is not served while any page is kept back.
func (b *Breaker) Quarantined(page string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.set.DryRun && len(b.bad) > 0 && (page == "" || b.bad[fold(page)])
}

// Pull trips the breaker by hand, in a dry run, too: no script can be changed, and user code is off for everybody.
func (b *Breaker) Pull(at time.Time, who, why string) Trip {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &Trip{Rule: ByPerson, At: at, Everywhere: true, Reasons: []string{fmt.Sprintf("%s pulled it: %s", who, why)}}
	b.dark = true
	b.trip(t)
	return *t
}

// Report switches user code off for an account whose owner says that something was sent in their name, in a dry run, too.
func (b *Breaker) Report(at time.Time, user int64, name string) Trip {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &Trip{Rule: NotMe, At: at, Accounts: []string{name}, Reasons: []string{name + " says that a change sent by this account is not theirs"}}
	if len(b.reported) < b.set.Accounts {
		b.reported[user] = true
	}
	b.trip(t)
	return *t
}

// Reset lets writes through again. Only a person decides that; who that was belongs into the log. harmless says that what
// tripped it was looked at and is fine: those sources are not asked about again. Otherwise what led there is forgotten, so
// that it takes two new victims to trip again.
func (b *Breaker) Reset(harmless bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.last); harmless && n > 0 && len(b.known) < b.set.Scripts {
		for _, s := range b.last[n-1].Sources {
			b.known[s] = true
		}
	}
	b.open, b.dark, b.steps, b.saved = false, false, nil, nil
	clear(b.off)
	clear(b.reported)
	clear(b.bad)
	b.resets++
	b.changes++
}

// Calm says whether nothing at all is stopped.
func (b *Breaker) Calm() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.dark && len(b.reported) == 0 && (b.set.DryRun || !b.open && len(b.off) == 0 && len(b.bad) == 0)
}

// Scripts is how many scripts are remembered.
func (b *Breaker) Scripts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.scripts.byKey)
}

package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// step is a session's write of what it had been served.
type step struct {
	at      time.Time
	user    int64
	name    string
	session Session
	page    string // folded
	title   string
	victim  string
	own     bool
	quick   bool
	pressed bool
	waits   bool // not made yet, so nobody can have it from there
	further bool // it descends from another
	relays  bool // it loads what another step wrote, or loaded
	added   Sketch
	sources []source
}

// source is where a session had a text from.
type source struct {
	key   string
	page  string // folded
	title string
	at    time.Time // served last
	how   string
}

// How a text follows from a script that its session was served.
const (
	repeatsIt = "repeats it"
	loadsIt   = "loads it"
	loadsSame = "loads what it loads"
	atOnce    = "followed at once"
)

// spread looks whether a write is a step, and whether it belongs to earlier ones in a way that only an outbreak does.
func (b *Breaker) spread(e *Event) *Trip {
	s, ok := b.step(e)
	if !ok {
		return nil
	}
	var kin []*step
	for i := range b.steps {
		if t := &b.steps[i]; e.Time.Sub(t.at) <= b.set.Descent && b.kin(&s, t) {
			kin = append(kin, t)
		}
	}
	rule, why := b.verdict(&s, kin)
	b.remember(s)
	switch {
	case b.open && len(kin) > 0: // one more of an outbreak that is known
		b.close([]Session{s.session}, []string{s.title})
		return nil
	case rule == "":
		return nil
	}
	return b.report(rule, why, append(kin, &s))
}

// perAccount bounds the steps remembered of one account, so that nobody can make the breaker forget the others'.
const perAccount = 20

// remember keeps a step. What is dropped is copied, because steps that led to a trip are still looked at.
func (b *Breaker) remember(s step) {
	oldest, n := -1, 0
	for i := range b.steps {
		if b.steps[i].user == s.user {
			if n++; oldest < 0 {
				oldest = i
			}
		}
	}
	if n >= perAccount {
		b.steps = append(slices.Clone(b.steps[:oldest]), b.steps[oldest+1:]...)
	}
	b.steps = append(b.steps, s)
	b.steps = b.steps[max(0, len(b.steps)-b.set.Steps):]
	b.changes++
}

// harmless says whether somebody looked at a script and found nothing.
func (b *Breaker) harmless(got served) bool {
	return b.known[got.key] || got.page != "" && b.known[got.page]
}

// step makes a step of a write when the session had been served what it writes, or wrote at once after being served
// something that nobody knows.
func (b *Breaker) step(e *Event) (step, bool) {
	s := step{at: e.Time, user: e.User, name: e.Name, session: e.Session, page: fold(e.Page), title: e.Page, victim: e.Victim, own: e.own(), pressed: e.Pressed, waits: e.Waits, added: e.Added}
	was := b.sessions.get(e.Session)
	if was == nil {
		return s, false
	}
	for _, got := range was.served {
		x := b.scripts.get(got.key)
		if x == nil || got.page == s.page || b.harmless(got) || e.Time.Sub(got.at) > b.set.SessionBreak {
			continue
		}
		if how := b.taken(e, x, got); how != "" {
			s.sources = append(s.sources, source{got.key, x.page, x.title, got.at, how})
			s.quick = s.quick || !e.Pressed && e.Time.Sub(got.at) <= b.set.Quick
		}
	}
	return s, len(s.sources) > 0
}

// taken says how a write follows from a script that the session was served; empty when it does not.
func (b *Breaker) taken(e *Event, x *script, got served) string {
	if e.own() && !x.newTo(e.User, e.Time, b.set.Fresh) {
		return ""
	}
	if b.alike(e.Added, x.code) {
		return repeatsIt
	}
	if e.Added.Names(x.title) {
		return loadsIt
	}
	if x.owner != e.Name && e.Added.NamesSame(x.code) {
		return loadsSame
	}
	if !got.fresh.IsZero() && !e.Pressed && e.Time.Sub(got.fresh) <= b.set.Quick {
		return atOnce
	}
	return ""
}

// kin says whether two steps are of one family: the same source, the same text, or the one's page is the other's source.
func (b *Breaker) kin(s, t *step) bool {
	for _, from := range s.sources {
		if from.page == t.page || t.has(from.key) {
			return true
		}
	}
	return b.alike(s.added, t.added)
}

// alike says whether two texts are one, mutated perhaps.
func (b *Breaker) alike(s, t Sketch) bool {
	share, shared := s.Overlap(t)
	return share >= b.set.Share && shared >= b.set.Prints
}

// descends says whether a step passes on what an earlier step of another account had written: its session was served that
// page, and wrote the same text, or both wrote at once. A loader is weaker evidence than a text, because a friend of somebody may
// well install what that somebody has just recommended: it counts when both came at once, when it came from the site's code,
// or the second time in a row.
func (b *Breaker) descends(s, t *step) bool {
	if t.waits || s.user == t.user || s.victim == t.victim {
		return false
	}
	for _, from := range s.sources {
		if from.page != t.page || from.at.Before(t.at) {
			continue
		}
		if from.how == atOnce && t.blind() || b.alike(s.added, t.added) {
			return true
		}
		loads := from.how == loadsIt || s.added.NamesSame(t.added)
		s.relays = s.relays || loads
		if loads && (s.quick && t.quick || t.relays || t.victim == Site) {
			return true
		}
	}
	return false
}

// blind says whether a step is one because of its time alone.
func (s *step) blind() bool {
	return slices.ContainsFunc(s.sources, func(from source) bool { return from.how == atOnce })
}

// verdict says what a step and its kin amount to.
func (b *Breaker) verdict(s *step, kin []*step) (Rule, string) {
	further, descends := 1, make([]bool, len(kin)) // the first of them descends from none
	for i, t := range kin {
		descends[i] = b.descends(s, t)
		s.further = s.further || descends[i]
		if t.further {
			further++
		}
	}
	if s.further {
		further++
	}
	for i, t := range kin {
		switch {
		case (s.pressed || t.pressed) && further < b.set.Pressed:
		case descends[i]:
			return Descent, fmt.Sprintf("%s wrote %s; %s was served that page and wrote the same into %s", t.name, t.title, s.name, s.title)
		case s.pressed || t.pressed:
		case s.user == t.user && s.victim != t.victim && !(s.own && t.own) && s.at.Sub(t.at) <= b.set.Together:
			return Reach, fmt.Sprintf("%s wrote the same, which runs in the same session, into %s and %s", s.name, t.title, s.title)
		case s.quick && t.quick && s.user != t.user && s.at.Sub(t.at) <= b.set.Fresh && b.reflexes(s, kin):
			return Reflex, fmt.Sprintf("%s and %s wrote %s and %s within %s after they were served the same script", t.name, s.name, t.title, s.title, b.set.Quick)
		}
	}
	return b.star(s, kin)
}

// reflexes says whether at least half of the accounts that met a script wrote at once: by accident a few do.
func (b *Breaker) reflexes(s *step, kin []*step) bool {
	return slices.ContainsFunc(s.sources, func(from source) bool {
		x := b.scripts.get(from.key)
		quick := map[int64]bool{s.user: true}
		for _, t := range kin {
			if t.quick && t.has(from.key) {
				quick[t.user] = true
			}
		}
		return x != nil && !x.crowd && len(quick) >= 2 && 2*len(quick) >= len(x.met)
	})
}

func (s *step) has(key string) bool {
	return slices.ContainsFunc(s.sources, func(from source) bool { return from.key == key })
}

// star counts those who took in a script that comes from one place.
func (b *Breaker) star(s *step, kin []*step) (Rule, string) {
	for _, from := range s.sources {
		x := b.scripts.get(from.key)
		if x == nil || x.crowd || s.pressed {
			continue
		}
		took := map[int64]bool{s.user: true}
		for _, t := range kin {
			if !t.pressed && s.at.Sub(t.at) <= b.set.Fresh && t.has(from.key) {
				took[t.user] = true
			}
		}
		met := 0
		for _, at := range x.met {
			if s.at.Sub(at) <= b.set.Fresh {
				met++
			}
		}
		if len(took) >= b.set.Star && float64(len(took)) >= b.set.Converted*float64(met) {
			return Star, fmt.Sprintf("%d of the %d accounts that were served %s for the first time wrote it into their own pages", len(took), met, x.name())
		}
	}
	return "", ""
}

func (x *script) name() string {
	if x.title == "" {
		return "a script without a title"
	}
	return x.title
}

// report makes a trip of the steps that led to it.
func (b *Breaker) report(rule Rule, why string, steps []*step) *Trip {
	last := steps[len(steps)-1]
	t := &Trip{Rule: rule, At: last.at, Everywhere: true, Reasons: []string{why}}
	for _, s := range steps {
		t.add(s.session, s.name, s.title)
		for _, from := range s.sources {
			if name := cmp.Or(from.page, from.key); !slices.Contains(t.Sources, name) {
				t.Sources = append(t.Sources, name)
			}
		}
		t.Reasons = append(t.Reasons, s.sentence())
	}
	return t
}

func (t *Trip) add(s Session, account, page string) {
	if !slices.Contains(t.Sessions, s) {
		t.Sessions = append(t.Sessions, s)
	}
	if !slices.Contains(t.Accounts, account) {
		t.Accounts = append(t.Accounts, account)
	}
	if page != "" && !slices.Contains(t.Pages, page) {
		t.Pages = append(t.Pages, page)
	}
}

// sentence says what a step was, for people.
func (s *step) sentence() string {
	var from []string
	for _, x := range s.sources[:min(3, len(s.sources))] {
		title := x.title
		if title == "" {
			title = "a script without a title"
		}
		from = append(from, fmt.Sprintf("%s, %s earlier (the text %s)", title, s.at.Sub(x.at).Round(time.Millisecond), x.how))
	}
	by := "a script"
	if s.pressed {
		by = "the press of a button"
	}
	return fmt.Sprintf("%s: %s, account %s, wrote %s (run by %s) after being served %s", s.at.UTC().Format("2006-01-02 15:04:05"), by, s.name, s.title, s.victim, strings.Join(from, "; "))
}

package incident

import "time"

// script is code that was served, under its page's title or by itself.
type script struct {
	title string
	page  string // the title, folded
	owner string
	code  Sketch
	met   map[int64]time.Time // accounts, and when each was served it first
	crowd bool                // more accounts than are listed
	old   map[int64]bool      // accounts that met an earlier text of the page
}

// maxMet bounds the accounts listed of a script.
const maxMet = 256

// served is a script that a session got.
type served struct {
	key   string
	page  string    // folded; empty when the address did not tell
	at    time.Time // for the last time
	fresh time.Time // when it was new to the account, and to nearly everybody; zero when it never was
	novel bool      // the account had not even met an earlier text of it
}

// session is what one browser got, oldest first.
type session struct {
	user   int64
	served []served
}

// Served notes that a session gets code.
func (b *Breaker) Served(s Serving) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.Code.Empty() && s.Page == "" {
		return
	}
	key := s.key()
	x := b.scripts.get(key)
	if x == nil || x.code.ID != s.Code.ID {
		x = &script{title: s.Page, page: fold(s.Page), owner: s.Owner, code: s.Code, met: map[int64]time.Time{}, old: x.readers()}
		b.scripts.put(key, x)
	}
	got := served{key: key, page: fold(s.Page), at: s.Time}
	known := b.account(s.User).since(s.Time) >= b.set.Warm
	if x.meet(s.User, s.Time) && len(x.met) <= b.set.Young && !x.crowd && (known || s.Time.Sub(s.Saved) < b.set.Fresh) {
		got.fresh = s.Time
		got.novel = !x.old[s.User]
	}
	in := b.sessions.or(s.Session, func() *session { return &session{} })
	in.user = s.User
	in.got(got, b.set.PerSession)
}

// readers are the accounts that met a script in this text or an earlier one.
func (x *script) readers() map[int64]bool {
	all := map[int64]bool{}
	if x == nil {
		return all
	}
	for user := range x.met {
		all[user] = true
	}
	for user := range x.old {
		if len(all) < 4*maxMet {
			all[user] = true
		}
	}
	return all
}

// meet notes who was served a script, and says whether it was the first time.
func (x *script) meet(user int64, at time.Time) bool {
	if _, again := x.met[user]; again {
		return false
	}
	if len(x.met) >= maxMet {
		x.crowd = true
		return false
	}
	x.met[user] = at
	return true
}

// newTo says whether an account has met a script only lately.
func (x *script) newTo(user int64, at time.Time, fresh time.Duration) bool {
	first, ok := x.met[user]
	return ok && at.Sub(first) <= fresh
}

func (s *session) got(x served, most int) {
	for i := range s.served {
		if s.served[i].key == x.key {
			if x.fresh.IsZero() {
				x.fresh, x.novel = s.served[i].fresh, s.served[i].novel
			}
			s.served = append(s.served[:i], s.served[i+1:]...)
			break
		}
	}
	s.served = append(s.served, x)
	s.served = s.served[max(0, len(s.served)-most):]
}

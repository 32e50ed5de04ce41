package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"

	"sallyport/internal/store"
)

func (s subject) wish(id string, user int64, seconds int) store.Recovery {
	return store.Recovery{
		Wiki: s.wiki, ID: id, UserID: user, User: "Ira", State: store.Asked, KeyID: "key " + id, Label: "é", Public: []byte{0, 255}, Notes: "{}",
		Created: after(seconds), Expires: after(seconds + 3600),
	}
}

// people is how somebody becomes an approver, what may be guessed, and changes that go together.
func people() []behaviour {
	return []behaviour{
		{"a wish for a key is kept as it was, and listed while it is open", func(s subject) {
			r := s.wish("a", 7, 0)
			s.ok(s.AskRecovery(s.ctx, r, 3, 10, entry("asked", 0)))
			got, err := s.Recovery(s.ctx, s.wiki, "a")
			s.ok(err)
			r.Version, r.Changed = 1, r.Created
			s.equal("wish", got, r)
			_, err = s.Recovery(s.ctx, s.wiki, "b")
			s.missing("another one", err)
			for at, want := range map[int]int{1: 1, 3600: 0} {
				list, err := s.Recoveries(s.ctx, s.wiki, after(at), 10)
				s.ok(err)
				s.equal(fmt.Sprintf("open after %d s", at), len(list), want)
			}
			s.ok(s.ForgetPeople(s.ctx, s.wiki, after(3601)))
			_, err = s.Recovery(s.ctx, s.wiki, "a")
			s.missing("a forgotten one", err)
		}},
		{"an account and a wiki have so many open wishes and no more", func(s subject) {
			var kept atomic.Int32
			s.together(6, func(i int) error {
				err := s.AskRecovery(s.ctx, s.wish(fmt.Sprint(i), 7, i), 2, 3, entry("asked", i))
				if errors.Is(err, store.ErrTooMany) {
					return nil
				}
				kept.Add(1)
				return err
			})
			s.equal("of one account", kept.Load(), int32(2))
			s.ok(s.AskRecovery(s.ctx, s.wish("other", 8, 0), 2, 3, entry("asked", 0)))
			if err := s.AskRecovery(s.ctx, s.wish("another", 9, 0), 2, 3); !errors.Is(err, store.ErrTooMany) {
				s.t.Errorf("one more than the wiki has room for: %v", err)
			}
		}},
		{"of several who bring a wish on one is first, and its key is kept", func(s subject) {
			s.ok(s.AskRecovery(s.ctx, s.wish("a", 7, 0), 3, 10))
			r, err := s.Recovery(s.ctx, s.wiki, "a")
			s.ok(err)
			var firsts atomic.Int32
			s.together(6, func(i int) error {
				next, k := r, s.key(fmt.Sprint(i))
				next.State, next.Notes, next.Changed = store.Vouched, fmt.Sprint(i), after(i)
				first, err := s.AdvanceRecovery(s.ctx, next, &k, entry("vouched", i))
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("firsts", firsts.Load(), int32(1))
			keys, err := s.Keys(s.ctx, s.wiki, 7)
			s.ok(err)
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("keys and entries", []int{len(keys), len(log)}, []int{1, 1})
		}},
		{"of several who try at once each is counted by the one before", func(s subject) {
			none, err := s.Tries(s.ctx, s.wiki, "code 7")
			s.ok(err)
			s.equal("never tried", none, store.Tries{})
			var firsts atomic.Int32
			s.together(6, func(i int) error {
				first, err := s.SaveTries(s.ctx, s.wiki, "code 7", none, store.Tries{Count: 1, Last: after(i + 1)})
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("firsts", firsts.Load(), int32(1))
			one, err := s.Tries(s.ctx, s.wiki, "code 7")
			s.ok(err)
			first, err := s.SaveTries(s.ctx, s.wiki, "code 7", one, store.Tries{Count: 2, Last: after(9)})
			s.ok(err)
			s.equal("the next", first, true)
			first, err = s.SaveTries(s.ctx, s.wiki, "code 7", one, store.Tries{Count: 2, Last: after(9)})
			s.ok(err)
			s.equal("the same again", first, false)
			s.ok(s.ForgetPeople(s.ctx, s.wiki, after(10)))
			none, err = s.Tries(s.ctx, s.wiki, "code 7")
			s.ok(err)
			s.equal("forgotten", none, store.Tries{})
		}},
		{"a number is used once, and no smaller one after it", func(s subject) {
			var fresh atomic.Int32
			s.together(6, func(int) error {
				first, err := s.UseStep(s.ctx, s.wiki, "k", 100)
				if first {
					fresh.Add(1)
				}
				return err
			})
			s.equal("fresh", fresh.Load(), int32(1))
			for step, want := range map[int64]bool{99: false, 100: false} {
				got, err := s.UseStep(s.ctx, s.wiki, "k", step)
				s.ok(err)
				s.equal(fmt.Sprint(step), got, want)
			}
			later, err := s.UseStep(s.ctx, s.wiki, "k", 101)
			s.ok(err)
			s.equal("a larger one", later, true)
		}},
		{"changes that go together are brought on all or none", func(s subject) {
			var all []store.Waiting
			for i := range 3 {
				s.ok(s.Park(s.ctx, s.parked(fmt.Sprint(i), 0), 3))
				w, err := s.Waiting(s.ctx, s.wiki, fmt.Sprint(i))
				s.ok(err)
				w.State, w.Changed = store.Approved, after(1)
				all = append(all, w)
			}
			late := all[2]
			late.State = store.Sending
			first, err := s.Advance(s.ctx, late)
			s.ok(err)
			s.equal("one alone", first, true)
			first, err = s.AdvanceAll(s.ctx, all, entry("approved", 1))
			s.ok(err)
			s.equal("all, of which one was brought on meanwhile", first, false)
			w, err := s.Waiting(s.ctx, s.wiki, "0")
			s.ok(err)
			s.equal("the others", w.State, store.Parked)
			first, err = s.AdvanceAll(s.ctx, all[:2], entry("approved", 1), entry("approved", 1))
			s.ok(err)
			s.equal("those that were left alone", first, true)
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("entries", len(log), 2)
			stuck, err := s.Stuck(s.ctx, s.wiki, after(2), 10)
			s.ok(err)
			s.equal("on their way", len(stuck), 1)
			stuck, err = s.Stuck(s.ctx, s.wiki, after(1), 10)
			s.ok(err)
			s.equal("on their way for long", len(stuck), 0)
		}},
	}
}

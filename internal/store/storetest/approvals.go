package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"sallyport/internal/store"
)

func (s subject) parked(id string, seconds int) store.Waiting {
	return store.Waiting{
		Wiki: s.wiki, ID: id, UserID: 7, User: "Ira", Digest: store.DigestOf(id), State: store.Parked, Sealed: []byte{0, 1, 255},
		Notes: "{}", Created: after(seconds), Expires: after(seconds + 3600),
	}
}

func entry(kind string, seconds int) store.Entry {
	return store.Entry{Kind: kind, Body: `{"é":"\u0000"}`, At: after(seconds)}
}

// approvals is what waits for people, their keys, and the log.
func approvals() []behaviour {
	return []behaviour{
		{"a parked change is kept as it was", func(s subject) {
			w := s.parked("a", 0)
			s.ok(s.Park(s.ctx, w, 3))
			got, err := s.Waiting(s.ctx, s.wiki, "a")
			s.ok(err)
			w.Version, w.Changed = 1, w.Created
			s.equal("change", got, w)
			_, err = s.Waiting(s.ctx, s.wiki, "b")
			s.missing("another one", err)
			_, err = s.Waiting(s.ctx, s.wiki, "a\x00")
			s.missing("a name nobody can have", err)
			s.refused("the same again", s.Park(s.ctx, w, 3))
		}},
		{"an account has so many open changes and no more", func(s subject) {
			for i := range 3 {
				s.ok(s.Park(s.ctx, s.parked(fmt.Sprint(i), i), 3))
			}
			if err := s.Park(s.ctx, s.parked("3", 3), 3); !errors.Is(err, store.ErrTooMany) {
				s.t.Errorf("the fourth: %v", err)
			}
			other := s.parked("other", 3)
			other.UserID = 8
			s.ok(s.Park(s.ctx, other, 3))
			s.ok(s.Park(s.ctx, s.parked("late", 3601), 3)) // the first two have expired
			list, err := s.WaitingOf(s.ctx, s.wiki, 7, after(1))
			s.ok(err)
			s.equal("those since a moment", len(list), 3)
			s.equal("lists leave out", list[0].Sealed, []byte(nil))
			queue, err := s.Queue(s.ctx, s.wiki, after(3601), 10)
			s.ok(err)
			s.equal("open ones", len(queue), 3)
		}},
		{"many who park at once stay within the number", func(s subject) {
			var parked atomic.Int32
			s.together(6, func(i int) error {
				err := s.Park(s.ctx, s.parked(fmt.Sprint(i), 0), 3, entry("parked", i))
				if err == nil {
					parked.Add(1)
				} else if errors.Is(err, store.ErrTooMany) {
					return nil
				}
				return err
			})
			s.equal("parked", parked.Load(), int32(3))
		}},
		{"of several who bring a change on one is first", func(s subject) {
			s.ok(s.Park(s.ctx, s.parked("a", 0), 3))
			w, err := s.Waiting(s.ctx, s.wiki, "a")
			s.ok(err)
			var firsts atomic.Int32
			s.together(8, func(i int) error {
				next := w
				next.State, next.Notes, next.Changed = store.Approved, fmt.Sprint(i), after(i)
				first, err := s.Advance(s.ctx, next, entry("approved", i))
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("firsts", firsts.Load(), int32(1))
			got, err := s.Waiting(s.ctx, s.wiki, "a")
			s.ok(err)
			s.equal("state and version", []any{got.State, got.Version}, []any{store.Approved, int64(2)})
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("entries", len(log), 1)
		}},
		{"the log is a chain whoever writes", func(s subject) {
			s.together(4, func(i int) error { return s.Append(s.ctx, s.wiki, entry("one", i), entry("two", i)) })
			log, err := s.Entries(s.ctx, s.wiki, 0, 100)
			s.ok(err)
			s.equal("entries", len(log), 8)
			hash := ""
			for i, e := range log {
				s.equal("seq", e.Seq, int64(i+1))
				if hash = e.Sum(hash); hash != e.Hash {
					s.t.Errorf("entry %d does not follow from the one before", e.Seq)
				}
			}
			rest, err := s.Entries(s.ctx, s.wiki, 6, 1)
			s.ok(err)
			s.equal("a part", rest[0].Seq, int64(7))
			s.refused("too long", s.Append(s.ctx, s.wiki, store.Entry{Kind: "x", Body: strings.Repeat("x", 17<<20)}))
		}},
		{"changes that are over are forgotten, one being sent is not", func(s subject) {
			for i, state := range []store.State{store.Parked, store.Sending, store.Done} {
				s.ok(s.Park(s.ctx, s.parked(fmt.Sprint(i), 0), 3))
				w, err := s.Waiting(s.ctx, s.wiki, fmt.Sprint(i))
				s.ok(err)
				w.State, w.Changed = state, after(1)
				_, err = s.Advance(s.ctx, w)
				s.ok(err)
			}
			s.ok(s.ForgetWaiting(s.ctx, s.wiki, after(100)))
			list, err := s.WaitingOf(s.ctx, s.wiki, 7, epoch)
			s.ok(err)
			s.equal("after a moment", len(list), 2)
			s.ok(s.ForgetWaiting(s.ctx, s.wiki, after(5000)))
			list, err = s.WaitingOf(s.ctx, s.wiki, 7, epoch)
			s.ok(err)
			s.equal("after their time", len(list), 1)
		}},
		{"an invitation makes one key", func(s subject) {
			i := store.Invite{Wiki: s.wiki, Token: store.DigestOf("t"), UserID: 7, User: "Ira", From: "operator", Expires: after(60)}
			s.ok(s.SaveInvite(s.ctx, i))
			got, err := s.Invite(s.ctx, s.wiki, i.Token)
			s.ok(err)
			s.equal("invitation", got, i)
			var made atomic.Int32
			s.together(4, func(n int) error {
				err := s.UseInvite(s.ctx, s.wiki, i.Token, s.key(fmt.Sprint(n)), entry("key", n))
				if err == nil {
					made.Add(1)
				} else if errors.Is(err, store.ErrNotFound) {
					return nil
				}
				return err
			})
			s.equal("keys made", made.Load(), int32(1))
			keys, err := s.Keys(s.ctx, s.wiki, 7)
			s.ok(err)
			s.equal("keys", len(keys), 1)
			_, err = s.Invite(s.ctx, s.wiki, i.Token)
			s.missing("a used invitation", err)
		}},
		{"a key is kept, listed and revoked", func(s subject) {
			k := s.key("k")
			s.ok(s.SaveKey(s.ctx, k))
			k.Revoked = after(5)
			s.ok(s.SaveKey(s.ctx, k, entry("revoked", 5)))
			got, err := s.Key(s.ctx, s.wiki, "k")
			s.ok(err)
			s.equal("key", got, k)
			s.equal("good", got.Good(after(6)), false)
			all, err := s.Keys(s.ctx, s.wiki, 0)
			s.ok(err)
			s.equal("everybody's", len(all), 1)
			none, err := s.Keys(s.ctx, s.wiki, 8)
			s.ok(err)
			s.equal("another's", len(none), 0)
			_, err = s.Key(s.ctx, s.wiki, "no")
			s.missing("another key", err)
		}},
	}
}

func (s subject) key(id string) store.Key {
	return store.Key{Wiki: s.wiki, ID: id, Kind: "passkey", UserID: 7, User: "Ira", Label: "é", Public: []byte{0, 255}, Added: epoch, Counts: after(1), Revoked: time.Time{}}
}

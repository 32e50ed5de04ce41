package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"sallyport/internal/store"
)

func (s subject) notice(id string, user int64, seconds int) store.Notice {
	return store.Notice{
		Wiki: s.wiki, ID: id, UserID: user, User: "Ira", Kind: "made", Body: `{"é":"\u0000"}`, Made: after(seconds),
		Mail: store.MailWaiting, Due: after(seconds),
	}
}

// notices is what people should be told.
func notices() []behaviour {
	return []behaviour{
		{"a notice is kept once, as it was", func(s subject) {
			n := s.notice("a", 7, 0)
			s.together(4, func(int) error { return s.AddNotices(s.ctx, n) })
			again := n
			again.Kind = "other"
			s.ok(s.AddNotices(s.ctx, again, s.notice("b", 7, 1), s.notice("c", 8, 2), s.notice("d", 0, 3)))
			got, err := s.NoticesOf(s.ctx, s.wiki, 7, 10)
			s.ok(err)
			s.equal("newest first", got, []store.Notice{s.notice("b", 7, 1), n})
			first, err := s.NoticesOf(s.ctx, s.wiki, 7, 1)
			s.ok(err)
			s.equal("a part", len(first), 1)
			operators, err := s.NoticesOf(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("operators'", operators, []store.Notice{s.notice("d", 0, 3)})
		}},
		{"of several notices one bad one keeps all out", func(s subject) {
			bad := s.notice("bad", 7, 0)
			bad.To = "a\x00b"
			s.refused("NUL", s.AddNotices(s.ctx, s.notice("a", 7, 0), bad))
			got, err := s.NoticesOf(s.ctx, s.wiki, 7, 10)
			s.ok(err)
			s.equal("kept", len(got), 0)
			s.ok(s.AddNotices(s.ctx))
		}},
		{"mail is due in its order, and one at a time takes it", func(s subject) {
			n := s.notice("a", 7, 5)
			s.ok(s.AddNotices(s.ctx, n, s.notice("b", 7, 3), s.notice("late", 7, 90)))
			due, err := s.DueNotices(s.ctx, s.wiki, after(5), 10)
			s.ok(err)
			s.equal("due", []string{due[0].ID, due[1].ID}, []string{"b", "a"})
			s.equal("so many", len(due), 2)
			var firsts atomic.Int32
			s.together(6, func(int) error {
				first, err := s.TakeNotice(s.ctx, n, after(60))
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("firsts", firsts.Load(), int32(1))
			due, err = s.DueNotices(s.ctx, s.wiki, after(59), 10)
			s.ok(err)
			s.equal("still due", len(due), 1)
			due, err = s.DueNotices(s.ctx, s.wiki, after(60), 10)
			s.ok(err)
			s.equal("due again", due[1].Tries, 1)
		}},
		{"what came of mail is kept, unless somebody took it since", func(s subject) {
			n := s.notice("a", 7, 0)
			s.ok(s.AddNotices(s.ctx, n))
			old := n
			_, err := s.TakeNotice(s.ctx, n, after(60))
			s.ok(err)
			old.Mail = store.MailSent
			s.ok(s.SettleNotice(s.ctx, old)) // of the try before
			n.Tries, n.Trouble, n.Due = 1, "the server says 451", after(70)
			s.ok(s.SettleNotice(s.ctx, n))
			due, err := s.DueNotices(s.ctx, s.wiki, after(70), 10)
			s.ok(err)
			s.equal("due", due, []store.Notice{n})
			n.Mail, n.Due, n.Trouble = store.MailAside, time.Time{}, "the server says 550"
			s.ok(s.SettleNotice(s.ctx, n))
			aside, err := s.AsideNotices(s.ctx, s.wiki, 10)
			s.ok(err)
			s.equal("aside", aside, []store.Notice{n})
			first, err := s.TakeNotice(s.ctx, n, after(80))
			s.ok(err)
			s.equal("taken though aside", first, false)
			again, err := s.RetryNotices(s.ctx, s.wiki, after(90))
			s.ok(err)
			s.equal("taken up", again, 1)
			due, err = s.DueNotices(s.ctx, s.wiki, after(90), 10)
			s.ok(err)
			s.equal("tries of what was taken up", due[0].Tries, 0)
			again, err = s.RetryNotices(s.ctx, s.wiki, after(91))
			s.ok(err)
			s.equal("taken up twice", again, 0)
		}},
		{"old notices are forgotten, mail that waits is not", func(s subject) {
			for i, state := range []store.Mail{store.MailNone, store.MailWaiting, store.MailSent, store.MailAside} {
				n := s.notice(fmt.Sprint(i), 7, i)
				n.Mail = state
				s.ok(s.AddNotices(s.ctx, n))
			}
			s.ok(s.ForgetNotices(s.ctx, s.wiki, after(3)))
			left, err := s.NoticesOf(s.ctx, s.wiki, 7, 10)
			s.ok(err)
			s.equal("left", []string{left[0].ID, left[1].ID}, []string{"3", "1"})
		}},
		{"an address is kept, replaced and forgotten", func(s subject) {
			a := store.Address{Wiki: s.wiki, UserID: 7, User: "Ira", Asked: "ira@mail.test", Code: store.DigestOf("x"), Sent: after(1)}
			_, err := s.Address(s.ctx, s.wiki, 7)
			s.missing("none yet", err)
			s.ok(s.SaveAddress(s.ctx, a))
			a.Address, a.Asked, a.Code, a.All = a.Asked, "", "", true
			s.ok(s.SaveAddress(s.ctx, a))
			got, err := s.Address(s.ctx, s.wiki, 7)
			s.ok(err)
			s.equal("address", got, a)
			s.refused("nobody's", s.SaveAddress(s.ctx, store.Address{Wiki: s.wiki}))
			s.ok(s.ForgetAddress(s.ctx, s.wiki, 7))
			s.ok(s.ForgetAddress(s.ctx, s.wiki, 7))
			if _, err = s.Address(s.ctx, s.wiki, 7); !errors.Is(err, store.ErrNotFound) {
				s.t.Errorf("forgotten: %v", err)
			}
		}},
		{"the last use of each right is kept", func(s subject) {
			use := func(user int64, name string, page bool, seconds int) store.Use {
				return store.Use{Wiki: s.wiki, UserID: user, Name: name, Page: page, At: after(seconds)}
			}
			s.ok(s.SaveUses(s.ctx, use(7, "delete", false, 5), use(7, "delete", true, 6), use(3, "block", false, 1)))
			s.ok(s.SaveUses(s.ctx, use(7, "delete", false, 4), use(3, "block", false, 2)))
			s.ok(s.SaveUses(s.ctx))
			s.refused("nobody's", s.SaveUses(s.ctx, use(7, "edit", false, 9), use(0, "edit", false, 9)))
			got, err := s.Uses(s.ctx, s.wiki)
			s.ok(err)
			s.equal("uses", got, []store.Use{use(3, "block", false, 2), use(7, "delete", false, 5), use(7, "delete", true, 6)})
			s.ok(s.ForgetUses(s.ctx, s.wiki, after(100)))
			got, err = s.Uses(s.ctx, s.wiki)
			s.ok(err)
			s.equal("without pages", len(got), 2)
		}},
	}
}

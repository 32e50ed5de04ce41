package storetest

import (
	"time"

	"sallyport/internal/store"
)

func (s subject) acceptance(user, gadget int64, text string, second int) store.Acceptance {
	return store.Acceptance{Wiki: s.wiki, UserID: user, Gadget: gadget, Set: store.DigestOf(text), At: after(second)}
}

// stays is which texts of gadgets people accepted, and who stays on those.
func stays() []behaviour {
	return []behaviour{
		{"what somebody accepts of a gadget replaces what they accepted of it before, and nothing else", func(s subject) {
			old, other, theirs := s.acceptance(1, 9, "one", 1), s.acceptance(1, 3, "one", 2), s.acceptance(2, 9, "one", 3)
			for _, a := range []store.Acceptance{old, other, theirs} {
				s.ok(s.Accept(s.ctx, a))
			}
			revised := s.acceptance(1, 9, "two", 4)
			revised.Stays = after(5)
			s.ok(s.Accept(s.ctx, revised))
			for user, want := range map[int64][]store.Acceptance{1: {other, revised}, 2: {theirs}, 3: nil} {
				got, err := s.Acceptances(s.ctx, s.wiki, user)
				s.ok(err)
				s.equal("acceptances", got, want)
			}
			got, err := s.Acceptances(s.ctx, "another.example", 1)
			s.ok(err)
			s.equal("of another wiki", got, []store.Acceptance(nil))
		}},
		{"a set is stayed on while somebody does", func(s subject) {
			set := store.DigestOf("one")
			stays := func(want bool) {
				s.t.Helper()
				got, err := s.Stays(s.ctx, s.wiki, 9, set)
				s.ok(err)
				s.equal("stays", got, want)
			}
			a, b := s.acceptance(1, 9, "one", 1), s.acceptance(2, 9, "one", 1)
			s.ok(s.Accept(s.ctx, a))
			s.ok(s.Accept(s.ctx, b))
			stays(false)
			a.Stays, b.Stays = after(2), after(3)
			s.ok(s.Accept(s.ctx, a))
			s.ok(s.Accept(s.ctx, b))
			stays(true)
			s.ok(s.Unaccept(s.ctx, s.wiki, 1, 9))
			s.ok(s.Unaccept(s.ctx, s.wiki, 1, 9)) // nothing is there
			stays(true)
			b.Stays = time.Time{}
			s.ok(s.Accept(s.ctx, b))
			stays(false)
		}},
		{"an acceptance of nobody, or of nothing, is refused", func(s subject) {
			for what, a := range map[string]store.Acceptance{
				"nobody": s.acceptance(0, 9, "one", 1), "no gadget": s.acceptance(1, 0, "one", 1), "no texts": {Wiki: s.wiki, UserID: 1, Gadget: 9, At: epoch},
			} {
				s.refused(what, s.Accept(s.ctx, a))
			}
		}},
	}
}

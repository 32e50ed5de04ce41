package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"sallyport/internal/store"
)

func (s subject) choice(user, gadget int64, second int) store.Choice {
	return store.Choice{Wiki: s.wiki, UserID: user, Gadget: gadget, OwnerID: 3, Since: after(second)}
}

func (s subject) choose(user, gadget int64) {
	s.t.Helper()
	s.ok(s.Choose(s.ctx, s.choice(user, gadget, 0)))
}

func (s subject) choices(user int64) []store.Choice {
	s.t.Helper()
	choices, err := s.Choices(s.ctx, s.wiki, user)
	s.ok(err)
	return choices
}

// users wants a number of users of a gadget.
func (s subject) users(gadget int64, want int) {
	s.t.Helper()
	users, err := s.Users(s.ctx, s.wiki, gadget)
	s.ok(err)
	s.equal("users", users, want)
}

func choices() []behaviour {
	return []behaviour{
		{"choices come back oldest first and of equals the lower id", func(s subject) {
			want := []store.Choice{s.choice(1, 30, 1), s.choice(1, 10, 2), s.choice(1, 20, 2), s.choice(1, 5, 3)}
			for _, i := range []int{2, 0, 3, 1} {
				s.ok(s.Choose(s.ctx, want[i]))
			}
			s.choose(2, 30)
			s.equal("choices", s.choices(1), want)
			s.equal("nobody's", len(s.choices(99)), 0)
		}},
		{"choosing again renews the choice and counts once", func(s subject) {
			s.choose(1, 5)
			again := s.choice(1, 5, 60)
			again.OwnerID = 4
			s.ok(s.Choose(s.ctx, again))
			s.equal("choices", s.choices(1), []store.Choice{again})
			s.users(5, 1)
		}},
		{"what is switched off is gone, and can be switched on again", func(s subject) {
			s.choose(1, 5)
			s.choose(1, 6)
			s.ok(s.Unchoose(s.ctx, s.wiki, 1, 5))
			s.equal("choices", s.choices(1), []store.Choice{s.choice(1, 6, 0)})
			s.users(5, 0)
			s.choose(1, 5)
			s.users(5, 1)
		}},
		{"switching off what is not on changes nothing", func(s subject) {
			s.choose(2, 5)
			s.ok(s.Unchoose(s.ctx, s.wiki, 1, 5))
			s.ok(s.Unchoose(s.ctx, s.wiki, 2, 6))
			s.ok(s.Unchoose(s.ctx, "no\x00wiki", 2, 5))
			s.users(5, 1)
			s.users(6, 0)
		}},
		{"wikis of a farm have users of the same id", func(s subject) {
			s.choose(1, 5)
			other := s.choice(1, 5, 0)
			other.Wiki = "other." + s.wiki
			s.ok(s.Choose(s.ctx, other))
			s.users(5, 1)
			s.equal("choices", s.choices(1), []store.Choice{s.choice(1, 5, 0)})
		}},
		{"everybody's choices are listed by gadget and person", func(s subject) {
			want := []store.Choice{s.choice(2, 5, 0), s.choice(7, 5, 0), s.choice(1, 6, 0)}
			for _, i := range []int{2, 1, 0} {
				s.choose(want[i].UserID, want[i].Gadget)
			}
			all, err := s.Chosen(s.ctx, s.wiki)
			s.ok(err)
			s.equal("chosen", all, want)
		}},
		{"a gadget that is not known can be chosen and counts when it comes", func(s subject) {
			s.choose(1, 5)
			s.choose(2, 5)
			g := s.gadget(5, "late")
			s.saveGadgets(g)
			s.equal("list", s.listed(store.Query{}, 1), []store.Listed{{Gadget: g, Users: 2}})
		}},
		{"nobody and nothing cannot be chosen", func(s subject) {
			s.refused("user 0", s.Choose(s.ctx, s.choice(0, 5, 0)))
			s.refused("gadget 0", s.Choose(s.ctx, s.choice(1, 0, 0)))
			s.refused("no wiki", s.Choose(s.ctx, store.Choice{UserID: 1, Gadget: 5}))
			s.users(5, 0)
		}},
		{"a choice whose caller has gone is not made", func(s subject) {
			gone, cancel := context.WithCancel(s.ctx)
			cancel()
			if err := s.Choose(gone, s.choice(1, 5, 0)); !errors.Is(err, context.Canceled) {
				s.t.Errorf("error %v, want context.Canceled", err)
			}
			s.equal("choices", len(s.choices(1)), 0)
			s.users(5, 0)
		}},
		{"counts are exact when callers leave in the middle", func(s subject) {
			s.together(60, func(i int) error {
				leaving, cancel := context.WithTimeout(s.ctx, time.Duration(i)*50*time.Microsecond)
				defer cancel()
				person := int64(i%10 + 1)
				if i%3 == 0 {
					_ = s.Unchoose(leaving, s.wiki, person, 5) // it may or may not have happened
				} else {
					_ = s.Choose(leaving, s.choice(person, 5, i))
				}
				return nil
			})
			on := 0
			for person := range int64(10) {
				on += len(s.choices(person + 1))
			}
			s.users(5, on)
		}},
		{"counts are exact when many people switch on and off at once", func(s subject) {
			people, gadgets := []int64{1, 2, 3}, []int64{5, 6}
			s.saveGadgets(s.gadget(5, "a"))
			s.together(8, func(i int) error { return switchAbout(s, i, people, gadgets) })
			on := map[int64]int{}
			for _, person := range people {
				for _, c := range s.choices(person) {
					on[c.Gadget]++
				}
			}
			for _, gadget := range gadgets {
				s.users(gadget, on[gadget])
			}
			s.equal("in the gallery", s.listed(store.Query{}, 1)[0].Users, on[5])
		}},
		{"everybody who switches on at once is counted", func(s subject) {
			s.together(24, func(i int) error { return s.Choose(s.ctx, s.choice(int64(i/2+1), 5, i)) })
			s.users(5, 12)
			s.together(24, func(i int) error { return s.Unchoose(s.ctx, s.wiki, int64(i/2+1), 5) })
			s.users(5, 0)
		}},
		{"a gadget first saved while people choose it has them all", func(s subject) {
			s.together(12, func(i int) error {
				if i%3 == 0 {
					return s.SaveGadget(s.ctx, s.gadget(5, "fresh"))
				}
				return s.Choose(s.ctx, s.choice(int64(i), 5, i))
			})
			s.equal("in the gallery", s.listed(store.Query{}, 1)[0].Users, 8)
		}},
	}
}

// switchAbout has people switch gadgets on and off, each caller in another order.
func switchAbout(s subject, caller int, people, gadgets []int64) error {
	people, gadgets = slices.Clone(people), slices.Clone(gadgets)
	if caller%2 == 1 {
		slices.Reverse(people)
		slices.Reverse(gadgets)
	}
	for step := range 20 {
		person, gadget := people[(step+caller)%len(people)], gadgets[step%len(gadgets)]
		var err error
		if (step/3+caller)%2 == 0 {
			err = s.Choose(s.ctx, s.choice(person, gadget, step))
		} else {
			err = s.Unchoose(s.ctx, s.wiki, person, gadget)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

package storetest

import (
	"sync/atomic"

	"sallyport/internal/store"
)

// policies is the policy of a wiki, and the log of what happened to it.
func policies() []behaviour {
	return []behaviour{
		{"a policy and what is said about it in the log are kept together, or neither", func(s subject) {
			none, err := s.Policy(s.ctx, s.wiki, 0)
			s.ok(err)
			s.equal("nothing kept", none, store.Policy{Wiki: s.wiki})
			save := func(p store.Policy, said string, want bool) {
				first, err := s.SavePolicy(s.ctx, p, store.Entry{Kind: "policy", Body: said, At: p.Changed})
				s.ok(err)
				s.equal("first", first, want)
			}
			one := store.Policy{Wiki: s.wiki, Body: `{"draft":{}}`, Changed: after(1)}
			save(one, "one", true)
			save(one, "too late", false)
			save(store.Policy{Wiki: s.wiki, Version: 7, Body: "x"}, "of nothing", false)
			save(store.Policy{Wiki: s.wiki, Version: 1, Body: "{}", Changed: after(2)}, "two", true)
			now, err := s.Policy(s.ctx, s.wiki, 0)
			s.ok(err)
			s.equal("kept", now, store.Policy{Wiki: s.wiki, Version: 2, Body: "{}", Changed: after(2)})
			same, err := s.Policy(s.ctx, s.wiki, 2)
			s.ok(err)
			s.equal("known", same, store.Policy{Wiki: s.wiki, Version: 2, Changed: after(2)})
			entries, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			var log []string
			for _, e := range entries {
				log = append(log, e.Body)
			}
			s.equal("log", log, []string{"one", "two"})
			_, err = s.SavePolicy(s.ctx, store.Policy{Body: "x"}, store.Entry{Kind: "policy"})
			s.refused("no wiki", err)
			_, err = s.SavePolicy(s.ctx, store.Policy{Wiki: s.wiki, Version: 2, Body: "lost"}, store.Entry{})
			s.refused("no kind", err)
			again, err := s.Policy(s.ctx, s.wiki, 0)
			s.ok(err)
			s.equal("kept after a refusal", again, now)
		}},
		{"of many who change a policy at once, one is first", func(s subject) {
			var firsts atomic.Int32
			s.together(8, func(int) error {
				first, err := s.SavePolicy(s.ctx, store.Policy{Wiki: s.wiki, Body: "{}", Changed: epoch}, store.Entry{Kind: "policy", Body: "{}", At: epoch})
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("first", firsts.Load(), int32(1))
		}},
	}
}

package storetest

import (
	"sync/atomic"

	"sallyport/internal/store"
)

// incidents is what an outbreak breaker stopped.
func incidents() []behaviour {
	return []behaviour{
		{"what was stopped is kept, and of two who change it at once one learns that it was too late", func(s subject) {
			none, err := s.Incident(s.ctx, s.wiki)
			s.ok(err)
			s.equal("nothing kept", none, store.Incident{Wiki: s.wiki})
			save := func(i store.Incident, want bool) {
				first, err := s.SaveIncident(s.ctx, i)
				s.ok(err)
				s.equal("first", first, want)
			}
			one := store.Incident{Wiki: s.wiki, Body: `{"open":true}`, Changed: after(1)}
			save(one, true)
			save(one, false)
			save(store.Incident{Wiki: s.wiki, Version: 7, Body: "x"}, false)
			save(store.Incident{Wiki: s.wiki, Version: 1, Body: "{}", Changed: after(2)}, true)
			now, err := s.Incident(s.ctx, s.wiki)
			s.ok(err)
			s.equal("kept", now, store.Incident{Wiki: s.wiki, Version: 2, Body: "{}", Changed: after(2)})
			_, err = s.SaveIncident(s.ctx, store.Incident{Body: "x"})
			s.refused("no wiki", err)
		}},
		{"of many who stop something at once, one is first", func(s subject) {
			var firsts atomic.Int32
			s.together(8, func(int) error {
				first, err := s.SaveIncident(s.ctx, store.Incident{Wiki: s.wiki, Body: "{}", Changed: epoch})
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("first", firsts.Load(), int32(1))
		}},
	}
}

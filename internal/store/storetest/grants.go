package storetest

import (
	"errors"

	"sallyport/internal/store"
)

func (s subject) grant(user, gadget int64, directive, source string, second int) store.Grant {
	return store.Grant{Wiki: s.wiki, UserID: user, Gadget: gadget, Directive: directive, Source: source, At: after(second)}
}

// grants is which servers gadgets may use.
func grants() []behaviour {
	return []behaviour{
		{"what somebody grants a gadget replaces what they granted it before, and nothing else", func(s subject) {
			img, connect := s.grant(1, 10, "img-src", "https://a.example", 1), s.grant(1, 10, "connect-src", "https://B.example/x", 2)
			other, theirs := s.grant(1, 9, "img-src", "https://z.example", 3), s.grant(3, 10, "img-src", "https://a.example", 4)
			for _, set := range [][]store.Grant{{img, img, connect}, {other}, {theirs}} {
				s.ok(s.SetGrants(s.ctx, s.wiki, set[0].UserID, set[0].Gadget, set))
			}
			want := map[int64][]store.Grant{3: {theirs}, 1: {other, connect, img}, 2: nil}
			s.granted(want)
			s.ok(s.SetGrants(s.ctx, s.wiki, 1, 10, []store.Grant{connect}))
			want[1] = []store.Grant{other, connect}
			s.granted(want)
			s.ok(s.SetGrants(s.ctx, s.wiki, 1, 10, nil))
			s.ok(s.SetGrants(s.ctx, s.wiki, 7, 70, nil))
			want[1] = []store.Grant{other}
			s.granted(want)
		}},
		{"a grant that names nothing or nobody is refused, and what was there stays", func(s subject) {
			good := s.grant(1, 10, "img-src", "https://a.example", 1)
			s.ok(s.SetGrants(s.ctx, s.wiki, 1, 10, []store.Grant{good}))
			for _, bad := range []store.Grant{s.grant(1, 10, "", "https://a.example", 1), s.grant(1, 10, "img-src", "", 1), s.grant(0, 10, "img-src", "x", 1), s.grant(1, 0, "img-src", "x", 1)} {
				if err := s.SetGrants(s.ctx, s.wiki, bad.UserID, bad.Gadget, []store.Grant{good, bad}); !errors.Is(err, store.ErrRefused) {
					s.t.Errorf("%+v: %v", bad, err)
				}
			}
			s.granted(map[int64][]store.Grant{1: {good}})
		}},
		{"what is granted on a wiki is counted by people, each once", func(s subject) {
			for user, gadgets := range map[int64][]int64{1: {10, 11}, 2: {10}, 3: {12}} {
				for _, gadget := range gadgets {
					list := []store.Grant{s.grant(user, gadget, "connect-src", "https://words.example", 1)}
					if user != 3 {
						list = append(list, s.grant(user, gadget, "img-src", "https://words.example", 1))
					}
					s.ok(s.SetGrants(s.ctx, s.wiki, user, gadget, list))
				}
			}
			s.ok(s.SetGrants(s.ctx, s.wiki+"2", 1, 10, []store.Grant{s.grant(1, 10, "img-src", "https://elsewhere.example", 1)}))
			for most, want := range map[int][]store.GrantedServer{
				5: {{Directive: "connect-src", Source: "https://words.example", People: 3}, {Directive: "img-src", Source: "https://words.example", People: 2}},
				1: {{Directive: "connect-src", Source: "https://words.example", People: 3}}, 0: nil,
			} {
				got, err := s.GrantedServers(s.ctx, s.wiki, most)
				s.ok(err)
				s.equal("servers", got, want)
			}
		}},
	}
}

func (s subject) granted(want map[int64][]store.Grant) {
	s.t.Helper()
	for user, list := range want {
		got, err := s.Grants(s.ctx, s.wiki, user)
		s.ok(err)
		s.equal("grants", got, list)
	}
}

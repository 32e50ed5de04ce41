package storetest

import (
	"sallyport/internal/store"
)

func (s subject) agreement(user int64, title, text string, confirmed bool, second int) store.Agreement {
	return store.Agreement{
		Wiki: s.wiki, UserID: user, Title: title, Digest: store.DigestOf(text), Confirmed: confirmed,
		Capabilities: `[{"name":"network","target":"é.test"}]`, At: after(second),
	}
}

// agreements is what people agreed to run.
func agreements() []behaviour {
	return []behaviour{
		{"what somebody agrees to replaces what they agreed to of the same page, and nothing else", func(s subject) {
			old, other := s.agreement(1, "User:Mara/b.js", "one", true, 1), s.agreement(1, "User:Mara/a.js", "one", false, 2)
			theirs := s.agreement(2, "User:Mara/b.js", "one", true, 3)
			for _, a := range []store.Agreement{old, other, theirs} {
				s.ok(s.Agree(s.ctx, a))
			}
			revised := s.agreement(1, "User:Mara/b.js", "two", false, 4)
			revised.Capabilities = ""
			s.ok(s.Agree(s.ctx, revised))
			for user, want := range map[int64][]store.Agreement{1: {other, revised}, 2: {theirs}, 3: nil} {
				got, err := s.Agreements(s.ctx, s.wiki, user)
				s.ok(err)
				s.equal("agreements", got, want)
			}
			got, err := s.Agreements(s.ctx, "another.example", 1)
			s.ok(err)
			s.equal("of another wiki", got, []store.Agreement(nil))
		}},
		{"an agreement of nobody, or to nothing, is refused", func(s subject) {
			for what, a := range map[string]store.Agreement{
				"nobody": s.agreement(0, "User:Mara/b.js", "one", true, 1), "no page": s.agreement(1, "", "one", true, 1),
				"no text": {Wiki: s.wiki, UserID: 1, Title: "User:Mara/b.js", At: epoch},
			} {
				s.refused(what, s.Agree(s.ctx, a))
			}
			for what, title := range unkeepable() {
				s.refused(what, s.Agree(s.ctx, s.agreement(1, title, "one", true, 1)))
			}
		}},
	}
}

package storetest

import "sallyport/internal/store"

func (s subject) trial(user int64, title, text string, since, until int) store.Trial {
	return store.Trial{Wiki: s.wiki, UserID: user, Title: title, Digest: store.DigestOf(text), Since: after(since), Until: after(until)}
}

// trials is who runs what waits.
func trials() []behaviour {
	return []behaviour{
		{"a trial lasts until its end, a newer one of the same page, or until it is stopped", func(s subject) {
			line := store.Entry{Wiki: s.wiki, At: after(1), Kind: "trial", Body: `{}`}
			old, other, theirs := s.trial(1, "MediaWiki:B.js", "one", 1, 50), s.trial(1, "MediaWiki:A.js", "one", 1, 100), s.trial(2, "MediaWiki:A.js", "two", 2, 60)
			for _, t := range []store.Trial{theirs, old, other} {
				s.ok(s.StartTrial(s.ctx, t, line))
			}
			newer := s.trial(1, "MediaWiki:B.js", "two", 3, 90)
			s.ok(s.StartTrial(s.ctx, newer))
			for second, want := range map[int][]store.Trial{10: {other, newer, theirs}, 60: {other, newer}, 95: {other}, 100: nil} {
				got, err := s.Trials(s.ctx, s.wiki, after(second))
				s.ok(err)
				s.equal("trials", got, want)
			}
			s.ok(s.StopTrial(s.ctx, s.wiki, 1, "MediaWiki:A.js", line))
			s.ok(s.StopTrial(s.ctx, s.wiki, 1, "MediaWiki:A.js", line)) // says nothing, and is not logged
			got, err := s.Trials(s.ctx, s.wiki, after(10))
			s.ok(err)
			s.equal("after one was stopped", got, []store.Trial{newer, theirs})
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("lines of the log", len(log), 4)
			s.ok(s.StartTrial(s.ctx, s.trial(3, "MediaWiki:A.js", "one", 70, 200)))
			got, err = s.Trials(s.ctx, s.wiki, after(10))
			s.ok(err)
			s.equal("what was over is forgotten", got, []store.Trial{newer, s.trial(3, "MediaWiki:A.js", "one", 70, 200)})
		}},
		{"a trial of nobody, or of nothing, is refused", func(s subject) {
			for what, t := range map[string]store.Trial{
				"nobody": s.trial(0, "MediaWiki:A.js", "one", 1, 2), "no page": s.trial(1, "", "one", 1, 2), "no text": {Wiki: s.wiki, UserID: 1, Title: "MediaWiki:A.js"},
			} {
				s.refused(what, s.StartTrial(s.ctx, t))
			}
			for what, title := range unkeepable() {
				s.refused(what, s.StartTrial(s.ctx, s.trial(1, title, "one", 1, 2)))
			}
		}},
	}
}

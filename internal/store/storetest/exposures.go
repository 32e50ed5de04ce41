package storetest

import (
	"errors"
	"math"
	"time"

	"sallyport/internal/store"
)

func (s subject) exposure(title, text string, minute int, part int64, people ...int64) store.Exposure {
	return store.Exposure{Wiki: s.wiki, Title: title, Digest: store.DigestOf(text), Minute: epoch.Truncate(time.Minute).Add(time.Duration(minute) * time.Minute), Part: part, People: people}
}

// exposed is what a store answers.
func (s subject) exposed(q store.ExposureQuery) (all []store.Exposure) {
	s.t.Helper()
	if q.From.IsZero() {
		q.From, q.To = epoch.Add(-time.Hour), epoch.Add(time.Hour)
	}
	s.ok(s.EachExposure(s.ctx, s.wiki, q, func(e store.Exposure) error {
		all = append(all, e)
		return nil
	}))
	return all
}

// exposures is who was served what.
func exposures() []behaviour {
	return []behaviour{
		{"who was served a text is found by the text and by the page, by minute", func(s subject) {
			a := s.exposure("User:Mara/x.js", "one", 0, 7, store.Unknown, store.Nobody, 1, 300, math.MaxInt64)
			b := s.exposure("User:Mara/x.js", "two", 2, 7, 5)
			c := s.exposure("User:Ira/é.js", "one", 1, 7)
			c.Missed = 3
			roomless := store.Exposure{Wiki: s.wiki, Minute: c.Minute, Part: math.MinInt64, Missed: 9}
			s.ok(s.SaveExposures(s.ctx, a, b, c, roomless))
			s.equal("by page", s.exposed(store.ExposureQuery{Title: a.Title}), []store.Exposure{a, roomless, b})
			s.equal("by text", s.exposed(store.ExposureQuery{Digest: a.Digest}), []store.Exposure{a, roomless, c})
			s.equal("by both", s.exposed(store.ExposureQuery{Title: a.Title, Digest: a.Digest}), []store.Exposure{a, roomless})
			s.equal("from minute to minute", s.exposed(store.ExposureQuery{Title: a.Title, From: b.Minute, To: b.Minute}), []store.Exposure{b})
			s.equal("of nothing", len(s.exposed(store.ExposureQuery{}))+len(s.exposed(store.ExposureQuery{Title: "x\x00"})), 0)
			s.ok(s.EachExposure(s.ctx, "another.example", store.ExposureQuery{Title: a.Title, From: a.Minute, To: b.Minute}, func(store.Exposure) error {
				return errors.New("of another wiki")
			}))
			stop := errors.New("enough")
			if err := s.EachExposure(s.ctx, s.wiki, store.ExposureQuery{Title: a.Title, From: a.Minute, To: b.Minute}, func(store.Exposure) error { return stop }); !errors.Is(err, stop) {
				s.t.Errorf("error %v, want the one that was given", err)
			}
		}},
		{"a set of people that grew replaces what it was, and one gathered elsewhere stands beside it", func(s subject) {
			here, there := s.exposure("User:Mara/x.js", "one", 0, 1, 5), s.exposure("User:Mara/x.js", "one", 0, 2, 6)
			grown := here
			grown.People, grown.Missed = []int64{4, 5}, 2
			s.ok(s.SaveExposures(s.ctx, here, there))
			s.ok(s.SaveExposures(s.ctx, grown))
			s.ok(s.SaveExposures(s.ctx, grown))
			s.equal("kept", s.exposed(store.ExposureQuery{Title: here.Title}), []store.Exposure{grown, there})
		}},
		{"what was served before a moment is forgotten", func(s subject) {
			old, last := s.exposure("User:Mara/x.js", "one", 0, 1, 5), s.exposure("User:Mara/x.js", "one", 3, 1, 5)
			s.ok(s.SaveExposures(s.ctx, old, last))
			s.ok(s.ForgetExposures(s.ctx, s.wiki, last.Minute))
			s.equal("kept", s.exposed(store.ExposureQuery{Title: old.Title}), []store.Exposure{last})
		}},
		{"people out of order are refused, with all that came along", func(s subject) {
			good := s.exposure("User:Mara/x.js", "one", 0, 1, 5)
			for what, people := range map[string][]int64{"falling": {5, 4}, "twice": {5, 5}, "no account": {-2}} {
				s.refused(what, s.SaveExposures(s.ctx, good, s.exposure("User:Mara/y.js", "one", 0, 1, people...)))
			}
			for what, title := range unkeepable() {
				if title != "" {
					s.refused(what, s.SaveExposures(s.ctx, good, s.exposure(title, "one", 0, 1, 5)))
				}
			}
			s.equal("kept", len(s.exposed(store.ExposureQuery{Title: good.Title})), 0)
		}},
	}
}

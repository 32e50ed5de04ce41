package storetest

import (
	"sync"
	"sync/atomic"

	"sallyport/internal/store"
)

func (s subject) review(title, text string, state store.ReviewState, second int) store.Review {
	r := store.Review{Wiki: s.wiki, Title: title, Digest: store.DigestOf(text), State: state, RevID: int64(second), Author: "Mára", Saved: after(second)}
	if state != store.ReviewWaiting {
		r.By, r.Reason, r.Decided = "Ira", "read: “calm”", after(second+100)
	}
	return r
}

func (s subject) see(all ...store.Review) {
	s.t.Helper()
	for _, r := range all {
		_, err := s.SeeText(s.ctx, r)
		s.ok(err)
	}
}

// reviews is what reviewers said of texts.
func reviews() []behaviour {
	return []behaviour{
		{"a text that was seen stays as it is when it is seen again", func(s subject) {
			first := s.review("MediaWiki:Common.js", "one", store.ReviewApproved, 1)
			fresh, err := s.SeeText(s.ctx, first)
			s.ok(err)
			s.equal("fresh", fresh, true)
			fresh, err = s.SeeText(s.ctx, s.review("MediaWiki:Common.js", "one", store.ReviewWaiting, 2))
			s.ok(err)
			s.equal("fresh again", fresh, false)
			got, err := s.Review(s.ctx, s.wiki, first.Title, first.Digest)
			s.ok(err)
			s.equal("review", got, first)
			_, err = s.Review(s.ctx, s.wiki, "MediaWiki:Other.js", first.Digest)
			s.missing("of another page", err)
			_, err = s.Review(s.ctx, "another.example", first.Title, first.Digest)
			s.missing("of another wiki", err)
		}},
		{"what was approved last is found, by page", func(s subject) {
			old, last := s.review("MediaWiki:A.js", "one", store.ReviewApproved, 1), s.review("MediaWiki:A.js", "two", store.ReviewApproved, 3)
			b := s.review("MediaWiki:B.js", "one", store.ReviewApproved, 2)
			s.see(last, old, b, s.review("MediaWiki:A.js", "three", store.ReviewWaiting, 9), s.review("MediaWiki:A.js", "four", store.ReviewRejected, 10),
				s.review("MediaWiki:C.js", "one", store.ReviewWaiting, 1))
			got, err := s.Approved(s.ctx, s.wiki, []string{"MediaWiki:A.js", "MediaWiki:B.js", "MediaWiki:C.js", "MediaWiki:D.js", "x\x00"})
			s.ok(err)
			s.equal("approved", got, map[string]store.Review{"MediaWiki:A.js": last, "MediaWiki:B.js": b})
			texts, err := s.ApprovedTexts(s.ctx, s.wiki, "MediaWiki:A.js", 9)
			s.ok(err)
			s.equal("one after the other", texts, []store.Review{last, old})
			texts, err = s.ApprovedTexts(s.ctx, s.wiki, "MediaWiki:A.js", 1)
			s.ok(err)
			s.equal("the last", texts, []store.Review{last})
		}},
		{"of two texts approved at the same moment one counts, and always the same", func(s subject) {
			a, b := s.review("MediaWiki:A.js", "one", store.ReviewApproved, 1), s.review("MediaWiki:A.js", "two", store.ReviewApproved, 1)
			s.see(a, b)
			for range 3 {
				got, err := s.Approved(s.ctx, s.wiki, []string{a.Title})
				s.ok(err)
				s.equal("approved", got[a.Title].Digest, max(a.Digest, b.Digest))
			}
		}},
		{"what waits is listed, newest first, until it is decided", func(s subject) {
			a, b := s.review("MediaWiki:A.js", "one", store.ReviewWaiting, 1), s.review("MediaWiki:B.js", "one", store.ReviewWaiting, 2)
			s.see(a, b, s.review("MediaWiki:C.js", "one", store.ReviewApproved, 3))
			got, err := s.WaitingTexts(s.ctx, s.wiki, 10)
			s.ok(err)
			s.equal("waiting", got, []store.Review{b, a})
			yes := a
			yes.State, yes.By, yes.Reason, yes.Decided = store.ReviewApproved, "Ira", "", after(50)
			first, err := s.DecideText(s.ctx, yes, store.ReviewWaiting, store.Entry{Wiki: s.wiki, At: after(50), Kind: "review", Body: `{}`})
			s.ok(err)
			s.equal("first", first, true)
			got, err = s.WaitingTexts(s.ctx, s.wiki, 10)
			s.ok(err)
			s.equal("waiting then", got, []store.Review{b})
			one, err := s.Review(s.ctx, s.wiki, a.Title, a.Digest)
			s.ok(err)
			s.equal("decided", one, yes)
		}},
		{"of many who decide about a text one does", func(s subject) {
			r := s.review("MediaWiki:A.js", "one", store.ReviewWaiting, 1)
			s.see(r)
			r.State, r.By, r.Decided = store.ReviewRejected, "Ira", after(9)
			var won atomic.Int32
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					first, err := s.DecideText(s.ctx, r, store.ReviewWaiting)
					if err != nil {
						s.t.Error(err)
					}
					if first {
						won.Add(1)
					}
				})
			}
			all.Wait()
			s.equal("deciders", won.Load(), int32(1))
		}},
		{"a review of nothing is refused", func(s subject) {
			for what, r := range map[string]store.Review{
				"no page": s.review("", "one", store.ReviewWaiting, 1), "no text": {Wiki: s.wiki, Title: "MediaWiki:A.js", State: store.ReviewWaiting},
				"no state": s.review("MediaWiki:A.js", "one", "", 1),
			} {
				_, err := s.SeeText(s.ctx, r)
				s.refused(what, err)
			}
			for what, title := range unkeepable() {
				_, err := s.SeeText(s.ctx, s.review(title, "one", store.ReviewWaiting, 1))
				s.refused(what, err)
			}
		}},
	}
}

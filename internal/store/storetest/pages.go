package storetest

import (
	"fmt"
	"time"

	"sallyport/internal/store"
)

// page is the copy of a page at a revision with a text.
func (s subject) page(title string, rev int64, text string) store.Page {
	return store.Page{
		Wiki: s.wiki, Title: title, PageID: 12, RevID: rev, Model: "javascript", Author: "Mara Lind",
		Digest: store.DigestOf(text), Saved: after(int(rev)), Checked: after(1000),
	}
}

func (s subject) savePage(p store.Page, text string) {
	s.t.Helper()
	s.ok(s.SavePage(s.ctx, p, text))
}

func (s subject) pages(titles ...string) map[string]store.Page {
	s.t.Helper()
	pages, err := s.Pages(s.ctx, s.wiki, titles)
	s.ok(err)
	return pages
}

func pages() []behaviour {
	return []behaviour{
		{"a page comes back as it was saved", func(s subject) {
			p := s.page("User:Mara/ünï_\"c'ode\".js", 7, "x")
			s.savePage(p, "x")
			s.equal("pages", s.pages(p.Title), map[string]store.Page{p.Title: p})
		}},
		{"times come back in UTC, to the microsecond, zero ones too", func(s subject) {
			p := s.page("User:Mara/a.js", 7, "x")
			p.Saved = time.Date(2026, 3, 5, 4, 0, 0, 1999, time.FixedZone("", 3600))
			p.Checked = time.Time{}
			s.savePage(p, "x")
			got := s.pages(p.Title)[p.Title]
			s.equal("saved", got.Saved.Format(time.RFC3339Nano), "2026-03-05T03:00:00.000001Z")
			s.equal("checked is zero", got.Checked.IsZero(), true)
		}},
		{"a page that does not exist is remembered without a text", func(s subject) {
			p := store.Page{Wiki: s.wiki, Title: "User:Mara/gone.js", Checked: epoch}
			s.savePage(p, "")
			s.equal("pages", s.pages(p.Title)[p.Title].PageID, int64(0))
			p.Digest = store.DigestOf("x")
			s.refused("a text for no page", s.SavePage(s.ctx, p, "x"))
		}},
		{"a page of which no revision may run is remembered without a text", func(s subject) {
			p := s.page("User:Mara/a.gadget", 7, "x")
			s.savePage(p, "x")
			p.Digest, p.RevID = "", 8
			s.savePage(p, "")
			s.equal("pages", s.pages(p.Title), map[string]store.Page{p.Title: p})
			s.refused("a text without its digest", s.SavePage(s.ctx, p, "x"))
		}},
		{"a page of which nothing may run is remembered without a text", func(s subject) {
			p := s.page("User:Mara/a.js", 7, "x")
			s.savePage(p, "x")
			p.Digest, p.RevID = "", 0
			s.savePage(p, "")
			s.equal("pages", s.pages(p.Title), map[string]store.Page{p.Title: p})
		}},
		{"a page saved again is replaced", func(s subject) {
			s.savePage(s.page("User:Mara/a.js", 7, "x"), "x")
			p := s.page("User:Mara/a.js", 8, "y")
			s.savePage(p, "y")
			s.equal("pages", s.pages(p.Title), map[string]store.Page{p.Title: p})
		}},
		{"titles that were never seen are absent", func(s subject) {
			p := s.page("User:Mara/a.js", 7, "x")
			s.savePage(p, "x")
			s.equal("pages", s.pages("User:Mara/A.js", "User:Mara/a", p.Title), map[string]store.Page{p.Title: p})
			s.equal("no titles", s.pages(), map[string]store.Page{})
		}},
		{"titles are told apart byte by byte", func(s subject) {
			titles := []string{"A", "a", "a ", "é", "e\u0301", "a_", "a%", "ſ", "s", "ß", "ss", "\u200ea"}
			for i, title := range titles {
				s.savePage(s.page(title, int64(i), title), title)
			}
			got := s.pages(titles...)
			s.equal("pages", len(got), len(titles))
			for i, title := range titles {
				s.equal(fmt.Sprintf("revision of %+q", title), got[title].RevID, int64(i))
			}
		}},
		{"wikis of a farm have pages of the same title", func(s subject) {
			mine := s.page("User:Mara/a.js", 7, "x")
			theirs := mine
			theirs.Wiki, theirs.RevID = "other."+s.wiki, 9
			s.savePage(mine, "x")
			s.savePage(theirs, "x")
			s.equal("mine", s.pages(mine.Title)[mine.Title], mine)
		}},
		{"more titles than a statement holds are asked for at once", func(s subject) {
			var titles []string
			for i := range 1300 {
				titles = append(titles, fmt.Sprintf("User:Mara/%d.js", i))
			}
			for _, i := range []int{0, 511, 512, 1023, 1024, 1299} {
				s.savePage(s.page(titles[i], 1, "x"), "x")
			}
			s.equal("pages", len(s.pages(titles...)), 6)
		}},
		{"an impossible title is refused, and asking for one finds nothing", func(s subject) {
			for why, title := range unkeepable() {
				s.refused(why, s.SavePage(s.ctx, s.page(title, 1, "x"), "x"))
				s.equal(why, s.pages(title), map[string]store.Page{})
			}
			s.refused("no title", s.SavePage(s.ctx, s.page("", 1, "x"), "x"))
			nobodys := s.page("User:Mara/a.js", 1, "x")
			nobodys.Wiki = ""
			s.refused("no wiki", s.SavePage(s.ctx, nobodys, "x"))
		}},
		{"an old revision that arrives late does not come back", func(s subject) {
			late, now := s.page("User:Mara/a.js", 7, "old"), s.page("User:Mara/a.js", 8, "new")
			late.Checked = now.Checked.Add(-time.Second)
			s.savePage(now, "new")
			s.savePage(late, "old")
			s.equal("page", s.pages(now.Title)[now.Title], now)
		}},
		{"an old revision that the wiki shows again does", func(s subject) {
			was, now := s.page("User:Mara/a.js", 8, "hidden"), s.page("User:Mara/a.js", 7, "restored")
			now.Checked = was.Checked.Add(time.Second)
			s.savePage(was, "hidden")
			s.savePage(now, "restored")
			s.equal("page", s.pages(now.Title)[now.Title], now)
		}},
		{"another page under the title replaces the one that was there", func(s subject) {
			was, now := s.page("User:Mara/a.js", 8, "moved away"), s.page("User:Mara/a.js", 5, "moved here")
			now.PageID = was.PageID + 1
			s.savePage(was, "moved away")
			s.savePage(now, "moved here")
			s.equal("page", s.pages(now.Title)[now.Title], now)
		}},
		{"many writers of a page leave the newest revision, whole", func(s subject) {
			const writers, each = 8, 20
			s.together(writers, func(writer int) error {
				for i := range each {
					rev := int64(i*writers + writer)
					text := fmt.Sprintf("%s at %d", s.wiki, rev)
					p := s.page("User:Mara/a.js", rev, text)
					p.Author, p.Checked = fmt.Sprint("author of ", rev), after(int(rev))
					if err := s.SavePage(s.ctx, p, text); err != nil {
						return err
					}
				}
				return nil
			})
			newest := s.page("User:Mara/a.js", writers*each-1, fmt.Sprintf("%s at %d", s.wiki, writers*each-1))
			newest.Author, newest.Checked = fmt.Sprint("author of ", writers*each-1), after(writers*each-1)
			s.equal("page", s.pages(newest.Title)[newest.Title], newest)
			_, err := s.Text(s.ctx, newest.Digest)
			s.ok(err)
		}},
	}
}

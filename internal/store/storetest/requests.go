package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"

	"sallyport/internal/store"
	"sallyport/internal/violation"
)

// roomy is a limit that nothing here reaches.
var roomy = store.Limits{Account: 100, Wiki: 1000}

func (s subject) request(id string, user int64, host string) store.Request {
	return store.Request{
		Wiki: s.wiki, ID: id, UserID: user, User: fmt.Sprint("User ", user), Directive: "connect-src", Host: host, Script: "User:Mara/doit.gadget", Gadget: 12,
		Why: "It translates – to é.", Asked: after(int(user)),
	}
}

// requests is what people ask operators for.
func requests() []behaviour {
	return []behaviour{
		{"a request is kept as it was, and those who ask the same join it", func(s subject) {
			r := s.request("a", 7, "https://translate.example")
			kept, joined, err := s.Ask(s.ctx, r, roomy, entry("asked", 0))
			s.ok(err)
			want := r
			want.State, want.People = store.RequestOpen, 1
			s.equal("kept", kept, want)
			s.equal("joined", joined, false)
			other := s.request("b", 8, r.Host)
			other.Why = "me too"
			kept, joined, err = s.Ask(s.ctx, other, roomy, entry("asked", 1))
			s.ok(err)
			want.People = 2
			s.equal("joined to", kept, want)
			s.equal("joined", joined, true)
			_, joined, err = s.Ask(s.ctx, other, roomy, entry("asked", 2)) // again
			s.ok(err)
			s.equal("still joined", joined, true)
			got, err := s.Request(s.ctx, s.wiki, "a")
			s.ok(err)
			s.equal("read", got, want)
			_, err = s.Request(s.ctx, s.wiki, "b")
			s.missing("the one that joined", err)
			askers, err := s.Askers(s.ctx, s.wiki, "a")
			s.ok(err)
			s.equal("askers", askers, []store.Asker{{UserID: 7, User: "User 7"}, {UserID: 8, User: "User 8"}})
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("entries", len(log), 2)
			of, err := s.RequestsOf(s.ctx, s.wiki, 8, 10)
			s.ok(err)
			s.equal("of the one who joined", of, []store.Request{want})
		}},
		{"an account and a wiki have so many open requests and no more", func(s subject) {
			var kept atomic.Int32
			s.together(6, func(i int) error {
				_, _, err := s.Ask(s.ctx, s.request(fmt.Sprint(i), 7, fmt.Sprintf("https://%d.example", i)), store.Limits{Account: 2, Wiki: 100}, entry("asked", i))
				if errors.Is(err, store.ErrTooMany) {
					return nil
				}
				kept.Add(1)
				return err
			})
			s.equal("of one account", kept.Load(), int32(2))
			if _, _, err := s.Ask(s.ctx, s.request("other", 8, "https://other.example"), store.Limits{Account: 2, Wiki: 2}); !errors.Is(err, store.ErrTooMany) {
				s.t.Errorf("one more than the wiki has room for: %v", err)
			}
			open, err := s.Requests(s.ctx, s.wiki, store.RequestOpen, 10)
			s.ok(err)
			if _, joined, err := s.Ask(s.ctx, s.request("joins", 8, open[0].Host), store.Limits{Account: 2, Wiki: 2}); err != nil || !joined {
				s.t.Errorf("joining on a full wiki: %v, %v", joined, err)
			}
		}},
		{"of several who ask the same at once one is kept and all have a part", func(s subject) {
			var fresh atomic.Int32
			s.together(6, func(i int) error {
				_, joined, err := s.Ask(s.ctx, s.request(fmt.Sprint(i), int64(i+1), "https://same.example"), roomy, entry("asked", i))
				if !joined {
					fresh.Add(1)
				}
				return err
			})
			s.equal("kept", fresh.Load(), int32(1))
			open, err := s.Requests(s.ctx, s.wiki, store.RequestOpen, 10)
			s.ok(err)
			s.equal("open", len(open), 1)
			s.equal("people", open[0].People, 6)
		}},
		{"the request most people have is first, and what was decided is listed by itself", func(s subject) {
			for i, host := range []string{"https://one.example", "https://two.example", "https://three.example"} {
				_, _, err := s.Ask(s.ctx, s.request(fmt.Sprint(i), 1, host), roomy)
				s.ok(err)
			}
			_, _, err := s.Ask(s.ctx, s.request("x", 2, "https://two.example"), roomy)
			s.ok(err)
			open, err := s.Requests(s.ctx, s.wiki, store.RequestOpen, 2)
			s.ok(err)
			s.equal("open", []string{open[0].Host, open[1].Host}, []string{"https://two.example", "https://one.example"})
			r := open[0]
			r.State, r.By, r.Reason, r.Decided = store.RequestRefused, "Ira", "use the mirror – é", after(50)
			var firsts atomic.Int32
			s.together(4, func(i int) error {
				first, err := s.Decide(s.ctx, r, store.RequestOpen, entry("decided", i))
				if first {
					firsts.Add(1)
				}
				return err
			})
			s.equal("firsts", firsts.Load(), int32(1))
			log, err := s.Entries(s.ctx, s.wiki, 0, 10)
			s.ok(err)
			s.equal("entries", len(log), 1)
			refused, err := s.Requests(s.ctx, s.wiki, store.RequestRefused, 10)
			s.ok(err)
			s.equal("refused", refused, []store.Request{r})
			again, joined, err := s.Ask(s.ctx, s.request("again", 2, "https://two.example"), roomy)
			s.ok(err)
			s.equal("asked again", []any{again.ID, joined}, []any{"again", false})
			s.ok(s.ForgetRequests(s.ctx, s.wiki, after(50)))
			_, err = s.Request(s.ctx, s.wiki, r.ID)
			s.ok(err)
			s.ok(s.ForgetRequests(s.ctx, s.wiki, after(51)))
			_, err = s.Request(s.ctx, s.wiki, r.ID)
			s.missing("a forgotten one", err)
			askers, err := s.Askers(s.ctx, s.wiki, r.ID)
			s.ok(err)
			s.equal("its askers", len(askers), 0)
		}},
		{"no request without a server, and no names that cannot be kept", func(s subject) {
			for what, change := range map[string]func(*store.Request){
				"no host": func(r *store.Request) { r.Host = "" }, "no directive": func(r *store.Request) { r.Directive = "" },
				"nobody": func(r *store.Request) { r.UserID = 0 }, "NUL": func(r *store.Request) { r.Script = "a\x00" }, "bad text": func(r *store.Request) { r.Why = "\xff" },
			} {
				r := s.request("a", 7, "https://a.example")
				change(&r)
				_, _, err := s.Ask(s.ctx, r, roomy)
				s.refused(what, err)
			}
		}},
		{"what browsers reported is found by the address and by the script", func(s subject) {
			day := violation.DayOf(after(0))
			row := func(blocked, source string, d violation.Day, user uint64) violation.Row {
				r := violation.Row{Key: violation.Key{Wiki: s.wiki, Directive: "connect-src", Blocked: blocked, Source: source, Day: d}, Count: 1, First: after(0), Last: after(1)}
				r.Users.Add(user)
				return r
			}
			s.ok(s.Keep(s.ctx, violation.Batch{ID: s.wiki, Rows: []violation.Row{
				row("https://a.example", "User:A/a.js", day, 1), row("https://a.example", "User:B/b.js", day, 2), row("https://b.example", "User:A/a.js", day, 3),
				row("https://a.example", "User:A/a.js", day-40, 4),
			}}))
			for which, want := range map[store.About]int{
				{Blocked: "https://a.example"}: 2, {Source: "User:A/a.js"}: 2, {Blocked: "https://a.example", Source: "User:B/b.js"}: 1, {Blocked: "https://c.example"}: 0, {}: 0,
			} {
				rows, err := s.Reported(s.ctx, s.wiki, which, day-30)
				s.ok(err)
				s.equal(fmt.Sprint(which), len(rows), want)
			}
			rows, err := s.Reported(s.ctx, s.wiki, store.About{Blocked: "https://a.example"}, day-100)
			s.ok(err)
			s.equal("since longer", []any{len(rows), rows[0].Users.Count(), rows[0].Last.Equal(after(1))}, []any{3, 1, true})
		}},
	}
}

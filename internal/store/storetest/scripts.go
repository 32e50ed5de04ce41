package storetest

import (
	"fmt"
	"slices"
	"time"

	"sallyport/internal/store"
)

func (s subject) script(title, text string, rev int64) store.Script {
	return store.Script{Wiki: s.wiki, Title: title, Rev: rev, Digest: store.DigestOf(text), Author: "Mara", Saved: after(int(rev))}
}

// due are the titles of what is to be judged at a second.
func (s subject) due(second int) []string {
	rows, err := s.DueScripts(s.ctx, s.wiki, after(second), 10)
	s.ok(err)
	var titles []string
	for _, x := range rows {
		titles = append(titles, x.Title)
	}
	slices.Sort(titles)
	return titles
}

// judged keeps a script and what is known of it.
func (s subject) judged(x store.Script, score, people int, hosts ...string) store.Script {
	s.ok(s.SeeScript(s.ctx, x))
	named, err := s.ScriptsNamed(s.ctx, s.wiki, []string{x.Title})
	s.ok(err)
	x.News = named[x.Title].News
	x.State, x.Score, x.People, x.Powerful, x.Hosts = store.ScriptRead, score, people, 1, hosts
	x.Reason, x.Capabilities = `{"name":"é"}`, `[{"name":"network"}]`
	s.ok(s.JudgeScript(s.ctx, x, after(1000)))
	return x
}

func (s subject) line(title string) store.Script {
	all, err := s.ScriptsNamed(s.ctx, s.wiki, []string{title, "User:Nobody/x.js"})
	s.ok(err)
	if len(all) > 1 {
		s.equal("scripts by that name", len(all), 1)
	}
	return all[title]
}

// scripts is the list of a wiki's scripts.
func scripts() []behaviour {
	return []behaviour{
		{"a script is due until it is judged, and again at its time, or when something is known of its text", func(s subject) {
			x := s.script("User:Mara/a.js", "one", 1)
			s.ok(s.SeeScript(s.ctx, x))
			s.equal("due at first", s.due(1), []string{"User:Mara/a.js"})
			s.equal("before it is judged", s.line(x.Title).State, store.ScriptWaits)
			x = s.judged(x, 40, 3, "a.test")
			s.equal("as it is kept", s.line(x.Title), x)
			s.equal("due once judged", s.due(999), []string(nil))
			s.equal("due at its time", s.due(1000), []string{"User:Mara/a.js"})

			job := store.Job{Kind: "scan", SHA256: x.Digest, Wiki: s.wiki, Path: x.Title, Version: "1"}
			_, err := s.SaveResult(s.ctx, store.Result{Job: job, Body: "{}", Made: after(2)})
			s.ok(err)
			s.equal("due after a result", s.due(1), []string{"User:Mara/a.js"})
			s.ok(s.JudgeScript(s.ctx, x, after(1000)))
			s.equal("due when it was judged without the result", s.due(1), []string{"User:Mara/a.js"})
			s.ok(s.JudgeScript(s.ctx, s.line(x.Title), after(1000)))
			s.equal("due when it was judged with it", s.due(1), []string(nil))
			job.Kind = "detonate"
			s.ok(s.SetAside(s.ctx, store.Failure{Job: job, Reason: "too long", Tries: 1, Failed: after(3)}))
			s.equal("due when a job is set aside", s.due(1), []string{"User:Mara/a.js"})
		}},
		{"another text waits and keeps what was known of the one before; an older revision changes nothing; a page that is gone is not listed", func(s subject) {
			x := s.judged(s.script("User:Mara/b.js", "one", 5), 60, 2)
			s.ok(s.SeeScript(s.ctx, s.script(x.Title, "zero", 4)))
			s.equal("after an older revision", s.line(x.Title), x)
			s.ok(s.SeeScript(s.ctx, s.script(x.Title, "two", 6)))
			now := s.line(x.Title)
			s.equal("state and score of another text", fmt.Sprint(now.State, now.Score, now.Digest == store.DigestOf("two")), "waits60 true")
			s.equal("due", s.due(1), []string{x.Title})
			s.ok(s.DropScript(s.ctx, s.wiki, x.Title))
			s.ok(s.DropScript(s.ctx, s.wiki, x.Title))
			s.equal("once gone", s.line(x.Title), store.Script{})
			s.ok(s.JudgeScript(s.ctx, x, after(9)))
			s.equal("judged once gone", s.line(x.Title), store.Script{})
		}},
		{"scripts are listed in every order, searched, and counted", func(s subject) {
			for i, x := range []struct {
				title         string
				score, people int
				hosts         []string
			}{{"User:Mara/c.js", 10, 300, nil}, {"User:Mara/É.js", 90, 2, []string{"a.test", "b.test"}}, {"User:Ira/a.js", 50, -1, []string{"b.test"}}, {"User:Ira/b.js", 50, -1, nil}} {
				s.judged(s.script(x.title, x.title, int64(i+1)), x.score, x.people, x.hosts...)
			}
			s.ok(s.SeeScript(s.ctx, s.script("User:Ira/z.js", "z", 9)))
			for q, want := range map[store.ScriptQuery]string{
				{}:                                   "5 [É a b c z]",
				{Sort: "people"}:                     "5 [c É a b z]",
				{Sort: "hosts"}:                      "5 [É a b c z]",
				{Sort: "changed"}:                    "5 [z b a É c]",
				{Sort: "title"}:                      "5 [a b z c É]",
				{Words: "é MARA"}:                    "1 [É]",
				{Words: "b.test", Sort: "title"}:     "2 [a É]",
				{Words: "%"}:                         "0 []",
				{Sort: "title", Offset: 1, Limit: 2}: "5 [b z]",
			} {
				rows, total, err := s.ListScripts(s.ctx, s.wiki, q)
				s.ok(err)
				names := []string{}
				for _, x := range rows {
					names = append(names, lastPart(x.Title))
				}
				s.equal(fmt.Sprintf("%+v", q), fmt.Sprint(total, " ", names), want)
			}
			_, _, err := s.ListScripts(s.ctx, s.wiki, store.ScriptQuery{Sort: "colour"})
			s.refused("an order that is none", err)
			_, _, err = s.ListScripts(s.ctx, s.wiki, store.ScriptQuery{Limit: 5000})
			s.refused("too many at once", err)
			spots, err := s.ScriptSpread(s.ctx, s.wiki)
			s.ok(err)
			slices.SortFunc(spots, func(a, b store.Spot) int { return a.Score - b.Score })
			s.equal("spread", spots, []store.Spot{{Score: 10, People: 300, Scripts: 1}, {Score: 50, People: -1, Scripts: 2}, {Score: 90, People: 2, Scripts: 1}})
			at, err := s.ScriptsAt(s.ctx, s.wiki, spots[2], 5)
			s.ok(err)
			s.equal("who is there", at, []string{"User:Mara/É.js"})
			rows, total, err := s.ListScripts(s.ctx, "another.example", store.ScriptQuery{})
			s.ok(err)
			s.equal("of another wiki", len(rows)+total, 0)
		}},
		{"a text is compared with the last before it that was read and is not switched off", func(s subject) {
			rev := int64(0)
			see := func(text string, read bool) {
				rev++
				s.ok(s.SeeScript(s.ctx, s.script("User:Mara/x.js", text, rev)))
				due, err := s.DueScripts(s.ctx, s.wiki, after(0), 9)
				s.ok(err)
				if read {
					due[0].State = store.ScriptRead
				}
				s.ok(s.JudgeScript(s.ctx, due[0], after(100)))
			}
			base := func(what, want string) {
				s.t.Helper()
				due, err := s.DueScripts(s.ctx, s.wiki, after(1000), 9)
				s.ok(err)
				if want != "" {
					want = string(store.DigestOf(want))
				}
				s.equal(what, string(due[0].Base), want)
			}
			see("one", true)
			base("at first", "")
			see("two", false)
			base("after one that was read", "one")
			see("three", true)
			base("after one that nobody read", "one")
			see("three", true)
			base("saved again", "one")
			id, _, err := s.AddSwitch(s.ctx, store.Switch{Wiki: s.wiki, Kind: "revision", Target: string(store.DigestOf("three")), Reason: "bad", By: "Ira", At: after(1)})
			s.ok(err)
			see("four", true)
			base("after one that is off", "one")
			see("five", true)
			base("after that", "four")
			_, err = s.EndSwitch(s.ctx, store.Switch{Wiki: s.wiki, ID: id, Ended: after(2), EndedBy: "Ira"})
			s.ok(err)
			see("three", true)
			see("six", true)
			base("after one that is on again", "three")
		}},
		{"a script without a name, a text or a revision is refused", func(s subject) {
			s.refused("no name", s.SeeScript(s.ctx, s.script("", "x", 1)))
			s.refused("no revision", s.SeeScript(s.ctx, s.script("User:Mara/x.js", "x", 0)))
			s.refused("no text", s.SeeScript(s.ctx, store.Script{Wiki: s.wiki, Title: "User:Mara/x.js", Rev: 1, Saved: time.Unix(1, 0)}))
			for what, title := range unkeepable() {
				s.refused(what, s.SeeScript(s.ctx, s.script(title, "x", 1)))
			}
		}},
	}
}

// lastPart is "c" of "User:Mara/c.js".
func lastPart(title string) string {
	from, to := 0, len(title)
	for i, r := range title {
		switch r {
		case '/':
			from = i + 1
		case '.':
			to = i
		}
	}
	return title[from:to]
}

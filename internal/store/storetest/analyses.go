package storetest

import (
	"strings"
	"sync/atomic"

	"sallyport/internal/store"
)

// job is the scan of a text on a page of the subject's wiki.
func (s subject) job(text string) store.Job {
	return store.Job{Kind: "scan", SHA256: store.DigestOf(text), Wiki: s.wiki, Path: "User:Mara/a.js", Version: "1.0"}
}

func (s subject) result(j store.Job, body string, seconds int) store.Result {
	return store.Result{Job: j, Body: body, Made: after(seconds)}
}

func (s subject) saveResult(r store.Result, first bool) {
	s.t.Helper()
	got, err := s.SaveResult(s.ctx, r)
	s.ok(err)
	s.equal("first", got, first)
}

func (s subject) settled(j store.Job, want bool) {
	s.t.Helper()
	got, err := s.Settled(s.ctx, j)
	s.ok(err)
	s.equal("settled", got, want)
}

func (s subject) results(text string, want ...store.Result) {
	s.t.Helper()
	got, err := s.Results(s.ctx, s.wiki, store.DigestOf(text))
	s.ok(err)
	s.equal("results", got, want)
}

// failures are those of the subject's wiki.
func (s subject) failures() (mine []store.Failure) {
	s.t.Helper()
	all, err := s.Failures(s.ctx, 1000)
	s.ok(err)
	for _, f := range all {
		if f.Wiki == s.wiki {
			mine = append(mine, f)
		}
	}
	return mine
}

func analyses() []behaviour {
	return []behaviour{
		{"a text without a page is kept", func(s subject) {
			for range 2 {
				d, err := s.SaveText(s.ctx, s.wiki+" alone\x00")
				s.ok(err)
				got, err := s.Text(s.ctx, d)
				s.ok(err)
				s.equal("text", got, s.wiki+" alone\x00")
			}
			_, err := s.SaveText(s.ctx, strings.Repeat("x", limit+1))
			s.refused("a text that is too long", err)
		}},
		{"the first result of a job stays, and comes back as it was saved", func(s subject) {
			j := s.job(s.wiki)
			s.settled(j, false)
			s.results(s.wiki)
			s.saveResult(s.result(j, `{"a":"\u0000é"}`, 1), true)
			s.saveResult(s.result(j, `{"b":2}`, 2), false)
			s.settled(j, true)
			s.results(s.wiki, s.result(j, `{"a":"\u0000é"}`, 1))
		}},
		{"jobs that differ in anything have results of their own", func(s subject) {
			j := s.job(s.wiki)
			all := []store.Job{j, j, j, j, j}
			all[1].Kind, all[2].Path, all[3].Tier, all[4].Version = "detonate", "User:Ada/a.js", "deep", "2.0"
			var want []store.Result
			for i, j := range all {
				s.settled(j, false)
				r := s.result(j, "{}", i)
				s.saveResult(r, true)
				want = append([]store.Result{r}, want...)
			}
			s.results(s.wiki, want...)
			elsewhere := j
			elsewhere.Wiki = "other." + s.wiki
			s.settled(elsewhere, false)
			s.saveResult(s.result(elsewhere, "{}", 9), true)
			s.results(s.wiki, want...)
		}},
		{"a result that depends on no wiki is every wiki's", func(s subject) {
			j := s.job(s.wiki)
			j.Wiki, j.Path = "", ""
			s.saveResult(s.result(j, "{}", 1), true)
			s.results(s.wiki, s.result(j, "{}", 1))
		}},
		{"of all who save a result at once one is first", func(s subject) {
			var first atomic.Int32
			s.together(16, func(i int) error {
				ok, err := s.SaveResult(s.ctx, s.result(s.job(s.wiki), strings.Repeat(" ", i)+"{}", i))
				if ok {
					first.Add(1)
				}
				return err
			})
			s.equal("first", first.Load(), int32(1))
			results, err := s.Results(s.ctx, s.wiki, store.DigestOf(s.wiki))
			s.ok(err)
			s.equal("results", len(results), 1)
		}},
		{"a job set aside is listed with the reason until it is taken back", func(s subject) {
			first, second := s.job(s.wiki+" 1"), s.job(s.wiki+" 2")
			old := store.Failure{Job: first, Reason: "it hangs", Tries: 3, Failed: after(1)}
			s.ok(s.SetAside(s.ctx, old))
			s.ok(s.SetAside(s.ctx, store.Failure{Job: second, Reason: "x", Tries: 1, Failed: after(2)}))
			renewed := store.Failure{Job: second, Reason: "no text\x00\xff", Tries: 2, Failed: after(3)}
			s.ok(s.SetAside(s.ctx, renewed))
			s.equal("failures", s.failures(), []store.Failure{renewed, old})
			of, err := s.FailuresOf(s.ctx, s.wiki, first.SHA256)
			s.ok(err)
			s.equal("failures of the text", of, []store.Failure{old})
			of, err = s.FailuresOf(s.ctx, "other."+s.wiki, first.SHA256)
			s.ok(err)
			s.equal("failures elsewhere", len(of), 0)
			s.settled(first, true)
			for range 2 {
				s.ok(s.TakeBack(s.ctx, first))
			}
			s.settled(first, false)
			s.equal("failures", s.failures(), []store.Failure{renewed})
			few, err := s.Failures(s.ctx, 0)
			s.ok(err)
			s.equal("none asked for", len(few), 0)
		}},
		{"a result ends a failure, and no failure comes after a result", func(s subject) {
			j := s.job(s.wiki)
			s.ok(s.SetAside(s.ctx, store.Failure{Job: j, Reason: "slow", Tries: 3, Failed: after(1)}))
			s.saveResult(s.result(j, "{}", 2), true)
			s.equal("failures", len(s.failures()), 0)
			s.ok(s.SetAside(s.ctx, store.Failure{Job: j, Reason: "slow", Tries: 3, Failed: after(3)}))
			s.equal("failures", len(s.failures()), 0)
		}},
		{"a job's beginnings are counted until it ends", func(s subject) {
			j, other := s.job(s.wiki), s.job(s.wiki+" other")
			begun := func(j store.Job, want int) {
				s.t.Helper()
				n, err := s.Begin(s.ctx, j)
				s.ok(err)
				s.equal("begun", n, want)
			}
			begun(j, 1)
			begun(j, 2)
			begun(other, 1)
			s.settled(j, false)
			s.ok(s.SetAside(s.ctx, store.Failure{Job: j, Reason: "slow"}))
			begun(j, 1)
			s.ok(s.TakeBack(s.ctx, j))
			begun(j, 1)
			s.saveResult(s.result(j, "{}", 1), true)
			begun(j, 1)
			begun(other, 2)
			_, err := s.Begin(s.ctx, store.Job{})
			s.refused("no job", err)
		}},
		{"a job without a digest, kind or version is refused", func(s subject) {
			for what, spoil := range map[string]func(*store.Job){
				"no digest":  func(j *store.Job) { j.SHA256 = "" },
				"no kind":    func(j *store.Job) { j.Kind = "" },
				"no version": func(j *store.Job) { j.Version = "" },
				"long kind":  func(j *store.Job) { j.Kind = strings.Repeat("x", 101) },
			} {
				j := s.job(s.wiki)
				spoil(&j)
				_, err := s.SaveResult(s.ctx, s.result(j, "{}", 1))
				s.refused(what, err)
				s.refused(what, s.SetAside(s.ctx, store.Failure{Job: j}))
				s.settled(j, false)
			}
			for what, name := range unkeepable() {
				j := s.job(s.wiki)
				j.Path = name
				_, err := s.SaveResult(s.ctx, s.result(j, "{}", 1))
				s.refused(what, err)
			}
		}},
		{"the longest names a job may have are kept", func(s subject) {
			long := strings.Repeat("é", 50)
			j := store.Job{
				Kind: long, SHA256: store.DigestOf(s.wiki), Tier: long, Version: long,
				Wiki: strings.Repeat("w", 1024), Path: strings.Repeat("é", 512),
			}
			s.saveResult(s.result(j, "{}", 1), true)
			s.ok(s.SetAside(s.ctx, store.Failure{Job: j}))
			s.settled(j, true)
		}},
	}
}

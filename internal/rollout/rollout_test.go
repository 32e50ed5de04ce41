package rollout

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/csp"
)

const (
	charts = "https://charts.test"
	atlas  = "https://maps.test"
	wide   = ownText + "; frame-ancestors 'self'"
)

func with(hosts ...string) string {
	return strings.Replace(ownText, "connect-src 'self'", "connect-src 'self' "+strings.Join(hosts, " "), 1)
}

func TestAPolicyIsRolledOutOverDaysAndIsInForceAtTheEnd(t *testing.T) {
	w := newTown(t, ownText, false)
	const readers = 1000
	w.asks(200, readers, "connect-src", charts, "User:Mara/charts.js")
	w.now = w.now.AddDate(0, 0, 3)
	w.begin(with(charts))
	before := []int{}
	for day, share := range []int{0, 1, 5, 25, 100} {
		if day > 0 {
			w.now = w.now.AddDate(0, 0, 2)
			w.step()
		}
		turn := w.enforcedFor(readers)
		if got := len(turn); got < readers*share/100-25 || got > readers*share/100+25 || share == 0 && got != 0 || share == 100 && got != readers {
			t.Errorf("%d %%: enforced for %d of %d", share, got, readers)
		}
		t.Logf("%d %%: enforced for %d of %d", share, len(turn), readers)
		for _, i := range before {
			if !slices.Contains(turn, i) {
				t.Errorf("%d %%: reader %d had it and has it no more", share, i)
			}
		}
		before = turn
		if anonymous := w.nodes[0].For(""); (anonymous[0].Name == "candidate") != (share == 100) {
			t.Errorf("%d %%: who is not logged in has %v", share, anonymous[0].Name)
		}
		if refused := w.asks(200, readers, "connect-src", charts, "User:Mara/charts.js"); len(refused) > 0 {
			t.Errorf("%d %%: %d lose what the policy names", share, len(refused))
		}
		for _, k := range w.nodes {
			w.ok(k.Watch(t.Context()))
		}
	}
	if w.nodes[0].State().Rollout.Halted != "" {
		t.Fatalf("halted: %s", w.nodes[0].State().Rollout.Halted)
	}
	w.ok(w.nodes[1].Finish(t.Context(), w.act("done")))
	w.sync()
	p, enforced := w.nodes[0].InForce()
	if !enforced || !strings.Contains(p.String(), charts) || w.nodes[0].State().Rollout != nil || w.nodes[0].State().Draft != nil {
		t.Errorf("in force: %v %s", enforced, p)
	}
	entries, err := w.db.Entries(t.Context(), "town", 0, 100)
	w.ok(err)
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, strings.TrimPrefix(e.Kind, "policy "))
	}
	if got := strings.Join(kinds, " "); got != "draft start step step step step finish" {
		t.Errorf("the log says %q", got)
	}
}

func TestWhatNobodyForesawHaltsARollOutByItself(t *testing.T) {
	for name, c := range map[string]struct {
		enforced bool // the settings' policy
		does     func(*town)
		halts    string // what the reason has; empty: it goes on
	}{
		"a host that only some readers' browsers contact from now on": {false, func(w *town) { w.asks(400, 400, "connect-src", atlas, "User:Ada/maps.js") }, atlas},
		"the same under an enforced policy that allowed it":           {true, func(w *town) { w.asks(400, 400, "connect-src", atlas, "User:Ada/maps.js") }, atlas},
		"what was foreseen": {false, func(w *town) { w.asks(200, 400, "connect-src", charts, "User:Mara/charts.js") }, ""},
		"five people":       {false, func(w *town) { w.keep(lossOf(w, atlas, 5)) }, ""},
		"a sixth":           {false, func(w *town) { w.keep(lossOf(w, atlas, 6)) }, "6 people lost " + atlas},
		"what the policy in force blocks as well": {true, func(w *town) { w.asks(400, 400, "connect-src", "https://never.test", "") }, ""},
		"a redirect from a host that is named":    {false, func(w *town) { w.keep(lossOf(w, "https://kept.test", 9)) }, "https://kept.test"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := with(charts, atlas)
			w := newTown(t, settings, c.enforced)
			w.keep(foreseen(w))
			w.now = w.now.AddDate(0, 0, 1)
			w.begin(with("https://kept.test"))
			for range 3 {
				w.step()
			}
			w.now = w.now.Add(time.Hour)
			c.does(w)
			w.ok(w.nodes[1].Watch(t.Context()))
			w.ok(w.nodes[0].Watch(t.Context())) // the second to look is too late, which is no error
			w.sync()
			halted := w.nodes[0].State().Rollout.Halted
			if (c.halts == "") != (halted == "") || !strings.Contains(halted, c.halts) {
				t.Fatalf("halted: %q", halted)
			}
			if got := len(w.enforcedFor(400)); (got == 0) != (c.halts != "") {
				t.Errorf("enforced for %d", got)
			}
			if c.halts == "" {
				return
			}
			if last := w.nodes[0].State().Past; last[len(last)-1].By != Robot || w.nodes[0].For("")[1].Name != "candidate" {
				t.Errorf("halted by %s; it reports: %v", last[len(last)-1].By, w.nodes[0].For(""))
			}
			// Somebody looks, and finds it harmless: what was lost until now counts no more.
			w.ok(w.nodes[0].Resume(t.Context(), w.act("they agreed")))
			w.ok(w.nodes[0].Watch(t.Context()))
			w.sync()
			if r := w.nodes[1].State().Rollout; r.Halted != "" || r.Share != 25 || len(w.enforcedFor(400)) == 0 {
				t.Errorf("resumed: %+v", r)
			}
		})
	}
}

func TestARevertIsInTheNextAnswerOfBothProcesses(t *testing.T) {
	w := newTown(t, with(charts), true)
	w.begin(ownText)
	for range 3 {
		w.step()
	}
	if got := len(w.enforcedFor(400)); got < 70 || got > 130 {
		t.Fatalf("enforced for %d of 400", got)
	}
	w.ok(w.nodes[1].Revert(t.Context(), Act{By: "Ira", Why: "Mara's charts", Seen: -1}))
	w.ok(w.nodes[0].Sync(t.Context()))
	if got := len(w.enforcedFor(400)); got != 0 || len(w.nodes[0].For("")) != 1 {
		t.Errorf("enforced for %d of 400", got)
	}
	last := w.nodes[0].State().Past
	w.ok(w.nodes[0].Undo(t.Context(), w.act("it was not that"), last[len(last)-1].Was))
	w.sync()
	if got := len(w.enforcedFor(400)); got < 70 || got > 130 {
		t.Errorf("undone: enforced for %d of 400", got)
	}
	// In force, and back.
	w.step()
	w.ok(w.nodes[0].Finish(t.Context(), w.act("")))
	w.ok(w.nodes[0].Revert(t.Context(), w.act("")))
	if p, _ := w.nodes[0].InForce(); w.nodes[0].State().InForce != nil || !strings.Contains(p.String(), charts) {
		t.Errorf("in force: %s", p)
	}
}

func TestOfTwoWhoChangeItTheSlowerOneIsTold(t *testing.T) {
	w := newTown(t, ownText, false)
	old := w.act("first")
	w.ok(w.nodes[0].SetDraft(t.Context(), old, with(charts)))
	if err := w.nodes[1].SetDraft(t.Context(), old, with(atlas)); !errors.Is(err, ErrChanged) {
		t.Errorf("%v", err)
	}
	w.ok(w.nodes[1].SetDraft(t.Context(), Act{By: "Ada", Seen: -1}, with(atlas)))
	for _, do := range []func() error{
		func() error { return w.nodes[0].Step(t.Context(), Act{Seen: -1}) },
		func() error { return w.nodes[0].Halt(t.Context(), Act{Seen: -1}) },
		func() error { return w.nodes[0].Finish(t.Context(), Act{Seen: -1}) },
		func() error { return w.nodes[0].Revert(t.Context(), Act{Seen: -1}) },
		func() error { return w.nodes[0].Undo(t.Context(), Act{Seen: -1}, 77) },
	} {
		if err := do(); !errors.Is(err, ErrState) {
			t.Errorf("nothing is rolled out, and: %v", err)
		}
	}
}

func TestADraftMustLetTheWikiWork(t *testing.T) {
	w := newTown(t, ownText, false)
	for _, c := range []struct{ text, says string }{
		{"default-src 'self'", "script-src"},
		{strings.Replace(ownText, " 'unsafe-inline' 'unsafe-eval'", "", 1), "of the page itself"},
		{strings.Replace(ownText, "/w/load.php", "/elsewhere/", 1), "https://wiki.example/w/load.php"},
		{"", "0 policies"},
		{ownText + ", default-src 'none'", "2 policies"},
		{ownText + "; skript-src 'self'", "skript-src"},
		{ownText + "; img-src " + strings.Repeat("https://a.test ", 1000), "bytes"},
	} {
		if _, err := w.nodes[0].read(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: %v, want %q", c.text, err, c.says)
		}
	}
	w.ok(w.nodes[0].SetDraft(t.Context(), w.act(""), wide+";\n report-uri https://evil.test/"))
	if text := w.nodes[0].State().Draft.Text; strings.Contains(text, "evil") || !strings.Contains(text, "frame-ancestors") {
		t.Errorf("kept: %s", text)
	}
}

func TestAPolicyThatStopsAWikiThatHasMovedIsNotSent(t *testing.T) {
	w := newTown(t, with(charts), true)
	w.begin(ownText)
	for range 4 {
		w.step()
	}
	w.ok(w.nodes[0].Finish(t.Context(), w.act("")))
	moved := &Keeper{
		Store: w.db, Wiki: "town", Page: csp.ParseAddress("https://new.example/"), Own: parsed(t, strings.ReplaceAll(ownText, "wiki.example", "new.example")),
		Settings: Settings{parsed(t, strings.ReplaceAll(ownText, "wiki.example", "new.example")), true}, Now: w.nodes[0].Now, Log: w.nodes[0].Log,
	}
	w.ok(moved.Sync(t.Context()))
	if p, _ := moved.InForce(); strings.Contains(p.String(), "wiki.example") || !strings.Contains(moved.Status(nil, nil, nil).Problem, "https://new.example/w/load.php") {
		t.Errorf("%s: %s", p, moved.Status(nil, nil, nil).Problem)
	}
}

func TestASourceThatNobodyUsesAnyMoreIsFoundOut(t *testing.T) {
	w := newTown(t, with(charts, atlas), true)
	for range 40 {
		if refused := w.asks(50, 50, "connect-src", charts, "User:Mara/charts.js"); len(refused) > 0 {
			t.Fatalf("%d are refused what is allowed", len(refused))
		}
		w.now = w.now.AddDate(0, 0, 1)
	}
	k := w.nodes[0]
	rows, err := k.Reports(t.Context())
	w.ok(err)
	due := k.Falling(rows)
	if len(due) != 2 || due[0].Source != atlas || due[0].Why != "never used" || due[0].When.After(w.now) || due[1].Source != charts || !due[1].When.After(w.now.AddDate(0, 0, 20)) {
		t.Fatalf("%+v", due)
	}
	if p := k.Narrower(rows).String(); strings.Contains(p, atlas) || !strings.Contains(p, charts) {
		t.Errorf("narrower: %s", p)
	}
	w.ok(k.SetMark(t.Context(), w.act("asked"), Mark{Directive: "connect-src", Source: charts, Owner: "Mara", Reason: "charts of articles", Expires: w.now.AddDate(0, 0, 5)}))
	for _, s := range k.Sources(rows) {
		if s.Source == charts && (s.Owner != "Mara" || s.Expires.IsZero() || w.now.Sub(s.Used) > 48*time.Hour) {
			t.Errorf("%+v", s)
		}
	}
	if err := k.SetMark(t.Context(), w.act(""), Mark{Directive: "connect-src", Source: "https://a.test; x"}); !errors.Is(err, ErrDraft) {
		t.Errorf("%v", err)
	}
}

func TestNoiseIsWhatPeopleSayItIs(t *testing.T) {
	w := newTown(t, ownText, false)
	w.asks(9, 9, "connect-src", charts, "")
	k := w.nodes[0]
	noisy := func() (n int) {
		w.now = w.now.Add(time.Minute)
		rows, err := k.Reports(t.Context())
		w.ok(err)
		for _, r := range rows {
			if r.Noise != "" {
				n++
			}
		}
		return n
	}
	if noisy() != 0 {
		t.Fatal("noise from the start")
	}
	w.ok(k.SetNoise(t.Context(), w.act("a toolbar"), charts, true))
	if noisy() == 0 {
		t.Error("still taken for real")
	}
	w.ok(k.SetNoise(t.Context(), w.act("no, it was Mara's"), charts, false))
	if noisy() != 0 {
		t.Error("still taken for noise")
	}
}

func TestOneReaderInTenHasTheProbeEachDayAndMostWithinAMonth(t *testing.T) {
	w := newTown(t, with(charts), true)
	seen := map[int]bool{}
	for range 30 {
		today := 0
		for i := range 1000 {
			if list := w.nodes[0].For(reader(i)); list[len(list)-1].Name == "probe" {
				today++
				seen[i] = true
				if !list[len(list)-1].ReportOnly {
					t.Fatal("the probe is enforced")
				}
			}
		}
		if today < 60 || today > 140 {
			t.Errorf("%d of 1000 on one day", today)
		}
		w.now = w.now.AddDate(0, 0, 1)
	}
	t.Logf("%d of 1000 within thirty days", len(seen))
	if len(seen) < 920 {
		t.Errorf("%d of 1000 within thirty days", len(seen))
	}
	if list := w.nodes[0].For(""); len(list) != 1 {
		t.Errorf("who is not logged in has %v", list)
	}
	if list := newTown(t, ownText, true).nodes[0].For(reader(1)); len(list) != 1 {
		t.Errorf("a probe of nothing: %v", list)
	}
}

func BenchmarkSallyFor(b *testing.B) {
	own, _ := csp.Parse(ownText)
	k := &Keeper{Page: csp.ParseAddress("https://wiki.example/"), Own: own, Settings: Settings{own, true}, Now: time.Now}
	s := &State{Rollout: &Rollout{}}
	s.Rollout.Policy, s.Rollout.Share, s.Rollout.ID = with(charts), 25, "x"
	k.take(s)
	for b.Loop() {
		k.For("12345")
	}
}

package incident

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/writedoor"
)

// ready is a stage on which a day of ordinary traffic has passed.
func ready(seed uint64) *stage {
	s := newStage(seed, Settings{})
	s.pages["MediaWiki:Common.js"] = program(1, 80)
	s.pages["User:Ulo/test.js"] = program(seed+50, 40)
	for i := range 40 {
		p := person(i)
		s.pages[p.page("common.js")] = program(uint64(1000+i), 5)
		s.pages[p.page("tool.js")] = program(uint64(2000+i), 60)
		s.serve(p, "MediaWiki:Common.js", p.page("common.js"))
	}
	s.pass(25 * time.Hour)
	return s
}

// shape is a way to spread. run goes on until the breaker trips, or gives up after 30 victims.
type shape struct {
	name string
	most int // victims until it must have tripped, the one that is held included
	want []Rule
	run  func(s *stage, reached func(victim string))
}

// worm is what stands for an outbreak's text: a program like any other that nobody runs.
func (s *stage) worm(seed uint64) string { return program(seed+9000, 35) }

func (s *stage) append(p someone, page, text string, reached func(string)) bool {
	victim := Site
	if owner, ok := cutPrefix(page, "User:"); ok {
		victim = owner
	}
	d := s.write(p, page, s.pages[page]+text, how{})
	reached(victim)
	return d.Trip == nil
}

// chain infects one person's script after the other: each is a reader of the one before.
func chain(wait func(s *stage) time.Duration, apart func(s *stage) time.Duration, text func(s *stage, generation int) string) func(*stage, func(string)) {
	return func(s *stage, reached func(string)) {
		s.pages["User:P0/tool.js"] += text(s, 0)
		s.serve(person(1), "User:Ulo/test.js")
		for i := 1; i < 30; i++ {
			p := person(i)
			s.serve(p, "MediaWiki:Common.js", p.page("common.js"), person(i-1).page("tool.js"))
			s.pass(wait(s))
			if !s.append(p, p.page("tool.js"), text(s, i), reached) {
				return
			}
			s.pass(apart(s))
		}
	}
}

func briefly(s *stage) time.Duration { return s.between(200*time.Millisecond, 2*time.Second) }
func soon(s *stage) time.Duration    { return s.between(time.Second, 20*time.Second) }
func patient(s *stage) time.Duration {
	return s.between(10*time.Minute, 30*time.Minute)
}
func hours(s *stage) time.Duration { return s.between(time.Hour, 12*time.Hour) }

func outbreaks(seed uint64) []shape {
	mutate := func(s *stage, i int) string { return mutated(s.worm(seed), seed*100+uint64(i)) }
	line := func(*stage, int) string { return loader("User:Ulo/test.js") }
	before := func(_ *stage, i int) string { return loader(person(max(i-1, 0)).page("tool.js")) }
	return []shape{
		{"March 2026: site code and own page, by a loader", 2, []Rule{Reach}, func(s *stage, reached func(string)) {
			zero := person(0)
			s.serve(zero, "MediaWiki:Common.js", "User:Ulo/test.js")
			s.pass(briefly(s))
			if s.append(zero, "MediaWiki:Common.js", line(s, 0), reached) {
				s.pass(briefly(s))
				s.append(zero, zero.page("common.js"), line(s, 0), reached)
			}
		}},
		{"site code alone, then whoever opens a page, within minutes", 2, []Rule{Descent}, func(s *stage, reached func(string)) {
			zero := person(0)
			s.serve(zero, "User:Ulo/test.js")
			s.pass(briefly(s))
			s.append(zero, "MediaWiki:Common.js", line(s, 0), reached)
			for i := 1; i < 30; i++ {
				s.pass(soon(s))
				s.serve(person(i), "MediaWiki:Common.js", "User:Ulo/test.js")
				s.pass(briefly(s))
				if !s.append(person(i), person(i).page("common.js"), line(s, 0), reached) {
					return
				}
			}
		}},
		{"one script that many load, fast", 2, []Rule{Reflex}, func(s *stage, reached func(string)) {
			for i := range 30 {
				s.serve(person(i), "MediaWiki:Common.js", "User:Ulo/test.js")
				s.pass(briefly(s))
				if !s.append(person(i), person(i).page("common.js"), line(s, 0), reached) {
					return
				}
				s.pass(soon(s))
			}
		}},
		{"via different people's scripts, fast", 2, []Rule{Descent}, chain(briefly, soon, func(s *stage, _ int) string { return s.worm(seed) })},
		{"via different people's scripts, one in hours", 2, []Rule{Descent}, chain(briefly, hours, func(s *stage, _ int) string { return s.worm(seed) })},
		{"mutated in each generation, fast", 2, []Rule{Descent}, chain(briefly, soon, mutate)},
		{"mutated in each generation, one in hours", 2, []Rule{Descent}, chain(briefly, hours, mutate)},
		{"mutated and patient: waits 10 to 30 minutes in each tab", 2, []Rule{Descent}, chain(patient, hours, mutate)},
		{"a loader passed on from script to script, one in hours", 2, []Rule{Descent}, chain(briefly, hours, line)},
		{"each loads the one before, fast", 2, []Rule{Descent}, chain(briefly, soon, before)},
		{"each loads the one before, patient, one in hours", 3, []Rule{Descent}, chain(patient, hours, before)},
		{"packed: no two generations alike, fast", 2, []Rule{Descent, Reflex}, chain(briefly, soon, func(_ *stage, i int) string {
			return "eval( atob( '" + strings.Repeat(fmt.Sprint(seed, i), 20) + "' ) );\n" // inert: decodes to nothing that runs, and nobody runs it
		})},
		{"a privileged session writes into others' scripts, mutated", 2, []Rule{Reach, Copies}, func(s *stage, reached func(string)) {
			s.pages["User:Ulo/test.js"] = s.worm(seed)
			s.serve(person(0), "User:Ulo/test.js")
			for i := 1; i < 30; i++ {
				s.pass(soon(s))
				if !s.append(person(0), person(i).page("common.js"), mutate(s, i), reached) {
					return
				}
			}
		}},
		{"the same, its source unseen (from a cache)", 2, []Rule{Copies}, func(s *stage, reached func(string)) {
			for i := 1; i < 30; i++ {
				s.pass(soon(s))
				if !s.append(person(0), person(i).page("common.js"), mutate(s, i), reached) {
					return
				}
			}
		}},
		{"a session that begins to delete", 1, []Rule{Burst}, func(s *stage, reached func(string)) {
			s.serve(person(0), "User:Ulo/test.js")
			s.pass(briefly(s))
			reached("P0")
			for range 100 {
				if s.does(person(0), writedoor.Delete, how{}).Trip != nil {
					return
				}
				s.pass(time.Second)
			}
		}},
		{"patient, from one place, each into their own page alone", 15, []Rule{Star}, func(s *stage, reached func(string)) {
			for i := range 30 {
				s.serve(person(i), "MediaWiki:Common.js", "User:Ulo/test.js")
				s.pass(s.between(time.Minute, 5*time.Minute))
				if !s.append(person(i), person(i).page("common.js"), line(s, 0), reached) {
					return
				}
			}
		}},
		{"steals a click for every step", 4, []Rule{Descent}, func(s *stage, reached func(string)) {
			s.pages["User:P0/tool.js"] += s.worm(seed)
			for i := 1; i < 30; i++ {
				p := person(i)
				s.serve(p, p.page("common.js"), person(i-1).page("tool.js"))
				s.pass(soon(s))
				d := s.write(p, p.page("tool.js"), s.pages[p.page("tool.js")]+s.worm(seed), how{pressed: true})
				if reached(p.name); d.Trip != nil {
					return
				}
			}
		}},
	}
}

func TestOutbreaksOfEveryShapeTripByTheSecondVictimOrAsSoonAsTheyCanBeTold(t *testing.T) {
	const seeds = 10
	for i, named := range outbreaks(0) {
		worst, rules := 0, []Rule{}
		for seed := range uint64(seeds) {
			one := outbreaks(seed)[i]
			s := ready(seed)
			victims := map[string]bool{}
			one.run(s, func(victim string) { victims[victim] = true })
			if len(s.trips) != 1 {
				t.Errorf("%s, seed %d: %d trips after %d victims", one.name, seed, len(s.trips), len(victims))
				continue
			}
			worst = max(worst, len(victims))
			if !slices.Contains(rules, s.trips[0].Rule) {
				rules = append(rules, s.trips[0].Rule)
			}
			if len(victims) > one.most || !slices.Contains(one.want, s.trips[0].Rule) {
				t.Errorf("%s, seed %d: tripped at victim %d by %q:\n%s", one.name, seed, len(victims), s.trips[0].Rule, s.trips[0])
			}
		}
		t.Logf("%-62s %2d seeds: at victim %d, by %q", named.name, seeds, worst, rules)
	}
}

func TestATrippedBreakerHoldsCodeAndKeepsTheOthersGoing(t *testing.T) {
	s := ready(1)
	outbreaks(1)[3].run(s, func(string) {})
	trip := s.trips[0]
	if !s.State().Open || len(trip.Sessions) != 2 || !s.Quarantined("User:P1/tool.js") {
		t.Fatalf("not closed: %+v", s.State())
	}
	honest := person(30)
	if d := s.write(honest, honest.page("common.js"), "x();", how{pressed: true}); !d.Hold || d.Why == "" {
		t.Error("a change of code goes through")
	}
	if d := s.write(honest, honest.page("common.js"), "x();", how{approved: true}); d.Hold {
		t.Error("an approved change is held")
	}
	if d := s.does(honest, writedoor.Edit, how{}); d.Hold {
		t.Error("an ordinary edit is held")
	}
	if d := s.does(person(1), writedoor.Edit, how{}); !d.Hold {
		t.Error("a script in an infected session may still edit")
	}
	if d := s.does(person(1), writedoor.Edit, how{pressed: true}); d.Hold {
		t.Error("a person in an infected session may not edit by hand")
	}
	s.serve(person(9), "User:P1/tool.js")
	if !s.Off(person(1).session(), 0) || !s.Off(person(9).session(), 0) || s.Off(honest.session(), 0) {
		t.Error("user code is off for the wrong sessions")
	}
	for _, want := range []string{"Tripped", "P1 wrote User:P1/tool.js", "User:P2/tool.js", "repeats it", "quick"} {
		if !strings.Contains(s.Explain(), want) {
			t.Errorf("the explanation does not say %q:\n%s", want, s.Explain())
		}
	}
	s.Reset(false)
	if d := s.write(honest, honest.page("common.js"), "y();", how{pressed: true}); d.Hold || s.Off(person(1).session(), 0) {
		t.Error("still closed after the reset")
	}
	t.Logf("the alarm:\n%s", trip)
}

func TestADryRunReportsAndHoldsNothing(t *testing.T) {
	s := ready(1)
	s.Breaker = New(Settings{DryRun: true}, s.now)
	outbreaks(1)[3].run(s, func(string) {})
	if len(s.trips) != 1 || s.held != 0 || s.Off(person(2).session(), 0) || s.Quarantined("User:P1/tool.js") || s.State().Open {
		t.Errorf("%d trips, %d held, %+v", len(s.trips), s.held, s.State())
	}
	if !strings.Contains(s.Explain(), "dry run") {
		t.Errorf("not said:\n%s", s.Explain())
	}
}

func TestWhatAPersonFoundHarmlessIsNotAskedAboutAgain(t *testing.T) {
	s := ready(1)
	move := func(from int) {
		for i := from; i < from+5; i++ { // a script that moves house takes its readers along, without asking
			s.serve(person(i), "User:Ulo/test.js")
			s.pass(time.Second)
			s.write(person(i), person(i).page("common.js"), s.pages[person(i).page("common.js")]+loader("User:Ulo/test.js"), how{})
			s.pass(time.Minute)
		}
	}
	move(0)
	if len(s.trips) != 1 {
		t.Fatalf("%d trips", len(s.trips))
	}
	s.Reset(true)
	move(10)
	if len(s.trips) != 1 {
		t.Errorf("it tripped again: %s", s.trips[1])
	}
	s.Reset(false)
	if s.Pull(s.now, "Ira", "to see"); !s.State().Open {
		t.Error("it cannot be pulled by hand")
	}
}

func TestNobodyCanMakeTheBreakerForgetAnothersStep(t *testing.T) {
	s := newStage(1, Settings{Steps: 50})
	s.pages["User:P0/tool.js"] = program(9001, 35)
	s.serve(person(1), "User:P0/tool.js")
	s.pass(time.Minute)
	s.write(person(1), person(1).page("tool.js"), s.pages["User:P0/tool.js"], how{})
	flood := person(7)
	s.serve(flood, "User:P0/tool.js")
	for i := range 200 {
		s.pass(time.Minute)
		s.write(flood, flood.page(fmt.Sprint(i, ".js")), loader("User:P0/tool.js"), how{})
	}
	if len(s.trips) > 0 {
		t.Fatalf("the flood itself trips: %s", s.trips[0])
	}
	s.serve(person(2), person(1).page("tool.js"))
	s.pass(time.Minute)
	s.write(person(2), person(2).page("tool.js"), s.pages["User:P0/tool.js"], how{})
	if len(s.trips) != 1 {
		t.Error("the first step was forgotten")
	}
}

func TestMemoryStaysBoundedUnderAFlood(t *testing.T) {
	s := newStage(1, Settings{Sessions: 50, Accounts: 50, Scripts: 50, PerSession: 5, Steps: 20})
	for i := range 3000 {
		p := person(i)
		page := fmt.Sprintf("User:P%d/x%d.js", i%700, i)
		s.Served(Serving{Time: s.now, User: p.id, Session: p.session(), Page: page, Code: Read(loader(page))})
		s.Served(Serving{Time: s.now, User: p.id, Session: person(0).session(), Page: page, Code: Read(loader(page))})
		s.write(p, page+"b", loader(page), how{})
		s.pass(time.Second)
	}
	b := s.Breaker
	if len(b.scripts.byKey) > 50 || len(b.sessions.byKey) > 50 || len(b.accounts.byKey) > 50 || len(b.steps) > 20 || len(b.saved) > 20 ||
		len(b.sessions.get(person(0).session()).served) > 5 || len(b.off) > 50 || len(b.bad) > 20 || len(b.last) > maxTrips {
		t.Errorf("scripts %d, sessions %d, accounts %d, steps %d, saved %d, off %d, bad %d", len(b.scripts.byKey), len(b.sessions.byKey), len(b.accounts.byKey), len(b.steps), len(b.saved), len(b.off), len(b.bad))
	}
}

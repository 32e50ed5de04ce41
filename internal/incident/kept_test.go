package incident

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/store"
)

// drawer is a store of one row.
type drawer struct {
	mu  sync.Mutex
	row store.Incident
}

func (s *drawer) Incident(context.Context, string) (store.Incident, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.row, nil
}

func (s *drawer) SaveIncident(_ context.Context, i store.Incident) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.Version != s.row.Version {
		return false, nil
	}
	i.Version++
	s.row = i
	return true, nil
}

// process is a breaker that keeps its state on a drawer.
func (s *stage) process(t *testing.T, on *drawer, set Settings) *Keeper {
	t.Helper()
	k := &Keeper{Breaker: New(set, s.now), Store: on, Wiki: "w", Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler)}
	sync1(t, k)
	return k
}

func sync1(t *testing.T, k *Keeper) {
	t.Helper()
	if err := k.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTrippedStaysStoppedAfterARestart(t *testing.T) {
	s, on := ready(1), &drawer{}
	before := &Keeper{Breaker: s.Breaker, Store: on, Wiki: "w", Now: func() time.Time { return s.now }}
	outbreaks(1)[3].run(s, func(string) {})
	s.Report(s.now, 33, "P33")
	sync1(t, before)
	after := s.process(t, on, Settings{})
	old, now := s.State(), after.Breaker.State()
	if !now.Open || now.Sessions != old.Sessions || now.Accounts != 1 || !slices.Equal(now.Pages, old.Pages) || len(now.Trips) != len(old.Trips) || now.Steps != old.Steps {
		t.Errorf("before: %+v\nafter:  %+v", old, now)
	}
	if !after.Breaker.Off(person(1).session(), 0) || !after.Breaker.Off(SessionOf("new"), 33) || !after.Breaker.Quarantined("User:P1/tool.js") {
		t.Error("something is not stopped any more")
	}
	version := on.row.Version
	sync1(t, after)
	if sync1(t, before); on.row.Version != version {
		t.Errorf("processes that agree write again and again: version %d, then %d", version, on.row.Version)
	}
}

func TestARestartBetweenTwoStepsForgetsNeitherTheStepNorTheText(t *testing.T) {
	s, on := ready(2), &drawer{}
	worm := s.worm(2)
	s.pages["User:P0/tool.js"] += worm
	s.serve(person(1), "User:P0/tool.js")
	s.pass(time.Second)
	if d := s.write(person(1), person(1).page("tool.js"), worm, how{}); d.Trip != nil {
		t.Fatal("tripped too early")
	}
	sync1(t, &Keeper{Breaker: s.Breaker, Store: on, Wiki: "w", Now: func() time.Time { return s.now }})
	s.Breaker = s.process(t, on, Settings{}).Breaker
	s.pass(time.Hour)
	s.serve(person(2), person(1).page("tool.js"))
	s.pass(time.Second)
	if d := s.write(person(2), person(2).page("tool.js"), worm, how{}); d.Trip == nil || d.Trip.Rule != Descent {
		t.Errorf("the second victim, after a restart: %+v", d)
	}
}

func TestAnotherProcessPullsAndResets(t *testing.T) {
	s, on := ready(3), &drawer{}
	serving := s.process(t, on, Settings{})
	command := s.process(t, on, Settings{})
	command.Breaker.Pull(s.now, "Ira", "to see")
	sync1(t, command)
	if sync1(t, serving); !serving.Breaker.Dark() || !serving.Breaker.Off(person(30).session(), 0) || !serving.Breaker.State().Open {
		t.Error("pulled elsewhere, and not here")
	}
	again := s.process(t, on, Settings{})
	again.Breaker.Reset(false)
	sync1(t, again)
	if sync1(t, serving); serving.Breaker.Dark() || !serving.Breaker.Calm() || len(serving.Breaker.State().Trips) != 1 {
		t.Errorf("reset elsewhere, and not here: %+v", serving.Breaker.State())
	}
}

func TestWhatTwoProcessesStopAtTheSameTimeIsStoppedByBoth(t *testing.T) {
	s, on := ready(4), &drawer{}
	a, b := s.process(t, on, Settings{}), s.process(t, on, Settings{})
	a.Breaker.Report(s.now, 1, "P1")
	b.Breaker.Report(s.now.Add(time.Second), 2, "P2")
	sync1(t, a)
	sync1(t, b)
	sync1(t, a)
	for _, k := range []*Keeper{a, b} {
		if !k.Breaker.Off(Session{}, 1) || !k.Breaker.Off(Session{}, 2) || len(k.Breaker.State().Trips) != 2 {
			t.Errorf("%+v", k.Breaker.State())
		}
	}
}

func TestWhatADryRunWouldHaveStoppedIsNotStoppedByTheNextRun(t *testing.T) {
	s, on := ready(1), &drawer{}
	s.Breaker = s.process(t, on, Settings{DryRun: true}).Breaker
	outbreaks(1)[3].run(s, func(string) {})
	sync1(t, &Keeper{Breaker: s.Breaker, Store: on, Wiki: "w", Now: func() time.Time { return s.now }})
	if after := s.process(t, on, Settings{}); !after.Breaker.Calm() || len(after.Breaker.State().Trips) != 1 || !after.Breaker.State().Trips[0].DryRun {
		t.Errorf("%+v", after.Breaker.State())
	}
	s.Pull(s.now, "Ira", "to see")
	if !s.Off(person(30).session(), 0) {
		t.Error("pulling by hand does nothing in a dry run")
	}
}

func TestNumbersAreSetByNameAndMistakesAreNamed(t *testing.T) {
	var s Settings
	if err := s.Set(map[string]any{"quick": "3s", "pressed": int64(5), "share": 0.7, "star": int64(9)}); err != nil || s.Quick != 3*time.Second || s.Pressed != 5 || s.Share != 0.7 || s.Star != 9 {
		t.Errorf("%+v, %v", s, err)
	}
	for name, value := range map[string]any{"quick": int64(3), "pressed": "5", "share": "x", "star": int64(-1), "nonsense": int64(1), "edits": 3.5} {
		var s Settings
		if err := s.Set(map[string]any{name: value}); err == nil || !strings.Contains(err.Error(), "breaker.numbers."+name) {
			t.Errorf("%s = %v: %v", name, value, err)
		}
	}
}

func TestNobodyLeavesASessionByNamingAnotherAsWell(t *testing.T) {
	s := ready(5)
	forged, own := SessionOf("forged"), person(30).session()
	if got := s.Which([]Session{forged, own}); got != own {
		t.Error("a session that nobody was served anything in counts more than one that somebody was")
	}
	outbreaks(5)[3].run(s, func(string) {})
	if got := s.Which([]Session{forged, person(30).session(), person(1).session()}); got != person(1).session() {
		t.Error("a session that is off is left by naming others")
	}
	if got := s.Which([]Session{forged}); got != forged {
		t.Error("a new session is another one's")
	}
}

package outbreak

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/fakewiki"
)

func play(t *testing.T, p Plan) *Result {
	t.Helper()
	clock := NewClock(time.Date(2026, 3, 5, 15, 0, 0, 0, time.UTC))
	wiki := fakewiki.New(fakewiki.Options{Now: clock.Now, Server: "http://" + host})
	r, err := Play(t.Context(), World{Wiki: wiki, Front: wiki, Clock: clock}, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheSameSeedPlaysTheSameAndAnotherSeedAnother(t *testing.T) {
	p := Plan{People: 30, Minutes: 30, Seed: 4, Way: Incident}
	first := play(t, p)
	if diff := cmp.Diff(first, play(t, p)); diff != "" {
		t.Errorf("played again (-first +second):\n%s", diff)
	}
	if p.Seed = 5; cmp.Equal(first, play(t, p)) {
		t.Error("another seed changes nothing")
	}
	if first.Points[begins-1].Infected != 0 || first.Infected < 10 || first.Site != 1 {
		t.Errorf("a wiki without doors: %+v", *first)
	}
}

func TestAPlanThatCannotBePlayedIsRefused(t *testing.T) {
	for _, p := range []Plan{{}, {People: 1, Minutes: 1, Way: Incident}, {People: 2, Minutes: 9999, Way: Incident}, {People: 2, Minutes: 1, Way: "other"}} {
		if _, err := Play(t.Context(), World{Clock: NewClock(time.Time{})}, p); !errors.Is(err, ErrPlan) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestThePictureSaysInWordsWhatItShows(t *testing.T) {
	r := &Result{Points: []Point{{1, 0}, {2, 7}}, Infected: 7, Site: 1}
	got := SVG(Plan{People: 10, Minutes: 2}, []Series{{"doors off", r}})
	for _, want := range []string{"<title id=\"t\">", "With doors off, 7 of 10 people are infected after 2 minutes; writes of the site's code: 1.", "doors off: 7</text>"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

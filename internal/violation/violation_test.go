package violation

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func crowd(r *rand.Rand, n int) (p People) {
	for range n {
		p.Add(r.Uint64())
	}
	return p
}

func TestPeopleAreCountedExactlyThenClosely(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 7, 1024, 1025, 3000, 20_000, 300_000} {
		p := crowd(r, n)
		off := math.Abs(float64(p.Count()-n)) / float64(max(n, 1))
		if _, exact := p.Exact(); exact && off != 0 || off > 0.05 {
			t.Errorf("%d people are counted as %d", n, p.Count())
		}
	}
}

func TestMergedPeopleAreCountedOnce(t *testing.T) {
	for _, n := range []int{10, 700, 900, 5000} {
		r := rand.New(rand.NewPCG(3, uint64(n)))
		both, all := crowd(r, n), People{}
		a, b := both.Clone(), both.Clone()
		for range n {
			one, other := r.Uint64(), r.Uint64()
			a.Add(one)
			b.Add(other)
		}
		all.Merge(&a)
		all.Merge(&b)
		if off := math.Abs(float64(all.Count()-3*n)) / float64(3*n); off > 0.06 {
			t.Errorf("%d are counted as %d", 3*n, all.Count())
		}
	}
}

func TestPeopleSurviveBeingWritten(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for _, n := range []int{0, 3, 1024, 2000} {
		p := crowd(r, n)
		b, _ := p.AppendBinary(nil)
		var back People
		if err := back.UnmarshalBinary(b); err != nil || back.Count() != p.Count() {
			t.Errorf("%d people come back as %d: %v", p.Count(), back.Count(), err)
		}
	}
	for _, bad := range []string{"", "x", "e1", "h1"} {
		var p People
		if p.UnmarshalBinary([]byte(bad)) == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func row(blocked, source string, users ...uint64) Row {
	r := Row{Key: Key{Wiki: "w", Directive: "img-src", Blocked: blocked, Source: source}, Count: int64(len(users)), First: time.Unix(5, 0), Last: time.Unix(6, 0)}
	for _, u := range users {
		r.Users.Add(u)
		r.Networks.Add(u % 10)
	}
	return r
}

func TestFewPeopleAreNotShownToEverybody(t *testing.T) {
	rows := []Row{row("https://a.test", "User:A/x.js", 1, 2, 3, 4, 5), row("https://b.test", "User:B/x.js", 1, 2, 3), row("https://b.test", "User:C/x.js", 4, 5),
		row("https://secret.test", "User:D/x.js", 9)}
	got := map[string]int{}
	for _, r := range ForEverybody(rows, 5) {
		got[r.Blocked+" "+r.Source] = r.Users.Count()
	}
	if len(got) != 3 || got["https://a.test User:A/x.js"] != 5 || got["https://b.test "] != 5 || got[Other+" "] != 1 {
		t.Errorf("shown: %v", got)
	}
}

func TestOneNetworksHostIsAnInjectors(t *testing.T) {
	rows := SuspectInjectors([]Row{row("https://ads.test", "", 11, 21, 31), row("https://wide.test", "", 11, 22, 33), row("https://known.test", "", 11, 21, 31), row("https://known.test", "User:A/x.js", 41)})
	for _, r := range rows {
		if want := r.Blocked == "https://ads.test"; (r.Noise == Injector) != want {
			t.Errorf("%s is %q", r.Blocked, r.Noise)
		}
	}
}

func TestRowsHaveNames(t *testing.T) {
	if s := (Chromium | WebKit).String(); s != "chromium, webkit" {
		t.Error(s)
	}
	if d := DayOf(time.Date(2026, 11, 21, 23, 59, 0, 0, time.UTC)); d.String() != "2026-11-21" {
		t.Error(d)
	}
}

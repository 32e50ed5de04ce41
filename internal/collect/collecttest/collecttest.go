// Package collecttest is the suite every [collect.Store] passes.
package collecttest

import (
	"context"
	"sync"
	"testing"
	"time"

	"sallyport/internal/collect"
	"sallyport/internal/violation"
)

// Run tests a store. open returns an empty one.
func Run(t *testing.T, open func(*testing.T) collect.Store) {
	for name, test := range map[string]func(*testing.T, collect.Store){
		"a batch is kept once":            once,
		"rows of a key are joined":        joined,
		"many people are still counted":   many,
		"wikis and days are apart":        apart,
		"what is old is forgotten":        forgotten,
		"batches at the same time add up": together,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func key(blocked string) violation.Key {
	return violation.Key{Wiki: "w", Directive: "img-src", Blocked: blocked, Source: "User:Mara/doit.js", Day: violation.DayOf(noon)}
}

func row(k violation.Key, at time.Time, users ...uint64) violation.Row {
	r := violation.Row{Key: k, Count: int64(len(users)), Engines: violation.Firefox, First: at, Last: at}
	for _, u := range users {
		r.Users.Add(u)
		r.Networks.Add(u % 7)
	}
	return r
}

func keep(t *testing.T, s collect.Store, id string, rows ...violation.Row) {
	t.Helper()
	if err := s.Keep(context.Background(), violation.Batch{ID: id, Rows: rows}); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, s collect.Store, wiki string, since violation.Day) []violation.Row {
	t.Helper()
	list, err := s.Rows(context.Background(), wiki, since)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func once(t *testing.T, s collect.Store) {
	r := row(key("https://a.test"), noon, 11, 22)
	keep(t, s, "n.1", r)
	keep(t, s, "n.1", r)
	keep(t, s, "n.2", r)
	if got := rows(t, s, "w", 0); len(got) != 1 || got[0].Count != 4 || got[0].Users.Count() != 2 {
		t.Errorf("%+v", got)
	}
}

func joined(t *testing.T, s collect.Store) {
	k := key("https://a.test")
	one, other := row(k, noon, 11, 22), row(k, noon.Add(time.Hour), 22, 33)
	other.Engines = violation.WebKit
	reported := row(k, noon, 44)
	reported.ReportOnly = true
	noisy := row(k, noon, 55)
	noisy.Noise = violation.Extension
	keep(t, s, "n.1", one, reported)
	keep(t, s, "n.2", other, noisy)
	got := rows(t, s, "w", 0)
	if len(got) != 3 {
		t.Fatalf("%d rows", len(got))
	}
	r := got[0]
	if r.Key != k || r.Count != 4 || r.Users.Count() != 3 || r.Networks.Count() != 3 || r.Engines != violation.Firefox|violation.WebKit ||
		!r.First.Equal(noon) || !r.Last.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", r)
	}
}

func many(t *testing.T, s collect.Store) {
	next := uint64(1)
	for i := range 5 {
		r := row(key("https://a.test"), noon)
		for range 700 {
			next = next*6364136223846793005 + 1442695040888963407
			r.Users.Add(next)
		}
		keep(t, s, "n."+string(rune('a'+i)), r)
	}
	if got := rows(t, s, "w", 0)[0].Users.Count(); got < 3300 || got > 3700 {
		t.Errorf("3500 people are counted as %d", got)
	}
}

func apart(t *testing.T, s collect.Store) {
	elsewhere, yesterday := key("https://a.test"), key("https://a.test")
	elsewhere.Wiki = "v"
	yesterday.Day--
	keep(t, s, "n.1", row(key("https://a.test"), noon, 1), row(elsewhere, noon, 2), row(yesterday, noon, 3))
	today := violation.DayOf(noon)
	if a, b, c := len(rows(t, s, "w", 0)), len(rows(t, s, "w", today)), len(rows(t, s, "v", 0)); a != 2 || b != 1 || c != 1 {
		t.Errorf("%d, %d and %d rows", a, b, c)
	}
}

func forgotten(t *testing.T, s collect.Store) {
	old := key("https://old.test")
	old.Day -= 40
	keep(t, s, "n.1", row(old, noon, 1))
	keep(t, s, "n.2", row(key("https://a.test"), noon, 1))
	today := violation.DayOf(noon)
	if err := s.Forget(context.Background(), "w", today-30); err != nil {
		t.Fatal(err)
	}
	keep(t, s, "n.2", row(key("https://a.test"), noon, 1))
	if got := rows(t, s, "w", 0); len(got) != 1 || got[0].Blocked != "https://a.test" || got[0].Count != 1 {
		t.Errorf("%+v", got)
	}
}

func together(t *testing.T, s collect.Store) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			keep(t, s, "n."+string(rune('a'+i)), row(key("https://a.test"), noon, uint64(i), 100), row(key("https://b.test"), noon, uint64(i)))
		})
	}
	wg.Wait()
	got := rows(t, s, "w", 0)
	if len(got) != 2 || got[0].Count != 16 || got[0].Users.Count() != 9 || got[1].Count != 8 {
		t.Errorf("%+v", got)
	}
}

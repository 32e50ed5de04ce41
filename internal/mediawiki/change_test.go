package mediawiki

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// feed is a list of recent changes as a wiki has it: rows appear late, and are listed by time and id.
type feed struct {
	start time.Time
	rows  map[int]time.Duration // rcid → time after start
	limit int
}

func (f *feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from, _ := time.Parse(time.RFC3339, r.FormValue("rcstart"))
	skip, _ := strconv.Atoi(r.FormValue("rccontinue"))
	var rows []string
	newest := ""
	ids := slices.SortedFunc(maps.Keys(f.rows), func(a, b int) int {
		return cmp.Or(cmp.Compare(f.rows[a], f.rows[b]), cmp.Compare(a, b))
	})
	for _, id := range ids {
		at := f.start.Add(f.rows[id])
		newest = fmt.Sprintf(`{"type":"edit","ns":0,"title":"P%d","rcid":%d,"timestamp":%q}`, id, id, at.Format(time.RFC3339))
		if !at.Before(from) {
			rows = append(rows, newest)
		}
	}
	if r.FormValue("rcdir") == "older" {
		rows = []string{newest}
	}
	more := ""
	if rows = rows[min(skip, len(rows)):]; len(rows) > f.limit {
		rows = rows[:f.limit]
		more = fmt.Sprintf(`,"continue":{"rccontinue":"%d"}`, skip+f.limit)
	}
	say("application/json", 200, `{"query":{"recentchanges":[`+strings.Join(rows, ",")+`]}`+more+`}`)(w, r)
}

func TestEachChangeIsSeenOnceEvenWhenListedLate(t *testing.T) {
	f := &feed{start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), rows: map[int]time.Duration{}, limit: 3}
	c := answering(t, f.ServeHTTP)
	next := func(since Cursor) (string, Cursor) {
		t.Helper()
		changes, cursor, err := c.RecentChanges(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, ch := range changes {
			titles = append(titles, ch.Title.Key)
		}
		return strings.Join(titles, " "), cursor
	}
	f.rows[1], f.rows[2], f.rows[3], f.rows[4] = 0, 100*time.Second, 101*time.Second, 101*time.Second
	got, cursor := next("")
	if got != "P2 P3 P4" {
		t.Errorf("the empty cursor gives %q", got)
	}
	if got, again := next(cursor); got != "" || again != cursor {
		t.Errorf("nothing new gives %q, and the cursor %q after %q", got, again, cursor)
	}
	f.rows[6], f.rows[5] = 101*time.Second, 90*time.Second // in the same second; and one whose request took eleven
	got, cursor = next(cursor)
	if got != "P5 P6" {
		t.Errorf("late rows give %q", got)
	}
	for id := 10; id < 50; id++ {
		f.rows[id] = time.Duration(100+id) * time.Second
	}
	got, cursor = next(cursor)
	if n := len(strings.Fields(got)); n != 40 {
		t.Errorf("%d of 40 changes: %q", n, got)
	}
	if !cursor.Time().Equal(f.start.Add(149 * time.Second)) {
		t.Errorf("the cursor's time is %v", cursor.Time())
	}
	if n := strings.Count(string(cursor), ","); n > 25 {
		t.Errorf("the cursor keeps more than its overlap: %q", cursor)
	}
}

func TestAStrangeCursorCountsAsEmpty(t *testing.T) {
	for _, c := range []Cursor{"", "x", "2026-01-01 1,2", "2026-13-01T00:00:00Z 1"} {
		if !c.Time().IsZero() {
			t.Errorf("cursor %q has the time %v", c, c.Time())
		}
	}
}

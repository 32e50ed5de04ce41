package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/violation"
)

const (
	replayRows    = 200_000
	replayPeople  = 50_000
	replaySources = 150 // in each of three directives
)

// A draft against what a month of reports left in the store: who would lose something. The count is compared with one made
// the slow way, person by person.
func BenchmarkSallyCSPReplay(b *testing.B) {
	rows, broken, all := history()
	draft := replayDraft()
	var remember, simulate series
	var impact narrow.Impact
	for range rounds {
		h := metered(&remember, func() *narrow.History { return narrow.Remember(rows) })
		impact = metered(&simulate, func() narrow.Impact { return h.Simulate(draft, nil, csp.ParseAddress(reportPage)) })
	}
	r := begin(b, "Replay: %d made-up keys about %d people, a draft with %d sources", len(rows), replayPeople, 3*replaySources)
	r.row("arranged, once for all drafts", "CPU-ms", remember)
	r.row("a draft", "CPU-ms", simulate)
	r.goal("both", "ms-replay", remember.median()+simulate.median(), "CPU-ms", "≤ 500")
	r.note("%d of %d people would lose something; counted the slow way %d of %d", impact.Broken, impact.People, broken, all)
	if !impact.Exact || impact.Broken != broken || impact.People != all {
		b.Errorf("%+v is not exact: %d of %d", impact, broken, all)
	}
	r.print()
}

// metered adds the processor time of f to a series, in milliseconds.
func metered[T any](s *series, f func() T) T {
	before := spentHere()
	v := f()
	*s = append(*s, float64((spentHere()-before)/time.Microsecond)/1000)
	return v
}

// history is made up: hosts, of which the draft knows most, in three directives, by 400 scripts over 30 days. It comes with how
// many people the draft breaks something for, and of how many.
func history() (rows []violation.Row, broken, all int) {
	r := rand.New(rand.NewPCG(5, 6))
	met := map[uint64]bool{} // and whether they lose something
	first := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	rows = make([]violation.Row, replayRows)
	for i := range rows {
		host, users, at := r.IntN(replaySources), replayPeople, first.AddDate(0, 0, i%30)
		if i%50 == 0 { // a host that is not in the draft, which a few know
			host, users = replaySources+r.IntN(1000), 2000
		}
		rows[i] = violation.Row{
			Key: violation.Key{Wiki: "w", Directive: []string{"script-src-elem", "connect-src", "img-src"}[i%3], Blocked: fmt.Sprintf("https://s%d.h%d.example", i%7, host),
				Source: fmt.Sprintf("User:Mara/%d.gadget", r.IntN(400)), Day: violation.DayOf(at)},
			Count: 1, First: at, Last: at,
		}
		for range 1 + r.IntN(16) {
			who := uint64(r.IntN(users)) + 1
			rows[i].Users.Add(who)
			met[who] = met[who] || host >= replaySources
		}
	}
	for _, lost := range met {
		if lost {
			broken++
		}
	}
	return rows, broken, len(met)
}

func replayDraft() csp.Set {
	var sources strings.Builder
	for i := range replaySources {
		fmt.Fprintf(&sources, " https://*.h%d.example", i)
	}
	set, _ := csp.ParseHeader("default-src 'self'; script-src 'self'" + sources.String() + "; connect-src 'self'" + sources.String() + "; img-src 'self'" + sources.String())
	return set
}

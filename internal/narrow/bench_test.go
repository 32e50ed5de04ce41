package narrow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/violation"
)

// many are 200,000 keys about 1.7 million uses by 50,000 people, and a policy that names 150 of the hosts in each of three
// directives, most with wildcards.
func many() ([]violation.Row, csp.Set) {
	rng := rand.New(rand.NewPCG(5, 6))
	rows := make([]violation.Row, 0, 200_000)
	directives := []string{"script-src-elem", "connect-src", "img-src"}
	for i := range 200_000 {
		users := make([]uint64, 1+rng.IntN(16))
		for j := range users {
			users[j] = uint64(rng.IntN(50_000))
		}
		rows = append(rows, met(directives[i%3], fmt.Sprintf("https://s%d.h%d.example", i%7, rng.IntN(5000)), fmt.Sprintf("Gadget-%d", rng.IntN(400)), i%30, users...))
	}
	var sources strings.Builder
	for i := range 150 {
		fmt.Fprintf(&sources, " https://*.h%d.example", i)
	}
	set, _ := csp.ParseHeader("default-src 'self'; script-src 'self'" + sources.String() + "; connect-src 'self'" + sources.String() + "; img-src 'self'" + sources.String())
	return rows, set
}

func BenchmarkSallyReplay(b *testing.B) {
	rows, draft := many()
	var h *History
	b.Run("remember", func(b *testing.B) {
		for b.Loop() {
			h = Remember(rows)
		}
	})
	b.Run("simulate", func(b *testing.B) {
		var impact Impact
		for b.Loop() {
			impact = h.Simulate(draft, nil, wikiPage)
		}
		b.ReportMetric(float64(impact.Broken), "people")
	})
	b.Run("derive", func(b *testing.B) {
		for b.Loop() {
			h.Derive(Wanted{Page: wikiPage, Base: draft[0], Share: 0.99, People: 5, Days: 2})
		}
	})
}

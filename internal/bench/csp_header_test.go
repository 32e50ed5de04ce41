package bench

import (
	"fmt"
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/policy"
)

// What the header of a reader costs: twenty gadgets with three servers each, known from the last page and made for the first
// time.
func BenchmarkSallyCSPHeader(b *testing.B) {
	base, err := policy.Base(policy.Wiki{Origin: "https://wiki.example", ScriptPath: "/w", Own: "/sallyport"})
	if err != nil {
		b.Fatal(err)
	}
	const pages, readers = 200_000, 500
	composer := policy.NewComposer(base)
	grants := make([]policy.Set, readers)
	for i := range grants {
		grants[i] = twentyGadgets(b, i)
	}
	var known, fresh series
	size := 0
	for range rounds {
		composer := policy.NewComposer(base)
		metered(&fresh, func() error { return headers(b, composer, grants, readers, &size) })
		fresh[len(fresh)-1] *= 1000.0 / readers
	}
	for range rounds {
		metered(&known, func() error { return headers(b, composer, grants, pages, &size) })
		known[len(known)-1] *= 1000.0 / pages
	}
	r := begin(b, "Header: %d readers with twenty gadgets of three servers each, %d bytes", readers, size)
	r.row("made for the first time", "CPU-µs", fresh)
	r.row("every page after it", "CPU-µs", known)
	r.goal("a page", "µs-header", known.median(), "CPU-µs", "≤ 20")
	r.print()
}

func headers(b *testing.B, c *policy.Composer, grants []policy.Set, pages int, size *int) error {
	b.Helper()
	for i := range pages {
		text, err := c.Header(grants[i%len(grants)])
		if err != nil {
			b.Fatal(err)
		}
		*size = len(text)
	}
	return nil
}

func twentyGadgets(b *testing.B, reader int) policy.Set {
	b.Helper()
	set := policy.Set{Key: fmt.Sprint("reader ", reader)}
	for i := range 60 {
		s, why := csp.ParseSource(fmt.Sprintf("https://s%d.g%d.example", i%3, reader+i/3))
		if why != "" {
			b.Fatal(why)
		}
		set.Grants = append(set.Grants, policy.Grant{Directive: "connect-src", Source: s})
	}
	return set
}

// Package flow follows values through one script: what every call really calls, which texts a variable can hold, and where
// data that strangers control ends up.
//
// [Analyse] reads a parsed script once and answers questions about its nodes. Nothing is run, nothing is fetched, and the
// same script gives the same answers, byte for byte. Whoever reads many scripts hands the memory of one on to the next with
// [Graph.Release].
package flow

import "sallyport/internal/wiki"

// Options say what is known about the script from outside. The zero value is fine.
type Options struct {
	Self   wiki.Title // page the script is kept on; zero when not known
	Author string     // user name of whoever keeps it, "" when not known
	Hosts  []string   // host names that are the wiki's own; a leading dot covers all below. Relative URLs always are
	Limits Limits
}

// Limits bound the work for one script. Zero fields take the defaults. Each limit that bites leaves a line in [Graph.Notes].
type Limits struct {
	Facts int // what one value may be, at most: 8
	Work  int // steps to follow values: 200 for each node of the script, at least a million
	Fold  int // steps to compute constant texts: 2 million
	Text  int // bytes of one constant text: 1 MiB
}

func (l Limits) orDefaults(nodes int) Limits {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.Facts, 8}, {&l.Work, max(1_000_000, 200*nodes)}, {&l.Fold, 2_000_000}, {&l.Text, 1 << 20}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

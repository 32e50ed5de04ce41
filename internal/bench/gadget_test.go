package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The gadget everybody serves: a package of one script and one JSON page.
const (
	gadgetJSON       = `{"module":{"pages":["/bench.js","/bench-data.json"]},"settings":{"package":true}}`
	siteGadget       = `* bench[ResourceLoader|package]|bench.js|bench-data.json`
	gadgetMark       = "rows in order"
	gadgetData       = `{"title":"` + gadgetMark + `","steps":[1,2,3,5,8,13],"names":{"first":"one","second":"two"}}`
	gadgetScriptSize = 16_000 // leaves about 10 KB when minified
)

// gadgetScript is plain enough for every MediaWiki to take it as a site gadget (ES5), and made of words that do not
// repeat, so that it compresses like code somebody wrote. It is the same text in every run.
func gadgetScript() string {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		letters := make([]byte, 4+random.IntN(7))
		for i := range letters {
			letters[i] = "etaoinshrdlucmfwypvbgk"[random.IntN(22)]
		}
		return string(letters)
	}
	var b strings.Builder
	b.WriteString("var data = require( './bench-data.json' );\nexports.title = data.title;\n")
	for i := 0; b.Len() < gadgetScriptSize; i++ {
		fmt.Fprintf(&b, `exports.%s%d = function ( rows, options ) {
	// Keeps rows of one kind: %s %s.
	var kept = rows.filter( function ( row ) { return row.%s !== '%s %s %s' && row.%s > %d; } );
	if ( options.%s ) {
		kept = kept.concat( options.%s.slice( data.steps[ %d ] ) );
	}
	return { %s: kept, %s: '%s %s %s %s' };
};
`, word(), i, word(), word(), word(), word(), word(), word(), word(), random.IntN(1000), word(), word(), i%6,
			word(), word(), word(), word(), word(), word())
	}
	return b.String()
}

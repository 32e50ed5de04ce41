package narrow

import (
	_ "embed"
	"strings"
	"sync"

	"sallyport/internal/csp"
)

// bypasses are addresses that answer with whatever script the asker likes (JSONP), or with a library that runs what stands
// in a page's HTML (AngularJS): a policy that allows one of them allows any script. The list is that of csp_evaluator.
//
//go:embed bypass/addresses.txt
var bypasses string

// bypass is one of them.
type bypass struct {
	what      string // "JSONP" or "AngularJS"
	address   csp.Address
	needsEval bool // it hands out text that is evaluated
}

var known = sync.OnceValue(readBypasses)

func readBypasses() []bypass {
	var list []bypass
	for line := range strings.Lines(bypasses) {
		kind, address, _ := strings.Cut(strings.TrimSpace(line), " ")
		b := bypass{what: "JSONP", address: csp.ParseAddress("https:" + address), needsEval: kind == "jsonp-eval"}
		if kind == "angular" {
			b.what = "AngularJS"
		}
		list = append(list, b)
	}
	return list
}

package flow

import "sallyport/internal/js"

// isAddressPart knows the parts of an address that its writer chooses freely (HTML Standard §4.6.3, URL decomposition).
func isAddressPart(name string) bool {
	switch name {
	case "search", "hash", "pathname":
		return true
	}
	return false
}

// parameter models new URLSearchParams(x).get(name), which undoes the encoding of what it was made of. Made of nothing that
// is known, it is taken for the address of the page.
func (e *engine) parameter(c *callRecord) {
	n := ref(c.node)
	if c.object == 0 {
		e.seed(n, FromURL, Anywhere)
		return
	}
	e.link(ref(c.object), n, decoded)
}

// passSpread lets what is in the lists that are spread into arguments reach the result.
func (e *engine) passSpread(c *callRecord) {
	for _, a := range c.args {
		if e.Kind(a) == js.Spread {
			in := e.fresh()
			e.watch(ref(a), readAny, 0, in)
			e.link(in, ref(c.node), passOn)
		}
	}
}

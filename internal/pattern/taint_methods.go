package pattern

import (
	"slices"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// methodLinks let data go from an object to what its methods give, where nobody knows what they do. Package flow knows
// texts, lists, jQuery and so on, and is not talked into more.
func (r *run) methodLinks() []flow.Link {
	if r.methods != nil {
		return r.methods
	}
	r.methods = []flow.Link{}
	for _, c := range r.g.Calls() {
		if c.New || len(c.Targets) > 0 || c.Object == 0 || slices.Contains(tells, c.Method) {
			continue
		}
		switch k := r.Kind(c.Node); {
		case k != js.Call:
		case c.Receiver == flow.Unknown || c.Receiver == flow.Known || c.Receiver == flow.Instance || c.Receiver == flow.Plain:
			r.methods = append(r.methods, flow.Link{From: c.Object, To: c.Node})
		}
	}
	return r.methods
}

// tells are methods that give a number or a truth about an object, and so nothing of what is in it.
var tells = []string{
	"indexOf", "lastIndexOf", "search", "includes", "startsWith", "endsWith", "test", "has", "hasOwnProperty", "charCodeAt",
	"codePointAt", "localeCompare", "contains", "getTime",
}

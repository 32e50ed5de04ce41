package trace

import (
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var keys = &Rule{
	Name:     "keys",
	Severity: finding.High,
	CWE:      []int{200, 506},
	Doc: `watches the keyboard and sends data away

A listener for key strokes on the whole page sees every password and every draft. Shortcuts need one too; but in the same run
this script also sent data to another host.`,
	Capabilities: []capability.Name{capability.Keys},
	Run: func(p *Pass) {
		heard := map[int]*Event{} // by run
		for _, e := range p.Of(Listen, Request, Socket, WebTransport) {
			if e.Kind == Listen {
				if p.watchesKeys(e) {
					p.Can(e, capability.Capability{Name: capability.Keys})
					heard[e.Run] = e
				}
				continue
			}
			host := p.foreign(e)
			if heard[e.Run] != nil && host != "" && carries(e) && !under(host, p.o.Allowed) {
				p.Report(e, p.Weigh(e, finding.High, finding.Medium), "listens to what is typed anywhere on the page, and sends data to %s", host)
			}
		}
	},
}

// watchesKeys says whether a listener hears keys that are typed anywhere, or a password.
func (p *Pass) watchesKeys(e *Event) bool {
	name, _, _ := strings.Cut(e.Data.Name, ".") // jQuery's namespaces
	if !slices.Contains([]string{"keydown", "keyup", "keypress", "input", "beforeinput", "textInput", "paste"}, name) {
		return false
	}
	switch on := strings.ToLower(e.Data.On); on {
	case "window", "document", "body", "html", "":
		return name != "input" && name != "paste" || on != ""
	default:
		return strings.Contains(on, "password")
	}
}

// carries says whether a request takes data along.
func carries(e *Event) bool {
	switch e.Kind {
	case Socket, WebTransport:
		return true
	}
	if m := strings.ToUpper(e.Data.Method); m != "" && m != "GET" && m != "HEAD" && m != "OPTIONS" {
		return true
	}
	return e.Data.How == "beacon" || e.Data.How == "ping" || e.Data.Text != ""
}

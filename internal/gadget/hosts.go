package gadget

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"sallyport/internal/csp"
	"sallyport/internal/hosting"
)

// Bounds of what a gadget may ask for.
const (
	MaxHosts  = 20
	MaxReason = 200 // characters
	MaxSource = 255 // bytes
)

// Host is a server that a gadget wants its readers' pages to be allowed to use, and what for. It stands in a definition as
//
//	"settings": { "csp": { "connect-src": { "https://translate.example": "translates what you select" } } }
//
// No wiki knows this key; Sallyport asks whoever switches the gadget on (MediaWiki's T208188).
type Host struct {
	Directive string     // one of [HostDirectives]
	Source    csp.Source // https or wss, never more than the names below one owner's
	Reason    string     // for readers
}

// Hosts are printed by directive.
type Hosts []Host

// HostDirectives are those in which a gadget may ask for servers.
var HostDirectives = []string{"connect-src", "font-src", "form-action", "frame-src", "img-src", "media-src", "script-src", "style-src"}

// MarshalJSON prints the form that is read.
func (h Hosts) MarshalJSON() ([]byte, error) {
	by := map[string]map[string]string{}
	for _, x := range h {
		if by[x.Directive] == nil {
			by[x.Directive] = map[string]string{}
		}
		by[x.Directive][x.Source.String()] = x.Reason
	}
	return json.Marshal(by)
}

// hosts is the field that user gadgets have beside MediaWiki's.
func (d *Definition) hosts() field {
	return field{"csp", func(c *checker, n node, at string) { c.hosts(&d.Settings.CSP, n, at) }}
}

func (c *checker) hosts(to *Hosts, n node, at string) {
	if !c.want(n, isObject, at) {
		return
	}
	var fields []field
	for _, name := range HostDirectives {
		fields = append(fields, field{name, func(c *checker, n node, at string) {
			if c.want(n, isObject, at) {
				for _, m := range n.members {
					c.host(to, name, m, pointer(at, m.key))
				}
			}
		}})
	}
	c.object(n, at, fields)
	if len(*to) > MaxHosts {
		c.add(Error, "too-many", at, n.at, "The gadget asks for %d servers; at most %d are allowed.", len(*to), MaxHosts)
		*to = nil
	}
	slices.SortStableFunc(*to, func(a, b Host) int {
		return slices.Compare([]string{a.Directive, a.Source.String()}, []string{b.Directive, b.Source.String()})
	})
}

func (c *checker) host(to *Hosts, directive string, m member, at string) {
	source, err := readHost(m.key)
	if err != nil {
		c.add(Error, "bad-host", at, m.at, "%q %s.", brief(m.key), err.Error())
		return
	}
	h := Host{Directive: directive, Source: source}
	c.text(&h.Reason, m.value, at, MaxReason)
	switch {
	case m.value.kind != isString:
		return
	case h.Reason == "":
		c.add(Error, "no-reason", at, m.value.at, "Say in a few words what the gadget needs the server for: readers are asked.")
	case slices.ContainsFunc(*to, func(o Host) bool { return o.Directive == h.Directive && o.Source == h.Source }):
		c.add(Error, "duplicate-entry", at, m.at, "%q stands here twice, in two spellings.", brief(m.key))
	default:
		*to = append(*to, h)
	}
}

// readHost takes what names servers of one owner, over TLS.
func readHost(text string) (csp.Source, error) {
	if len(text) > MaxSource {
		return csp.Source{}, fmt.Errorf("is longer than %d bytes. Leave out the end of the path", MaxSource)
	}
	s, why := csp.ParseSource(text)
	switch {
	case why != "":
		return s, errors.New("cannot stand in a policy: " + why)
	case s.Kind != csp.Host || s.Host == "":
		return s, errors.New(`names no server. Write for instance "https://translate.example"`)
	case s.Scheme != "https" && s.Scheme != "wss":
		return s, errors.New("has to begin with https:// or wss://")
	case s.Wild && hosting.Below(s.Host) != "":
		return s, fmt.Errorf("means servers of many people: %s. Name the one that is needed", hosting.Below(s.Host))
	}
	return s, nil
}

package switches

import (
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/csp"
)

// HostsOf lists the outside hosts that a script with these capabilities contacts or loads code from.
func HostsOf(all []capability.Capability) (hosts []string) {
	for _, c := range all {
		switch {
		case c.Target == "", c.Name != capability.Network && c.Name != capability.Import,
			c.Name == capability.Import && !strings.Contains(c.Target, "//"): // a page
			continue
		}
		host := strings.TrimPrefix(strings.ToLower(hostOf(c.Target)), "*.")
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Without takes the hosts that are off out of the text of a policy. A source that means other hosts, too, goes with them
// ("*.example.org"); of one that names none ("https:", "*") nothing can be taken.
func (k *Keeper) Without(policy string) string {
	if !k.Any(Host) {
		return policy
	}
	p, _ := csp.Parse(policy)
	changed := false
	for i := range p.Directives {
		d := &p.Directives[i]
		n := len(d.Sources)
		d.Sources = slices.DeleteFunc(slices.Clone(d.Sources), k.names)
		changed = changed || len(d.Sources) < n
	}
	if !changed {
		return policy
	}
	return p.String()
}

// names says whether a source names a host that is off.
func (k *Keeper) names(s csp.Source) bool {
	if s.Kind != csp.Host || s.Host == "" {
		return false
	}
	b := k.now.Load()
	if b.host(s.Host) != nil {
		return true
	}
	return s.Wild && slices.ContainsFunc(b.active, func(o Switch) bool { return o.Kind == Host && below(o.Target, s.Host) })
}

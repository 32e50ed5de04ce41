package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var hosts = &Rule{
	Name:     "hosts",
	Severity: finding.Medium,
	CWE:      []int{359},
	Doc: `contacts other sites

Every request to another site tells it who reads what, and when. Channels of WebRTC and WebTransport pass by content
security policies, so that they weigh more.`,
	Capabilities: []capability.Name{capability.Network},
	Run: func(p *Pass) {
		for _, e := range p.Of(Request, Socket, WebTransport, Peer, Worker) {
			host := p.foreign(e)
			if host == "" && e.Kind != Peer {
				continue
			}
			p.Can(e, capability.Capability{Name: capability.Network, Target: host, How: how(e)})
			switch {
			case e.Kind == Peer || e.Kind == WebTransport:
				p.Report(e, p.Weigh(e, finding.Medium, finding.Medium), "opens a channel to %s that no content security policy sees (%s)", orElse(host, "another computer"), e.Kind)
			case !under(host, p.o.Allowed):
				asked := finding.Low
				if aside(e) {
					asked = finding.Medium
				}
				p.Report(e, p.Weigh(e, finding.Medium, asked), "contacts %s, which is not listed", host)
			}
		}
	},
}

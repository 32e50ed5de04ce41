package rule

import (
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var outsideHost = &Rule{
	Name:     "outside-host",
	Severity: finding.High,
	CWE:      []int{610, 441},
	Doc: `asks a server that a stranger names

Whoever writes the link, or the page, says which server the script talks to as you: it gets what is sent along, and what it
answers is taken for the answer. Choose from a list of hosts that stands in the script.`,
	Run: func(p *Pass) {
		for _, r := range p.requests() {
			switch r.how {
			case "fetch", "beacon", "socket", "form":
				if !r.api {
					p.outside(r)
				}
			}
		}
	},
}

// outside reports a request whose host comes from a stranger.
func (p *Pass) outside(r request) {
	for _, u := range r.urls {
		f, ok := p.namesHost(u)
		if !ok {
			continue
		}
		if p.carriesSecret(r) {
			p.Way(p.Report(r.node, finding.High, "%s says which server gets a secret of yours", sourceWord(f.Source)), f)
			return
		}
		if name, _ := p.KeyName(p.Callee(r.node)); name == "load" {
			p.Way(p.Report(r.node, finding.High, "%s says whose text becomes HTML", sourceWord(f.Source)), f)
			return
		}
		severity := finding.Medium
		if f.Source == flow.FromPage || f.Source == flow.FromUserJSON { // who edits a page is seen, who writes a link is not
			severity = finding.Low
		}
		p.Way(p.Report(r.node, severity, "%s says which server is asked", sourceWord(f.Source)), f)
		return
	}
}

// namesHost is the flow of a stranger's text into the host of an address: as the whole of it, or as a piece of the host.
func (p *Pass) namesHost(u js.Node) (flow.Flow, bool) {
	if part := p.hostPart(u); part != 0 {
		for _, f := range p.Graph.Taint(part) {
			if outsider(f.Source) && f.Unsafe&(flow.InParam|flow.InJS) != 0 { // encoded, a host is still a host
				return f, true
			}
		}
		return flow.Flow{}, false
	}
	for _, t := range p.Graph.Str(u).Texts {
		pieces, context := inHost(t), flow.InParam|flow.InJS
		if len(t) > 0 && t[0].Hole != "" && !isOwn(t[0].Hole) {
			pieces, context = t[:1], flow.InHost
		}
		for _, piece := range pieces {
			if piece.Hole == "" || isOwn(piece.Hole) {
				continue
			}
			for _, f := range p.Graph.Taint(u) {
				if outsider(f.Source) && f.Unsafe&context != 0 && p.comesFrom(piece, f.Source) {
					return f, true
				}
			}
		}
	}
	return flow.Flow{}, false
}

// hostPart is the value that stands behind // where an address is put together, 0 when that is not there to be seen.
func (p *Pass) hostPart(u js.Node) js.Node {
	var parts []js.Node
	for _, part := range p.pieces(p.origin(u), nil) { // from the last
		parts = append(parts, p.pieces(part, nil)...)
		if p.Kind(part) == js.Template {
			slices.Reverse(parts[len(parts)-len(p.List(part)):])
		}
	}
	if p.Kind(p.origin(u)) != js.Template {
		slices.Reverse(parts)
	}
	for i, part := range parts {
		text, ok := p.Constant(part)
		if !ok && p.Kind(part) == js.TemplateText {
			text = p.Str(part)
		}
		if scheme, rest, cut := strings.Cut(text, "//"); cut && i+1 < len(parts) && !strings.ContainsAny(rest, "/?#") && (i == 0 || scheme == "") {
			return parts[i+1]
		}
	}
	return 0
}

// outsider says whether data of a source is written by somebody who is not trusted with where requests go.
func outsider(s flow.Source) bool {
	switch s {
	case flow.FromURL, flow.FromPostMessage, flow.FromPage, flow.FromUserJSON, flow.FromThirdParty:
		return true
	}
	return false
}

// carriesSecret says whether a request takes a token, a cookie or something personal along.
func (p *Pass) carriesSecret(r request) bool {
	for _, n := range slices.Concat(r.urls, r.data, r.q.all()) { // all: of a FormData, piece by piece
		for _, f := range p.Graph.TaintDeep(n) {
			if f.Unsafe&flow.Data != 0 && secrecy(p.sourceOf(f)) >= finding.High {
				return true
			}
		}
	}
	return false
}

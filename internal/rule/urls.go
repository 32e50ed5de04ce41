package rule

import (
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var urls = &Rule{
	Name:     "url",
	Severity: finding.High,
	CWE:      []int{79, 601},
	Doc: `a stranger's text becomes an address

As a whole address it can be javascript:, or another site that looks like the wiki. As a part of one it can end the part and add
parameters. Check new URL( x, location.href ).origin, not the protocol alone, before the reader is sent there; put parts
through encodeURIComponent() or mw.util.getUrl().`,
	Run: func(p *Pass) {
		for _, s := range p.urlSinks() {
			p.urlSink(s)
		}
		p.vueAddresses()
	},
}

type urlSink struct {
	node     js.Node
	value    js.Node
	navigate bool
}

// urlSinks are the places where text becomes an address.
func (p *Pass) urlSinks() []urlSink {
	var out []urlSink
	for a := range p.Graph.EachAssign() {
		switch {
		case a.Target == "location" || a.Target == "location.href" || a.Target == "document.location":
			out = append(out, urlSink{a.Node, a.Value, true})
		case p.leads(a.Tag, a.Object, strings.ToLower(a.Property)), p.opens(a.Tag, a.Object, a.Property):
			out = append(out, urlSink{a.Node, a.Value, false})
		}
	}
	for c := range p.Graph.EachCall() {
		switch {
		case c.Is("location.assign", "location.replace", "window.open", "open"):
			out = append(out, urlSink{c.Node, c.Arg(0), true})
		case setsAttribute(c):
			for _, name := range p.Graph.Str(c.Arg(0)).Consts() {
				if p.leads(c.Tag, c.Object, name) || p.opens(c.Tag, c.Object, name) {
					out = append(out, urlSink{c.Node, c.Arg(1), false})
				}
			}
			out = p.addressFields(out, c, c.Arg(0), p.opens(c.Tag, c.Object, "src"))
		case c.Is("mw.config.wgArticlePath.replace"):
			out = append(out, urlSink{c.Node, c.Arg(1), false})
		case c.Is("$"):
			out = p.addressFields(out, c, c.Arg(1), isFrame(p.tagOf(c.Node)))
		case p.makesElement(c):
			tag, _ := p.Constant(c.Arg(0))
			out = p.addressFields(out, c, c.Arg(1), isFrame(tag))
			for _, attributes := range p.Graph.Obj(c.Arg(1)).All("attrs") {
				out = p.addressFields(out, c, attributes, isFrame(tag))
			}
		}
	}
	return out
}

// leads says whether an attribute is an address to which a click or a form leads. What a <link> names is fetched and never
// followed.
func (p *Pass) leads(tag string, element js.Node, attribute string) bool {
	switch attribute {
	case "action", "formaction":
		return true
	case "href":
		return tag != "link" && p.madeTag(element) != "link" && p.tagOf(element) != "link"
	}
	return false
}

func (p *Pass) urlSink(s urlSink) {
	if s.value == 0 {
		return
	}
	whole := p.beginsOpen(s.value)
	worst, severity, message := flow.Flow{}, finding.Note, ""
	take := func(f flow.Flow, s finding.Severity, m string) {
		if s > severity {
			worst, severity, message = f, s, m
		}
	}
	for _, f := range p.Graph.Taint(s.value) {
		if whole && f.Unsafe&flow.InURL != 0 {
			take(f, urlSeverity(f.Source), wholeMessage)
		}
		if whole && s.navigate && f.Unsafe&flow.InHost != 0 && (f.Source == flow.FromURL || f.Source == flow.FromPostMessage) {
			take(f, finding.Medium, redirectMessage)
		}
		if !whole && f.Unsafe&flow.InParam != 0 && f.Source == flow.FromTitle {
			take(f, finding.Low, partMessage)
		}
	}
	for _, f := range p.parts(s.value) {
		if f.Source == flow.FromTitle || s.navigate && f.Source == flow.FromUnknown {
			take(f, finding.Low, partMessage)
		}
	}
	if severity > finding.Note {
		p.Way(p.ReportAt(p.callStart(s.node), p.End(s.node), severity, message, sourceWord(worst.Source)), worst)
	}
}

const (
	wholeMessage = "%s becomes a whole address: it can be javascript:"
	partMessage  = "%s becomes part of an address unencoded"

	redirectMessage = "%s says where the reader goes, and may say another site"
)

// worstAddress is the worst flow into what becomes an address as a whole.
func (p *Pass) worstAddress(n js.Node) danger {
	var worst danger
	if !p.beginsOpen(n) {
		return worst
	}
	for _, f := range p.Graph.Taint(n) {
		if s := urlSeverity(f.Source); f.Unsafe&flow.InURL != 0 && s > worst.severity {
			worst = danger{f, s}
		}
	}
	return worst
}

// parts are the flows into an address behind its question mark.
func (p *Pass) parts(n js.Node) []flow.Flow {
	var out []flow.Flow
	for _, t := range p.Graph.Str(n).Texts {
		query := false
		for _, piece := range t {
			query = query || piece.Hole == "" && strings.ContainsAny(piece.Text, "?=")
			if !query || piece.Hole == "" {
				continue
			}
			for _, f := range p.Graph.Taint(n) {
				if f.Unsafe&flow.InParam != 0 && p.comesFrom(piece, f.Source) {
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// comesFrom says whether a piece of a text may be of a source. What was done to it on the way is told by the flow into
// the whole text, not by the place it comes from.
func (p *Pass) comesFrom(piece flow.Piece, s flow.Source) bool {
	from := p.Graph.Taint(piece.Node)
	if len(from) == 0 {
		return piece.Hole == flow.SomeText || piece.Hole == flow.FromFunc
	}
	return slices.ContainsFunc(from, func(f flow.Flow) bool { return f.Source == s })
}

// beginsOpen says whether a text can begin with anything. One that is empty until it is filled in can.
func (p *Pass) beginsOpen(n js.Node) bool {
	filled := false
	for _, t := range p.Graph.Str(n).Texts {
		if len(t) == 0 {
			continue
		}
		filled = true
		switch t[0].Hole {
		case "":
			if strings.EqualFold(strings.TrimSpace(t[0].Text), "javascript:") {
				return true
			}
		default:
			if !isOwn(t[0].Hole) {
				return true
			}
		}
	}
	return !filled
}

// isOwn knows what no stranger chooses.
func isOwn(h flow.Hole) bool {
	switch h {
	case flow.Server, flow.ScriptURL, flow.NumberOf, flow.ThisPage, flow.OwnName, flow.Skin, flow.TokenText, flow.Now, flow.Random:
		return true
	}
	return false
}

func urlSeverity(s flow.Source) finding.Severity {
	switch s {
	case flow.FromURL, flow.FromPostMessage, flow.FromPage, flow.FromAPI, flow.FromUserJSON, flow.FromThirdParty:
		return finding.High
	}
	return finding.Note
}

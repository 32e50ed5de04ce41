package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var domHTML = &Rule{
	Name:     "dom-html",
	Severity: finding.High,
	CWE:      []int{79},
	Doc: `a stranger's text becomes HTML

Whoever controls the text can put elements into the page, and with them code that runs as you. Use .text() or
textContent; in HTML text, mw.html.escape() for what is between elements and in quoted attributes; for messages .escaped() or .parse().`,
	Capabilities: []capability.Name{capability.DOMHTML},
	Run: func(p *Pass) {
		for _, s := range p.htmlSinks() {
			p.htmlSink(s)
		}
		for _, n := range p.returnedMarkup() {
			if w := p.worstHTML(n); w.severity > finding.Note {
				p.reportHTML(n, w, "goes into HTML that a function returns")
			}
		}
		p.vueSinks()
	},
}

func (p *Pass) htmlSink(s sink) {
	a := p.Graph.Str(s.value)
	if _, constant := a.Const(); constant && len(p.Graph.Taint(s.value)) == 0 {
		return
	}
	markup, certain := mayBeMarkup(a)
	if !s.sure && !markup {
		return
	}
	w, becomes := p.worstHTML(s.value), "becomes HTML"
	if strings.HasPrefix(s.what, "on") { // a quote ends a text in it
		w, becomes = p.worstIn(s.value, flow.InHTML|flow.InJS), becomesProgram
	}
	if !s.sure && !certain {
		if w.Unsafe&flow.Markup == 0 && s.what != "$" {
			return
		}
		w.severity = min(w.severity, finding.Medium)
	}
	if p.neverMeant(s.node) || s.what == "srcdoc" && p.sandboxed(s.node) {
		return
	}
	if k := p.Graph.KindOf(s.value); w.severity > finding.Note && (k != flow.JQuery || s.value == s.node) && k != flow.Element && k != flow.Function {
		p.Can(s.node, capability.Capability{Name: capability.DOMHTML})
		p.reportHTML(s.node, w, becomes)
	} else if s.sure && k == flow.String {
		p.Can(s.node, capability.Capability{Name: capability.DOMHTML, Certainty: capability.Likely})
	}
}

// danger is the worst flow into a sink.
type danger struct {
	flow.Flow
	severity finding.Severity
}

const becomesProgram = "becomes part of an event attribute's program"

func (p *Pass) reportHTML(n js.Node, w danger, becomes string) {
	f := p.ReportAt(p.callStart(n), p.End(n), w.severity, "%s %s", sourceWord(w.Source), becomes)
	f.Advice = "Use .text() or mw.html.escape()."
	if becomes == becomesProgram {
		f.Advice = "Hand a function to .on() or addEventListener()."
	}
	p.Way(f, w.Flow)
}

func (p *Pass) worstHTML(n js.Node) danger { return p.worstIn(n, flow.InHTML) }

// worstIn is the worst flow into a node that does harm in a context.
func (p *Pass) worstIn(n js.Node, bad flow.Contexts) danger {
	var worst danger
	for _, f := range p.Graph.Taint(n) {
		if f.Unsafe&bad == 0 {
			continue
		}
		if s := p.htmlSeverity(f); s > worst.severity || s == worst.severity && worst.Source == flow.FromTitle {
			worst = danger{f, s}
		}
	}
	return worst
}

// htmlSeverity weighs who controls the text.
func (p *Pass) htmlSeverity(f flow.Flow) finding.Severity {
	switch f.Source {
	case flow.FromPage:
		if !p.writable(f.Origin) {
			return finding.Note
		}
		return finding.High
	case flow.FromURL, flow.FromPostMessage, flow.FromAPI, flow.FromUserJSON, flow.FromThirdParty, flow.FromTitle:
		return finding.High // of titles only what a quote breaks out of gets here
	case flow.FromInterface, flow.FromClipboard:
		return finding.Medium
	case flow.FromUnknown:
		if f.Unsafe&flow.Markup != 0 {
			return finding.Medium
		}
		return finding.Low
	case flow.FromStorage, flow.FromGlobalConfig, flow.FromInput, flow.FromUser:
		return finding.Low
	}
	return finding.Note
}

// writable says whether wikitext can set what is read. Of attributes, Sanitizer::internalAttributeAllowedMap lets
// through those of plain HTML and data-*, but not what MediaWiki keeps for itself.
func (p *Pass) writable(n js.Node) bool {
	name, _ := p.KeyName(p.Callee(n))
	if p.Kind(n) != js.Call || name != "attr" && name != "getAttribute" && name != "prop" {
		return true
	}
	attribute, known := p.Graph.Str(p.Arg(n, 0)).Const()
	attribute = strings.ToLower(attribute)
	switch {
	case !known || plainAttributes[attribute]:
		return true
	case strings.HasPrefix(attribute, "data-mw"), strings.HasPrefix(attribute, "data-ooui"), strings.HasPrefix(attribute, "data-parsoid"):
		return false
	}
	return strings.HasPrefix(attribute, "data-") || strings.HasPrefix(attribute, "aria-") || strings.HasPrefix(attribute, "item")
}

var plainAttributes = words("id class style lang dir title href src alt name value placeholder label width height align valign cite datetime about property resource datatype typeof " +
	"rel target rowspan colspan scope headers abbr summary type start color face size poster innerhtml outerhtml innertext textcontent tabindex role")

// returnedMarkup are texts with elements in them that functions return: somebody will use them as HTML.
func (p *Pass) returnedMarkup() []js.Node {
	var out []js.Node
	var take func(js.Node)
	take = func(n js.Node) {
		switch p.Kind(n) {
		case js.Cond:
			take(p.Then(n))
			take(p.Else(n))
			return
		case js.None, js.String, js.Number, js.Bool, js.Null: // nothing, or a constant
			return
		case js.Function, js.Class, js.Object, js.Array, js.New, js.Unary, js.Update, js.Regexp, js.This:
			return
		}
		if !mayBeText(p.Graph.KindOf(n)) {
			return
		}
		for _, t := range p.Graph.Str(n).Texts {
			if _, constant := t.Const(); !constant && looksHTML(t) {
				if !p.onlyText(n) {
					out = append(out, n)
				}
				return
			}
		}
	}
	p.each(func(n js.Node) { take(p.Operand(n)) }, js.Return)
	p.each(func(n js.Node) {
		if p.Is(n, js.IsExprBody) {
			take(p.Body(n))
		}
	}, js.Function)
	return out
}

// mayBeText says whether a value of a kind may be a text. Finding out which text takes far longer.
func mayBeText(k flow.Kind) bool { return k == flow.String || k == flow.Unknown || k == flow.Known }

// elements are those of HTML, without what people write in wikitext as often.
var elements = words("a div p li ul ol dl dt dd td th tr tbody thead table h1 h2 h3 h4 h5 h6 button label input option select textarea img section article " +
	"header footer nav aside main figure form fieldset details b strong i em u code kbd mark bdi abbr span svg iframe")

// looksHTML knows markup that is not wikitext as well.
func looksHTML(t flow.Text) bool {
	lower := strings.ToLower(strings.TrimSpace(t.Prefix()))
	rest, begins := strings.CutPrefix(lower, "<")
	end := 0
	for end < len(rest) && (rest[end] >= 'a' && rest[end] <= 'z' || rest[end] >= '0' && rest[end] <= '9') {
		end++
	}
	return begins && elements[rest[:end]]
}

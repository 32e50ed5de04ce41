package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// Forms of the wiki's own pages that a script fills in and sends, in a frame, in a window or on the page itself.

// formWrites are changes made by sending such forms, and by clicking links that change something at once.
func (p *Pass) formWrites() []write {
	var out []write
	for c := range p.Graph.EachCall() {
		if !p.presses(c) {
			continue
		}
		words := p.words(c.Node)
		if strings.Contains(words, "mw-rollback-link") {
			out = append(out, write{request: request{node: c.Node, how: "navigate", q: params{}, Where: c.Where}, action: "rollback"})
			continue
		}
		if w, ok := p.sentForm(c, strings.ToLower(words)); ok {
			out = append(out, w)
		}
	}
	return append(out, p.borrowedForms()...)
}

// presses knows submit(), click() and their jQuery forms without a handler.
func (p *Pass) presses(c *flow.Call) bool {
	switch c.Method {
	case "submit", "click", "requestSubmit":
		return len(c.Args) == 0
	case "trigger", "triggerHandler":
		for _, s := range p.Graph.Str(c.Arg(0)).Consts() {
			if s == "submit" || s == "click" {
				return true
			}
		}
	case "dispatchEvent":
		return true
	}
	return false
}

// sentForm is what the form changes that a call sends.
func (p *Pass) sentForm(c *flow.Call, words string) (write, bool) {
	w := write{request: request{node: c.Node, how: "form", q: params{}, post: true, Where: c.Where}}
	named := strings.Contains(words, "wpsave") || strings.Contains(words, "editform") || strings.Contains(words, "wptextbox")
	for _, r := range p.requests() {
		if r.how != "frame" && r.how != "navigate" {
			continue
		}
		for _, n := range r.urls {
			for _, t := range p.Graph.Str(n).Texts {
				if p.pageOf(&w, r, t) {
					return w, named || p.elsewhereOnWiki(c)
				}
			}
		}
	}
	for f := range p.Graph.EachCall() { // $( '<iframe src="…">' )
		if !f.Is("$") {
			continue
		}
		for _, s := range p.Graph.Str(f.Arg(0)).Consts() {
			src := srcOf.FindStringSubmatch(s)
			if src != nil && strings.HasPrefix(s, "<iframe") && p.pageOf(&w, request{q: params{}}, flow.Text{{Text: src[1]}}) {
				return w, named || p.elsewhereOnWiki(c)
			}
		}
	}
	if named { // the form of the page one is on
		w.action, w.texts = "edit", p.filledIn()
		w.titles = []flow.Text{{{Hole: flow.ThisPage}}}
		return w, len(w.texts) > 0
	}
	return w, false
}

var srcOf = regexp.MustCompile(`src\s*=\s*["']?([^"'\s>]+)`)

// elsewhereOnWiki says whether what is pressed is in another document: a frame's, a window's.
func (p *Pass) elsewhereOnWiki(c *flow.Call) bool {
	n := p.origin(c.Object)
	for range 32 {
		switch p.Kind(n) {
		case js.Call:
			if name, _ := p.KeyName(p.Callee(n)); name == "contents" {
				return true
			}
			n = p.origin(p.Object(p.Callee(n)))
		case js.Dot, js.Index:
			switch name, _ := p.KeyName(n); name {
			case "contentDocument", "contentWindow", "document", "opener":
				return true
			}
			n = p.origin(p.Object(n))
		default:
			return false
		}
	}
	return false
}

// pageOf reads what the form of a page changes from the page's address.
func (p *Pass) pageOf(w *write, r request, t flow.Text) bool {
	pattern := strings.ToLower(t.Pattern())
	q := params{}
	q.query(t)
	if strings.Contains(pattern, "action=edit") || strings.Contains(pattern, "action=submit") || strings.Contains(pattern, "?veaction=") {
		w.action, w.texts, w.titles = "edit", p.filledIn(), q.texts("title")
		if path := cut(t, "/wiki/"); len(w.titles) == 0 && path != nil {
			w.titles = []flow.Text{beforeQuery(path)}
		}
		return true
	}
	for _, s := range specials {
		if strings.Contains(pattern, "special:"+s.page) {
			w.action, w.titles = s.action, r.q.texts("target", "wpTarget")
			return true
		}
	}
	return false
}

// beforeQuery is a path without what follows it.
func beforeQuery(t flow.Text) flow.Text {
	var out flow.Text
	for _, piece := range t {
		before, _, found := strings.Cut(piece.Text, "?")
		if piece.Hole == "" {
			piece.Text = before
		}
		out = append(out, piece)
		if found && piece.Hole == "" {
			break
		}
	}
	return out
}

// borrowedForms are forms that a script fetches with the page they are on, and sends itself: new FormData( form ) and
// $( form ).serialize() to wherever the form says.
func (p *Pass) borrowedForms() []write {
	var out []write
	for _, r := range p.requests() {
		if !r.post || !p.takesForm(r) {
			continue
		}
		for _, page := range p.requests() {
			if page.post || page.how != "fetch" {
				continue
			}
			for _, n := range page.urls {
				for _, t := range p.Graph.Str(n).Texts {
					w := write{request: r}
					if p.pageOf(&w, page, t) {
						out = append(out, w)
					}
				}
			}
		}
	}
	return out
}

func (p *Pass) takesForm(r request) bool {
	for _, d := range r.data {
		made := p.origin(d)
		switch name, _ := p.KeyName(p.Callee(made)); {
		case name == "serialize" || name == "serializeArray":
			return true
		case p.Kind(made) == js.New && p.Graph.NameOf(p.Callee(made)) == "FormData" && p.Arg(made, 0) != 0:
			return true
		}
	}
	return false
}

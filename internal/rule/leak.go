package rule

import (
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var leak = &Rule{
	Name:     "leak",
	Severity: finding.Critical,
	CWE:      []int{200, 506},
	Doc: `sends your secrets elsewhere

Edit tokens, cookies, passwords, key strokes, your e-mail address and watch list are between you and the wiki. Whoever has the
first three is you. What the wiki shows to few people only, such as the addresses of those who edit, is not yours to give away.`,
	Run: func(p *Pass) {
		for _, r := range p.requests() {
			p.leakTo(r)
		}
		for _, w := range p.writes() {
			for _, n := range w.q.nodes("text", "appendtext", "prependtext", "summary", "sectiontitle", "wpTextbox1", "source") {
				if p.spells(n, flow.TokenText, flow.Cookies) || len(p.Graph.Obj(n).Fields) == 0 && !p.tokenOnly(n) {
					p.leaks(w.node, n, w.Where, "", "a page of the wiki")
				}
			}
		}
		for _, r := range p.runs() { // a script element may hold rules for fetching pages ahead, which no policy looks at
			p.leaks(r.node, r.code, r.Where, "", "wherever the text says that becomes a script")
		}
		p.leftBehind()
		p.carried()
		for c := range p.Graph.EachCall() {
			switch {
			case c.Method == "postMessage" && p.anyOrigin(c.Arg(1)):
				p.leaks(c.Node, c.Arg(0), c.Where, "", "whatever window listens")
			case c.Method == "postMessage":
				p.posted(c)
			case c.Is("WebSocket.send"):
				if host := p.socketHost(c); host != "" {
					p.leaks(c.Node, c.Arg(0), c.Where, "socket", host)
				}
			}
		}
	},
}

// spells says whether the text of a node is known to hold one of the holes.
func (p *Pass) spells(n js.Node, holes ...flow.Hole) bool {
	for _, t := range p.Graph.Str(n).Texts {
		for _, piece := range t {
			if piece.Hole != "" && slices.Contains(holes, piece.Hole) {
				return true
			}
		}
	}
	return false
}

// tokenOnly says whether a token is the worst there is in a node. Tokens stand in the same objects as texts, where the
// flow may take one for the other.
func (p *Pass) tokenOnly(n js.Node) bool {
	for _, f := range p.Graph.TaintDeep(n) {
		if s := p.sourceOf(f); secrecy(s) >= finding.High && s != flow.FromToken {
			return false
		}
	}
	return true
}

// leakTo looks at what a request to somebody else carries.
func (p *Pass) leakTo(r request) {
	if r.api {
		p.leakToWiki(r)
		return
	}
	for _, u := range r.urls {
		host := p.receiver(u)
		if host == "" {
			continue
		}
		if r.how == "form" && p.loginForm(r.node) {
			p.Report(r.node, finding.Critical, "sends the login form, with the password in it, to %s", host)
		}
		p.leaks(r.node, u, r.Where, r.how, host)
		for _, d := range r.data {
			p.leaks(r.node, d, r.Where, r.how, host)
		}
		for _, n := range r.q.all() { // FormData and its like are filled piece by piece
			p.leaks(r.node, n, r.Where, r.how, host)
		}
		if r.how == "form" {
			for _, n := range p.fillings() {
				p.leaks(r.node, n, r.Where, r.how, host)
			}
		}
	}
}

// receiver is the host of somebody else that a URL, or a style with a URL in it, leads to: "" for none.
func (p *Pass) receiver(u js.Node) string {
	a := p.Graph.Str(u)
	for i, t := range a.Texts {
		if inner := cut(t, "url("); inner != nil {
			a.Texts = append([]flow.Text{}, a.Texts...)
			a.Texts[i] = inner
		}
	}
	if hosts := p.foreign(a); len(hosts) > 0 {
		return hosts[0]
	}
	return ""
}

const draft = "what you write before you save it"

// secret is the worst that a value carries.
type secret struct {
	flow.Flow
	severity finding.Severity
	word     string
}

// leaks reports secrets that reach a node whose value goes to a host.
func (p *Pass) leaks(at, n js.Node, w flow.Where, how, host string) {
	if s := p.secretIn(n, w, how); s.severity > finding.Note {
		p.tellLeak(at, s, host)
	}
}

func (p *Pass) tellLeak(at js.Node, s secret, host string) {
	p.Way(p.Report(at, s.severity, "sends %s to %s", s.word, host), s.Flow)
}

// secretIn is the worst that a node's value carries, a note when there is nothing to say.
func (p *Pass) secretIn(n js.Node, w flow.Where, how string) secret {
	worst := secret{severity: finding.Note}
	if n == 0 {
		return worst
	}
	for _, f := range p.Graph.TaintDeep(n) {
		if f.Unsafe&flow.Data == 0 {
			continue
		}
		s := secret{Flow: f}
		s.Source = p.sourceOf(f)
		s.severity, s.word = secrecy(s.Source), secretWord(s.Source)
		switch {
		case s.Source == flow.FromUser && sideways(how):
			s.severity = finding.High // nobody who asks for an answer asks so
		case sideways(how) && (s.Source == flow.FromInput || p.selected(f)), how == "image" && w.Typing && p.fieldValue(f):
			s.severity, s.word = finding.High, "what you type or select"
		case p.spoken(f):
			s.severity, s.word = finding.High, "what you say"
		case p.restricted(f, w.Gates):
			s.severity, s.word = finding.High, forFew
		case p.drafted(s.Flow):
			s.severity, s.word = finding.High, draft
			if asked(w) && !w.Typing {
				s.severity = finding.Low // a spelling checker on a click
			}
		}
		if s.severity > worst.severity {
			worst = s
		}
	}
	switch {
	case worst.severity >= finding.High:
	case p.holdsStorage(n) || p.keepsAll(n):
		return secret{severity: finding.High, word: "all that the browser keeps for the wiki"}
	default:
		if word := p.whole(n, w.Gates); word != "" {
			return secret{severity: finding.High, word: word}
		}
	}
	return worst
}

// fieldValue says whether a flow begins at what stands in a form field.
func (p *Pass) fieldValue(f flow.Flow) bool {
	name, _ := p.KeyName(f.Origin)
	if p.Kind(f.Origin) == js.Call {
		name, _ = p.KeyName(p.Callee(f.Origin))
	}
	return name == "value" || name == "val"
}

// drafted says whether what is typed was typed into the edit form.
func (p *Pass) drafted(f flow.Flow) bool {
	if f.Source != flow.FromInput && f.Source != flow.FromPage {
		return false
	}
	words := strings.ToLower(p.words(f.Origin))
	switch {
	case strings.Contains(words, "wptextbox1"), strings.Contains(words, "wpsummary"):
		return true
	case !p.fieldValue(f):
		return false
	}
	return f.Source == flow.FromPage || words == "" && p.writesOut("wpTextbox1") // a field handed from hand to hand
}

// sourceOf knows some sources better than the flow does: a field for passwords by its selector, an answer of the API by
// what was asked.
func (p *Pass) sourceOf(f flow.Flow) flow.Source {
	switch f.Source {
	case flow.FromInput, flow.FromPage:
		words := strings.ToLower(p.words(f.Origin))
		if strings.Contains(words, "password") || f.Source == flow.FromInput && p.asksPassword() && !strings.Contains(words, "wp") {
			return flow.FromPassword
		}
		if f.Source == flow.FromInput && tokenField.MatchString(words) {
			return flow.FromToken
		}
		if r := p.question(p.parsed(f.Origin)); r != nil && p.ownPages(r) {
			return flow.FromPersonal
		}
	case flow.FromStorage:
		if p.asksPersonal(f.Origin) {
			return flow.FromPersonal
		}
	case flow.FromAPI, flow.FromUserJSON:
		if r := p.question(f.Origin); r != nil && (personal(r.q) || p.ownPages(r)) {
			return flow.FromPersonal
		}
	}
	return f.Source
}

// selected says whether data is what the person has selected.
func (p *Pass) selected(f flow.Flow) bool {
	if f.Source != flow.FromPage || p.Kind(f.Origin) != js.Call {
		return false
	}
	name := p.Graph.NameOf(p.Callee(f.Origin))
	return name == "getSelection" || name == "document.getSelection"
}

// spoken says whether data is what the browser heard (https://wicg.github.io/speech-api/).
func (p *Pass) spoken(f flow.Flow) bool {
	return f.Source == flow.FromInput && p.Kind(f.Origin) == js.Dot && p.Name(f.Origin) == "transcript"
}

// tokenField knows the hidden fields in which the wiki's forms keep an edit token.
var tokenField = regexp.MustCompile(`edittoken|\[\s*name\s*[*^$]?=\s*["']?(?:wp)?token["']?\s*\]`)

// question is the request whose answer a node is a part of, nil when that cannot be told.
func (p *Pass) question(n js.Node) *request {
	for range 64 {
		n = p.origin(n)
		switch p.Kind(n) {
		case js.Dot, js.Index:
			n = p.Object(n)
		case js.Await, js.Yield:
			n = p.Operand(n)
		case js.Call:
			if r := p.requestAt(n); r != nil {
				return r
			}
			n = p.Object(p.Callee(n))
		case js.Ident:
			call := p.givenBy(n)
			if whole := p.takenApart(n); call == 0 && whole != 0 {
				n = whole
				continue
			}
			if r := p.requestAt(call); r != nil { // $.get( url, function ( d ) { … } )
				return r
			}
			n = p.Object(p.Callee(call))
		default:
			return nil
		}
	}
	return nil
}

// requestAt is the request that a call is, nil when it is none.
func (p *Pass) requestAt(n js.Node) *request {
	for i := range p.requests() {
		if r := &p.requests()[i]; n != 0 && r.node == n {
			return r
		}
	}
	return nil
}

// givenTo is what a callback's parameter is an answer of: x in x.then( function ( d ) { … } ).
func (p *Pass) givenTo(n js.Node) js.Node { return p.Object(p.Callee(p.givenBy(n))) }

// givenBy is the call that a callback's parameter belongs to, 0 when a name is none.
func (p *Pass) givenBy(n js.Node) js.Node {
	b := p.Tree.Binding(n)
	if b == 0 || p.Bindings[b].Kind != js.Param {
		return 0
	}
	return p.parent(p.Scopes.Scopes[p.Bindings[b].Scope].Node)
}

// takenApart is what a variable is a part of: x in const { a: { b } } = x for b, 0 for others.
func (p *Pass) takenApart(n js.Node) js.Node {
	b := p.Tree.Binding(n)
	if b == 0 {
		return 0
	}
	for _, r := range p.Refs(b) {
		if !p.Is(r, js.IsDeclared) {
			continue
		}
		for up := p.parent(r); ; up = p.parent(up) {
			switch p.Kind(up) {
			case js.Property, js.ObjectPattern, js.ArrayPattern, js.AssignPattern:
				continue
			case js.Declarator:
				return p.Value(up)
			}
			break
		}
	}
	return 0
}

// parsed is the text that HTML was made from, of which a node reads a part: html in $( $.parseHTML( html ) ).find( x ).text().
func (p *Pass) parsed(n js.Node) js.Node {
	for range 16 {
		n = p.origin(n)
		switch k := p.Kind(n); {
		case k == js.Dot || k == js.Index:
			n = p.Object(n)
		case k != js.Call:
			return n
		case p.Kind(p.Callee(n)) != js.Dot:
			n = p.Arg(n, 0)
		default:
			switch p.Name(p.Callee(n)) {
			case "parseHTML", "parseFromString", "createContextualFragment":
				n = p.Arg(n, 0)
			default:
				n = p.Object(p.Callee(n))
			}
		}
	}
	return n
}

// ownPages says whether a request is for a page of the wiki that shows what is the person's own.
func (p *Pass) ownPages(r *request) bool {
	return slices.ContainsFunc(r.urls, func(n js.Node) bool { return slices.ContainsFunc(p.Graph.Str(n).Texts, flow.Text.ForOneself) })
}

// personal knows questions to the API whose answers are nobody else's business.
func personal(q params) bool {
	if q.has("list", "watchlist", "watchlistraw") || q.has("meta", "notifications") {
		return true
	}
	for _, v := range q.consts("uiprop") {
		if strings.Contains(v, "email") || strings.Contains(v, "options") || strings.Contains(v, "*") {
			return true
		}
	}
	return false
}

// holdsStorage says whether a value is made of local storage as a whole.
func (p *Pass) holdsStorage(n js.Node) bool {
	found := false
	p.Walk(p.origin(n), func(c js.Node) bool {
		if k := p.Kind(c); (k == js.Ident || k == js.Dot) && p.Graph.NameOf(c) == "localStorage" {
			up := p.parent(c)
			found = found || p.Object(up) != c
		}
		return !found
	})
	return found
}

// secrecy is how bad it is that data of a source goes elsewhere.
func secrecy(s flow.Source) finding.Severity {
	switch s {
	case flow.FromToken, flow.FromCookie, flow.FromPassword:
		return finding.Critical
	case flow.FromKeys, flow.FromPersonal, flow.FromClipboard:
		return finding.High
	case flow.FromUser:
		return finding.Low
	}
	return finding.Note
}

func secretWord(s flow.Source) string {
	switch s {
	case flow.FromToken:
		return "an edit token"
	case flow.FromCookie:
		return "cookies"
	case flow.FromPassword:
		return "a password"
	case flow.FromKeys:
		return "key strokes"
	case flow.FromClipboard:
		return "what you copied"
	case flow.FromPersonal:
		return "your e-mail address, preferences or watch list"
	}
	return "who you are"
}

func (p *Pass) anyOrigin(n js.Node) bool {
	for _, s := range p.Graph.Str(n).Consts() {
		if s == "*" {
			return true
		}
	}
	return false // the page's own origin, which is what is meant where nothing is said
}

// socketHost is the other end of the socket a send() is called on.
func (p *Pass) socketHost(c *flow.Call) string {
	if made := p.origin(c.Object); p.Kind(made) == js.New {
		return p.receiver(p.Arg(made, 0))
	}
	host := "" // this.send( … ) of its own handler, and sockets that are kept in an object
	for made := range p.Graph.EachCall() {
		if made.New && made.Is("WebSocket") {
			host = p.receiver(made.Arg(0))
		}
	}
	return host
}

// loginForm says whether an assignment to form.action is about the form of Special:UserLogin.
func (p *Pass) loginForm(n js.Node) bool {
	object := p.Object(p.Left(n))
	text := p.Source(object)
	if from := p.origin(object); from != 0 {
		text += p.Source(from)
	}
	lower := strings.ToLower(text + p.words(object))
	return strings.Contains(lower, "login") || strings.Contains(lower, "wppassword")
}

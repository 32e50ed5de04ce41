package flow

import (
	"strings"

	"sallyport/internal/js"
)

// texts keeps what is known about texts. A question marks the refs it comes by with its number, so that it asks none twice.
type texts struct {
	memo    map[ref]Abstract // answers that hold for good
	asked   uint32           // number of the question
	steps   int              // of this question
	folds   int              // of all
	seen    []uint32         // for each ref twice the last question that came by, and one more when it has its answer
	slot    []uint32         // for each ref its answer
	found   []Abstract
	settled bool // all edges are there: answers may be kept
}

const (
	maxTexts  = 8
	maxPieces = 24
	maxFolds  = 60  // depth
	maxSteps  = 400 // of one question
)

// fold computes what is known about the text at a ref.
func (e *engine) fold(at ref) Abstract {
	if a, ok := e.memo[at]; ok {
		return a
	}
	e.asked++
	e.steps = 0
	e.found = e.found[:0]
	if n := len(e.out) - len(e.seen); n > 0 {
		e.seen = append(e.seen, make([]uint32, n)...)
		e.slot = append(e.slot, make([]uint32, n)...)
	}
	a := e.foldRef(at, 0)
	if e.settled {
		if e.memo == nil {
			e.memo = map[ref]Abstract{}
		}
		e.memo[at] = a
	}
	return a
}

func hole(h Hole, n js.Node) Abstract { return Abstract{Texts: []Text{{{Hole: h, Node: n}}}} }

func literal(s string) Abstract {
	if s == "" {
		return Abstract{Texts: []Text{nil}}
	}
	return Abstract{Texts: []Text{{{Text: s}}}}
}

func (e *engine) foldRef(at ref, depth int) Abstract {
	switch e.seen[at] {
	case 2*e.asked + 1:
		return e.found[e.slot[at]]
	case 2 * e.asked: // the value depends on itself
		return hole(SomeText, e.nodeOf(at))
	}
	e.steps++
	e.folds++
	if depth > maxFolds || e.steps > maxSteps || e.folds > e.o.Limits.Fold {
		return hole(SomeText, e.nodeOf(at))
	}
	e.seen[at] = 2 * e.asked
	a := e.foldNew(at, depth)
	e.found = append(e.found, a)
	e.slot[at] = uint32(len(e.found) - 1)
	e.seen[at] = 2*e.asked + 1
	return a
}

func (e *engine) foldNew(at ref, depth int) Abstract {
	if int(at) < e.Len() && at != 0 {
		if a, ok := e.foldNode(js.Node(at), depth); ok {
			return a
		}
	}
	var from []ref
	for i := e.in[at]; i != 0; i = e.edges[i].nextIn {
		if e.edges[i].how <= checked && !e.empty(e.edges[i].from) {
			from = append(from, e.edges[i].from)
		}
	}
	var out Abstract
	if len(from) == 0 || len(from) > 32 {
		return e.holeAt(at)
	}
	for i := len(from) - 1; i >= 0; i-- {
		out = union(out, e.foldRef(from[i], depth+1))
	}
	if h := e.holeAt(at); len(out.Texts) == 1 && out.Pattern() == "<…>" && h.Pattern() != "<…>" {
		return h
	}
	return out
}

// empty says that nothing ever comes to a ref that was made on the way.
func (e *engine) empty(r ref) bool {
	return int(r) >= e.Len()+len(e.Bindings) && e.in[r] == 0 && e.held[r] == 0 && (int(r) >= len(e.marked) || e.marked[r] == 0)
}

// foldNode computes expressions that make texts.
func (e *engine) foldNode(n js.Node, depth int) (Abstract, bool) {
	switch e.Kind(n) {
	case js.String, js.TemplateText:
		return literal(e.Str(n)), true
	case js.Number:
		return literal(formatNumber(e.Num(n))), true
	case js.Bool:
		return literal(e.Op(n).String()), true
	case js.Null:
		return literal("null"), true
	case js.Template:
		out := literal("")
		for _, p := range e.List(n) {
			out = join(out, e.foldRef(ref(p), depth+1), e.o.Limits.Text)
		}
		return out, true
	case js.Binary:
		if e.Op(n) == js.OpAdd {
			return e.foldAdd(n, depth)
		}
	case js.Assign:
		if e.Op(n) == js.OpAdd {
			if v, ok := e.evaluate(n); ok {
				return v, true
			}
			var old Abstract
			if left := e.Left(n); e.Kind(left) == js.Ident {
				old = e.foldRef(ref(left), depth+1)
			} else {
				old = hole(SomeText, left)
			}
			return join(old, e.foldRef(ref(e.Right(n)), depth+1), e.o.Limits.Text), true
		}
	case js.Cond:
		return union(e.foldRef(ref(e.Then(n)), depth+1), e.foldRef(ref(e.Else(n)), depth+1)), true
	case js.Logical:
		if e.Op(n) != js.OpAnd {
			return union(e.foldRef(ref(e.Left(n)), depth+1), e.foldRef(ref(e.Right(n)), depth+1)), true
		}
	case js.Call, js.TaggedTemplate:
		return e.foldCall(n, depth)
	case js.Unary, js.Index, js.Dot:
		return e.evaluateMaybe(n)
	}
	return Abstract{}, false
}

func (e *engine) evaluateMaybe(n js.Node) (Abstract, bool) {
	if e.Kind(n) == js.Dot && e.Name(n) != "length" {
		return Abstract{}, false
	}
	return e.evaluate(n)
}

func (e *engine) foldAdd(n js.Node, depth int) (Abstract, bool) {
	var parts []js.Node
	for at := n; ; at = e.Left(at) {
		if e.Kind(at) != js.Binary || e.Op(at) != js.OpAdd || len(parts) > 4000 {
			parts = append(parts, at)
			break
		}
		parts = append(parts, e.Right(at))
	}
	last := len(parts) - 1
	if k := e.Kind(parts[last]); k == js.Number || k == js.Array || k == js.Unary {
		if v, ok := e.evaluate(n); ok { // sums, and [] + ![]
			return v, true
		}
	}
	out := literal("")
	for i := last; i >= 0; i-- {
		out = join(out, e.foldRef(ref(parts[i]), depth+1), e.o.Limits.Text)
	}
	return out, true
}

// foldCall computes calls that give texts.
func (e *engine) foldCall(n js.Node, depth int) (Abstract, bool) {
	id := e.funcAt[n]
	if id == 0 {
		return Abstract{}, false
	}
	c := &e.calls[id]
	if v, ok := e.evaluate(n); ok {
		return v, true
	}
	method := e.methodOf(c)
	switch method {
	case "trim", "toString", "valueOf", "normalize":
		if c.object != 0 && len(c.args) == 0 {
			return e.foldRef(ref(c.object), depth+1), true
		}
	case "concat":
		if c.object != 0 && e.Kind(c.object) != js.Array {
			out := e.foldRef(ref(c.object), depth+1)
			for _, a := range c.args {
				out = join(out, e.foldRef(ref(a), depth+1), e.o.Limits.Text)
			}
			return out, true
		}
	case "join":
		if e.Kind(c.object) == js.Array {
			return e.foldJoin(c, depth), true
		}
	case "replace", "replaceAll":
		return e.foldReplace(c, depth)
	case "toLowerCase", "toUpperCase":
		return mapTexts(e.foldRef(ref(c.object), depth+1), func(s string) string {
			if method == "toLowerCase" {
				return strings.ToLower(s)
			}
			return strings.ToUpper(s)
		}), true
	}
	for _, f := range c.names {
		switch e.facts.info[f].name {
		case "encodeURIComponent", "encodeURI", "mw.util.wikiUrlencode", "mw.util.rawurlencode", "mw.html.escape", "String", "decodeURIComponent", "$.trim":
			if len(c.args) > 0 {
				return e.foldRef(ref(c.args[0]), depth+1), true
			}
		case "mw.util.wikiScript":
			return hole(ScriptURL, n), true
		case "mw.util.getUrl":
			return join(hole(ScriptURL, n), e.foldRef(ref(e.first(c.args)), depth+1), e.o.Limits.Text), true
		}
	}
	return Abstract{}, false
}

func (e *engine) foldJoin(c *callRecord, depth int) Abstract {
	by := literal(",")
	if len(c.args) > 0 {
		by = e.foldRef(ref(c.args[0]), depth+1)
	}
	out := literal("")
	for i, p := range e.List(c.object) {
		if i > 0 {
			out = join(out, by, e.o.Limits.Text)
		}
		if p != 0 {
			out = join(out, e.foldRef(ref(p), depth+1), e.o.Limits.Text)
		}
	}
	return out
}

// foldReplace handles '…$1…'.replace('$1', x) with a template that is known.
func (e *engine) foldReplace(c *callRecord, depth int) (Abstract, bool) {
	if c.object == 0 || len(c.args) < 2 {
		return Abstract{}, false
	}
	self := e.foldRef(ref(c.object), depth+1)
	what, ok := e.Constant(c.args[0])
	if !ok || what == "" {
		return self, e.Kind(c.args[0]) == js.Regexp
	}
	by := e.foldRef(ref(c.args[1]), depth+1)
	var out Abstract
	for _, t := range self.Texts {
		done := literal("")
		replaced := false
		for _, p := range t {
			before, after, found := strings.Cut(p.Text, what)
			if p.Hole != "" || !found || replaced {
				done = join(done, Abstract{Texts: []Text{{p}}}, e.o.Limits.Text)
				continue
			}
			replaced = true
			done = join(join(done, literal(before), e.o.Limits.Text), join(by, literal(after), e.o.Limits.Text), e.o.Limits.Text)
		}
		out = union(out, done)
	}
	return out, true
}

func mapTexts(a Abstract, f func(string) string) Abstract {
	var out Abstract
	for _, t := range a.Texts {
		u := make(Text, len(t))
		for i, p := range t {
			u[i] = p
			if p.Hole == "" {
				u[i].Text = f(p.Text)
			}
		}
		out.Texts = append(out.Texts, u)
	}
	out.More = a.More
	return out
}

func same(a, b Text) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Hole != b[i].Hole || a[i].Text != b[i].Text {
			return false
		}
	}
	return true
}

func union(a, b Abstract) Abstract {
	out := Abstract{Texts: a.Texts[:len(a.Texts):len(a.Texts)], More: a.More || b.More}
next:
	for _, t := range b.Texts {
		for _, u := range out.Texts {
			if same(t, u) {
				continue next
			}
		}
		if len(out.Texts) >= maxTexts {
			out.More = true
			break
		}
		out.Texts = append(out.Texts, t)
	}
	return out
}

// join appends each alternative of b to each of a.
func join(a, b Abstract, limit int) Abstract {
	out := Abstract{More: a.More || b.More}
	for _, x := range a.Texts {
		for _, y := range b.Texts {
			if len(out.Texts) >= maxTexts {
				out.More = true
				return out
			}
			out.Texts = append(out.Texts, appendText(x, y, limit))
		}
	}
	return out
}

func appendText(x, y Text, limit int) Text {
	out := append(make(Text, 0, len(x)+len(y)), x...)
	for _, p := range y {
		if last := len(out) - 1; last >= 0 && out[last].Hole == "" && p.Hole == "" {
			if len(out[last].Text)+len(p.Text) <= limit {
				out[last].Text += p.Text
			}
			continue
		}
		if len(out) >= maxPieces {
			if out[len(out)-1].Hole != SomeText {
				out = append(out, Piece{Hole: SomeText})
			}
			break
		}
		out = append(out, p)
	}
	return out
}

// holeAt says what stands at a ref that no text is known of.
func (e *engine) holeAt(at ref) Abstract {
	n := e.nodeOf(at)
	found := SomeText
	e.each(at, func(f fact) {
		if h := holeOfName(e.facts.info[f].name); found == SomeText && h != "" {
			found = h
		}
	})
	if found == SomeText && int(at) < len(e.marked) {
		for i := e.marked[at]; i != 0; i = e.marks[i].next {
			if h := holeOfSource[e.marks[i].from]; h != "" && found == SomeText {
				found = h
			}
		}
	}
	return hole(found, n)
}

var holeOfSource = [sources]Hole{
	FromURL: URLPart, FromTitle: ThisPage, FromAPI: Answer, FromUserJSON: Answer, FromThirdParty: Foreign, FromUnknown: FromFunc,
	FromInput: Input, FromToken: TokenText, FromCookie: Cookies, FromUser: OwnName, FromRandom: Random,
}

func holeOfName(name string) Hole {
	switch name {
	case "mw.config.wgUserName", "mw.user.getName()", "mw.user.getName", "mw.user.id()":
		return OwnName
	case "mw.config.wgPageName", "mw.config.wgTitle", "mw.config.wgRelevantPageName", "document.title", "mw.config.wgArticleId":
		return ThisPage
	case "mw.config.wgRelevantUserName":
		return OtherUser
	case "mw.config.skin":
		return Skin
	case "mw.config.wgServer", "mw.config.wgServerName", "location.origin", "location.host", "location.hostname", "location.protocol":
		return Server
	case "mw.config.wgScriptPath", "mw.config.wgScript", "mw.config.wgArticlePath", "mw.util.wikiScript()", "mw.util.getUrl()":
		return ScriptURL
	case "document.cookie":
		return Cookies
	case "Math.random()":
		return Random
	case "prompt()", "element.value":
		return Input
	case "Date", "Date.now()":
		return Now
	}
	switch {
	case strings.HasPrefix(name, "answer.") || name == "answer":
		switch name[strings.LastIndexByte(name, '.')+1:] {
		case "user", "username":
			return OtherUser
		case "csrftoken", "token":
			return TokenText
		}
		return Answer
	case strings.HasPrefix(name, "foreign"):
		return Foreign
	case strings.HasPrefix(name, "location"), strings.HasPrefix(name, "document.URL"), name == "document.referrer":
		return URLPart
	}
	return ""
}

package flow

import (
	"slices"
	"strings"

	"sallyport/internal/js"
)

// texts keeps what is known about texts. A question marks the refs it comes by with its number, so that it asks none twice.
type texts struct {
	asked   uint32   // number of the question
	steps   int      // of this question
	folds   int      // of all
	seen    []uint32 // for each ref twice the last question that came by, and one more when it has its answer
	slot    []uint32 // for each ref its answer in found
	found   []answer // to the parts of the question
	settled bool     // all edges are there: answers may be kept

	// The alternatives that were told apart last: from variable to variable they come by again and again.
	distinct []Text

	keeping
	room
}

func (t *texts) start() {
	*t = texts{seen: t.seen[:0], slot: t.slot[:0], found: t.found[:0], room: t.room, keeping: keeping{last: t.last[:0], lasting: first(t.lasting, 0)}}
}

const (
	maxTexts  = 8
	maxPieces = 24
	maxFolds  = 60  // depth
	maxSteps  = 400 // of one question
)

// fold computes what is known about the text at a ref.
func (e *engine) fold(at ref) Abstract {
	if e.settled {
		return e.foldKept(at)
	}
	return e.ask(at)
}

// ask asks a new question.
func (e *engine) ask(at ref) Abstract {
	e.asked++
	e.steps, e.cost, e.deepest, e.limited, e.helped = 0, 0, 0, false, false
	e.found = e.found[:0]
	if n := len(e.refs) - len(e.seen); n > 0 {
		e.seen = append(e.seen, make([]uint32, n)...)
		e.slot = append(e.slot, make([]uint32, n)...)
		e.last = append(e.last, make([]uint32, n)...)
	}
	return e.foldRef(at, 0)
}

func (e *engine) foldRef(at ref, depth int) Abstract {
	switch e.seen[at] {
	case 2*e.asked + 1:
		return e.again(&e.found[e.slot[at]], depth)
	case 2 * e.asked: // the value depends on itself
		e.bent++
		return e.hole(SomeText, e.nodeOf(at))
	}
	if a, ok := e.kept(at, depth); ok {
		return a
	}
	e.steps++
	e.folds++
	if depth > maxFolds || e.steps > maxSteps || e.folds > e.o.Limits.Fold {
		e.bent++
		e.limited = true
		return e.hole(SomeText, e.nodeOf(at))
	}
	e.seen[at] = 2 * e.asked
	m := e.openAnswer(depth)
	a := e.closeAnswer(m, e.foldNew(at, depth))
	e.slot[at] = uint32(len(e.found))
	e.found = append(e.found, a)
	e.seen[at] = 2*e.asked + 1
	if e.settled && !a.bent && e.last[at] == 0 {
		e.keep(at, a)
	}
	return a.Abstract
}

func (e *engine) foldNew(at ref, depth int) Abstract {
	if int(at) < e.Len() && at != 0 {
		if a, ok := e.foldNode(js.Node(at), depth); ok {
			return a
		}
	}
	var few [32]ref
	from := few[:0]
	for i := e.refs[at].in; i != 0; i = e.edges[i].nextIn {
		if e.edges[i].how <= checked && !e.empty(e.edges[i].from) {
			if len(from) == len(few) {
				return e.holeAt(at)
			}
			from = append(from, e.edges[i].from)
		}
	}
	if len(from) == 0 {
		return e.holeAt(at)
	}
	out := e.foldRef(from[len(from)-1], depth+1)
	if len(from) > 1 || len(out.Texts) > 1 { // choices are large
		out = e.foldChoices(out, from[:len(from)-1], depth)
	}
	if len(out.Texts) == 1 && len(out.Texts[0]) == 1 {
		switch piece := out.Texts[0][0]; {
		case piece.Hole == SomeText:
			if h := e.holeFor(at); h != SomeText {
				return e.hole(h, e.nodeOf(at))
			}
		case piece.Hole != "" && piece.Node == 0 && int(at) < e.Len(): // what came from a place that was made on the way
			return e.hole(piece.Hole, js.Node(at))
		}
	}
	return out
}

// foldChoices is one of what was found first and what comes from some refs, the last of them first.
func (e *engine) foldChoices(first Abstract, from []ref, depth int) Abstract {
	if len(from) == 0 && len(first.Texts) == len(e.distinct) && &first.Texts[0] == &e.distinct[0] {
		return first
	}
	var c choices
	c.add(first)
	for i := len(from) - 1; i >= 0; i-- {
		c.add(e.foldRef(from[i], depth+1))
	}
	out := c.all(&e.room)
	e.distinct = out.Texts
	return out
}

// empty says that nothing ever comes to a ref that was made on the way.
func (e *engine) empty(r ref) bool { return e.emptyTo(r, 4) }

// emptyTo looks a few steps back: what objects hold under names nobody knows is mostly nothing, also in their copies.
func (e *engine) emptyTo(r ref, depth int) bool {
	if int(r) < e.Len()+len(e.Bindings) || e.refs[r].held != 0 || int(r) < len(e.marked) && e.marked[r] != 0 {
		return false
	}
	for i, n := e.refs[r].in, 0; i != 0; i, n = e.edges[i].nextIn, n+1 {
		if depth == 0 || n == 4 || !e.emptyTo(e.edges[i].from, depth-1) {
			return false
		}
	}
	return true
}

// foldNode computes expressions that make texts.
func (e *engine) foldNode(n js.Node, depth int) (Abstract, bool) {
	switch e.Kind(n) {
	case js.String, js.TemplateText:
		return e.literal(e.Str(n)), true
	case js.Number:
		return e.literal(formatNumber(e.Num(n))), true
	case js.Bool:
		return e.literal(e.Op(n).String()), true
	case js.Null:
		return e.literal("null"), true
	case js.Template:
		return e.foldAll(e.List(n), depth), true
	case js.Binary:
		if e.Op(n) == js.OpAdd {
			return e.foldAdd(n, depth)
		}
		return e.evaluate(n)
	case js.Assign:
		if e.Op(n) == js.OpAdd {
			if v, ok := e.evaluate(n); ok {
				return v, true
			}
			var old Abstract
			if left := e.Left(n); e.Kind(left) == js.Ident {
				old = e.foldRef(ref(left), depth+1)
			} else {
				old = e.hole(SomeText, left)
			}
			return e.joinTexts(old, e.foldRef(ref(e.Right(n)), depth+1)), true
		}
	case js.Cond:
		return e.union(e.foldRef(ref(e.Then(n)), depth+1), e.foldRef(ref(e.Else(n)), depth+1)), true
	case js.Logical:
		if e.Op(n) != js.OpAnd {
			return e.union(e.foldRef(ref(e.Left(n)), depth+1), e.foldRef(ref(e.Right(n)), depth+1)), true
		}
	case js.Call, js.TaggedTemplate:
		return e.foldCall(n, depth)
	case js.Unary:
		return e.evaluate(n)
	case js.Index, js.Dot:
		if a, ok := e.foldNamespace(n); ok {
			return a, true
		}
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
	var few [16]js.Node
	parts := few[:0]
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
	slices.Reverse(parts)
	return e.foldAll(parts, depth), true
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
	method := e.methodIn(c, depth)
	if a, ok := e.foldTitle(c, method, depth); ok {
		return a, true
	}
	if a, ok := e.foldMadeTitle(c, id, depth); ok {
		return a, true
	}
	switch method {
	case "trim", "toString", "valueOf", "normalize":
		if c.object != 0 && len(c.args) == 0 {
			return e.foldRef(ref(c.object), depth+1), true
		}
	case "concat":
		if c.object != 0 && e.Kind(c.object) != js.Array {
			return e.foldAll(append([]js.Node{c.object}, c.args...), depth), true
		}
	case "join":
		if e.Kind(c.object) == js.Array {
			return e.foldJoin(c, depth), true
		}
		if list := e.listAt(c.object); list != 0 {
			known := *c
			known.object = list
			return e.foldJoin(&known, depth), true
		}
	case "replace", "replaceAll":
		return e.foldReplace(c, depth)
	case "toLowerCase", "toUpperCase":
		return e.mapTexts(e.foldRef(ref(c.object), depth+1), func(s string) string {
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
			return e.hole(ScriptURL, n), true
		case "$.param":
			return e.foldQuery(e.first(c.args), depth)
		case "mw.util.getUrl":
			title := e.foldRef(ref(e.first(c.args)), depth+1)
			if len(c.args) > 1 {
				if query, ok := e.foldQuery(c.args[1], depth); ok { // then it is index.php?title=…
					return e.joinTexts(e.hole(ScriptURL, n), e.literal("?title="), title, e.literal("&"), query), true
				}
			}
			return e.joinTexts(e.hole(ScriptURL, n), title), true
		}
	}
	return Abstract{}, false
}

func (e *engine) foldJoin(c *callRecord, depth int) Abstract {
	by := e.literal(",")
	if len(c.args) > 0 {
		by = e.foldRef(ref(c.args[0]), depth+1)
	}
	parts := []Abstract{e.literal("")}
	for i, p := range e.List(c.object) {
		if i > 0 {
			parts = append(parts, by)
		}
		if p != 0 {
			parts = append(parts, e.foldRef(ref(p), depth+1))
		}
	}
	return e.joinTexts(parts...)
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
	var out choices
	for _, t := range self.Texts {
		if !t.Contains(what) {
			out.add(e.only(t))
			continue
		}
		at := slices.IndexFunc(t, func(p Piece) bool { return p.Hole == "" && strings.Contains(p.Text, what) })
		before, after, _ := strings.Cut(t[at].Text, what)
		out.add(e.joinTexts(e.only(t[:at]), e.literal(before), by, e.literal(after), e.only(t[at+1:])))
	}
	return out.all(&e.room), true
}

package flow

import (
	"cmp"
	"slices"

	"sallyport/internal/js"
)

// labels are the data that reach each ref. They are followed once all objects and calls are known.
type labels struct {
	marks   []mark
	marked  []uint32 // for each ref its first mark
	reached []ref    // for each mark where it is
}

// mark is one kind of data at one ref. The one before it on the way is kept, so that each mark knows where it came from.
type mark struct {
	from   Source
	bad    Contexts
	how    move
	call   uint32 // the call through which it entered function fn; 0 for none
	fn     uint32
	before uint32 // mark at the ref before
	next   uint32 // next mark of this ref
}

func (l *labels) start() {
	l.marks, l.reached, l.marked = first(l.marks, 255), first(l.reached, 255), l.marked[:0]
}

// seed is where data enters.
type seed struct {
	at   ref
	from Source
	bad  Contexts
}

// maxMarks bounds the marks of one ref.
const maxMarks = 16

func (e *engine) seed(at ref, from Source, bad Contexts) {
	if at != 0 && from != NoSource {
		e.seeds = append(e.seeds, seed{at, from, bad})
	}
}

// bring notes that reading something known brings in data.
func (e *engine) bring(f fact, at ref) {
	i := &e.facts.info[f]
	from := i.from
	if from == FromInput && int(at) < e.Len() && e.Kind(js.Node(at)) == js.Dot {
		from = e.filledIn(e.Object(js.Node(at)))
	}
	e.seed(at, from, i.bad)
}

// label carries all marks to where they go.
func (e *engine) label() {
	e.marked = zeros(e.marked, len(e.refs))
	slices.SortStableFunc(e.seeds, func(a, b seed) int { return cmp.Compare(a.at, b.at) })
	for _, s := range e.seeds {
		e.arrive(s.at, mark{from: s.from, bad: s.bad | Data})
	}
	for id := uint32(1); int(id) < len(e.marks); id++ { // those that arrive on the way come in turn
		if e.work++; e.work > 2*e.o.Limits.Work {
			e.note("data was not followed to its end: the script takes too many steps")
			break
		}
		m := e.marks[id]
		for l := e.refs[e.reached[id]].out; l != 0; l = e.edges[l].nextOut {
			if next, ok := e.edges[l].carry(m); ok {
				next.before = id
				e.arrive(e.edges[l].to, next)
			}
		}
	}
}

// carry moves a mark along an edge. Data that entered a function by one call does not leave it by another.
func (l *edge) carry(m mark) (mark, bool) {
	m.how = l.how
	if l.how == asIs { // most of all
		return m, m.bad != 0
	}
	was := m.bad
	m.bad = l.how.change(was)
	switch l.how {
	case decoded:
		if m.from == FromTitle { // neither %41 nor &lt; can stand in a title
			m.bad = was
		}
		if m.from == FromPage && was&InURL == 0 { // the address of a link: decoded it is one still, with its scheme
			m.bad &^= InURL | InHost
		}
	case toTitle:
		if m.from == FromAPI {
			m.bad = titled.change(m.bad)
		}
	case toNumber:
		if m.from == FromAPI {
			m.bad &= Data
		}
	case toAnswer:
		if was&InHost == 0 || m.from != FromURL && m.from != FromPostMessage && m.from != FromThirdParty {
			return m, false
		}
		m.from, m.bad = FromThirdParty, Anywhere
	case trusted:
		return m, m.from != FromPostMessage
	case toParsed:
		if m.from == FromAPI {
			m.bad &^= markupSafe
		}
	case fromJSON:
		if m.from == FromAPI {
			m.from = FromUserJSON
		}
	case goIn:
		m.call, m.fn = l.call, l.fn
	case comeOut:
		if m.fn == l.fn && m.call != l.call && m.call != 0 {
			return m, false
		}
		m.call, m.fn = 0, 0
	}
	return m, m.bad != 0
}

func (e *engine) arrive(at ref, m mark) {
	n := 0
	for i := e.marked[at]; i != 0; i = e.marks[i].next {
		k := &e.marks[i]
		if k.from == m.from && k.bad&m.bad == m.bad && (k.call == 0 || k.call == m.call && k.fn == m.fn) {
			return
		}
		n++
	}
	if n >= maxMarks {
		e.note("more data meets in one place than is told apart")
		return
	}
	if n >= maxMarks/2 {
		m.call, m.fn = 0, 0
	}
	m.next = e.marked[at]
	e.marks = append(e.marks, m)
	e.reached = append(e.reached, at)
	id := uint32(len(e.marks) - 1)
	e.marked[at] = id
}

// flows lists the marks of a ref, one for each source, with the widest contexts and the way that brought the most.
func (g *Graph) flows(at ref) []Flow {
	e := g.e
	if e == nil || int(at) >= len(e.marked) {
		return nil
	}
	var best [sources]uint32
	var all [sources]Contexts
	for i := e.marked[at]; i != 0; i = e.marks[i].next {
		m := &e.marks[i]
		all[m.from] |= m.bad
		if b := best[m.from]; b == 0 || weight(m.bad) >= weight(e.marks[b].bad) {
			best[m.from] = i
		}
	}
	var out []Flow
	for s, i := range best {
		if i != 0 {
			out = append(out, Flow{Source: Source(s), Unsafe: all[s], Origin: g.originOf(i), entry: i, g: g})
		}
	}
	return out
}

func weight(c Contexts) int {
	n := 0
	if c&InHTML != 0 {
		n = 100
	}
	if c&Markup != 0 {
		n += 50
	}
	for ; c != 0; c &= c - 1 {
		n++
	}
	return n
}

// nodeOf is the node a ref belongs to, 0 when it belongs to none.
func (e *engine) nodeOf(r ref) js.Node {
	if int(r) < e.Len() {
		return js.Node(r)
	}
	if b := int(r) - e.Len(); b < len(e.Bindings) {
		return e.Bindings[b].Decl
	}
	return 0
}

func (g *Graph) originOf(id uint32) js.Node {
	var n js.Node
	for ; id != 0; id = g.e.marks[id].before {
		if at := g.e.nodeOf(g.e.reached[id]); at != 0 {
			n = at
		}
	}
	return n
}

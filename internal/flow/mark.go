package flow

import "sallyport/internal/js"

// Marking says where data of somebody's own choosing enters a script, and what becomes of it besides what the language
// does. An operator's rules are the ones who choose.
type Marking struct {
	Sources []js.Node          // values, or names where they are declared
	Clean   func(js.Node) bool // where data ends; may be nil
	Links   []Link             // ways that the script alone does not show
	Step    func() bool        // asked before each step; false ends the search. May be nil
}

// Link lets data go from one value to another.
type Link struct{ From, To js.Node }

// Marked is where the data of a [Marking] gets.
type Marked struct {
	Marking
	g       *Graph
	marks   []mark
	reached []ref
	first   map[ref]uint32
	links   map[ref][]ref
}

// Mark follows data from its sources to all it reaches, the way [Graph.Taint] does for the sources that are built in.
func (g *Graph) Mark(m Marking) *Marked {
	k := &Marked{Marking: m, g: g, marks: make([]mark, 1), reached: make([]ref, 1), first: map[ref]uint32{}, links: map[ref][]ref{}}
	if g.e == nil {
		return k
	}
	for _, l := range m.Links {
		k.links[ref(l.From)] = append(k.links[ref(l.From)], k.places(l.To)...)
	}
	for _, n := range m.Sources {
		for _, at := range k.places(n) {
			k.arrive(at, mark{bad: Anywhere})
		}
	}
	for i := 1; i < len(k.marks) && (m.Step == nil || m.Step()); i++ {
		k.leave(uint32(i))
	}
	return k
}

// places are where a node's value is: for a name that is declared, all that it is used for until something else is put there.
func (k *Marked) places(n js.Node) []ref {
	if b := k.g.s.Tree.Binding(n); b != 0 && k.g.s.Is(n, js.IsDeclared) {
		return []ref{ref(n), k.g.e.binding(b)}
	}
	return []ref{ref(n)}
}

// leave carries a mark to where it goes from its place.
func (k *Marked) leave(id uint32) {
	at, e := k.reached[id], k.g.e
	for l := e.refs[at].out; l != 0; l = e.edges[l].nextOut {
		if next, ok := e.edges[l].carry(k.marks[id]); ok {
			next.before = id
			k.arrive(e.edges[l].to, next)
		}
	}
	for _, to := range k.links[at] {
		next := k.marks[id]
		next.how, next.before = passOn, id
		k.arrive(to, next)
	}
}

func (k *Marked) arrive(at ref, m mark) {
	if at == 0 || k.Clean != nil && int(at) < k.g.s.Len() && k.Clean(js.Node(at)) {
		return
	}
	n := 0
	for i := k.first[at]; i != 0; i = k.marks[i].next {
		have := &k.marks[i]
		if have.bad&m.bad == m.bad && (have.call == 0 || have.call == m.call && have.fn == m.fn) {
			return
		}
		n++
	}
	if n >= maxMarks {
		return
	}
	if n >= maxMarks/2 {
		m.call, m.fn = 0, 0
	}
	m.next = k.first[at]
	k.marks = append(k.marks, m)
	k.reached = append(k.reached, at)
	k.first[at] = uint32(len(k.marks) - 1)
}

// At says whether the data reaches a node, and in which contexts it would do harm there.
func (k *Marked) At(n js.Node) (unsafe Contexts, reached bool) {
	for i := k.first[ref(n)]; i != 0; i = k.marks[i].next {
		unsafe |= k.marks[i].bad
		reached = true
	}
	return unsafe, reached
}

// Steps are the stations from a source to a node that the data reaches, by the way on which it came there first.
func (k *Marked) Steps(n js.Node) []Step {
	var back []Step
	first := k.first[ref(n)]
	for k.marks[first].next != 0 {
		first = k.marks[first].next
	}
	for id := first; id != 0 && len(back) < 200; id = k.marks[id].before {
		at := k.g.e.nodeOf(k.reached[id])
		if at == 0 {
			continue
		}
		says := moveSays[k.marks[id].how]
		switch {
		case k.marks[id].before == 0:
			says = "it begins here"
		case says == "" && k.g.s.Kind(at) == js.Ident:
			says = "through the variable " + k.g.s.Name(at)
		case says == "":
			says = "from here"
		}
		back = append(back, Step{at, says})
	}
	return k.g.thin(back)
}

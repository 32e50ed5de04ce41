package js

// Node names a node of a [Tree]; 0 is none. Nodes are numbered densely from 1, children mostly before their parents,
// so that an analysis can keep what it knows about them in slices.
type Node uint32

// Atom names a string of a [Tree]. Names and short strings with the same text have the same atom.
type Atom uint32

// node is 28 bytes without pointers, so that a tree is one block the garbage collector need not look into.
type node struct {
	kind       Kind
	op         Op
	flags      Flags
	start, end uint32
	a, b, c, d uint32
}

// Tree holds nodes, lists and strings of one script.
//
// Accessors take any node, also one of a kind that lacks what they ask for: they answer with the zero value of no node,
// so that an analyser can write t.Name(t.Callee(n)) without a check at each step.
type Tree struct {
	Text string // the decoded script; offsets count its bytes
	Root Node   // Program, or the expression of a script parsed as one; 0 when opaque

	nodes []node
	lists []Node // each list is its length, then its members
	names []string
	nums  []float64

	memory *memory // that all this stands in; nil when it is small
}

// Len is one more than the largest node.
func (t *Tree) Len() int { return len(t.nodes) }

// Atoms is one more than the largest atom.
func (t *Tree) Atoms() int { return len(t.names) }

func (t *Tree) Kind(n Node) Kind        { return t.nodes[n].kind }
func (t *Tree) Op(n Node) Op            { return t.nodes[n].op }
func (t *Tree) Flags(n Node) Flags      { return t.nodes[n].flags }
func (t *Tree) Is(n Node, f Flags) bool { return t.nodes[n].flags&f != 0 }
func (t *Tree) Start(n Node) int        { return int(t.nodes[n].start) }
func (t *Tree) End(n Node) int          { return int(t.nodes[n].end) }
func (t *Tree) AtomText(a Atom) string  { return t.names[a] }
func (t *Tree) list(at uint32) []Node   { return t.lists[at+1 : at+1+uint32(t.lists[at])] }
func (t *Tree) is(n Node, k Kind) bool  { return t.nodes[n].kind == k }

// Source is the text of a node. In a script that had to be lowered it is only near what was written.
func (t *Tree) Source(n Node) string { return t.Text[t.nodes[n].start:t.nodes[n].end] }

// Children calls f for each child in source order; holes of arrays are left out.
func (t *Tree) Children(n Node, f func(Node)) {
	v := &t.nodes[n]
	shape := &shapes[v.kind]
	if shape[0] == other && shape[1] == other { // most nodes
		return
	}
	for i, at := range [4]uint32{v.a, v.b, v.c, v.d} {
		switch {
		case at == 0 || shape[i] == other:
		case shape[i] == child:
			f(Node(at))
		default:
			for _, c := range t.list(at) {
				if c != 0 {
					f(c)
				}
			}
		}
	}
}

// Walk calls enter for n and all below it in source order, parents first; where enter says false it does not go deeper.
func (t *Tree) Walk(n Node, enter func(Node) bool) {
	if n == 0 || !enter(n) {
		return
	}
	t.Children(n, func(c Node) { t.Walk(c, enter) })
}

// Parents gives the parent of each node, 0 for the root. It is computed anew on each call.
func (t *Tree) Parents() []Node {
	up := make([]Node, len(t.nodes))
	for n := range t.nodes {
		v := &t.nodes[n]
		shape := &shapes[v.kind]
		if shape[0] == other && shape[1] == other {
			continue
		}
		for i, at := range [4]uint32{v.a, v.b, v.c, v.d} {
			switch shape[i] {
			case child:
				up[at] = Node(n)
			case list:
				for _, c := range t.list(at) {
					up[c] = Node(n)
				}
			}
		}
	}
	up[0] = 0 // it stood for all that was missing
	return up
}

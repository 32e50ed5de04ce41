package js

import "sync"

// memory is what reading one script takes. Large slabs cost most when they are new, so a scan hands them on from script
// to script: see [Script.Release].
type memory struct {
	nodes    []node
	lists    []Node
	names    []string
	nums     []float64
	comments []Comment
	scopes   []Scope
	bindings []Binding
	declared []BindingID
	refs     []Node

	// What only the parser and the resolver look at.
	atoms   []Atom
	stack   []Node
	visible []BindingID
	waiting []Node
}

var spare = sync.Pool{New: func() any { return &memory{} }}

// maxSpare is the number of nodes from which memory is not kept: a scan shall not hold on to what one large script needed.
const maxSpare = 1 << 17

// Release ends the use of a script, of its nodes and names, and lets the next one be read into the same memory. Its Text,
// its Lines and strings taken from it stay good. A script that is not released is as good, and takes the garbage
// collector's time.
func (s *Script) Release() {
	for i := range s.Parts {
		if part := s.Parts[i].Script; part != nil {
			part.Release()
		}
	}
	m := s.Tree.memory
	if m == nil {
		return
	}
	m.nodes, m.lists, m.names, m.nums = s.Tree.nodes, s.Tree.lists, s.Tree.names, s.Tree.nums
	m.comments = s.Comments
	m.scopes, m.bindings, m.declared, m.refs = s.Scopes.Scopes, s.Scopes.Bindings, s.Scopes.declared, s.Scopes.refs
	s.Comments = nil
	s.empty(s.Text)
	if len(m.nodes) <= maxSpare {
		clear(m.names)
		spare.Put(m)
	}
}

// room is an empty slice in the memory of another one if that is large enough.
func room[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, 0, n)
	}
	return s[:0]
}

// zeroed is a slice of zeros in the memory of another one if that is large enough.
func zeroed[T any](s []T, n int) []T {
	s = room(s, n)[:n]
	clear(s)
	return s
}

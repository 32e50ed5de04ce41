// Package gate finds what a script waits for, so that the sandbox can give it just that: the constants it compares the world with
// (user names, groups, pages, dates, element ids, …), its conditions, and a text in which chosen conditions can be forced.
//
// A script that does its work only for one person, in one namespace, after one day shows nothing to whoever runs it once.
// But it has to name what it waits for. [Script.Constants] reads the names out of it, so that the sandbox can be that person on
// that page on that day; [Script.Rewrite] is for what is left, when the name cannot be had:
//
//	if ( sha1( name ) === x )    →    if ( __gate(7,(sha1( name ) === x)) )
//
// The text behaves as before while the hook gives back what it is given (see [HookScript]).
// What is reached by a turned condition is possible, not seen, and reports keep it apart.
//
// Nothing is run here. The same script gives the same answer; work is bounded by the length of the text.
package gate

import (
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// Options say how to read a script. The zero value is fine.
type Options struct {
	Name   string // file name or page title
	Flow   flow.Options
	Limits js.Limits
}

// Script is a script that was read. It is not safe for use by several goroutines at once.
type Script struct {
	*js.Script
	graph *flow.Graph
	up    []js.Node
	calls map[js.Node]*flow.Call

	subjects map[js.Node]subject
	only     map[js.BindingID]js.Node
	steps    int // of this question
	all      int // of all questions

	constants Constants
	had       map[Constant]bool
	found     bool
}

// Read parses a script and follows its values.
func Read(src []byte, o Options) *Script {
	s := &Script{Script: js.Parse(src, js.Options{Name: o.Name, Limits: o.Limits})}
	s.graph = flow.Analyse(s.Script, o.Flow)
	s.up = s.Parents()
	s.calls = map[js.Node]*flow.Call{}
	calls := s.graph.Calls()
	for i := range calls {
		s.calls[calls[i].Node] = &calls[i]
	}
	s.subjects, s.only = map[js.Node]subject{}, map[js.BindingID]js.Node{}
	return s
}

// readable says whether the text is JavaScript whose places are known.
func (s *Script) readable() bool {
	return s.Root != 0 && s.Kind(s.Root) == js.Program
}

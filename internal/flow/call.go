package flow

import (
	"sallyport/internal/capability"
	"sallyport/internal/js"
)

// Kind is what a receiver is, as far as it matters to what its methods do.
type Kind string

// Kinds of receivers.
const (
	Unknown  Kind = ""
	JQuery   Kind = "jquery"
	Element  Kind = "element" // also documents and fragments
	API      Kind = "api"     // mw.Api, mw.Rest, mw.ForeignApi and their like
	Promise  Kind = "promise"
	OOUI     Kind = "ooui"
	String   Kind = "string"
	Array    Kind = "array"
	Plain    Kind = "object" // an object literal
	Event    Kind = "event"
	Message  Kind = "message" // mw.message()
	Function Kind = "function"
	Instance Kind = "instance" // of a class or constructor of this script
	Known    Kind = "known"    // some other global: the name says which
)

// Where is the circumstance of a call or assignment.
type Where struct {
	Func    js.Node            // enclosing Function, 0 at the top of the script
	Trigger capability.Trigger // what makes it happen; empty when nothing in the script leads there
	Typing  bool               // nothing but typing and pasting makes it happen; the trigger is then a click
	InLoop  bool               // once for each of many: loops, forEach and its like, recursion
	Gates   []Gate             // conditions that must hold, outermost first; shared between calls, not to be changed
}

// Call is a call, a new, a tagged template or an import().
type Call struct {
	Node js.Node
	// Callee is the canonical dotted name of what is called, seen through aliases: "mw.Api.postWithToken" for
	// const a = new mw.Api(); a.postWithToken(). An instance is named as its constructor. window, self, globalThis, top,
	// parent and unsafeWindow are left out; jQuery is "$", a jQuery object "$()", mediaWiki "mw", an element "element", a
	// promise "promise", an event "event", a string "string", an array "array", an answer of an API "answer". A method of
	// something unknown is ".name". Functions of the script itself have no name here but stand in Targets.
	Callee string
	Others []string // further names, when it may be several
	Method string   // last part of the name as far as it is known: "postWithToken"

	Object   js.Node // receiver, 0 for plain functions
	Receiver Kind
	Tag      string // element name of the receiver, for instance "script", where known
	// Args are the arguments as the callee sees them: those after this for .call(), the elements of a literal array for
	// .apply(). Arguments that bind() fixed are not among them.
	Args    []js.Node
	New     bool
	Tagged  bool
	Targets []js.Node // Functions and Classes of the script that may be meant

	Where
}

// Arg is one argument, 0 when there are not so many.
func (c *Call) Arg(i int) js.Node {
	if i < 0 || i >= len(c.Args) {
		return 0
	}
	return c.Args[i]
}

// Is says whether the callee may be one of the names, none of which is a method of something unknown.
func (c *Call) Is(names ...string) bool {
	if (c.Callee == "" || c.Callee[0] == '.') && len(c.Others) == 0 { // half of all calls
		return false
	}
	for _, n := range names {
		if c.Callee == n {
			return true
		}
		for _, o := range c.Others {
			if o == n {
				return true
			}
		}
	}
	return false
}

// Assign is a write to a property or to a global variable.
type Assign struct {
	Node     js.Node // the Assign, or the Property or Declarator that does it
	Target   string  // canonical name as in [Call]: "location.href", "element.innerHTML", ".innerHTML" for an unknown object
	Property string  // last part: "innerHTML"; "" when it is computed and not known
	Object   js.Node // 0 for global variables
	Receiver Kind
	Tag      string
	Value    js.Node
	Adds     bool // += and its like

	Where
}

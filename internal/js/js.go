package js

import "math"

// Goal is what a text was read as.
type Goal string

const (
	Auto       Goal = "" // find out
	ScriptGoal Goal = "script"
	ModuleGoal Goal = "module"
	// FunctionGoal is a script with a return outside of functions: ResourceLoader wraps package files in one.
	FunctionGoal   Goal = "function"
	ExpressionGoal Goal = "expression"
	JSONGoal       Goal = "json"
	CSSGoal        Goal = "css"
	VueGoal        Goal = "vue"
	Opaque         Goal = "opaque" // nobody could read it: Problems say why
)

// Limits bound the work for one text. Zero fields take the defaults.
type Limits struct {
	Bytes int // of the decoded text; 4 MiB
	Lower int // longest text that esbuild is asked about when our parser refuses it; 256 KiB
}

const (
	maxBytes = 4 << 20
	maxLower = 256 << 10
)

func (l Limits) orDefaults() Limits {
	if l.Bytes <= 0 || l.Bytes > math.MaxInt32 {
		l.Bytes = maxBytes
	}
	if l.Lower <= 0 {
		l.Lower = maxLower
	}
	return l
}

// Options say how to read a text.
type Options struct {
	Name       string // file name or page title; its end (.js, .css, .json, .vue, .ts, …) tells the kind
	Goal       Goal   // forces a goal
	Limits     Limits
	CrossCheck bool // ask a second parser, and report when it disagrees: costs several times as long
}

// Script is a text that was read. Texts that cannot be read have the goal [Opaque], no Root, and a Problem.
type Script struct {
	Goal     Goal
	*Tree    // never nil
	*Scopes  // never nil
	Lines    *Lines
	Comments []Comment
	Problems []Problem
	Lowered  bool    // esbuild rewrote the text first, so positions are near rather than exact
	Styles   []Style // what a style sheet fetches or reads
	Parts    []Part  // what a Vue file consists of
}

// Parse reads a text. It never fails: what could not be read is in Problems.
func Parse(src []byte, o Options) *Script {
	o.Limits = o.Limits.orDefaults()
	s := &Script{Goal: o.Goal}
	text := s.decode(src, o.Limits.Bytes)
	s.reset(text)
	if o.Goal == Auto {
		s.classify(o.Name)
	}
	if s.Goal == Opaque {
		return s.placed()
	}
	switch s.Goal {
	case JSONGoal:
		s.readJSON()
	case CSSGoal:
		s.readCSS(0, len(text))
	case VueGoal:
		s.readVue(o)
	case ExpressionGoal:
		s.readExpression(0, len(text))
	default:
		s.readScript(o)
	}
	return s.placed()
}

// ParseExpression reads one expression.
func ParseExpression(src []byte) *Script { return Parse(src, Options{Goal: ExpressionGoal}) }

// reset empties the script for a text.
func (s *Script) reset(text string) {
	s.empty(text)
	s.Lines = NewLines(text)
}

// empty gives the script a tree of no nodes.
func (s *Script) empty(text string) {
	s.Tree = &Tree{Text: text, nodes: make([]node, 1), lists: make([]Node, 1), names: []string{""}}
	s.Scopes = &Scopes{Scopes: make([]Scope, 2), Bindings: make([]Binding, 1)}
}

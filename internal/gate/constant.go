package gate

import (
	"slices"

	"sallyport/internal/js"
)

// Constant is one thing of the world that a script asks for by name.
type Constant struct {
	Asks   Asks
	Key    string // which storage key, parameter, config value, part of a date; "" where there is nothing to choose
	Op     string // how it is asked: ===, <, …; "%7" when what is left of a division by 7 is; "has", "begins", "ends", "matches", "is" for a list; "finds" for elements; "read" when only asked for
	Value  string // dates as time are RFC 3339 in UTC; regular expressions give their literal parts
	Line   int
	Column int
}

// Fits is the Op of a whole pattern that a name is held against; its literal parts are listed as such.
const Fits = "fits"

// Constants are what a script compares the world with, in the order of the text, each once.
type Constants struct {
	List []Constant
	More bool // there are more than are listed
}

// maxConstants bounds the list.
const maxConstants = 2000

// Of are the values that a script compares one sort of thing with, each once, in the order of the text.
func (c Constants) Of(asks Asks) []string {
	var out []string
	seen := map[string]bool{}
	for _, k := range c.List {
		if k.Asks == asks && k.Op != "read" && k.Op != Fits && k.Divisor() == 0 && !seen[k.Value] {
			seen[k.Value] = true
			out = append(out, k.Value)
		}
	}
	return out
}

// Keys are the keys that a script reads of one sort of thing: of storage, of the query string, of mw.config.
func (c Constants) Keys(asks Asks) []string {
	var out []string
	for _, k := range c.List {
		if k.Asks == asks && k.Key != "" && !slices.Contains(out, k.Key) {
			out = append(out, k.Key)
		}
	}
	return out
}

// Constants reads the whole script for what it waits for.
func (s *Script) Constants() Constants {
	if s.found || !s.readable() {
		return s.constants
	}
	s.found = true
	s.had = map[Constant]bool{}
	s.Walk(s.Root, func(n js.Node) bool {
		switch s.Kind(n) {
		case js.Binary:
			s.compare(n)
		case js.Switch:
			for _, c := range s.List(n) {
				s.equal(s.Test(n), s.Test(c), "===", c)
			}
		case js.Call, js.New:
			s.call(n)
		case js.Index:
			s.lookUp(n)
		case js.Dot:
			s.readMember(n)
		}
		return !s.constants.More
	})
	return s.constants
}

// add lists a constant.
func (s *Script) add(n js.Node, c Constant) {
	if len(c.Value) > maxLength || len(c.Key) > maxLength {
		return
	}
	if s.had[c] {
		return
	}
	if len(s.constants.List) >= maxConstants {
		s.constants.More = true
		return
	}
	s.had[c] = true
	c.Line, c.Column = s.Lines.Position(s.Start(n))
	s.constants.List = append(s.constants.List, c)
}

package flow

import (
	"strings"

	"sallyport/internal/js"
)

// names gives each name of a property, a global or an element a number. 0 is none.
type names struct {
	ids    map[string]uint32
	named  []named
	byAtom []uint32 // for each atom of the script its name, 0 until somebody asks
}

// named is a name, with what is asked about it over and over.
type named struct {
	text           string
	any            ref  // what is written to it wherever; 0 for nothing
	index          bool // begins with a digit
	functionMethod bool // call, apply, bind: seen by the call
	arrayMethod    bool
	clean          bool // a property that is a number
	field          move // what becomes of data on its way from an object to this field
}

// The names that the engine itself speaks of come first, in every script.
const (
	prototypeName = 1 + iota
	constructorName
	actionName
	resultName // of a call: f()
	jqueryName
)

func (t *names) start(atoms int) {
	if t.ids == nil {
		t.ids = map[string]uint32{}
	}
	t.named = append(t.named[:0], named{})
	t.byAtom = zeros(t.byAtom, atoms)
	for _, s := range [...]string{"prototype", "constructor", "action", "()", "$()"} {
		t.name(s)
	}
}

// end forgets all names. To empty a map takes as long as it ever was large, so a large one goes.
func (t *names) end() {
	clear(t.named)
	if len(t.ids) > maxKeptNames {
		t.ids = nil
	}
	clear(t.ids)
}

const maxKeptNames = 1 << 12

func (t *names) name(s string) uint32 {
	if id, ok := t.ids[s]; ok {
		return id
	}
	t.named = append(t.named, named{
		text: s, index: s != "" && s[0] >= '0' && s[0] <= '9', functionMethod: s == "call" || s == "apply" || s == "bind",
		arrayMethod: arrayMethods[s], clean: cleanProperty(s), field: fieldMove(s),
	})
	id := uint32(len(t.named) - 1)
	t.ids[s] = id
	return id
}

func (t *names) nameText(id uint32) string { return t.named[id].text }

func (e *engine) nameAtom(a js.Atom) uint32 {
	if e.byAtom[a] == 0 {
		e.byAtom[a] = e.name(e.AtomText(a))
	}
	return e.byAtom[a]
}

// keyName is the name of a property as far as it is plain to see.
func (e *engine) keyName(n js.Node) (uint32, bool) {
	if a := e.KeyAtom(n); a != 0 {
		return e.nameAtom(a), true
	}
	if s, ok := e.KeyName(n); ok {
		return e.name(s), true
	}
	return 0, false
}

// words is a set of the words of a text.
func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// cleanProperty knows properties that are numbers.
func cleanProperty(s string) bool {
	switch s {
	case "length", "size", "pageid", "revid", "ns", "timestamp", "parentid", "index", "byteLength", "offsetWidth", "offsetHeight":
		return true
	}
	return false
}

package js

import (
	"hash/maphash"
	"math"
	"strconv"
)

// Words that the grammar knows, in the order in which every table of atoms begins. The reserved ones come first:
// their atom is also their token.
const (
	aNone Atom = iota
	aBreak
	aCase
	aCatch
	aClass
	aConst
	aContinue
	aDebugger
	aDefault
	aDelete
	aDo
	aElse
	aEnum
	aExport
	aExtends
	aFalse
	aFinally
	aFor
	aFunction
	aIf
	aImport
	aIn
	aInstanceof
	aNew
	aNull
	aReturn
	aSuper
	aSwitch
	aThis
	aThrow
	aTrue
	aTry
	aTypeof
	aVar
	aVoid
	aWhile
	aWith
	lastReserved = aWith
)

const (
	aAs Atom = lastReserved + 1 + iota
	aAssert
	aAsync
	aAwait
	aConstructor
	aFrom
	aGet
	aLet
	aMeta
	aOf
	aSet
	aStatic
	aTarget
	aYield
	aArguments
	aEval
	aUseStrict
	aDefer
	aSource
)

var knownWords = []string{
	"", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum",
	"export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return",
	"super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
	"as", "assert", "async", "await", "constructor", "from", "get", "let", "meta", "of", "set", "static", "target", "yield",
	"arguments", "eval", "use strict", "defer", "source",
}

// maxInterned is the length from which strings are stored without looking for an equal one.
const maxInterned = 64

// atoms gives each name a number. The hash is seeded by the process: it decides about speed, never about numbers.
type atoms struct {
	names []string
	table []Atom // open addressing; length is a power of two
}

var (
	atomSeed   = maphash.MakeSeed()
	knownAtoms = seedAtoms()
)

func seedAtoms() atoms {
	a := atoms{names: []string{""}, table: make([]Atom, 256)}
	for _, w := range knownWords[1:] {
		a.intern(w)
	}
	return a
}

func newAtoms(textLen int, m *memory) atoms {
	size := 256
	for size < textLen/24 {
		size *= 2
	}
	a := atoms{names: room(m.names, len(knownAtoms.names)+textLen/40+16), table: zeroed(m.atoms, size)}
	if size == len(knownAtoms.table) {
		a.names = append(a.names, knownAtoms.names...)
		copy(a.table, knownAtoms.table)
		return a
	}
	a.names = append(a.names, "")
	for _, w := range knownWords[1:] {
		a.intern(w)
	}
	return a
}

func (a *atoms) intern(s string) Atom {
	if s == "" {
		return aNone
	}
	mask := uint64(len(a.table) - 1)
	for i := maphash.String(atomSeed, s) & mask; ; i = (i + 1) & mask {
		at := a.table[i]
		if at == 0 {
			a.names = append(a.names, s)
			a.table[i] = Atom(len(a.names) - 1)
			at = a.table[i]
			if len(a.names)*2 > len(a.table) {
				a.grow()
			}
			return at
		}
		if a.names[at] == s {
			return at
		}
	}
}

func (a *atoms) grow() {
	old := a.table
	a.table = make([]Atom, 2*len(old))
	mask := uint64(len(a.table) - 1)
	for _, at := range old {
		if at == 0 {
			continue
		}
		i := maphash.String(atomSeed, a.names[at]) & mask
		for a.table[i] != 0 {
			i = (i + 1) & mask
		}
		a.table[i] = at
	}
}

// text stores the value of a literal.
func (a *atoms) text(s string) Atom {
	if len(s) <= maxInterned {
		return a.intern(s)
	}
	a.names = append(a.names, s)
	return Atom(len(a.names) - 1)
}

// wholeNumber spells an integer as JavaScript does when it becomes a property name.
func wholeNumber(f float64) (string, bool) {
	if f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return "", false
	}
	return strconv.FormatInt(int64(f), 10), true
}

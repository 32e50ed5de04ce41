package pattern

import (
	"fmt"
	"strings"

	"sallyport/internal/js"
)

// leaf is one pattern, made ready. Rules with the same pattern share it.
type leaf struct {
	id    int
	tree  *js.Script
	roles []role
	shape shape
	top   []js.Node // the expression, the statement, or the statements
	options
	free  bool // has metavariables: it may match in several ways at one place
	lazy  bool // could match anywhere: looked for only when a rule asks
	words []uint32
}

// shape says what a pattern is looked for among.
type shape uint8

const (
	expression shape = iota
	statement
	sequence
)

// options are those of a rule that change how its patterns match.
type options struct {
	literal   bool // constant_propagation: false
	strict    bool // vardef_assign: false
	flat      bool // ac_matching: false
	symmetric bool // symmetric_eq: true
}

// leaves makes patterns ready, each once.
type leaves struct {
	*vocabulary
	all  []*leaf
	seen map[leafKey]*leaf
}

type leafKey struct {
	text string
	options
}

// add reads a pattern.
func (l *leaves) add(text string, o options) (*leaf, *trouble) {
	if f, ok := l.seen[leafKey{text, o}]; ok {
		return f, nil
	}
	f, err := l.read(text, o)
	if err != nil {
		return nil, err
	}
	f.id = len(l.all)
	l.all = append(l.all, f)
	l.seen[leafKey{text, o}] = f
	return f, nil
}

func (l *leaves) read(text string, o options) (*leaf, *trouble) {
	switch {
	case len(text) > maxPattern:
		return nil, &trouble{0, fmt.Sprintf("the pattern is longer than %d bytes", maxPattern)}
	case strings.TrimSpace(text) == "":
		return nil, &trouble{0, "the pattern is empty"}
	case strings.Contains(text, ellipsis) || strings.Contains(text, deepCall):
		return nil, &trouble{0, "the letters " + ellipsis + " and " + deepCall + " are used inside: write the pattern without them"}
	}
	tree, bad := parse(rewrite(text))
	if bad != nil {
		bad.at = min(bad.at, len(text))
		bad.say = "the pattern cannot be read: " + strings.NewReplacer(ellipsis, "...", deepCall, "<...").Replace(bad.say)
		return nil, bad
	}
	roles, bad := l.roles(tree)
	if bad != nil {
		return nil, bad
	}
	f := &leaf{tree: tree, roles: roles, options: o}
	for _, r := range roles {
		f.free = f.free || r.kind == variable || r.kind == dotsVariable || r.kind == stringVariable || r.kind == regexpVariable
	}
	return f, f.settle()
}

// settle finds out what sort of pattern it is.
func (f *leaf) settle() *trouble {
	t := f.tree
	f.top = []js.Node{t.Root}
	if t.Kind(t.Root) == js.Program {
		f.top = t.List(t.Root)
	}
	if len(f.top) == 0 {
		return &trouble{0, "the pattern is empty: there are only comments"}
	}
	switch {
	case len(f.top) > 1:
		f.shape = sequence
	case t.Kind(t.Root) != js.Program:
		f.shape = expression
	case t.Kind(f.top[0]) == js.ExprStmt:
		f.shape, f.top = expression, []js.Node{t.Operand(f.top[0])}
	default:
		f.shape = statement
	}
	if f.shape != sequence {
		switch f.roles[f.top[0]].kind {
		case variable, anything, dots, deep:
			f.lazy = t.Kind(f.top[0]) != js.Dot
		case dotsVariable:
			return &trouble{0, "$...X stands for a part of a list: put it into a call, a list or a block"}
		}
	}
	if f.allDots() {
		return &trouble{0, "the pattern has nothing but ellipses: it would match everything"}
	}
	return nil
}

func (f *leaf) allDots() bool {
	if f.shape != sequence {
		return f.roles[f.top[0]].kind == dots && f.tree.Kind(f.top[0]) != js.Dot
	}
	for _, p := range f.top {
		if k := f.inList(p).kind; k != dots && k != dotsVariable {
			return false
		}
	}
	return true
}

// inList is the role of a member of a list, where dots stand for any number of members.
func (f *leaf) inList(p js.Node) role {
	t := f.tree
	switch t.Kind(p) {
	case js.Ident:
		return f.roles[p]
	case js.ExprStmt:
		if q := t.Operand(p); t.Kind(q) == js.Ident {
			return f.listOnly(q)
		}
	case js.Field:
		if t.Value(p) == 0 && t.Kind(t.Key(p)) == js.Name {
			return f.listOnly(t.Key(p))
		}
	case js.Property:
		if t.Is(p, js.IsShorthand) && t.Kind(t.Value(p)) == js.Ident {
			return f.listOnly(t.Value(p))
		}
	case js.TemplateText:
		if f.roles[p].kind == anyText {
			return role{kind: dots}
		}
	}
	return role{}
}

// listOnly keeps the two roles that only lists know.
func (f *leaf) listOnly(p js.Node) role {
	if r := f.roles[p]; r.kind == dots || r.kind == dotsVariable {
		return r
	}
	return role{}
}

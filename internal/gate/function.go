package gate

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf16"

	"sallyport/internal/js"
)

// Function is one function of a script, or the script itself.
type Function struct {
	Name         string // "" for one without
	Line, Column int
	Start, End   int // UTF-16 offsets, as V8's coverage counts; End is just behind it
}

// Functions are the script itself, and then its functions in the order of the text: what coverage is measured against, for V8
// does not list functions that it never compiled. The fields of a class are set by functions that nobody wrote, and V8 counts
// those too.
func (s *Script) Functions() []Function {
	return counted(s.spans(), s.Text, s.Lines, func(at int) int { return at }, func(at int) int { return at })
}

// Functions are those of the original, in the same order, at their places in the rewritten text.
func (r *Rewritten) Functions() []Function {
	return counted(r.spans, r.Text, r.made, r.startOf, r.endOf)
}

// span is a function in bytes.
type span struct {
	start, end int
	name       string
	node       js.Node // the Function, 0 for what nobody wrote as one
}

// counted gives functions as V8 counts them, in a text into which their places are led.
func counted(spans []span, text string, lines *js.Lines, start, end func(int) int) []Function {
	units := newUnits(text)
	var out []Function
	for i, f := range spans {
		from, to := start(f.start), end(f.end)
		if i == 0 {
			from, to = 0, len(text)
		}
		line, column := lines.Position(from)
		out = append(out, Function{f.name, line, column, units.at(from), units.at(to)})
	}
	return out
}

// spans are the script, and then its functions by where they begin.
func (s *Script) spans() []span {
	if !s.readable() {
		return nil
	}
	spans := []span{{0, len(s.Text), "", 0}}
	s.Walk(s.Root, func(n js.Node) bool {
		switch s.Kind(n) {
		case js.Function:
			spans = append(spans, span{s.functionStart(n), s.End(n), s.functionName(n), n})
		case js.Class:
			fields, first, last := s.initializers(n)
			if fields {
				spans = append(spans, span{s.Start(n), s.End(n), "fields of " + s.Name(s.Ident(n)), 0})
			}
			if first != 0 {
				spans = append(spans, span{s.Start(first), s.fieldEnd(last), "static fields of " + s.Name(s.Ident(n)), 0})
			}
		}
		return true
	})
	slices.SortStableFunc(spans[1:], func(a, b span) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	return spans
}

// functionStart: a method begins with its name and all modifiers but static.
func (s *Script) functionStart(n js.Node) int {
	up := s.up[n]
	switch {
	case !s.Is(n, js.IsMethod) || up == 0:
		return s.Start(n)
	case !s.Is(up, js.IsStatic) || s.Kind(up) != js.Method:
		return s.Start(up)
	}
	at := s.Start(up) + len("static")
	for {
		rest := s.Text[at:s.End(up)]
		trimmed := strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == 0xfeff })
		at += len(rest) - len(trimmed)
		i := sort.Search(len(s.Comments), func(i int) bool { return int(s.Comments[i].Start) >= at })
		if i == len(s.Comments) || int(s.Comments[i].Start) > at {
			return at
		}
		at = int(s.Comments[i].End)
	}
}

// initializers says whether a class has fields, and which are its first and last static ones.
func (s *Script) initializers(class js.Node) (fields bool, first, last js.Node) {
	for _, m := range s.List(class) {
		switch {
		case s.Kind(m) == js.StaticBlock, s.Kind(m) == js.Field && s.Is(m, js.IsStatic):
			if first == 0 {
				first = m
			}
			last = m
		case s.Kind(m) == js.Field:
			fields = true
		}
	}
	return fields, first, last
}

// fieldEnd leaves out the semicolon behind a field.
func (s *Script) fieldEnd(n js.Node) int {
	if v := s.Value(n); s.Kind(n) == js.Field && v != 0 && !s.Is(v, js.IsParen) {
		return s.End(v)
	}
	return s.Start(n) + len(strings.TrimRight(s.Source(n), "; \t\r\n"))
}

func (s *Script) functionName(n js.Node) string {
	if id := s.Ident(n); id != 0 {
		return s.Name(id)
	}
	switch up := s.up[n]; s.Kind(up) {
	case js.Declarator:
		return s.Name(s.Target(up))
	case js.Property, js.Method, js.Field:
		name, _ := s.KeyName(up)
		return name
	case js.Assign:
		if left := s.Left(up); s.Kind(left) == js.Ident {
			return s.Name(left)
		}
		name, _ := s.KeyName(s.Left(up))
		return name
	}
	return ""
}

// units turns byte offsets into UTF-16 ones, with a mark every so often.
type units struct {
	text  string
	marks []mark
}

// mark says how many UTF-16 units stand before a byte.
type mark struct{ at, units int }

const markEvery = 1 << 10

func newUnits(text string) *units {
	u := &units{text: text, marks: []mark{{}}}
	count := 0
	for at, r := range text {
		if at-u.marks[len(u.marks)-1].at >= markEvery {
			u.marks = append(u.marks, mark{at, count})
		}
		count += utf16.RuneLen(r)
	}
	return u
}

// at is the UTF-16 offset of a byte.
func (u *units) at(offset int) int {
	k := sort.Search(len(u.marks), func(i int) bool { return u.marks[i].at > offset }) - 1
	count := u.marks[k].units
	for _, r := range u.text[u.marks[k].at:offset] {
		count += utf16.RuneLen(r)
	}
	return count
}

package gate

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"sallyport/internal/js"
)

// Rewritten is a script whose conditions pass through a hook.
type Rewritten struct {
	Text    string
	Hook    string    // the hook's name: one that the script does not use
	Gates   []Gate    // those that were rewritten
	splices []splice  // by where they are
	spans   []span    // functions of the original
	lines   *js.Lines // of the original
	made    *js.Lines
}

// splice is a text put in at an offset of the original.
type splice struct {
	at   int
	text string
	// deep orders splices at one place: outer ones open first and close last.
	deep  int
	opens bool
	made  int // its offset in the rewritten text
}

// What keeps a script from being rewritten.
var (
	ErrUnreadable = errors.New("the text is no JavaScript that can be rewritten")
	ErrLowered    = errors.New("the text could only be read after it was rewritten: its places are not exact")
)

// maxDepthRewritten is how deep in the tree conditions are rewritten: each adds to how deep the text is nested.
const maxDepthRewritten = 600

// Rewrite passes conditions through a hook: all of them, or those that which picks. The text stays the same but for what is put
// in, no line is added, and it behaves as before as long as the hook gives back its second argument, unless the script
// reads its own source (Function.prototype.toString, the stack's columns). Functions of the given numbers, which are those of
// [Script.Functions], go through the hook as they are made, with their number below zero; of methods the object or the class does.
func (s *Script) Rewrite(which func(Gate) bool, functions ...int) (*Rewritten, error) {
	switch {
	case s.Lowered:
		return nil, ErrLowered
	case !s.readable():
		return nil, ErrUnreadable
	}
	r := &Rewritten{Hook: s.freeName(), lines: s.Lines, spans: s.spans()}
	depth := s.depths()
	for _, g := range s.Gates() {
		if which != nil && !which(g) || depth[g.node] > maxDepthRewritten {
			continue
		}
		r.Gates = append(r.Gates, g)
		r.around(s.Text, g.Start, g.End, g.N, "", depth[g.node])
	}
	handed := map[js.Node]bool{}
	for _, i := range functions {
		if i > 0 && i < len(r.spans) && r.spans[i].node != 0 {
			s.handOver(r, i, depth, handed)
		}
	}
	r.apply(s.Text)
	return r, nil
}

// handOver passes a function through the hook, or the object or class that a method belongs to: an expression where it stands, a
// declaration once it has been made. What was handed over once is not again.
func (s *Script) handOver(r *Rewritten, i int, depth []int, handed map[js.Node]bool) {
	n, whole := r.spans[i].node, ""
	if s.Is(n, js.IsMethod) {
		n, whole = s.up[s.up[n]], ",1"
	}
	if handed[n] || n == 0 || depth[n] > maxDepthRewritten {
		return
	}
	handed[n] = true
	up := s.Kind(s.up[n])
	switch {
	case s.Is(n, js.IsDecl):
		if name := s.Name(s.Ident(n)); name != "" && (up == js.Program || up == js.Block || up == js.Case) {
			r.splices = append(r.splices, splice{at: s.End(n), text: fmt.Sprintf(";%s(%d,(%s)%s);", r.Hook, -i, name, whole), deep: depth[n]})
		}
	case up == js.New, up == js.ExportDefault, s.Kind(n) != js.Function && s.Kind(n) != js.Object && s.Kind(n) != js.Class:
	default:
		r.around(s.Text, s.Start(n), s.End(n), -i, whole, depth[n])
	}
}

// around passes the expression from start to end through the hook with its number, and whatever more it is told.
func (r *Rewritten) around(text string, start, end, number int, more string, deep int) {
	before := ""
	if start > 0 && joins(text[:start]) {
		before = " "
	}
	r.splices = append(r.splices,
		splice{at: start, text: fmt.Sprintf("%s%s(%d,(", before, r.Hook, number), deep: deep, opens: true},
		splice{at: end, text: ")" + more + ")", deep: deep})
}

// joins says whether a name put behind a text would become one with its last word.
func joins(text string) bool {
	c := text[len(text)-1]
	return c == '_' || c == '$' || c >= utf8.RuneSelf || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '\\'
}

// depths says how deep each node is.
func (s *Script) depths() []int {
	depth := make([]int, s.Len())
	var walk func(n js.Node, d int)
	walk = func(n js.Node, d int) {
		depth[n] = d
		s.Children(n, func(c js.Node) { walk(c, d+1) })
	}
	walk(s.Root, 0)
	return depth
}

// freeName is a name that stands nowhere in the script.
func (s *Script) freeName() string {
	name := "__gate"
	for i := 0; strings.Contains(s.Text, name); i++ {
		name = fmt.Sprintf("__gate%d_", i)
	}
	return name
}

// apply puts the splices into the text. At one place inner ones close before outer ones, then outer ones open before
// inner ones.
func (r *Rewritten) apply(text string) {
	slices.SortStableFunc(r.splices, func(a, b splice) int {
		switch {
		case a.at != b.at:
			return a.at - b.at
		case a.opens != b.opens && b.opens:
			return -1
		case a.opens != b.opens:
			return 1
		case a.opens:
			return a.deep - b.deep
		default:
			return b.deep - a.deep
		}
	})
	var b strings.Builder
	at := 0
	for i := range r.splices {
		p := &r.splices[i]
		b.WriteString(text[at:p.at])
		p.made = b.Len()
		b.WriteString(p.text)
		at = p.at
	}
	b.WriteString(text[at:])
	r.Text = b.String()
	r.made = js.NewLines(r.Text)
}

// Original is the place in the original that a place of the rewritten text comes from; both count from 1, columns in
// UTF-16 units. What was put in comes from where it was put.
func (r *Rewritten) Original(line, column int) (int, int) {
	return r.lines.Position(r.back(r.made.Offset(line, column)))
}

// back is the byte offset in the original.
func (r *Rewritten) back(offset int) int {
	i := sort.Search(len(r.splices), func(i int) bool { return r.splices[i].made > offset }) - 1
	if i < 0 {
		return offset
	}
	p := r.splices[i]
	return p.at + max(0, offset-p.made-len(p.text))
}

// startOf is where something that begins at a byte of the original begins in the rewritten text: inside what was put in there.
func (r *Rewritten) startOf(at int) int {
	return r.forward(at, sort.Search(len(r.splices), func(i int) bool { return r.splices[i].at > at }))
}

// endOf is where something that ends at a byte of the original ends in the rewritten text: before what was put in there.
func (r *Rewritten) endOf(at int) int {
	return r.forward(at, sort.Search(len(r.splices), func(i int) bool { return r.splices[i].at >= at }))
}

// forward leads a byte of the original to the rewritten text, with so many splices before it.
func (r *Rewritten) forward(at, splices int) int {
	if splices == 0 {
		return at
	}
	last := r.splices[splices-1]
	return last.made + len(last.text) + at - last.at
}

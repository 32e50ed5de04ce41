package flow

import "sallyport/internal/js"

// room hands out parts of larger blocks: texts are short, and there are many. What was handed out belongs to whoever has
// it; blocks are never used twice.
type room struct {
	pieceRoom Text
	textRoom  []Text
	parts     Text   // of the text under way
	run       []byte // of the literal under way
}

const roomSize = 128

func (r *room) newText(n int) Text {
	if n > len(r.pieceRoom) {
		r.pieceRoom = make(Text, max(n, roomSize))
	}
	out := r.pieceRoom[:n:n]
	r.pieceRoom = r.pieceRoom[n:]
	return out
}

func (r *room) newTexts(n int) []Text {
	if n > len(r.textRoom) {
		r.textRoom = make([]Text, max(n, roomSize))
	}
	out := r.textRoom[:n:n]
	r.textRoom = r.textRoom[n:]
	return out
}

// only is a value that is one text.
func (r *room) only(t Text) Abstract {
	out := Abstract{Texts: r.newTexts(1)}
	out.Texts[0] = t
	return out
}

func (r *room) hole(h Hole, n js.Node) Abstract {
	t := r.newText(1)
	t[0] = Piece{Hole: h, Node: n}
	return r.only(t)
}

func (r *room) literal(s string) Abstract {
	if s == "" {
		return r.only(nil)
	}
	t := r.newText(1)
	t[0] = Piece{Text: s}
	return r.only(t)
}

// oneText is texts one after the other; limit bounds a literal in bytes.
func (r *room) oneText(limit int, list ...Text) Text {
	r.parts, r.run = r.parts[:0], r.run[:0]
	for _, t := range list {
		r.add(t, limit)
	}
	r.close()
	out := r.newText(len(r.parts))
	copy(out, r.parts)
	return out
}

// add puts a text behind the one under way. Two literals become one, whose bytes are gathered in run: adding strings
// would copy a long chain of them over and over.
func (r *room) add(t Text, limit int) {
	for _, p := range t {
		last := len(r.parts) - 1
		if last >= 0 && r.parts[last].Hole == "" && p.Hole == "" {
			if len(r.run) == 0 {
				r.run = append(r.run, r.parts[last].Text...)
			}
			if len(r.run)+len(p.Text) <= limit {
				r.run = append(r.run, p.Text...)
			}
			continue
		}
		if len(r.parts) >= maxPieces {
			if r.parts[last].Hole != SomeText {
				r.close()
				r.parts = append(r.parts, Piece{Hole: SomeText})
			}
			break
		}
		r.close()
		r.parts = append(r.parts, p)
	}
}

// close ends the literal under way.
func (r *room) close() {
	if len(r.run) > 0 {
		r.parts[len(r.parts)-1].Text = string(r.run)
		r.run = r.run[:0]
	}
}

// foldAll is what the values of some nodes are, one after the other.
func (e *engine) foldAll(list []js.Node, depth int) Abstract {
	var few [8]Abstract
	parts := few[:0]
	for _, n := range list {
		parts = append(parts, e.foldRef(ref(n), depth+1))
	}
	return e.joinTexts(parts...)
}

// joinTexts puts texts one after the other, each alternative of one behind each of those before.
func (e *engine) joinTexts(parts ...Abstract) Abstract {
	var few [8]Text
	list := few[:0]
	for _, p := range parts {
		if len(p.Texts) != 1 || p.More {
			return e.joinAll(parts)
		}
		list = append(list, p.Texts[0])
	}
	return e.only(e.oneText(e.o.Limits.Text, list...))
}

func (e *engine) joinAll(parts []Abstract) Abstract {
	out := parts[0]
	for _, p := range parts[1:] {
		next := Abstract{More: out.More || p.More, Texts: e.newTexts(min(maxTexts, len(out.Texts)*len(p.Texts)))[:0]}
	each:
		for _, x := range out.Texts {
			for _, y := range p.Texts {
				if len(next.Texts) >= maxTexts {
					next.More = true
					break each
				}
				next.Texts = append(next.Texts, e.oneText(e.o.Limits.Text, x, y))
			}
		}
		out = next
	}
	return out
}

func (e *engine) mapTexts(a Abstract, f func(string) string) Abstract {
	out := Abstract{Texts: e.newTexts(len(a.Texts)), More: a.More}
	for i, t := range a.Texts {
		u := e.newText(len(t))
		for k, p := range t {
			if p.Hole == "" {
				p.Text = f(p.Text)
			}
			u[k] = p
		}
		out.Texts[i] = u
	}
	return out
}

func same(a, b Text) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Hole != b[i].Hole || a[i].Text != b[i].Text {
			return false
		}
	}
	return true
}

func isAmong(t Text, list []Text) bool {
	for _, u := range list {
		if same(t, u) {
			return true
		}
	}
	return false
}

// union is either of two values. Texts that are equal count once.
func (e *engine) union(a, b Abstract) Abstract {
	out := Abstract{Texts: a.Texts, More: a.More || b.More}
	switch {
	case len(b.Texts) == 0:
		return out
	case len(a.Texts) == 0 && len(b.Texts) == 1:
		out.Texts = b.Texts
		return out
	}
	out.Texts = append(e.newTexts(min(maxTexts, len(a.Texts)+len(b.Texts)))[:0], a.Texts...)
	for _, t := range b.Texts {
		switch {
		case isAmong(t, out.Texts):
		case len(out.Texts) >= maxTexts:
			out.More = true
			return out
		default:
			out.Texts = append(out.Texts, t)
		}
	}
	return out
}

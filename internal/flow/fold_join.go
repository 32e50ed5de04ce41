package flow

import "sallyport/internal/js"

// room is where texts are made: they are short, and there are many.
type room struct {
	pieces blocks[Piece]
	texts  blocks[Text]
	parts  Text   // of the text under way
	run    []byte // of the literal under way
}

// only is a value that is one text.
func (r *room) only(t Text) Abstract {
	out := Abstract{Texts: r.texts.take(1)}
	out.Texts[0] = t
	return out
}

func (r *room) hole(h Hole, n js.Node) Abstract {
	t := Text(r.pieces.take(1))
	t[0] = Piece{Hole: h, Node: n}
	return r.only(t)
}

func (r *room) literal(s string) Abstract {
	if s == "" {
		return r.only(nil)
	}
	t := Text(r.pieces.take(1))
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
	out := r.pieces.take(len(r.parts))
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

// joinAll is joinTexts for parts of which some have alternatives. What has none goes along with the alternatives before
// it, so that those are copied once for all of it.
func (e *engine) joinAll(parts []Abstract) Abstract {
	out := parts[0]
	for rest := parts[1:]; len(rest) > 0; {
		choice := rest[0]
		more := out.More || choice.More
		list := []Text{nil, nil}
		for rest = rest[1:]; len(rest) > 0 && len(rest[0].Texts) == 1; rest = rest[1:] {
			list, more = append(list, rest[0].Texts[0]), more || rest[0].More
		}
		next := Abstract{More: more, Texts: e.room.texts.take(min(maxTexts, len(out.Texts)*len(choice.Texts)))[:0]}
	each:
		for _, list[0] = range out.Texts {
			for _, list[1] = range choice.Texts {
				if len(next.Texts) >= maxTexts {
					next.More = true
					break each
				}
				next.Texts = append(next.Texts, e.oneText(e.o.Limits.Text, list...))
			}
		}
		out = next
	}
	return out
}

func (e *engine) mapTexts(a Abstract, f func(string) string) Abstract {
	out := Abstract{Texts: e.room.texts.take(len(a.Texts)), More: a.More}
	for i, t := range a.Texts {
		u := e.pieces.take(len(t))
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

// choices gathers alternatives. Texts that are equal count once.
type choices struct {
	texts [maxTexts]Text
	count int
	more  bool
	given []Text // the alternatives as they were handed in, as long as those are all there are
}

func (c *choices) add(a Abstract) {
	before := c.count
	c.more = c.more || a.More
	for _, t := range a.Texts {
		if c.has(t) {
			continue
		}
		if c.count == maxTexts {
			c.more = true
			break
		}
		c.texts[c.count] = t
		c.count++
	}
	switch {
	case before == 0 && c.count == len(a.Texts):
		c.given = a.Texts
	case c.count > before:
		c.given = nil
	}
}

func (c *choices) has(t Text) bool {
	for i := range c.count {
		if same(t, c.texts[i]) {
			return true
		}
	}
	return false
}

// all are the alternatives. Mostly there is nothing to copy.
func (c *choices) all(r *room) Abstract {
	if c.given != nil {
		return Abstract{c.given, c.more}
	}
	out := r.texts.take(c.count)
	copy(out, c.texts[:c.count])
	return Abstract{out, c.more}
}

// union is either of two values.
func (e *engine) union(a, b Abstract) Abstract {
	c := choices{more: a.More, given: a.Texts}
	c.count = copy(c.texts[:], a.Texts)
	c.add(b)
	return c.all(&e.room)
}

// listAt is the only list that a node may hold, where it was written out and nothing was put into it since. 0 when there is none.
func (e *engine) listAt(n js.Node) js.Node {
	if n == 0 || !e.settled {
		return 0
	}
	var list js.Node
	count := 0
	e.each(ref(n), func(f fact) {
		count++
		if i := e.facts.info[f]; i.kind == arrayFact && e.Kind(js.Node(i.a)) == js.Array {
			list = js.Node(i.a)
		}
	})
	if k := e.Kind(n); count != 1 || list == 0 || k != js.Ident && k != js.Dot && k != js.Index || !e.untouched(list) {
		return 0
	}
	return list
}

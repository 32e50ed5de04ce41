package js

import (
	"sort"
	"strings"
)

// mapping says that the text at an offset of lowered code was made of the original from an offset on.
type mapping struct{ made, from uint32 }

// decodeMappings reads the mappings of a source map (ECMA-426 §9) into offsets; what it cannot read it leaves out.
func decodeMappings(s string, made, original *Lines) []mapping {
	var list []mapping
	var field [5]int // generated column, source, line, column, name
	for line, text := range strings.Split(s, ";") {
		field[0] = 0
		for text != "" {
			group := text
			if i := strings.IndexByte(text, ','); i >= 0 {
				group, text = text[:i], text[i+1:]
			} else {
				text = ""
			}
			if n := addVLQ(&field, group); n >= 4 {
				list = append(list, mapping{
					made: uint32(made.Offset(line+1, field[0]+1)),
					from: uint32(original.Offset(field[2]+1, field[3]+1)),
				})
			}
		}
	}
	return list
}

const vlqDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// addVLQ adds the numbers of one group to the fields and says how many there were.
func addVLQ(field *[5]int, group string) (count int) {
	n, shift := 0, 0
	for i := 0; i < len(group) && count < len(field); i++ {
		d := strings.IndexByte(vlqDigits, group[i])
		if d < 0 || shift > 30 {
			return count
		}
		n |= d & 31 << shift
		shift += 5
		if d&32 != 0 {
			continue
		}
		if n&1 != 0 {
			n = -n
		}
		field[count] += n / 2
		count++
		n, shift = 0, 0
	}
	return count
}

// remap moves the nodes of a tree over lowered code to where they come from in the original.
//
// Starts go where the map says. Ends cannot be had from a map: a node ends where the last thing in it ends, and a leaf
// where its line in the original lets it.
func remap(t *Tree, original string, lines *Lines, list []mapping) {
	to := func(at uint32) uint32 {
		i := sort.Search(len(list), func(i int) bool { return list[i].made > at })
		if i == 0 {
			return 0
		}
		return list[i-1].from
	}
	t.Text = original
	for i := range t.nodes {
		v := &t.nodes[i]
		length := v.end - v.start
		v.start = to(v.start)
		if v.kind == Dot {
			v.c = max(to(v.c), v.start)
		}
		v.end = min(v.start+length, uint32(lines.End(int(v.start))))
	}
	t.fit(t.Root, 0)
	if root := &t.nodes[t.Root]; root.kind == Program {
		root.start, root.end = 0, uint32(len(original))
	}
}

// fit makes each node reach around its children.
func (t *Tree) fit(n Node, depth int) {
	if depth > maxTree {
		return
	}
	start, end := t.nodes[n].start, uint32(0)
	t.Children(n, func(c Node) {
		t.fit(c, depth+1)
		start, end = min(start, t.nodes[c].start), max(end, t.nodes[c].end)
	})
	v := &t.nodes[n]
	v.start = start
	if end > 0 {
		v.end = max(v.start, end)
	}
	if v.kind == Dot {
		v.end = max(v.end, v.c)
	}
}

package pattern

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// at notes a mistake at a line and column.
func (d *door) at(line, column int, format string, args ...any) {
	d.mistakes = append(d.mistakes, Mistake{d.name, line, column, fmt.Sprintf(format, args...)})
}

// wrong notes a mistake at a value.
func (d *door) wrong(n *yaml.Node, format string, args ...any) {
	d.at(n.Line, n.Column, format, args...)
}

// wrongIn notes a mistake at a byte of a text value.
func (d *door) wrongIn(n *yaml.Node, at int, format string, args ...any) {
	line, column := d.place(n, at)
	d.at(line, column, format, args...)
}

// place is where a byte of a text stands in the file: exactly for texts in one line and for those behind |.
func (d *door) place(n *yaml.Node, at int) (line, column int) {
	before := n.Value[:min(at, len(n.Value))]
	down := strings.Count(before, "\n")
	right := len(before) - strings.LastIndexByte(before, '\n') - 1
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle:
		line = n.Line + 1 + down
		if line <= len(d.lines) && n.Line < len(d.lines) {
			first := d.lines[n.Line]
			right += len(first) - len(strings.TrimLeft(first, " "))
		}
		return line, right + 1
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		right++
	}
	if down > 0 || n.Style&yaml.FoldedStyle != 0 {
		return n.Line, n.Column
	}
	return n.Line, n.Column + right
}

// field is one entry of a mapping.
type field struct {
	name       string
	key, value *yaml.Node
}

// real follows aliases. What is said twice by an alias counts twice, so that no file is larger inside than outside.
func (d *door) real(n *yaml.Node) *yaml.Node {
	d.visits++
	for range 8 {
		if n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return n
}

// tooMuch ends the reading of files that refer to themselves over and over.
func (d *door) tooMuch(n *yaml.Node) bool {
	if d.visits >= maxNodes && !d.full {
		d.full = true
		d.wrong(n, "the file holds more than is read: too many values, or aliases of aliases")
	}
	return d.visits >= maxNodes
}

// fields takes a mapping apart.
func (d *door) fields(n *yaml.Node, what string) []field {
	n = d.real(n)
	if n.Kind != yaml.MappingNode {
		d.wrong(n, "%s is %s, and should be a mapping of names to values", what, kindOf(n))
		return nil
	}
	var out []field
	for i := 0; i+1 < len(n.Content) && !d.tooMuch(n); i += 2 {
		key := d.real(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			d.wrong(key, "a name in %s should be a word", what)
		case key.Tag == "!!merge":
			d.wrong(key, "<< is not supported: write the keys out")
		case slices.ContainsFunc(out, func(f field) bool { return f.name == key.Value }):
			d.wrong(key, "%s stands twice in %s", key.Value, what)
		default:
			out = append(out, field{key.Value, key, d.real(n.Content[i+1])})
		}
	}
	return out
}

// list takes a sequence apart.
func (d *door) list(n *yaml.Node, what string) []*yaml.Node {
	n = d.real(n)
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, "%s is %s, and should be a list", what, kindOf(n))
		return nil
	}
	if len(n.Content) == 0 {
		d.wrong(n, "%s is empty", what)
	}
	var out []*yaml.Node
	for _, c := range n.Content {
		if d.tooMuch(n) {
			break
		}
		out = append(out, d.real(c))
	}
	return out
}

// text is a scalar as it is written.
func (d *door) text(f field) (string, bool) {
	if f.value.Kind != yaml.ScalarNode || f.value.Tag == "!!null" {
		d.wrong(f.value, "%s is %s, and should be a text", f.name, kindOf(f.value))
		return "", false
	}
	return f.value.Value, true
}

// flag is true or false.
func (d *door) flag(f field) bool {
	switch {
	case f.value.Tag != "!!bool":
		d.wrong(f.value, "%s is true or false", f.name)
	case strings.EqualFold(f.value.Value, "true"):
		return true
	}
	return false
}

// texts is a text or a list of texts.
func (d *door) texts(f field) []string {
	if f.value.Kind == yaml.ScalarNode {
		s, _ := d.text(f)
		return []string{s}
	}
	var out []string
	for _, n := range d.list(f.value, f.name) {
		if s, ok := d.text(field{f.name, f.key, n}); ok {
			out = append(out, s)
		}
	}
	return out
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null" || n.Kind == 0:
		return "empty"
	case n.Kind == yaml.AliasNode:
		return "an alias of an alias"
	}
	return fmt.Sprintf("%q", clip(n.Value))
}

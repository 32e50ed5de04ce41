package pattern

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	eitherKeys = []string{"pattern", "patterns", "pattern-either", "pattern-regex", "pattern-inside"}
	allKeys    = append(slices.Clone(eitherKeys), "pattern-not", "pattern-not-inside", "pattern-not-regex",
		"metavariable-regex", "metavariable-pattern", "metavariable-comparison", "focus-metavariable")
)

// nothing stands in for what could not be read.
type nothing struct{}

func (nothing) find(*run, *hit) []hit { return nil }
func (nothing) needs() need           { return need{} }

// formula reads one positive operator with its value.
func (d *door) formula(f field, depth int) formula {
	if depth > maxNesting {
		d.wrong(f.key, "this is nested deeper than %d levels", maxNesting)
		return nothing{}
	}
	switch f.name {
	case "pattern":
		return d.pattern(f)
	case "pattern-regex":
		return d.regex(f)
	case "patterns":
		return d.all(f, depth, true)
	case "pattern-either":
		var out either
		for _, n := range d.list(f.value, f.name) {
			if part, ok := d.one(n, "pattern-either", eitherKeys); ok {
				out = append(out, d.formula(part, depth+1))
			}
		}
		return out
	case "pattern-inside":
		return inside{d.patternOrFormula(f, depth)}
	}
	d.refuse(f, "a formula", eitherKeys...)
	return nothing{}
}

// one is the single key of an entry of a list.
func (d *door) one(n *yaml.Node, what string, known []string) (field, bool) {
	fields := d.fields(n, "an entry of "+what)
	switch {
	case len(fields) == 1 && slices.Contains(known, fields[0].name):
		return fields[0], true
	case len(fields) == 1:
		d.refuse(fields[0], what, known...)
	case len(fields) > 1:
		d.wrong(n, "an entry of %s has one key, and this one has %d: put a hyphen before each", what, len(fields))
	}
	return field{}, false
}

// pattern reads the text of a pattern.
func (d *door) pattern(f field) formula {
	text, ok := d.text(f)
	if !ok {
		return nothing{}
	}
	l, bad := d.add(text, d.options)
	if bad != nil {
		d.wrongIn(f.value, bad.at, "%s", bad.say)
		return nothing{}
	}
	return onePattern{l}
}

func (d *door) regex(f field) formula {
	text, ok := d.text(f)
	if !ok {
		return nothing{}
	}
	re, err := d.vocabulary.regex(text)
	if err != nil {
		d.wrong(f.value, "%v", err)
		return nothing{}
	}
	return re
}

// patternOrFormula reads what pattern-inside and pattern-not take: a pattern, or a mapping with an operator.
func (d *door) patternOrFormula(f field, depth int) formula {
	if f.value.Kind != yaml.MappingNode {
		return d.pattern(f)
	}
	if part, ok := d.one(f.value, f.name, eitherKeys); ok {
		return d.formula(part, depth+1)
	}
	return nothing{}
}

// all reads patterns. In metavariable-pattern what the metavariable is bound to is the positive part.
func (d *door) all(f field, depth int, needsPositive bool) formula {
	out := &all{}
	before := len(d.mistakes)
	for _, n := range d.list(f.value, f.name) {
		if part, ok := d.one(n, "patterns", allKeys); ok {
			d.part(out, part, depth)
		}
	}
	if needsPositive && len(out.positive) == 0 && len(d.mistakes) == before {
		d.wrong(f.key, "patterns needs something to look for: at least one pattern, pattern-either, pattern-regex or pattern-inside")
	}
	if len(d.mistakes) == before && needsPositive && d.bound == 0 {
		d.unbound(f, out)
	}
	out.order()
	return out
}

func (d *door) part(out *all, f field, depth int) {
	negative := func(g formula, how notHow) { out.negative = append(out.negative, not{g, how}) }
	switch f.name {
	case "pattern-not":
		negative(d.patternOrFormula(f, depth), notEqual)
	case "pattern-not-inside":
		negative(d.patternOrFormula(f, depth), notInside)
	case "pattern-not-regex":
		negative(d.regex(f), notTouching)
	case "metavariable-regex":
		d.condition(out, d.metavariableRegex(f))
	case "metavariable-pattern":
		d.condition(out, d.metavariablePattern(f, depth))
	case "metavariable-comparison":
		d.condition(out, d.metavariableComparison(f))
	case "focus-metavariable":
		var list []int
		for _, name := range d.texts(f) {
			list = append(list, d.metavariable(f.value, name))
		}
		out.focus = append(out.focus, list)
	default:
		out.positive = append(out.positive, d.formula(f, depth+1))
	}
}

func (d *door) condition(out *all, c condition) {
	if c != nil {
		out.where = append(out.where, c)
	}
}

// metavariable is the number of a name that is written out.
func (d *door) metavariable(n *yaml.Node, name string) int {
	group := strings.HasPrefix(name, "$") && len(name) > 1 && strings.Trim(name[1:], "0123456789") == ""
	if !metavariable.MatchString(strings.Replace(name, "$...", "$", 1)) && !group {
		d.wrong(n, "%q is no metavariable: those are $ and capital letters, digits and underscores", clip(name))
	}
	return d.vocabulary.id(name)
}

func (d *door) metavariableRegex(f field) condition {
	c := metavariableRegex{v: -1}
	for _, g := range d.fields(f.value, f.name) {
		text, ok := d.text(g)
		switch {
		case !ok:
		case g.name == "metavariable":
			c.v = d.metavariable(g.value, text)
		case g.name == "regex":
			var err error
			if c.re, err = compileAnchored(text); err != nil {
				d.wrong(g.value, "%v", err)
			}
		case g.name == "constant-propagation":
			c.constant = d.flag(g)
		default:
			d.refuse(g, f.name, "metavariable", "regex", "constant-propagation")
		}
	}
	return d.complete(f, c, c.v >= 0 && c.re != nil, "metavariable and regex")
}

func (d *door) metavariablePattern(f field, depth int) condition {
	c := metavariablePattern{v: -1}
	d.bound++
	defer func() { d.bound-- }()
	for _, g := range d.fields(f.value, f.name) {
		switch g.name {
		case "metavariable":
			text, _ := d.text(g)
			c.v = d.metavariable(g.value, text)
		case "pattern", "pattern-either", "pattern-regex", "patterns":
			if c.formula != nil {
				d.wrong(g.key, "metavariable-pattern has one formula: put the others under patterns")
			} else if g.name == "patterns" {
				c.formula = d.all(g, depth+1, false)
			} else {
				c.formula = &all{positive: []formula{d.formula(g, depth+1)}}
			}
		default:
			d.refuse(g, f.name, "metavariable", "pattern", "patterns", "pattern-either", "pattern-regex")
		}
	}
	return d.complete(f, c, c.v >= 0 && c.formula != nil, "metavariable and a formula")
}

func (d *door) metavariableComparison(f field) condition {
	c := metavariableComparison{}
	for _, g := range d.fields(f.value, f.name) {
		text, ok := d.text(g)
		switch {
		case !ok:
		case g.name == "metavariable":
			d.metavariable(g.value, text)
		case g.name == "comparison":
			var err error
			if c.expression, c.metavars, err = d.comparison(text); err != nil {
				d.wrong(g.value, "%v", err)
			}
		case g.name == "strip":
			c.strip = d.flag(g)
		case g.name == "base":
			if c.base, _ = strconv.Atoi(text); c.base < 2 || c.base > 36 {
				d.wrong(g.value, "base is a number from 2 to 36")
			}
		default:
			d.refuse(g, f.name, "metavariable", "comparison", "strip", "base")
		}
	}
	return d.complete(f, c, c.expression != nil, "comparison")
}

// complete checks that a condition has what it needs, unless something else is wrong with it already.
func (d *door) complete(f field, c condition, whole bool, needs string) condition {
	if whole {
		return c
	}
	if last := len(d.mistakes) - 1; last < 0 || d.mistakes[last].File != d.name || d.mistakes[last].Line < f.key.Line {
		d.wrong(f.key, "%s needs %s", f.name, needs)
	}
	return nil
}

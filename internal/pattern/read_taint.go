package pattern

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport/internal/flow"
)

var formulaKeys = []string{"pattern", "patterns", "pattern-either", "pattern-regex"}

// contexts are the places that a sink's context may name.
var contexts = map[string]flow.Contexts{
	"html": flow.InHTML, "attribute": flow.InAttr, "url": flow.InURL, "parameter": flow.InParam, "js": flow.InJS,
	"css": flow.InCSS, "selector": flow.InSelector, "wikitext": flow.InWikitext, "regexp": flow.InRegexp,
}

// taint reads what mode: taint has.
func (d *door) taint(n *yaml.Node, t *taint, fields []field) {
	had := map[string]bool{}
	// Labels are named by sources, and asked for by sources and sinks.
	for _, f := range fields {
		had[f.name] = true
		if f.name == "pattern-sources" {
			d.labels(f, t)
		}
	}
	for _, f := range fields {
		for _, entry := range d.list(f.value, f.name) {
			switch f.name {
			case "pattern-propagators":
				d.propagator(entry, t)
			case "pattern-sources":
				t.sources = append(t.sources, d.spec(entry, f.name, t, "exact", "by-side-effect", "label", "requires", "trust"))
			case "pattern-sinks":
				s := d.spec(entry, f.name, t, "exact", "requires", "context")
				if s.requires == nil && len(t.labels) > 0 && !d.unlabelled(t) {
					d.wrong(entry, "all sources have labels, so this sink needs requires")
				}
				t.sinks = append(t.sinks, s)
			default:
				t.sanitizers = append(t.sanitizers, d.spec(entry, f.name, t, "exact", "by-side-effect"))
			}
		}
	}
	for _, key := range []string{"pattern-sources", "pattern-sinks"} {
		if !had[key] {
			d.wrong(n, "a rule of mode taint needs %s", key)
		}
	}
}

func (d *door) unlabelled(t *taint) bool {
	return len(t.sources) == 0 || slices.ContainsFunc(t.sources, func(s spec) bool { return s.label == 0 })
}

// labels collects the labels of sources.
func (d *door) labels(f field, t *taint) {
	if f.value.Kind != yaml.SequenceNode {
		return
	}
	for _, entry := range f.value.Content {
		if entry = d.real(entry); entry.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(entry.Content); i += 2 {
			name := d.real(entry.Content[i+1])
			if entry.Content[i].Value != "label" || name.Kind != yaml.ScalarNode || slices.Contains(t.labels, name.Value) {
				continue
			}
			switch {
			case !labelName.MatchString(name.Value) || slices.Contains([]string{"and", "or", "not"}, name.Value):
				d.wrong(name, "the label %q should be letters, digits and underscores", clip(name.Value))
			case len(t.labels) == maxLabels:
				d.wrong(name, "a rule has %d labels at most", maxLabels)
			default:
				t.labels = append(t.labels, name.Value)
			}
		}
	}
}

// spec reads one source, sink or sanitizer.
func (d *door) spec(n *yaml.Node, what string, t *taint, extra ...string) spec {
	s := spec{exact: what == "pattern-sinks"}
	for _, f := range d.fields(n, "an entry of "+what) {
		switch {
		case slices.Contains(formulaKeys, f.name):
			if s.formula != nil {
				d.wrong(f.key, "an entry of %s has one formula: put a hyphen before each", what)
			}
			s.formula = d.formula(f, 0)
		case slices.Contains(extra, f.name):
			d.specOption(f, &s, t)
		default:
			d.refuse(f, what, append(slices.Clone(formulaKeys), extra...)...)
		}
	}
	switch {
	case s.formula == nil && s.trust == flow.NoSource:
		d.wrong(n, "an entry of %s needs one of %s", what, strings.Join(formulaKeys, ", "))
	case s.formula != nil && s.trust != flow.NoSource:
		d.wrong(n, "trust names the source: it stands without a formula")
	}
	if s.formula == nil {
		s.formula = nothing{}
	}
	return s
}

func (d *door) specOption(f field, s *spec, t *taint) {
	text, ok := d.text(f)
	if !ok {
		return
	}
	var err error
	switch f.name {
	case "exact":
		s.exact = d.flag(f)
	case "by-side-effect":
		s.effect = d.sideEffect(f, text)
	case "label":
		s.label = 1 + slices.Index(t.labels, text)
	case "requires":
		if s.requires, err = readRequirement(text, t.labels); err != nil {
			d.wrong(f.value, "%v", err)
		}
	case "context":
		for _, name := range strings.Split(text, "|") {
			c, known := contexts[strings.TrimSpace(name)]
			if !known {
				d.wrong(f.value, "context %s is not known: there are %s", clip(name), "html, attribute, url, parameter, js, css, selector, wikitext, regexp, joined by |")
			}
			s.context |= c
		}
	case "trust":
		s.trust = d.origin(f, text)
	}
}

func (d *door) sideEffect(f field, text string) effect {
	switch strings.ToLower(text) {
	case "true":
		return sideEffect
	case "only":
		return onlySideEffect
	case "false":
	default:
		d.wrong(f.value, "by-side-effect is true, false or only")
	}
	return noEffect
}

// origin finds a source of package flow by its name.
func (d *door) origin(f field, name string) flow.Source {
	var names []string
	for s := flow.FromURL; s.String() != "?"; s++ {
		if s.String() == name {
			return s
		}
		names = append(names, s.String())
	}
	d.wrong(f.value, "trust %s is not known: there are %s", clip(name), strings.Join(names, ", "))
	return flow.NoSource
}

func (d *door) propagator(n *yaml.Node, t *taint) {
	p := propagator{from: -1, to: -1, effect: true}
	for _, f := range d.fields(n, "an entry of pattern-propagators") {
		switch {
		case slices.Contains(formulaKeys, f.name):
			p.formula = d.formula(f, 0)
		case f.name == "from", f.name == "to":
			text, _ := d.text(f)
			if v := d.metavariable(f.value, text); f.name == "from" {
				p.from = v
			} else {
				p.to = v
			}
		case f.name == "by-side-effect":
			p.effect = d.flag(f)
		default:
			d.refuse(f, "pattern-propagators", append(slices.Clone(formulaKeys), "from", "to", "by-side-effect")...)
		}
	}
	if p.formula == nil || p.from < 0 || p.to < 0 {
		d.wrong(n, "an entry of pattern-propagators needs a formula, from and to")
		return
	}
	have := map[int]bool{}
	if binds(p.formula, have); !have[p.from] || !have[p.to] {
		d.wrong(n, "from and to name metavariables that the formula binds")
	}
	t.propagators = append(t.propagators, p)
}

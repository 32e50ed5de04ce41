package pattern

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport/internal/finding"
)

var ruleKeys = []string{
	"id", "message", "severity", "languages", "mode", "metadata", "fix", "paths", "options",
	"pattern", "patterns", "pattern-either", "pattern-regex",
	"pattern-sources", "pattern-sinks", "pattern-sanitizers", "pattern-propagators", "behaviour",
}

var ruleID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// rule reads one rule. What makes it a rule is read last, because options change how patterns are read.
func (d *door) rule(n *yaml.Node) {
	r := &Rule{File: d.name, Line: n.Line}
	d.options = options{}
	t := &taint{}
	mode := "search"
	var search, flows, does []field
	fields := d.fields(n, "a rule")
	if fields == nil {
		return
	}
	had := map[string]bool{}
	unknown := false
	for _, f := range fields {
		had[f.name] = true
		switch f.name {
		case "id":
			d.id(f, r)
		case "message":
			r.Message, _ = d.text(f)
			r.Message = strings.Join(strings.Fields(r.Message), " ")
		case "severity":
			r.Severity = d.severity(f)
		case "languages":
			r.vueOnly = d.languages(f)
		case "mode":
			mode, _ = d.text(f)
		case "metadata":
			d.metadata(f, r)
		case "fix":
			r.Fix, _ = d.text(f)
			r.Fix = strings.TrimSpace(r.Fix)
		case "paths":
			d.paths(f, r)
		case "options":
			d.readOptions(f, t)
		case "pattern", "patterns", "pattern-either", "pattern-regex":
			search = append(search, f)
		case "pattern-sources", "pattern-sinks", "pattern-sanitizers", "pattern-propagators":
			flows = append(flows, f)
		case "behaviour":
			does = append(does, f)
		default:
			d.refuse(f, "a rule", ruleKeys...)
			unknown = true
		}
	}
	for _, key := range []string{"id", "message", "severity", "languages"} {
		if !had[key] {
			d.wrong(n, "the rule has no %s", key)
		}
	}
	if !unknown || len(search)+len(flows)+len(does) > 0 {
		d.body(n, r, t, mode, search, flows, does)
	}
	d.set.Rules = append(d.set.Rules, r)
}

// body reads what a rule looks for.
func (d *door) body(n *yaml.Node, r *Rule, t *taint, mode string, search, flows, does []field) {
	need := map[string]string{"taint": "taint", "behaviour": "behaviour"}[mode]
	for _, f := range append(append([]field(nil), flows...), does...) {
		if of := modeOf(f.name); of != need {
			d.wrong(f.key, "%s needs mode: %s", f.name, of)
		}
	}
	if mode != "search" {
		for _, f := range search {
			d.wrong(f.key, "%s has no place beside mode: %s", f.name, clip(mode))
		}
	}
	switch mode {
	case "search":
		if len(search) != 1 {
			d.wrong(n, "a rule has exactly one of pattern, patterns, pattern-either and pattern-regex; this one has %d", len(search))
			return
		}
		r.search = d.formula(search[0], 0)
	case "taint":
		r.taint = t
		d.taint(n, t, flows)
	case "behaviour":
		if len(does) == 0 {
			d.wrong(n, "a rule of mode behaviour needs behaviour: what a script must not do")
			return
		}
		d.behaviours(does[0], r)
	default:
		d.wrong(n, "mode %s is not supported: there are search, taint and behaviour", clip(mode))
	}
}

// modeOf is the mode that a key belongs to.
func modeOf(key string) string {
	if key == "behaviour" {
		return key
	}
	return "taint"
}

func (d *door) id(f field, r *Rule) {
	id, ok := d.text(f)
	switch {
	case !ok:
	case !ruleID.MatchString(id):
		d.wrong(f.value, "the id %q should be letters, digits, dots, hyphens and underscores, 128 at most", clip(id))
	case d.ids[id] != "":
		d.wrong(f.value, "the id %s is taken: it is %s. Findings and suppressions go by it, so choose another", id, d.ids[id])
	default:
		d.ids[id] = "that of a rule in " + d.name + ", line " + strconv.Itoa(f.value.Line)
		r.ID = id
	}
}

func (d *door) severity(f field) finding.Severity {
	name, ok := d.text(f)
	s, known := severities[strings.ToUpper(name)]
	if ok && !known {
		d.wrong(f.value, "severity %s is not known: write CRITICAL, HIGH, MEDIUM or LOW (ERROR, WARNING, INFO)", clip(name))
	}
	return s
}

// languages says whether a rule is for Vue files alone.
func (d *door) languages(f field) (vueOnly bool) {
	vueOnly = true
	for _, l := range d.texts(f) {
		switch strings.ToLower(l) {
		case "javascript", "js", "typescript", "ts":
			vueOnly = false
		case "vue":
		default:
			d.wrong(f.value, "language %s is not supported: there are javascript (js), typescript (ts) and vue", clip(l))
		}
	}
	return vueOnly
}

var cweNumber = regexp.MustCompile(`(?i)^CWE-(\d{1,5})`)

// metadata is carried along: weaknesses and references by themselves, the rest as notes.
func (d *door) metadata(f field, r *Rule) {
	for _, m := range d.fields(f.value, "metadata") {
		switch m.name {
		case "cwe":
			for _, text := range d.texts(m) {
				number := cweNumber.FindStringSubmatch(text)
				if number == nil {
					d.wrong(m.value, "cwe is written as %q, and should begin with CWE- and a number", clip(text))
					continue
				}
				n, _ := strconv.Atoi(number[1])
				r.CWE = append(r.CWE, n)
			}
		case "references":
			r.References = append(r.References, d.texts(m)...)
		default:
			if text := d.flat(m.value, 0); text != "" {
				r.Metadata = append(r.Metadata, Note{m.name, text})
			}
		}
	}
}

// flat spells any value in one line.
func (d *door) flat(n *yaml.Node, depth int) string {
	n = d.real(n)
	if depth > maxNesting || d.tooMuch(n) {
		return ""
	}
	switch n.Kind {
	case yaml.ScalarNode:
		return clip(n.Value)
	case yaml.SequenceNode:
		var parts []string
		for _, c := range n.Content {
			parts = append(parts, d.flat(c, depth+1))
		}
		return strings.Join(parts, ", ")
	case yaml.MappingNode:
		var parts []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, d.flat(n.Content[i], depth+1)+": "+d.flat(n.Content[i+1], depth+1))
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

func (d *door) paths(f field, r *Rule) {
	for _, p := range d.fields(f.value, "paths") {
		if p.name != "include" && p.name != "exclude" {
			d.refuse(p, "paths", "include", "exclude")
			continue
		}
		for _, text := range d.texts(p) {
			re, err := glob(text)
			switch {
			case err != nil || strings.Trim(text, "/") == "":
				d.wrong(p.value, "the path %q cannot be read: write names with *, ** and ?", clip(text))
			case p.name == "include":
				r.paths.include = append(r.paths.include, re)
			default:
				r.paths.exclude = append(r.paths.exclude, re)
			}
		}
	}
}

// readOptions reads options. Some say only what is so here in any case.
func (d *door) readOptions(f field, t *taint) {
	for _, o := range d.fields(f.value, "options") {
		switch o.name {
		case "constant_propagation":
			d.options.literal = !d.flag(o)
		case "vardef_assign":
			d.options.strict = !d.flag(o)
		case "ac_matching":
			d.options.flat = !d.flag(o)
		case "symmetric_eq":
			d.options.symmetric = d.flag(o)
		case "taint_assume_safe_functions":
			t.safeCalls = d.flag(o)
		case "taint_assume_safe_indexes", "taint_assume_safe_booleans", "taint_assume_safe_numbers":
			if !d.flag(o) {
				d.wrong(o.key, "%s: false is not supported: truths, numbers and indexes never carry data here", o.name)
			}
		default:
			d.refuse(o, "options", "constant_propagation", "vardef_assign", "ac_matching", "symmetric_eq", "taint_assume_safe_functions")
		}
	}
}

package pattern

import (
	"fmt"
	"regexp"
)

// regex is pattern-regex: stretches of the text itself, comments and all. Groups are metavariables: $1, and $NAME for
// those with a name.
type regex struct {
	re     *regexp.Regexp
	quick  *anchoredRegexp // nil when it has no anchors
	groups []int           // metavariables by group
	named  []int           // -1 for groups without a name
	words  []string
}

func (v *vocabulary) regex(text string) (regex, error) {
	re, err := compile(text, "(?m)")
	if err != nil {
		return regex{}, err
	}
	f := regex{re: re, quick: newAnchored(text), words: literals(text)}
	for i, name := range re.SubexpNames() {
		named := -1
		if name != "" && !metavariable.MatchString("$"+name) {
			return regex{}, fmt.Errorf("the group %s should be named like a metavariable: capital letters, digits and underscores", name)
		}
		if name != "" {
			named = v.id("$" + name)
		}
		f.groups = append(f.groups, v.id("$"+digits(i)))
		f.named = append(f.named, named)
	}
	return f, nil
}

func (f regex) find(r *run, context *hit) []hit {
	from, to := r.extent()
	if context != nil {
		from, to = context.start, context.end
	}
	if from >= to {
		return nil
	}
	var out []hit
	for _, at := range f.all(r, r.Text[from:to]) {
		out = append(out, r.regexHit(f, at, from))
	}
	return out
}

func (f regex) all(r *run, text string) [][]int {
	if f.quick != nil {
		return f.quick.find(text, maxHits, func() bool { return r.stepBy(8) })
	}
	if !r.stepBy(len(text)/bytesPerStep + 1) {
		return nil
	}
	return f.re.FindAllStringSubmatchIndex(text, maxHits)
}

// extent is the part of the text that the script stands for: in a Vue file, not all of it.
func (r *run) extent() (from, to int) {
	if r.Root == 0 {
		return 0, len(r.Text)
	}
	return r.Start(r.Root), r.End(r.Root)
}

func (r *run) regexHit(f regex, at []int, from int) hit {
	h := hit{start: from + at[0], end: from + at[1]}
	for i := 1; i < len(f.groups); i++ {
		a, b := at[2*i], at[2*i+1]
		if a < 0 {
			continue
		}
		v := value{kind: aText, text: r.Text[from+a : from+b], start: from + a, end: from + b}
		h.env = append(h.env, bound{f.groups[i], v})
		if f.named[i] >= 0 {
			h.env = append(h.env, bound{f.named[i], v})
		}
	}
	return h
}

func (f regex) needs() need { return need{words: f.words} }

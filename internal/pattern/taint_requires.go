package pattern

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// requirement is an expression over labels: A, A and B, A or not (B).
type requirement interface{ holds(labels []bool) bool }

type hasLabel int

func (r hasLabel) holds(labels []bool) bool { return labels[r] }

type notLabel struct{ of requirement }

func (r notLabel) holds(labels []bool) bool { return !r.of.holds(labels) }

type bothLabels struct{ a, b requirement }

func (r bothLabels) holds(labels []bool) bool { return r.a.holds(labels) && r.b.holds(labels) }

type eitherLabel struct{ a, b requirement }

func (r eitherLabel) holds(labels []bool) bool { return r.a.holds(labels) || r.b.holds(labels) }

var (
	labelName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	labelTokens  = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*|\S`)
	noSuchLabels = "and, or, not and parentheses join labels"
)

// requirementReader reads such an expression; labels are numbered from 1.
type requirementReader struct {
	labels []string
	tokens []string
	depth  int
	err    error
}

func readRequirement(text string, labels []string) (requirement, error) {
	r := &requirementReader{labels: labels, tokens: labelTokens.FindAllString(text, -1)}
	out := r.or()
	if r.err == nil && len(r.tokens) > 0 {
		r.err = fmt.Errorf("requires %q cannot be read at %q: %s", text, r.tokens[0], noSuchLabels)
	}
	return out, r.err
}

func (r *requirementReader) take(token string) bool {
	if len(r.tokens) == 0 || r.tokens[0] != token {
		return false
	}
	r.tokens = r.tokens[1:]
	return true
}

func (r *requirementReader) or() requirement {
	out := r.and()
	for r.take("or") {
		out = eitherLabel{out, r.and()}
	}
	return out
}

func (r *requirementReader) and() requirement {
	out := r.one()
	for r.take("and") {
		out = bothLabels{out, r.one()}
	}
	return out
}

func (r *requirementReader) one() requirement {
	if r.depth++; r.depth > 100 || len(r.tokens) == 0 {
		r.err = fmt.Errorf("requires ends too early, or is nested too deep: %s", noSuchLabels)
		r.tokens = nil
		return hasLabel(0)
	}
	defer func() { r.depth-- }()
	if r.take("not") {
		return notLabel{r.one()}
	}
	if r.take("(") {
		out := r.or()
		if !r.take(")") && r.err == nil {
			r.err = errors.New("requires has a parenthesis that is not closed")
		}
		return out
	}
	word := r.tokens[0]
	r.tokens = r.tokens[1:]
	for i, l := range r.labels {
		if l == word {
			return hasLabel(i + 1)
		}
	}
	if r.err == nil {
		r.err = fmt.Errorf("requires names %q, which no source has as its label (there are: %s)", word, strings.Join(r.labels, ", "))
	}
	return hasLabel(0)
}

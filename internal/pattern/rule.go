package pattern

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
)

// Rule is one check of an operator's.
type Rule struct {
	ID         string
	Message    string // with metavariables
	Severity   finding.Severity
	Fix        string // what to write instead, with metavariables; "" for none
	CWE        []int
	References []string
	Metadata   []Note // metadata that is one word or sentence, in the order of the file
	File       string // the file it stands in
	Line       int

	vueOnly bool
	paths   paths
	search  formula // of mode search
	taint   *taint  // of mode taint

	behaviours []behaviour // of mode behaviour
}

// Note is one entry of a rule's metadata.
type Note struct{ Name, Text string }

// Match is a place where a rule says something.
type Match struct {
	Rule       *Rule
	Start, End int // byte offsets into the text
	Message    string
	Advice     string
	Way        []flow.Step // from source to sink; empty in mode search
}

// Title is the first sentence of the message, for lists of rules.
func (r *Rule) Title() string {
	title, _, _ := strings.Cut(r.Message, ". ")
	return strings.TrimSuffix(title, ".")
}

// Doc is all there is to know about the rule besides what it looks for, in paragraphs.
func (r *Rule) Doc() string {
	parts := []string{r.Message}
	if r.Fix != "" {
		parts = append(parts, "Write instead: "+r.Fix)
	}
	for _, n := range r.Metadata {
		parts = append(parts, n.Name+": "+n.Text)
	}
	if len(r.References) > 0 {
		parts = append(parts, "See "+strings.Join(r.References, ", "))
	}
	return strings.Join(parts, "\n\n")
}

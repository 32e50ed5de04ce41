// Package rule reads a script and says what it can do to the person running it, and what is wrong with it.
//
// A rule is a value in a file of its own. Its fixture, testdata/NAME.txtar, is its documentation: what it says of bad
// scripts, and that it keeps quiet about good ones.
package rule

import (
	"fmt"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// Rule looks for one thing.
type Rule struct {
	Name         string           // stable: it stands in JSON, in baselines, in suppressions
	Severity     finding.Severity // the worst it says
	CWE          []int            // what it is called in the Common Weakness Enumeration; none for plain advice
	Doc          string           // first line: the title; then what is wrong with it and what to do
	Capabilities []capability.Name
	Run          func(*Pass)
}

// Title is the first line of the document.
func (r *Rule) Title() string {
	title, _, _ := strings.Cut(r.Doc, "\n")
	return title
}

// Pass is one rule reading one text.
type Pass struct {
	*js.Script
	Graph *flow.Graph
	Path  string

	rule  *Rule
	text  *text
	known *known
}

// known is what rules find out about a text and share.
type known struct {
	up       []js.Node
	kinds    kinds
	requests []request
	writes   []write
	runs     []running
	sinks    []sink
	whole    *flow.Marked // where local storage as a whole gets
	literals *string      // all that stands in quotes, a line each
	fields   int          // 1 when the script makes no password field, 2 when it makes one, 0 when nobody has looked
	fetched  bool
	written  bool

	components []component
	taken      bool
	looked     bool
	sunk       bool
}

// Report says that something is wrong at a node.
func (p *Pass) Report(n js.Node, s finding.Severity, format string, args ...any) *finding.Finding {
	return p.ReportAt(p.Start(n), p.End(n), s, format, args...)
}

// ReportAt says that something is wrong in a stretch of the text, given in bytes.
func (p *Pass) ReportAt(start, end int, s finding.Severity, format string, args ...any) *finding.Finding {
	f := finding.Finding{
		Rule: p.rule.Name, Severity: s, Message: fmt.Sprintf(format, args...), Span: p.span(start, end), Document: p.text.document,
	}
	return p.text.add(f)
}

// Way adds the stations of a flow to a finding.
func (p *Pass) Way(f *finding.Finding, w flow.Flow) {
	for _, s := range w.Steps() {
		if s.Node != 0 {
			f.Flow = append(f.Flow, finding.Step{Span: p.span(p.Start(s.Node), p.End(s.Node)), Message: s.Message})
		}
	}
}

// Can says what the script can do, seen at a node. The certainty is [capability.Certain] unless it says otherwise.
func (p *Pass) Can(n js.Node, c capability.Capability) {
	if c.Certainty == "" {
		c.Certainty = capability.Certain
	}
	c.Target = clip(c.Target)
	c.Line = p.span(p.Start(n), p.End(n)).Start.Line
	p.text.out.Capabilities = append(p.text.out.Capabilities, c)
}

func (p *Pass) span(start, end int) finding.Span {
	if p.text.at != nil {
		return *p.text.at
	}
	return finding.Span{Start: position(p.Lines, start), End: position(p.Lines, end)}
}

func position(l *js.Lines, offset int) finding.Position {
	line, column := l.Position(offset)
	return finding.Position{Line: line, Column: column}
}

// clip keeps what comes from a script short enough to show.
func clip(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

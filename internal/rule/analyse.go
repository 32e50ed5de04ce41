package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
	"sallyport/internal/link"
)

// Options say how to analyse. The zero value runs all rules and knows nothing of the wiki.
type Options struct {
	Rules  []*Rule // nil for All
	Flow   flow.Options
	Limits js.Limits
	Find   link.Find // the scripts that others name; nil reads each on its own
}

// Analyse runs all rules over a script. The path is a file name or page title; its end tells what the text is.
func Analyse(path string, src []byte) *finding.Script { return Options{}.Analyse(path, src) }

// Depth to which texts that a script unpacks are unpacked in turn, and how many of them are read at all.
const (
	maxDepth     = 3
	maxDocuments = 64
	maxFindings  = 2000
)

// text is one text of a script: the script itself, a part of it, or something it unpacks.
type text struct {
	o        Options
	out      *finding.Script
	at       *finding.Span // where it was made; nil for the script itself
	document string
	depth    int
	budget   *int // documents that may still be read
	seen     map[place]int
}

// Analyse runs the rules over a script. It never fails: what could not be read is a finding.
func (o Options) Analyse(path string, src []byte) *finding.Script {
	if o.Rules == nil {
		o.Rules = All
	}
	out, script := o.alone(path, src)
	defer script.Release()
	out = o.across(out, script)
	out.Sort()
	return out
}

// alone analyses a script without those it names. What was read is for the caller, and the caller's to release.
func (o Options) alone(path string, src []byte) (*finding.Script, *js.Script) {
	sum := sha256.Sum256(src)
	s := js.Parse(src, js.Options{Name: path, Limits: o.Limits})
	out := &finding.Script{Path: path, SHA256: hex.EncodeToString(sum[:]), Goal: string(s.Goal), Text: s.Text}
	budget := maxDocuments
	t := &text{o: o, out: out, budget: &budget, seen: map[place]int{}}
	t.read(s)
	return out, s
}

// read runs the rules over a parsed text and over what it unpacks.
func (t *text) read(s *js.Script) {
	g := flow.Analyse(s, t.o.Flow)
	defer g.Release()
	shared := &known{}
	p := &Pass{Script: s, Graph: g, Path: t.out.Path, text: t, known: shared}
	for _, p.rule = range t.o.Rules {
		p.rule.Run(p)
	}
	for _, d := range append(g.Derived(), p.workerCode()...) {
		t.derived(s, d)
	}
	for _, part := range s.Parts {
		if part.Script != nil {
			t.read(part.Script)
		}
	}
}

// derived analyses a text that the script runs as code. What is found in it is said of the place that makes it.
func (t *text) derived(s *js.Script, d flow.Document) {
	if t.depth == maxDepth || *t.budget == 0 {
		return
	}
	*t.budget--
	at := t.at
	if at == nil {
		at = &finding.Span{Start: position(s.Lines, s.Start(d.Node)), End: position(s.Lines, s.End(d.Node))}
	}
	name := fmt.Sprintf("text given to %s in line %d", d.Sink, at.Start.Line)
	if t.document != "" {
		name = t.document + ", and there " + name
	}
	inner := &text{o: t.o, out: t.out, at: at, document: name, depth: t.depth + 1, budget: t.budget, seen: t.seen}
	unpacked := js.Parse([]byte(d.Text), js.Options{Goal: js.FunctionGoal, Limits: t.o.Limits})
	defer unpacked.Release()
	inner.read(unpacked)
}

// add keeps a finding, each once, as bad as it was said to be.
func (t *text) add(f finding.Finding) *finding.Finding {
	key := place{f.Rule, f.Span, f.Document}
	if at, ok := t.seen[key]; ok {
		if had := &t.out.Findings[at]; had.Severity < f.Severity {
			*had = f
			return had
		}
		return &f
	}
	if len(t.out.Findings) >= maxFindings {
		return &f
	}
	t.seen[key] = len(t.out.Findings)
	t.out.Findings = append(t.out.Findings, f)
	return &t.out.Findings[len(t.out.Findings)-1]
}

// place is what tells findings apart.
type place struct {
	rule     string
	span     finding.Span
	document string
}

// Line spells a finding as the command line prints it.
func Line(path string, f *finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", path, f.Span.Start.Line, f.Span.Start.Column, f.Rule, strings.ReplaceAll(f.Message, "\n", " "))
}

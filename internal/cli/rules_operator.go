package cli

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/output"
	"sallyport/internal/pattern"
	"sallyport/internal/rule"
)

// operator are rules that an operator wrote.
type operator struct {
	set    *pattern.Set
	files  []pattern.File
	digest string // tells one state of the files from another
}

// Rule files are as long as package pattern reads; one byte more lets it say so.
const (
	ruleFileMost  = 1<<20 + 1
	ruleFilesMost = 5_000
)

// readRules reads all rule files in folders and those below; the error lists every mistake in them.
func readRules(dirs []string) (*operator, error) {
	o := &operator{}
	for _, dir := range dirs {
		before, root := len(o.files), dir
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			root += string(filepath.Separator) // a link to a folder is followed
		}
		if err := filepath.WalkDir(root, o.visit); err != nil {
			return nil, err
		}
		if len(o.files) == before {
			return nil, fmt.Errorf("%s: there are no rules (files that end in .yaml or .yml)", dir)
		}
	}
	sum := sha256.New()
	for _, f := range o.files {
		fmt.Fprintf(sum, "%s %d ", f.Name, len(f.Text))
		sum.Write(f.Text)
	}
	o.digest = fmt.Sprintf("%x", sum.Sum(nil))
	var taken []string
	for _, r := range rule.All {
		taken = append(taken, r.Name)
	}
	var err error
	o.set, err = pattern.Read(o.files, taken...)
	return o, err
}

func (o *operator) visit(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	hidden := len(d.Name()) > 1 && strings.HasPrefix(d.Name(), ".") && d.Name() != ".."
	switch {
	case d.IsDir() && hidden:
		return fs.SkipDir
	case d.IsDir() || hidden || !isRuleFile(path):
		return nil
	case len(o.files) == ruleFilesMost:
		return fmt.Errorf("%s: these are more than %d rule files", path, ruleFilesMost)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, ruleFileMost))
	path = filepath.ToSlash(path)
	if !slices.ContainsFunc(o.files, func(had pattern.File) bool { return had.Name == path }) {
		o.files = append(o.files, pattern.File{Name: path, Text: text})
	}
	return err
}

// isRuleFile leaves out what Semgrep keeps beside rules for their tests.
func isRuleFile(path string) bool {
	stem, ok := strings.CutSuffix(path, ".yaml")
	if !ok {
		stem, ok = strings.CutSuffix(path, ".yml")
	}
	return ok && !strings.HasSuffix(stem, ".test") && !strings.HasSuffix(stem, ".fixed")
}

// tellMistakes says what is wrong with rules, and ends the command as one that was not understood.
func tellMistakes(w io.Writer, err error) error {
	n := 1
	var all pattern.Mistakes
	if errors.As(err, &all) {
		n = len(all)
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(w, output.Visible(line))
	}
	fmt.Fprintf(w, "\nsallyport: the rules cannot be used: %s. What is supported stands in docs/operator-rules.md.\n", several(n, "mistake"))
	return exitRequest(exitUsage)
}

// several is a number of things in words.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// with adds an operator's rules to an analysis.
func (a analysis) with(o *operator) analysis {
	a.analyse = func(path string, src []byte, find link.Find) *finding.Script {
		return o.analyse(path, src, rule.Options{Rules: append(slices.Clip(rule.All), o.rule(path)), Find: find})
	}
	a.rules = slices.Clip(a.rules)
	for _, r := range o.set.Rules {
		a.rules = append(a.rules, output.Rule{Name: r.ID, Title: r.Title(), Doc: r.Doc(), Severity: r.Severity, CWE: r.CWE})
	}
	a.version += " rules " + o.digest
	return a
}

// analyse adds what the operator's rules say about what a script can do, which is known in the end.
func (o *operator) analyse(path string, src []byte, how rule.Options) *finding.Script {
	out := how.Analyse(path, src)
	lines := finding.NewLines(out.Text)
	for _, s := range o.set.Behaviours(path, out.Capabilities) {
		f := finding.Finding{Rule: s.Rule.ID, Severity: s.Rule.Severity, Message: s.Message}
		if s.Line > 0 {
			from, to := lines.Bounds(s.Line)
			f.Span = finding.Span{Start: lines.Position(from), End: lines.Position(to)}
		}
		out.Findings = append(out.Findings, f)
	}
	out.Sort()
	return out
}

// rule runs all the operator's rules over the texts of one script. Findings are named by the rule that a Pass runs, so it
// takes the name of each in turn; nobody else sees it.
func (o *operator) rule(path string) *rule.Rule {
	r := &rule.Rule{}
	r.Run = func(p *rule.Pass) {
		matches, note := o.set.Match(p.Script, p.Graph, path)
		for i := range matches {
			m := &matches[i]
			r.Name = m.Rule.ID
			reportMatch(p, m)
		}
		if note != "" {
			r.Name = "not-analysed"
			p.ReportAt(0, 0, finding.Low, "%s", note)
		}
	}
	return r
}

func reportMatch(p *rule.Pass, m *pattern.Match) {
	f := p.ReportAt(m.Start, m.End, m.Rule.Severity, "%s", m.Message)
	f.Advice = m.Advice
	for _, step := range m.Way {
		span := f.Span
		if f.Document == "" { // else the place is where the text is made
			span.Start.Line, span.Start.Column = p.Lines.Position(p.Start(step.Node))
			span.End.Line, span.End.Column = p.Lines.Position(p.End(step.Node))
		}
		f.Flow = append(f.Flow, finding.Step{Span: span, Message: step.Message})
	}
}

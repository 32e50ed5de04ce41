package output

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/finding"
)

// SARIFOptions say what a log tells about the run.
type SARIFOptions struct {
	Version  string // of this program
	Rules    []Rule // that were applied; others are listed as they turn up
	Baseline bool   // findings were compared with a baseline: say of each whether it is new
}

// NewSARIF returns the format for tools: one log of the Static Analysis Results Interchange Format 2.1.0 (OASIS), with one
// run. Results come first and the tool last, because its list of rules is complete only then.
func NewSARIF(w io.Writer, o SARIFOptions) finding.Handler {
	s := &sarif{w: bufio.NewWriter(w), o: o, index: map[string]int{}, rules: []sarifRule{}}
	for _, r := range o.Rules {
		s.rule(r)
	}
	return s
}

type sarif struct {
	w       *bufio.Writer
	o       SARIFOptions
	index   map[string]int // of rules by name
	rules   []sarifRule
	cwe     map[int]bool
	unread  []sarifNotification
	results int
}

// rule lists a rule once and gives its index.
func (s *sarif) rule(r Rule) int {
	if i, ok := s.index[r.Name]; ok {
		return i
	}
	row := described(r)
	for _, n := range r.CWE {
		if s.cwe == nil {
			s.cwe = map[int]bool{}
		}
		s.cwe[n] = true
		target := sarifTarget{ID: strconv.Itoa(n), Component: sarifName{Name: "CWE"}}
		row.Relationships = append(row.Relationships, sarifRelationship{Target: target, Kinds: []string{"superset"}})
	}
	s.index[r.Name] = len(s.rules)
	s.rules = append(s.rules, row)
	return s.index[r.Name]
}

const sarifHead = `{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0","runs":[{` +
	`"columnKind":"utf16CodeUnits","newlineSequences":["\r\n","\n","\r","\u2028","\u2029"],"results":[`

func (s *sarif) Script(script *finding.Script) error {
	lines := finding.NewLines(script.Text)
	artifact := sarifArtifact{URI: reference(script.Path)}
	s.unread = append(s.unread, unreadNotices(script, artifact)...)
	for _, f := range script.Findings {
		if err := s.write(s.result(&f, artifact, snippet(lines, script.Text, &f))); err != nil {
			return err
		}
	}
	for _, f := range script.Gone {
		r := s.result(&f, artifact, nil)
		r.BaselineState = "absent"
		if err := s.write(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *sarif) write(r sarifResult) error {
	head := ",\n"
	if s.results == 0 {
		head = sarifHead + "\n"
	}
	s.results++
	fmt.Fprint(s.w, head)
	b, err := json.Marshal(r)
	if err == nil {
		_, err = s.w.Write(b)
	}
	return err
}

func (s *sarif) result(f *finding.Finding, artifact sarifArtifact, snippet *sarifText) sarifResult {
	r := sarifResult{
		RuleID: f.Rule, RuleIndex: s.rule(Rule{Name: f.Rule, Severity: f.Severity}), Level: level(f.Severity),
		Message: sarifText{f.Message}, Locations: []sarifLocation{placed(artifact, f.Span, snippet)},
		Properties: sarifProperties{Severity: f.Severity, Document: f.Document},
	}
	if f.Advice != "" {
		r.Message.Text = strings.TrimSuffix(f.Message, ".") + ". " + f.Advice
	}
	if f.Fingerprint != "" {
		r.Fingerprints = map[string]string{"sallyport/v1": f.Fingerprint}
	}
	if s.o.Baseline {
		r.BaselineState = "new"
		if f.Known {
			r.BaselineState = "unchanged"
		}
	}
	if f.Suppressed != nil {
		r.Suppressions = []sarifSuppression{{
			Kind: "external", Status: "accepted", Justification: f.Suppressed.Reason,
			Properties: sarifExpiry{f.Suppressed.Expires},
		}}
	}
	if len(f.Flow) > 0 {
		var steps []sarifStep
		for _, step := range f.Flow {
			of := artifact
			if step.Path != "" {
				of = sarifArtifact{URI: reference(step.Path)}
			}
			at := placed(of, step.Span, nil)
			at.Message = &sarifText{step.Message}
			steps = append(steps, sarifStep{at})
		}
		r.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{{steps}}}}
	}
	return r
}

func (s *sarif) Close() error {
	if s.results == 0 {
		fmt.Fprint(s.w, sarifHead)
	}
	run := sarifRun{Invocations: []sarifInvocation{{Successful: true, Notifications: s.unread}}}
	run.Tool.Driver = sarifDriver{
		Name: "Sallyport", Version: s.o.Version, Rules: s.rules,
		Notifications: []sarifRule{described(Rule{
			Name: notAnalysed, Title: "A script could not be analysed.", Severity: finding.Medium,
			Doc: "What cannot be analysed is not clean: somebody has to read it.",
		})},
	}
	if len(s.cwe) > 0 {
		run.Tool.Driver.Taxonomies = []sarifName{{Name: "CWE"}}
		run.Taxonomies = []sarifTaxonomy{weaknesses(slices.Sorted(maps.Keys(s.cwe)))}
	}
	b, err := json.Marshal(run)
	if err != nil {
		return err
	}
	fmt.Fprint(s.w, "\n],")
	_, _ = s.w.Write(b[1:]) // the run goes on; Flush tells of errors
	fmt.Fprint(s.w, "]}\n")
	return s.w.Flush()
}

package output

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"sallyport/internal/finding"
)

// The parts of a SARIF log that we use, named as in the standard (SARIF 2.1.0 §3).
type (
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Taxonomies  []sarifTaxonomy   `json:"taxonomies,omitempty"`
	}
	sarifDriver struct {
		Name          string      `json:"name"`
		Version       string      `json:"version,omitempty"`
		Rules         []sarifRule `json:"rules"`
		Notifications []sarifRule `json:"notifications"`
		Taxonomies    []sarifName `json:"supportedTaxonomies,omitempty"`
	}
	sarifRule struct {
		ID            string              `json:"id"`
		Short         sarifText           `json:"shortDescription"`
		Full          sarifText           `json:"fullDescription"`
		Help          sarifText           `json:"help"`
		Configuration sarifConfiguration  `json:"defaultConfiguration"`
		Relationships []sarifRelationship `json:"relationships,omitempty"`
		Properties    map[string]string   `json:"properties,omitempty"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifRelationship struct {
		Target sarifTarget `json:"target"`
		Kinds  []string    `json:"kinds"`
	}
	sarifTarget struct {
		ID        string    `json:"id"`
		Component sarifName `json:"toolComponent"`
	}
	sarifName struct {
		Name  string `json:"name"`
		Index int    `json:"index"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID        string             `json:"ruleId"`
		RuleIndex     int                `json:"ruleIndex"`
		Level         string             `json:"level"`
		Message       sarifText          `json:"message"`
		Locations     []sarifLocation    `json:"locations"`
		CodeFlows     []sarifCodeFlow    `json:"codeFlows,omitempty"`
		Fingerprints  map[string]string  `json:"partialFingerprints,omitempty"`
		BaselineState string             `json:"baselineState,omitempty"`
		Suppressions  []sarifSuppression `json:"suppressions,omitempty"`
		Properties    sarifProperties    `json:"properties"`
	}
	sarifProperties struct {
		Severity finding.Severity `json:"severity"`
		Document string           `json:"document,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine"`
		StartColumn int        `json:"startColumn"`
		EndLine     int        `json:"endLine"`
		EndColumn   int        `json:"endColumn"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
	sarifCodeFlow struct {
		ThreadFlows []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		Locations []sarifStep `json:"locations"`
	}
	sarifStep struct {
		Location sarifLocation `json:"location"`
	}
	sarifSuppression struct {
		Kind          string      `json:"kind"`
		Status        string      `json:"status"`
		Justification string      `json:"justification"`
		Properties    sarifExpiry `json:"properties"`
	}
	sarifExpiry struct {
		Expires string `json:"expires"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Descriptor sarifDescriptor `json:"descriptor"`
		Level      string          `json:"level"`
		Message    sarifText       `json:"message"`
		Locations  []sarifLocation `json:"locations"`
	}
	sarifDescriptor struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	}
	sarifTaxonomy struct {
		Name         string      `json:"name"`
		Organization string      `json:"organization"`
		Short        sarifText   `json:"shortDescription"`
		Taxa         []sarifTaxa `json:"taxa"`
	}
	sarifTaxa struct {
		ID      string `json:"id"`
		HelpURI string `json:"helpUri"`
	}
)

// The rules that say what could not be read: in part, or at all. The first is also the descriptor of notifications.
const (
	notAnalysed = "not-analysed"
	opaqueRule  = "opaque"
)

func level(s finding.Severity) string {
	switch {
	case s >= finding.High:
		return "error"
	case s == finding.Medium:
		return "warning"
	default:
		return "note"
	}
}

// described is a rule's row. Code hosts want every text there is, so the name stands in for what a rule does not say.
func described(r Rule) sarifRule {
	title := cmp.Or(r.Title, r.Name)
	doc := cmp.Or(r.Doc, title)
	return sarifRule{
		ID: r.Name, Short: sarifText{title}, Full: sarifText{doc}, Help: sarifText{doc},
		Configuration: sarifConfiguration{level(r.Severity)}, Properties: sarifSeverity(r.Severity),
	}
}

// sarifSeverity is what code hosts sort by: a score like CVSS's, one in the middle of each band.
func sarifSeverity(s finding.Severity) map[string]string {
	scores := [...]string{finding.Note: "0.0", finding.Low: "3.0", finding.Medium: "5.5", finding.High: "8.0", finding.Critical: "9.5"}
	return map[string]string{"security-severity": scores[s]}
}

// placed is a location. A span without a line is the whole script (§3.29: no region).
func placed(artifact sarifArtifact, s finding.Span, snippet *sarifText) sarifLocation {
	at := sarifLocation{Physical: sarifPhysical{Artifact: artifact}}
	if s.Start.Line < 1 {
		return at
	}
	start := finding.Position{Line: s.Start.Line, Column: max(1, s.Start.Column)}
	end := finding.Position{Line: s.End.Line, Column: max(1, s.End.Column)}
	if end.Compare(start) < 0 {
		end = start
	}
	at.Physical.Region = &sarifRegion{start.Line, start.Column, end.Line, end.Column, snippet}
	return at
}

const snippetMost = 500

// snippet is the text of a finding's span; nothing when it is long.
func snippet(l *finding.Lines, text string, f *finding.Finding) *sarifText {
	from, to := l.Offset(f.Span.Start), l.Offset(f.Span.End)
	if to <= from || to-from > snippetMost {
		return nil
	}
	return &sarifText{text[from:to]}
}

// unreadNotices says what of a script was not analysed: all of it, or the parts that findings name.
func unreadNotices(s *finding.Script, artifact sarifArtifact) (all []sarifNotification) {
	notice := func(why string, at finding.Span) {
		all = append(all, sarifNotification{
			Level: "warning", Message: sarifText{why}, Locations: []sarifLocation{placed(artifact, at, nil)},
			Descriptor: sarifDescriptor{ID: notAnalysed},
		})
	}
	for _, f := range s.Findings {
		if f.Rule == notAnalysed || f.Rule == opaqueRule {
			notice(f.Message, f.Span)
		}
	}
	if len(all) == 0 && s.Goal == opaqueRule {
		notice("The script could not be analysed.", finding.Span{})
	}
	return all
}

func weaknesses(numbers []int) sarifTaxonomy {
	t := sarifTaxonomy{Name: "CWE", Organization: "MITRE", Short: sarifText{"The MITRE Common Weakness Enumeration."}}
	for _, n := range numbers {
		id := strconv.Itoa(n)
		t.Taxa = append(t.Taxa, sarifTaxa{id, "https://cwe.mitre.org/data/definitions/" + id + ".html"})
	}
	return t
}

// reference is a path as a URI reference (RFC 3986): addresses stay what they are, whole paths are files, and in
// everything else a colon is no scheme's: "User:Mara/x.js" is a page and not a protocol.
func reference(path string) string {
	if u, err := url.Parse(path); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return u.String()
	}
	path = strings.ToValidUTF8(path, "\uFFFD")
	if strings.HasPrefix(path, "/") {
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return strings.ReplaceAll((&url.URL{Path: path}).EscapedPath(), ":", "%3A")
}

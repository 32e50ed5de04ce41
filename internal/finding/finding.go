// Package finding holds what an analysis says about a script: findings with their place and their way from source to sink,
// and the Handler that every output format implements.
//
// Saved JSON can be shown again in any format, because formats see only this stream.
package finding

import "sallyport/internal/capability"

// Severity says how bad a finding is, if it is right.
type Severity int

// Severities, from a remark to an emergency.
const (
	Note Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"note", "low", "medium", "high", "critical"}

func (s Severity) String() string { return severityNames[s] }

// Position is a place in a script. Lines and columns count from 1; columns are UTF-16 code units, as in SARIF's
// utf16CodeUnits and in every browser's console.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Span is a stretch of a script; End is just behind its last character.
type Span struct {
	Start, End Position
}

// Step is one station on the way from a source to a sink.
type Step struct {
	Span    Span
	Message string // for instance "the page's text is read here"
	Path    string // of the script it stands in, when that is another one
}

// Finding is something wrong with a script.
type Finding struct {
	Rule     string // stable name, for instance "dom-html"
	Severity Severity
	Message  string // one sentence: what is wrong
	Advice   string // what to do about it; may be empty
	Span     Span
	Flow     []Step // from source to sink; empty when the place says it all
	// Document names the text this was found in, when that is not the script itself but something it unpacks. The span is
	// then the place in the script that makes it.
	Document string

	// What follows is said by a scan, not by an analysis.

	Fingerprint string      // see [Lines.Fingerprint]
	Known       bool        // the baseline has it: it is not news
	Suppressed  *Suppressed // the operator accepts it; nil for most
}

// Suppressed says why an operator accepts a finding, and until when.
type Suppressed struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires"` // the last day, as 2027-01-31
}

// Counts says whether the finding is news that nobody has accepted.
func (f *Finding) Counts() bool { return !f.Known && f.Suppressed == nil }

// Script is everything an analysis says about one script.
type Script struct {
	Path         string // as the caller named it: a file, a URL, a page
	SHA256       string // lower-case hex, of the bytes as they were read
	Goal         string // "script", "module", "function", "json", "css", "vue", "opaque"
	Text         string // for code frames; not part of machine output
	Findings     []Finding
	Capabilities []capability.Capability
	Others       []Other   // read together with it
	Gone         []Finding // what the baseline has of it and this scan has not
}

// Other is a script that one leads to, directly or by way of others, as it was when both were read together.
type Other struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Handler receives the results of a scan, in order. Every output format is one.
type Handler interface {
	// Script is called once for each script, in an order that follows from the inputs alone.
	Script(*Script) error
	// Close writes what comes last. After it, nothing more is called.
	Close() error
}

// Liner is a Handler that also takes a script as [Script.MarshalJSON] spelled it, in place of the script. Who has kept that
// from an earlier scan need not read it to pass it on.
type Liner interface {
	Handler
	Line(json []byte) error
}

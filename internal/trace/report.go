package trace

import (
	"encoding/json"
	"fmt"
	"io"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// Schema names the form of a [Document].
const Schema = "sallyport.detonate/1"

// Document is what is said about the scripts of one detonation.
type Document struct {
	Isolation string    // level that kept the runs in: A, B or C
	Runs      []*Report // one a script
}

// MarshalJSON gives the form that [Schema] names.
func (d *Document) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Schema    string    `json:"schema"`
		Isolation string    `json:"isolation"`
		Runs      []*Report `json:"runs"`
	}{Schema, d.Isolation, append([]*Report{}, d.Runs...)})
}

// WriteJSON writes the document, a script a line.
func (d *Document) WriteJSON(w io.Writer) error {
	isolation, err := json.Marshal(d.Isolation)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, `{"schema":%q,"isolation":%s,"runs":[`, Schema, isolation); err != nil {
		return err
	}
	for i, r := range d.Runs {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write what is known of %q: %w", r.Path, err)
		}
		before := "\n"
		if i > 0 {
			before = ",\n"
		}
		if _, err := w.Write(append([]byte(before), line...)); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "\n]}\n")
	return err
}

// Verdict is what a report comes to. There is no word for harmless: nobody can know that.
type Verdict string

// Verdicts, worst first.
const (
	Hostile     Verdict = "hostile"
	Suspicious  Verdict = "suspicious"
	Unknown     Verdict = "unknown" // too little was seen to say anything: see Reasons
	NothingSeen Verdict = "nothing seen"
)

// Report is everything the runs of one script show.
type Report struct {
	Path     string   `json:"path"`
	SHA256   string   `json:"sha256"`
	Verdict  Verdict  `json:"verdict"`
	Reasons  []string `json:"reasons"`  // why that verdict, in sentences
	Coverage float64  `json:"coverage"` // functions that ran in any run, of all; in hundredths, rounded down

	Functions struct {
		Ran   int `json:"ran"`
		Total int `json:"total"`
	} `json:"functions"`
	Visits Visits `json:"visits"`

	Requests     []RequestRow `json:"requests"`
	Hosts        []HostRow    `json:"hosts"`
	Imports      []ImportRow  `json:"imports"`
	Writes       []WriteRow   `json:"writes"`
	Findings     []Finding    `json:"findings"`
	Capabilities []Capability `json:"capabilities"`
	Story        []Scene      `json:"story"`
	Gates        []Turned     `json:"gates,omitempty"` // conditions that were forced

	Self   string `json:"self,omitempty"`
	Author string `json:"author,omitempty"`
}

// Visits counts the runs that a report stands on.
type Visits struct {
	Runs      int      `json:"runs"`    // with the script
	Invalid   int      `json:"invalid"` // of them, those from whose silence nothing follows
	Baselines int      `json:"baselines"`
	Personas  []string `json:"personas"`
	Pages     []string `json:"pages"`
}

// RequestRow is something that was asked of a host that is not the wiki's.
type RequestRow struct {
	URL     string   `json:"url"`
	How     string   `json:"how"`
	Persona string   `json:"persona"`
	Stage   Stage    `json:"stage"`
	Method  string   `json:"method,omitempty"`
	Canary  []string `json:"canary,omitempty"`
	Count   int      `json:"count,omitempty"` // when more than once
}

// HostRow is a foreign host that was contacted.
type HostRow struct {
	Host  string   `json:"host"`
	How   string   `json:"how"`  // script, style, fetch, …; several with commas between
	When  string   `json:"when"` // on load, on a timer, on your click, …, several with commas between; or "only if a condition is turned"
	Stage Stage    `json:"stage"`
	Sent  []string `json:"sent,omitempty"` // canaries that went there
}

// ImportRow is code that the script loaded.
type ImportRow struct {
	Target   string `json:"target"` // a page of the wiki, or a URL
	SHA256   string `json:"sha256,omitempty"`
	Resolved bool   `json:"resolved"` // false when a placeholder stood in for it
	Foreign  bool   `json:"foreign"`  // from a host that is not the wiki's
	By       string `json:"by,omitempty"`
	Stage    Stage  `json:"stage"`
}

// WriteRow is a change of the wiki that was tried.
type WriteRow struct {
	Action  string             `json:"action"`
	Title   string             `json:"title"`
	Persona string             `json:"persona"`
	Trigger capability.Trigger `json:"trigger"`
	Stage   Stage              `json:"stage"`
	Class   string             `json:"class,omitempty"`
	Page    string             `json:"page,omitempty"` // where the person was
	Self    []string           `json:"self,omitempty"`
	Canary  []string           `json:"canary,omitempty"`
	Count   int                `json:"count,omitempty"`
}

// Finding is something wrong that was seen.
type Finding struct {
	Rule     string           `json:"rule"`
	Severity finding.Severity `json:"severity"`
	Message  string           `json:"message"`
	Stage    Stage            `json:"stage"` // the strongest in which it was seen
	When     string           `json:"when,omitempty"`
	Line     int              `json:"line,omitempty"`
	Column   int              `json:"column,omitempty"`
	Script   string           `json:"script,omitempty"`   // URL of the script that did it, which may be one that was loaded
	Personas []string         `json:"personas,omitempty"` // as whom it was seen, in that stage
	Pages    []string         `json:"pages,omitempty"`
	Gate     *Turned          `json:"gate,omitempty"` // reachable only if this is turned
	Seen     int              `json:"seen"`           // events
	Evidence []Evidence       `json:"evidence"`       // the first of them

	timed bool // the message goes on with When
}

// Evidence points into the log.
type Evidence struct {
	Run int     `json:"run"`
	T   float64 `json:"t"` // milliseconds since the run began
}

// Capability is one thing the script was seen to do.
type Capability struct {
	capability.Capability
	Stage Stage `json:"stage"`
}

// Script is the report as an analysis of a text, so that every format of package output can show it.
func (r *Report) Script(text string) *finding.Script {
	s := &finding.Script{Path: r.Path, SHA256: r.SHA256, Goal: "script", Text: text}
	for _, f := range r.Findings {
		message := f.Message
		if f.Gate != nil {
			message += fmt.Sprintf(" (reachable only if %s)", f.Gate.Text)
		}
		at := finding.Position{Line: f.Line, Column: f.Column}
		s.Findings = append(s.Findings, finding.Finding{Rule: f.Rule, Severity: f.Severity, Message: message, Span: finding.Span{Start: at, End: at}})
	}
	for _, c := range r.Capabilities {
		s.Capabilities = append(s.Capabilities, c.Capability)
	}
	s.Sort()
	return s
}

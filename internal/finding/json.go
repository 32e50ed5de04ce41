package finding

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sallyport/internal/capability"
)

// Schema names the form of a saved scan.
const Schema = "sallyport.scan/1"

// ErrNotScan: the document is not a saved scan.
var ErrNotScan = errors.New("not a saved scan (" + Schema + ")")

// The wire* types are the documented form of a script. Text is not part of it.
type wireScript struct {
	Path         string                  `json:"path"`
	SHA256       string                  `json:"sha256"`
	Goal         string                  `json:"goal"`
	Findings     []wireFinding           `json:"findings"`
	Capabilities []capability.Capability `json:"capabilities"`
	Others       []Other                 `json:"others,omitempty"`
}

type wireFinding struct {
	Rule        string      `json:"rule"`
	Severity    Severity    `json:"severity"`
	Message     string      `json:"message"`
	Advice      string      `json:"advice,omitempty"`
	Start       Position    `json:"start"`
	End         Position    `json:"end"`
	Document    string      `json:"document,omitempty"`
	Flow        []wireStep  `json:"flow"`
	Fingerprint string      `json:"fingerprint,omitempty"`
	Known       bool        `json:"known,omitempty"`
	Suppressed  *Suppressed `json:"suppressed,omitempty"`
}

type wireStep struct {
	Position
	End     Position `json:"end"`
	Message string   `json:"message"`
	Path    string   `json:"path,omitempty"`
}

// MarshalJSON gives the form that [Schema] names.
func (s *Script) MarshalJSON() ([]byte, error) {
	w := wireScript{Path: s.Path, SHA256: s.SHA256, Goal: s.Goal, Findings: []wireFinding{}, Capabilities: s.Capabilities, Others: s.Others}
	if w.Capabilities == nil {
		w.Capabilities = []capability.Capability{}
	}
	for _, f := range s.Findings {
		steps := []wireStep{}
		for _, step := range f.Flow {
			steps = append(steps, wireStep{step.Span.Start, step.Span.End, step.Message, step.Path})
		}
		w.Findings = append(w.Findings, wireFinding{
			f.Rule, f.Severity, f.Message, f.Advice, f.Span.Start, f.Span.End, f.Document, steps, f.Fingerprint, f.Known, f.Suppressed,
		})
	}
	return json.Marshal(w)
}

// UnmarshalJSON is the way back; Text stays empty.
func (s *Script) UnmarshalJSON(text []byte) error {
	var w wireScript
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*s = Script{Path: w.Path, SHA256: w.SHA256, Goal: w.Goal, Capabilities: w.Capabilities, Others: w.Others}
	for _, f := range w.Findings {
		var steps []Step
		for _, step := range f.Flow {
			steps = append(steps, Step{Span{step.Position, step.End}, step.Message, step.Path})
		}
		s.Findings = append(s.Findings, Finding{
			Rule: f.Rule, Severity: f.Severity, Message: f.Message, Advice: f.Advice, Span: Span{f.Start, f.End}, Flow: steps,
			Document: f.Document, Fingerprint: f.Fingerprint, Known: f.Known, Suppressed: f.Suppressed,
		})
	}
	return nil
}

// Read gives the scripts of a saved scan one by one: it may be larger than memory. A document that is something else
// gives [ErrNotScan]; an error from yield ends the reading and is returned.
func Read(r io.Reader, yield func(*Script) error) error {
	d := json.NewDecoder(r)
	for _, want := range []json.Token{json.Delim('{'), "schema", Schema, "scripts", json.Delim('[')} {
		if got, err := d.Token(); err != nil || got != want {
			return fmt.Errorf("%w: %v stands where %v should", ErrNotScan, got, want)
		}
	}
	for n := 1; d.More(); n++ {
		s := &Script{}
		if err := d.Decode(s); err != nil {
			return fmt.Errorf("script %d of the saved scan: %w", n, err)
		}
		if err := yield(s); err != nil {
			return err
		}
	}
	return readRest(d)
}

// readRest reads what stands behind the scripts: fields of later versions, and the end.
func readRest(d *json.Decoder) error {
	_, err := d.Token() // ]
	for err == nil && d.More() {
		if _, err = d.Token(); err == nil { // the field's name
			err = d.Decode(&json.RawMessage{})
		}
	}
	if err == nil {
		_, err = d.Token() // }
	}
	if err != nil {
		return fmt.Errorf("%w: it is cut off: %w", ErrNotScan, err)
	}
	return nil
}

package scan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"sallyport/internal/finding"
)

// Suppressions are the findings an operator accepts. They stand in a file of the operator's and nowhere else: nothing in a
// scanned page can silence a finding. A nil Suppressions accepts nothing.
type Suppressions struct {
	rows []suppression
	now  time.Time
}

// suppression is one [[suppress]] of the file: a fingerprint, or a rule and a path.
type suppression struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Path        string `json:"path"` // "*" at the end stands for anything
	Reason      string `json:"reason"`
	Expires     day    `json:"expires"`

	n    int // its place in the file
	used bool
}

// day is a date, written with or without quotes in TOML. What it stands for lasts to the end of that day, UTC.
type day struct{ start time.Time }

func (d day) String() string { return d.start.Format(time.DateOnly) }

// UnmarshalText is for both formats.
func (d *day) UnmarshalText(text []byte) (err error) {
	d.start, err = time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is no day: write it as 2027-01-31", text)
	}
	return nil
}

// ParseSuppressions reads the file, TOML or JSON, and reports every mistake in it. now says what has expired.
func ParseSuppressions(text []byte, now time.Time) (*Suppressions, error) {
	text, err := asJSON(text)
	if err != nil {
		return nil, err
	}
	var file struct {
		Suppress []suppression `json:"suppress"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	s := &Suppressions{rows: file.Suppress, now: now}
	var errs []error
	for i := range s.rows {
		s.rows[i].n = i + 1
		errs = append(errs, s.rows[i].check())
	}
	return s, errors.Join(errs...)
}

// asJSON makes TOML JSON, so that both are read with the same strictness. (Decoded straight into a struct, this version of
// go-toml panics at a date where a text should be.)
func asJSON(text []byte) ([]byte, error) {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return text, nil
	}
	var file map[string]any
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	return json.Marshal(file)
}

func (r *suppression) check() error {
	var wrong []string
	if (r.Fingerprint == "") == (r.Rule == "" || r.Path == "") {
		wrong = append(wrong, "name a finding by its fingerprint, or by rule and path")
	}
	if strings.TrimSpace(r.Reason) == "" {
		wrong = append(wrong, "give a reason")
	}
	if r.Expires.start.IsZero() {
		wrong = append(wrong, `say when it expires, for instance expires = "2027-01-31"`)
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("suppression %d: %s", r.n, strings.Join(wrong, "; "))
}

func (r *suppression) covers(s *finding.Script, f *finding.Finding) bool {
	if r.Fingerprint != "" {
		return r.Fingerprint == f.Fingerprint
	}
	prefix, open := strings.CutSuffix(r.Path, "*")
	return r.Rule == f.Rule && (r.Path == s.Path || open && strings.HasPrefix(s.Path, prefix))
}

func (r *suppression) expired(now time.Time) bool {
	return !now.Before(r.Expires.start.AddDate(0, 0, 1))
}

// apply marks what the operator accepts.
func (p *Suppressions) apply(s *finding.Script) {
	if p == nil {
		return
	}
	for i := range s.Findings {
		for n := range p.rows {
			row := &p.rows[n]
			if row.covers(s, &s.Findings[i]) {
				row.used = true
				if !row.expired(p.now) {
					s.Findings[i].Suppressed = &finding.Suppressed{Reason: row.Reason, Expires: row.Expires.String()}
					break
				}
			}
		}
	}
}

// Stale lists, after a scan, the rows that do nothing any more: sentences for the operator.
func (p *Suppressions) Stale() (notes []string) {
	if p == nil {
		return nil
	}
	for _, row := range p.rows {
		what := row.Fingerprint
		if what == "" {
			what = row.Rule + " in " + row.Path
		}
		switch {
		case row.expired(p.now):
			notes = append(notes, fmt.Sprintf("suppression %d (%s) expired on %s: what it covers counts again", row.n, what, row.Expires.String()))
		case !row.used:
			notes = append(notes, fmt.Sprintf("suppression %d (%s) covers nothing that was scanned", row.n, what))
		}
	}
	return notes
}

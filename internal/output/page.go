package output

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"

	"sallyport/internal/finding"
)

//go:embed page.css
var pageStyle string

// Style is what the pages that are one file have in common: the wiki's colours in light and dark, findings, code, pictures.
func Style() string { return pageStyle }

// Policy is the content security policy of a page that holds all it shows: its own style sheet, pictures where it has some, and nothing
// else.
func Policy(style string, pictures bool) string {
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if pictures {
		policy += "; img-src data:"
	}
	return policy + "; base-uri 'none'; form-action 'none'"
}

// FindingsHTML are the findings of a reading as they stand in a page below a heading: each with its code, its way and what to do.
func FindingsHTML(s *finding.Script) (template.HTML, error) {
	rows := findingsOf(s, func(f *finding.Finding) string { return f.Severity.String() })
	for i := range rows {
		rows[i].Below = true
	}
	return part("findings", rows)
}

// part is a piece of a page, made by a template of its own.
func part(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := htmlPage.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("write %s of a page: %w", name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // a template wrote it
}

// findingsOf prepares findings with their code; class says which filters and colours apply.
func findingsOf(s *finding.Script, class func(*finding.Finding) string) []htmlFinding {
	lines := finding.NewLines(s.Text)
	var rows []htmlFinding
	for _, f := range s.Findings {
		rows = append(rows, htmlFinding{Finding: &f, Class: class(&f), Frame: excerpts(lines, s.Text, f.Span)})
	}
	return rows
}

// Plural counts: "1 script", "2 scripts".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

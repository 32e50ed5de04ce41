package cli

import (
	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/output"
	"sallyport/internal/rule"
)

// theAnalysis is the one that scan runs: all our rules.
func theAnalysis() analysis {
	a := analysis{analyse: func(path string, src []byte, find link.Find) *finding.Script {
		return rule.Options{Find: find}.Analyse(path, src)
	}}
	for _, r := range rule.All {
		a.rules = append(a.rules, output.Rule{Name: r.Name, Title: r.Title(), Doc: r.Doc, Severity: r.Severity, CWE: r.CWE})
	}
	return a
}

package cli

import (
	"sallyport/internal/output"
	"sallyport/internal/rule"
)

// theAnalysis is the one that scan runs: all our rules.
func theAnalysis() analysis {
	a := analysis{analyse: rule.Analyse}
	for _, r := range rule.All {
		a.rules = append(a.rules, output.Rule{Name: r.Name, Title: r.Title(), Doc: r.Doc, Severity: r.Severity})
	}
	return a
}

package cli

import (
	"context"

	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/mediawiki"
	"sallyport/internal/output"
	"sallyport/internal/rule"
	"sallyport/internal/wiki"
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

// newest asks a wiki for pages as they are.
func newest(client *mediawiki.Client) func(context.Context, wiki.Title) (wiki.Page, error) {
	return func(ctx context.Context, t wiki.Title) (wiki.Page, error) {
		pages, err := client.Pages(ctx, []wiki.Title{t})
		if err != nil {
			return wiki.Page{}, err
		}
		return pages[0], nil
	}
}

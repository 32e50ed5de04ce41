package cli

import (
	"fmt"

	"sallyport/internal/rule"
)

type rulesCommand struct {
	List rulesListCommand `cmd:"" default:"withargs" help:"List the rules of a scan, or explain one."`
	Test rulesTestCommand `cmd:"" help:"Check your own rules against the comments in the scripts beside them."`
}

type rulesListCommand struct {
	Name   string `arg:"" optional:"" help:"The rule to explain; without it, all are listed."`
	Format string `help:"text, json or markdown." enum:"text,json,markdown" default:"text"`
}

// Run exits with 2 when there is no such rule.
func (c rulesListCommand) Run(s streams) error {
	var all []ruleDoc
	for _, r := range rule.All {
		if c.Name != "" && c.Name != r.Name {
			continue
		}
		e, err := documented(r)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	switch {
	case len(all) == 0:
		fmt.Fprintf(s.stderr, "sallyport: there is no rule %q\n\nTo see all: sallyport rules\n", c.Name)
		return exitRequest(exitUsage)
	case c.Format == "json":
		return printRulesJSON(s.stdout, all)
	case c.Format == "markdown" && c.Name == "":
		return printRulesPage(s.stdout, all)
	case c.Format == "markdown":
		return all[0].markdown(s.stdout)
	case c.Name == "":
		return printRules(s.stdout, all)
	}
	return all[0].text(s.stdout)
}

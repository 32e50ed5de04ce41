package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/incident"
	"sallyport/internal/rule"
)

type auditAccounts struct {
	onStore
	Format    string `help:"text, csv or json." enum:"text,csv,json" default:"text"`
	NoHistory bool   `help:"Do not ask the wiki's logs; only what the gateway saw counts."`
}

// Run goes through the accounts that hold power. What it learns is kept for serve.
func (c auditAccounts) Run(s streams) error {
	_, db, client, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ledger, err := accounts.OpenLedger(s.ctx, db, site.ID, time.Now)
	if err != nil {
		return err
	}
	survey := &accounts.Survey{
		Site: site, Wiki: client, Store: db, Analyse: rule.Analyse, Usage: ledger.Usage, Now: time.Now,
		Tell: func(done, all int) {
			if done%50 == 0 || done == all {
				fmt.Fprintf(s.stderr, "%d of %d accounts\n", done, all)
			}
		},
	}
	r, err := survey.Run(s.ctx, !c.NoHistory)
	if err != nil {
		return err
	}
	if err := ledger.Flush(s.ctx); err != nil {
		return err
	}
	switch c.Format {
	case "csv":
		return incident.WriteCSV(s.stdout, r.Accounts)
	case "json":
		return incident.WriteJSON(s.stdout, r.Accounts)
	}
	return writeAccounts(s.stdout, r)
}

// writeAccounts says first what to do, then who there is.
func writeAccounts(w io.Writer, r *accounts.Report) error {
	todo := 0
	for _, a := range r.Accounts {
		todo += min(len(a.Proposals), 1)
	}
	fmt.Fprintf(w, "%d accounts hold power; %d could do with less, or with a key.\n", len(r.Accounts), todo)
	if r.More {
		fmt.Fprintf(w, "There are more accounts than are looked at.\n")
	}
	if r.Made.Sub(r.Since) < incident.Unused {
		fmt.Fprintf(w, "Uses of rights are known since %s only, so none is called unused.\n", r.Since.UTC().Format("2006-01-02"))
	}
	for _, a := range r.Accounts {
		for i, p := range a.Proposals {
			if i == 0 {
				fmt.Fprintf(w, "\n%s\n", a.Name)
			}
			fmt.Fprintf(w, "  %s\n", p)
		}
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "\nACCOUNT\tKEYS\tLAST USE\tRIGHTS\tUNUSED\tSCRIPTS\tAUTHORS\tGROUPS\n")
	for _, a := range r.Accounts {
		idle := 0
		for _, right := range a.Rights {
			if right.Idle {
				idle++
			}
		}
		last := "never"
		if !a.LastUse.IsZero() {
			last = a.LastUse.UTC().Format(time.DateOnly)
		}
		slices.Sort(a.Groups)
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\t%d\t%d\t%d\t%s\n", a.Name, a.Keys, last, len(a.Rights), idle, len(a.Scripts), len(a.Authors), strings.Join(a.Groups, ", "))
	}
	return t.Flush()
}

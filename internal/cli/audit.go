package cli

import (
	"fmt"

	"sallyport/internal/audit"
	"sallyport/internal/passkey"
)

type auditCommand struct {
	Verify   auditVerify   `cmd:"" help:"Read the log of approvals again: the chain, and every signature."`
	Mail     auditMail     `cmd:"" help:"Notices that no mail server took, and why."`
	Accounts auditAccounts `cmd:"" help:"Who holds power, when each right was last used, whose scripts they run, and what could be taken away."`
}

type auditVerify struct {
	onStore
	Head string `help:"The hash of an entry, kept elsewhere, for instance in a mail to the operators: the log must still hold it." placeholder:"HASH"`
}

// Run exits with 1 when something does not hold.
func (c auditVerify) Run(s streams) error {
	settings, db, _, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	at, err := passkey.NewSite(settings.Confirm())
	if err != nil {
		return err
	}
	r, err := audit.Verify(s.ctx, db, site.ID, at)
	if err != nil {
		return err
	}
	for _, problem := range r.Problems {
		fmt.Fprintln(s.stdout, problem)
	}
	fmt.Fprintf(s.stdout, "%d entries, %d keys, %d approvals whose signatures hold, %d by password and code, %d vouches, %d statements, %d changes sent; %d problems\nlast entry: %s\n",
		r.Entries, r.Keys, r.Approvals, r.Lesser, r.Vouches, r.Said, r.Sent, len(r.Problems), r.Head)
	if c.Head != "" {
		seq, err := audit.Find(s.ctx, db, site.ID, c.Head)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.stdout, "%s is entry %d\n", c.Head, seq)
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("the log does not hold: %d problems", len(r.Problems))
	}
	return nil
}

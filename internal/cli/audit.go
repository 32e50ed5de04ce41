package cli

import (
	"fmt"

	"sallyport/internal/audit"
	"sallyport/internal/passkey"
)

type auditCommand struct {
	Verify auditVerify `cmd:"" help:"Read the log of approvals again: the chain, and every signature."`
}

type auditVerify struct {
	onStore
}

// Run exits with 1 when something does not hold.
func (c auditVerify) Run(s streams) error {
	settings, db, _, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
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
	fmt.Fprintf(s.stdout, "%d entries, %d keys, %d approvals whose signatures hold, %d changes sent; %d problems\nlast entry: %s\n",
		r.Entries, r.Keys, r.Approvals, r.Sent, len(r.Problems), r.Head)
	if len(r.Problems) > 0 {
		return fmt.Errorf("the log does not hold: %d problems", len(r.Problems))
	}
	return nil
}

package cli

import (
	"fmt"
	"text/tabwriter"
	"time"
)

type auditMail struct {
	onStore
	Retry bool `help:"Have serve try all of them again."`
}

// maxAside is how many notices are listed.
const maxAside = 1000

// Run lists what was set aside. Addresses are not shown.
func (c auditMail) Run(s streams) error {
	_, db, _, site, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	list, err := db.AsideNotices(s.ctx, site.ID, maxAside)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(s.stdout, "No mail was set aside.")
		return nil
	}
	w := tabwriter.NewWriter(s.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "ABOUT\tFOR\tMADE\tTRIES\tWHY\n")
	for _, n := range list {
		who := n.User
		if n.UserID == 0 {
			who = "(operators)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", n.Kind, who, n.Made.Format(time.DateTime), n.Tries, n.Trouble)
	}
	if err := w.Flush(); err != nil || !c.Retry {
		return err
	}
	n, err := db.RetryNotices(s.ctx, site.ID, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%d are tried again.\n", n)
	return nil
}

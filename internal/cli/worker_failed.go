package cli

import (
	"cmp"
	"fmt"

	"sallyport/internal/output"
	"sallyport/internal/store"
)

// failedMost is how many jobs are listed.
const failedMost = 1000

// listFailed prints what was set aside, newest first: a line of facts and a line with the reason.
func listFailed(s streams, db store.Store) error {
	failures, err := db.Failures(s.ctx, failedMost)
	if err != nil {
		return err
	}
	if len(failures) == 0 {
		fmt.Fprintln(s.stdout, "No job is set aside.")
		return nil
	}
	for _, f := range failures {
		fmt.Fprintf(s.stdout, "%s  %s of %s on %s, sha256 %s, begun %d times\n    %s\n", f.Failed.Format("2006-01-02 15:04"), f.Kind,
			output.Visible(cmp.Or(f.Path, "a text")), output.Visible(cmp.Or(f.Wiki, "any wiki")), f.SHA256, f.Tries, output.Visible(f.Reason))
	}
	fmt.Fprintf(s.stdout, "\nTo try them again: sallyport worker --config FILE --retry\n")
	return nil
}

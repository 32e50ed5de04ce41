package config

import "fmt"

// Breaker says what stops an outbreak.
type Breaker struct {
	Enabled bool           `toml:"enabled"`
	DryRun  bool           `toml:"dry_run"`
	Numbers map[string]any `toml:"numbers"` // by name; what they may be, the breaker knows
}

// Watch says what happens to changes of code that got in without an approval.
type Watch struct {
	Revert       string `toml:"revert"`
	Account      string `toml:"account"`
	PasswordFile string `toml:"password_file"`
}

// Reverts says whether such changes are put back.
func (w *Watch) Reverts() bool { return w.Revert == "revert" }

func (w *Watch) check() (errs []error) {
	if w.Revert != "alarm" && w.Revert != "revert" {
		errs = append(errs, fmt.Errorf("watch.revert = %q: write \"alarm\" or \"revert\"", w.Revert))
	}
	if w.Reverts() && (w.Account == "" || w.PasswordFile == "") {
		errs = append(errs, fmt.Errorf("watch.revert = %q needs watch.account and watch.password_file: somebody has to put the page back", w.Revert))
	}
	return errs
}

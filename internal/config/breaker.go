package config

import (
	"fmt"
	"slices"

	"sallyport/internal/capability"
)

// Breaker says what stops an outbreak.
type Breaker struct {
	Enabled bool     `toml:"enabled"`
	DryRun  bool     `toml:"dry_run"`
	Popular int      `toml:"popular"` // people who make a script popular
	Gains   []string `toml:"gains"`   // capabilities that a popular script does not gain overnight
	// SiteCode is what becomes of the site's own scripts that gain them: "off", "fall-back" or "always".
	SiteCode string         `toml:"site_code"`
	Numbers  map[string]any `toml:"numbers"` // by name; what they may be, the breaker knows
}

func (b *Breaker) check() (errs []error) {
	if b.Popular < 1 {
		errs = append(errs, fmt.Errorf("breaker.popular = %d: write 1 or more", b.Popular))
	}
	if !slices.Contains([]string{"off", "fall-back", "always"}, b.SiteCode) {
		errs = append(errs, fmt.Errorf("breaker.site_code = %q: write \"off\", \"fall-back\" or \"always\"", b.SiteCode))
	}
	for _, name := range b.Gains {
		if name != "network:code" && !slices.Contains(capability.Names(), capability.Name(name)) {
			errs = append(errs, fmt.Errorf("breaker.gains has %q: write names of capabilities, as `sallyport rules list` shows them", name))
		}
	}
	return errs
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

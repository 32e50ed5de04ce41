package config

import (
	"fmt"
	"slices"
)

// Approved says of which pages only approved texts are served.
type Approved struct {
	Serve   []string `toml:"serve"`
	Popular int      `toml:"popular"`
	Testers []string `toml:"testers"`
}

func (a *Approved) check() (errs []error) {
	for _, tier := range a.Serve {
		if !slices.Contains([]string{"site-code", "gadget", "popular"}, tier) {
			errs = append(errs, fmt.Errorf("approved.serve has %q: write \"site-code\", \"gadget\" or \"popular\"", tier))
		}
	}
	if a.Popular < 1 {
		errs = append(errs, fmt.Errorf("approved.popular = %d: write 1 or more", a.Popular))
	}
	for _, group := range a.Testers {
		if group == "" || group == "*" || group == "user" {
			errs = append(errs, fmt.Errorf("approved.testers has %q: write groups of people who know what they run", group))
		}
	}
	return errs
}

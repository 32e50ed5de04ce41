package config

import (
	"fmt"
	"slices"

	"sallyport/internal/policy"
)

// Policy says what browsers are told about where pages may load things from.
type Policy struct {
	Mode       string              `toml:"mode"`
	RawScripts bool                `toml:"raw_scripts"`
	Allow      map[string][]string `toml:"allow"`
	Refuse     []string            `toml:"refuse"`
	Review     []string            `toml:"review"`
}

func (p *Policy) check() (errs []error) {
	if !slices.Contains([]string{"off", "report", "enforce"}, p.Mode) {
		errs = append(errs, fmt.Errorf("policy.mode = %q: write \"off\", \"report\" or \"enforce\"", p.Mode))
	}
	for name, list := range map[string][]string{"refuse": p.Refuse, "review": p.Review} {
		if _, err := policy.ReadHosts(list); err != nil {
			errs = append(errs, fmt.Errorf("policy.%s has %w", name, err))
		}
	}
	return errs
}

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
	if _, err := policy.ReadHosts(p.Refuse); err != nil {
		errs = append(errs, fmt.Errorf("policy.refuse has %w", err))
	}
	if _, err := policy.ReadHosts(p.Review); err != nil {
		errs = append(errs, fmt.Errorf("policy.review has %w", err))
	}
	return errs
}

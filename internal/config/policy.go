package config

import (
	"fmt"
	"slices"
)

// Policy says what browsers are told about where pages may load things from.
type Policy struct {
	Mode       string              `toml:"mode"`
	RawScripts bool                `toml:"raw_scripts"`
	Allow      map[string][]string `toml:"allow"`
}

func (p *Policy) check() []error {
	if !slices.Contains([]string{"off", "report", "enforce"}, p.Mode) {
		return []error{fmt.Errorf("policy.mode = %q: write \"off\", \"report\" or \"enforce\"", p.Mode)}
	}
	return nil
}

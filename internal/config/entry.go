package config

import (
	"fmt"
	"path/filepath"
	"slices"
)

// Entry says what becomes of scripts that somebody is about to run.
type Entry struct {
	Mode  string `toml:"mode"`
	Rules string `toml:"rules"` // path; empty for the rules that come with the program
	// Farm are other wikis whose scripts may be imported, by name.
	Farm map[string]FarmWiki `toml:"farm"`
}

// On says whether scripts are judged at all.
func (e *Entry) On() bool { return e.Mode != "off" && e.Mode != "" }

// from makes the path one from the settings file's folder on.
func (e *Entry) from(file string) {
	if e.Rules != "" && !filepath.IsAbs(e.Rules) {
		e.Rules = filepath.Join(filepath.Dir(file), e.Rules)
	}
}

func (e *Entry) check() (errs []error) {
	if !slices.Contains([]string{"off", "warn", "enforce"}, e.Mode) {
		errs = append(errs, fmt.Errorf("entry.mode = %q: write \"off\", \"warn\" or \"enforce\"", e.Mode))
	}
	return append(errs, checkFarm(e.Farm)...)
}

package config

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// FarmWiki is another wiki whose scripts may be imported.
type FarmWiki struct {
	URL        string   `toml:"url"`
	ScriptPath string   `toml:"script_path"`
	Prefixes   []string `toml:"prefixes"` // besides its name in the table
}

var aPrefix = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

// checkFarm reports everything that is wrong with a table of other wikis.
func checkFarm(farm map[string]FarmWiki) (errs []error) {
	whose := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(farm)) {
		w, key := farm[name], "entry.farm."+name
		for _, p := range slices.Concat([]string{name}, w.Prefixes) {
			if !aPrefix.MatchString(p) {
				errs = append(errs, fmt.Errorf("%s: %q is no prefix: write small letters, digits, - and _, for instance \"enwiki\"", key, p))
			}
			if other, twice := whose[p]; twice {
				errs = append(errs, fmt.Errorf("%s: the prefix %q is there twice; %s has it", key, p, other))
			}
			whose[p] = name
		}
		if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "" {
			errs = append(errs, fmt.Errorf("%s.url = %q: write the scheme and host alone, for instance \"https://en.wiki.example\"", key, w.URL))
		}
		if p := w.ScriptPath; p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/")) {
			errs = append(errs, fmt.Errorf("%s.script_path = %q: begin with a slash and end without one, for instance \"/w\"; empty for the root", key, p))
		}
	}
	return errs
}

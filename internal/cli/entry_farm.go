package cli

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/delivery"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// Bounds of what another wiki may answer: a script of 10 MB, as JSON. Somebody waits for it.
const (
	farmPatience = 5 * time.Second
	maxFarmBody  = 30 << 20
)

// farmOf makes the other wikis whose scripts may be imported, by prefix.
func farmOf(site *wiki.Site, set map[string]config.FarmWiki) (map[string]*delivery.Foreign, error) {
	all := map[string]*delivery.Foreign{}
	stays := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // on the hosts that are named
	for name, w := range set {
		client := mediawiki.New(w.URL, w.ScriptPath, stays, mediawiki.Options{Timeout: farmPatience, MaxBody: maxFarmBody})
		foreign := delivery.NewForeign(name, client)
		for _, prefix := range slices.Concat([]string{name}, w.Prefixes) {
			if t, err := site.Parse(prefix + ":x"); err == nil && t.NS != wiki.NSMain {
				return nil, fmt.Errorf("entry.farm.%s: %q is a namespace of this wiki; take another prefix", name, prefix)
			}
			all[prefix] = foreign
		}
	}
	return all, nil
}

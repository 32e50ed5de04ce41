package sandbox

import (
	"encoding/json"
	"net/url"

	"sallyport/internal/trace"
)

// maxAhead bounds the addresses of one set of rules that are told.
const maxAhead = 50

// ahead is what speculation rules have the browser fetch (HTML, speculative loading): whether it does is up to the browser, and a
// sealed one does not, so that the rules count as the requests they ask for.
func (r *recorder) ahead(e trace.Event, page, text string) []trace.Event {
	type rule struct{ URLs []string }
	var rules struct{ Prefetch, Prerender []rule }
	base, err := url.Parse(page)
	if err != nil || json.Unmarshal([]byte(text), &rules) != nil {
		return nil // browsers ignore rules that are no JSON
	}
	var out []trace.Event
	for _, one := range append(rules.Prefetch, rules.Prerender...) {
		for _, address := range one.URLs {
			u, err := base.Parse(address)
			if err != nil || len(out) >= maxAhead || u.Host == base.Host {
				continue
			}
			e.Kind, e.Data.How, e.Data.URL, e.Canary = trace.Request, "fetch", u.String(), r.secrets.Find(u.String())
			out = append(out, e)
		}
	}
	return out
}

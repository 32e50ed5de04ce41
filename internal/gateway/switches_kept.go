package gateway

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/incident"
	"sallyport/internal/phpform"
)

// keptFor is how long browsers may keep people's scripts without asking, in seconds: what is switched off still runs for so long where
// it is kept. MediaWiki would say hours of raw pages, and a month of somebody's own modules, whose addresses stand in the page.
const keptFor = 60

// briefly lets nobody keep people's scripts for long.
func (s *Switches) briefly(w http.ResponseWriter, r *http.Request, load bool) http.ResponseWriter {
	if load && !asksForOwn(r.URL.RawQuery) {
		return w
	}
	return &altering{ResponseWriter: w, head: func(h http.Header) {
		if load || isScript(h) || isStyle(h) || h.Get("Content-Type") == "" { // a 304 has no type
			capAge(h)
		}
	}}
}

// asksForOwn says whether load.php is asked for somebody's own modules.
func asksForOwn(query string) bool {
	if !strings.Contains(query, "user") && !strings.Contains(query, "%") {
		return false
	}
	q, err := phpform.Query(query, phpform.Limits{})
	if err != nil {
		return false
	}
	names := incident.Expand(q.Text("modules"))
	return slices.Contains(names, "user") || slices.Contains(names, "user.styles")
}

// capAge shortens how long an answer may be kept.
func capAge(h http.Header) {
	said := strings.Split(strings.Join(h.Values("Cache-Control"), ","), ",")
	changed := false
	for i, part := range said {
		part = strings.TrimSpace(part)
		name, value, _ := strings.Cut(part, "=")
		lasts := strings.EqualFold(name, "max-age") || strings.EqualFold(name, "s-maxage")
		if age, err := strconv.Atoi(strings.Trim(value, `"`)); lasts && err == nil && age > keptFor {
			part, changed = name+"="+strconv.Itoa(keptFor), true
		}
		said[i] = part
	}
	if changed {
		h.Set("Cache-Control", strings.Join(said, ", "))
		h.Del("Expires")
	}
}

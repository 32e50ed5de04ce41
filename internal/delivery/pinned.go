package delivery

import (
	"errors"
	"net/http"
	"strings"

	"sallyport/internal/registry"
)

// pinned answers g/p12/<version>.js: one gadget's module under a path of its own. Chromium leaves the query out of
// violation reports but keeps the path, so whoever loads a gadget this way is named in them. The address is immutable:
// when the gadget changes, the old address is gone.
func (d *Delivery) pinned(w http.ResponseWriter, r *http.Request) {
	id, ours := registry.ID("ext.usergadget." + r.PathValue("module"))
	version, js := strings.CutSuffix(r.PathValue("file"), ".js")
	if !ours || !js {
		http.NotFound(w, r)
		return
	}
	req := parseRequest(r.URL.Query())
	req.Debug = 0 // in debug mode nothing has a version, and this address is one
	g, m, err := d.ready(r.Context(), id, req)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		http.NotFound(w, r)
		return
	case err != nil:
		d.log.Error("gadget not read", "gadget", id, "err", err)
		http.Error(w, "The server could not read this gadget; try again in a minute.", http.StatusServiceUnavailable)
		return
	case g.Problem != "":
		http.Error(w, g.Row.Title+": "+g.Problem, http.StatusGone)
		return
	}
	if m.Version != version {
		now := *r.URL
		now.Path = d.base + "/g/" + r.PathValue("module") + "/" + m.Version + ".js"
		http.Error(w, "This gadget has changed since. Its address is now:\n"+now.RequestURI(), http.StatusGone)
		return
	}
	a := &answer{kind: typeScript, cache: cacheImmutable, etag: `W/"` + m.Version + `"`, body: m.Combined(), carries: []*registry.Gadget{g}}
	d.sends(r.Context(), a)
	a.pack().send(w, r, d.now())
}

package confirm

import "net/http"

// guard keeps everybody else's documents and scripts out. Browsers vouch for the Sec-Fetch headers (Fetch Metadata), which
// no script can set: pages are navigated to at the top of a window, forms come from this origin, and a client that says
// neither is told to use a current browser.
func (c *origin) guard(next http.Handler) http.Handler {
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self' " + c.Wiki +
		"; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Origin-Agent-Cluster", "?1")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "publickey-credentials-get=(self), publickey-credentials-create=(self)")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		why := c.refuses(r)
		if why == "" && protection.Check(r) != nil {
			why = "guard-form"
		}
		if why != "" {
			http.Error(w, c.words.Text(c.language(r.Header.Get("Accept-Language")), why, c.Desk.Confirm().Origin), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuses says why a request is not answered, by the key of a message; empty when it is.
func (c *origin) refuses(r *http.Request) string {
	h := r.Header
	dest, mode, site := h.Get("Sec-Fetch-Dest"), h.Get("Sec-Fetch-Mode"), h.Get("Sec-Fetch-Site")
	switch {
	case "http://"+r.Host != c.Desk.Confirm().Origin && "https://"+r.Host != c.Desk.Confirm().Origin:
		return "guard-host"
	case h.Get("Service-Worker") != "":
		return "guard-worker"
	case h.Get("Sec-Purpose") != "":
		return "guard-ahead"
	case dest == "" || mode == "" || site == "":
		return "guard-old"
	case (dest == "script" || dest == "style") && site == "same-origin" && r.Method == http.MethodGet:
		return ""
	case dest != "document" || mode != "navigate":
		return "guard-window"
	case r.Method != http.MethodGet && site != "same-origin":
		return "guard-form"
	}
	return ""
}

package web

import "net/http"

// ownPolicy lets our pages load our own style sheet and send our own forms. There is no script in them, so none may run,
// whoever managed to put it there.
const ownPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard puts on every answer the headers that keep other documents of this origin out.
//
// Cross-Origin-Opener-Policy is the one that matters most: a window that a wiki page opens on one of our pages lands in
// another browsing context group, and the opener's handle to it is dead (HTML, "obtain a browsing context to use for a
// navigation response"). It holds only while no page that runs strangers' scripts is sent with the same policy.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ownPolicy)
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Vary", "Cookie, Accept-Language, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Fetch-Site, Sec-Fetch-User")
		next.ServeHTTP(w, r)
	})
}

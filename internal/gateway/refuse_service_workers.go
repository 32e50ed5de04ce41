package gateway

import "net/http"

// withoutServiceWorkers refuses the script of a service worker, wherever on the origin it comes from. A worker could
// answer for /sallyport/ itself, and show a person something else than what they switch on. Browsers mark the request
// (Service Workers §"Update", "Service-Worker: script"), and page scripts cannot suppress the mark.
func withoutServiceWorkers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Service-Worker") != "" {
			http.Error(w, "Service workers are not allowed on this wiki.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

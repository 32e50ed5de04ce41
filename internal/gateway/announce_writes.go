package gateway

import "net/http"

// withWriteNotice calls notice when a request that may have changed the wiki has been answered, so that whoever keeps
// copies of pages looks now and not a second later. Writes by GET (rollback) are found by the ordinary poll.
func withWriteNotice(next http.Handler, notice func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		// Before the answer's last byte reaches the browser, the notice must stand; hence also at the first one.
		defer notice()
		next.ServeHTTP(&noticing{ResponseWriter: w, notice: notice}, r)
	})
}

// noticing calls notice before the answer begins: the browser may ask for its next page as soon as it has the headers.
type noticing struct {
	http.ResponseWriter
	notice func()
}

func (n *noticing) WriteHeader(status int) {
	n.notice()
	n.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (n *noticing) Unwrap() http.ResponseWriter { return n.ResponseWriter }

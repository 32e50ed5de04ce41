package fakewiki

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// maxBody bounds what anybody may send: above MediaWiki's own two megabytes a page.
const maxBody = 16 << 20

// reply is an answer in the making. Handlers fill it while the wiki is locked; it is sent once the lock is gone, so that
// a slow reader holds nobody up.
type reply struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func newReply(contentType string) *reply {
	return &reply{status: http.StatusOK, header: http.Header{"Content-Type": {contentType}, "X-Content-Type-Options": {"nosniff"}}}
}

func redirectTo(address string) *reply {
	r := newReply("text/html; charset=utf-8")
	r.status = http.StatusFound
	r.header.Set("Location", address)
	r.header.Set("Vary", "Accept-Encoding, Cookie")
	r.header.Set("Cache-Control", "private, must-revalidate, max-age=0")
	return r
}

func plainReply(status int, text string) *reply {
	r := newReply("text/plain; charset=utf-8")
	r.status = status
	r.body.WriteString(text)
	return r
}

// ServeHTTP answers as index.php, api.php and load.php do. It is safe for concurrent use.
func (w *Wiki) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
	q, err := readRequest(r)
	if err != nil {
		http.Error(rw, "The request could not be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	w.send(rw, r, w.answer(q))
}

func (w *Wiki) answer(q *request) *reply {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byHost {
		w.site.Server = "http://" + q.http.Host
	}
	if t, ok := q.http.Context().Value(throughKey{}).(Through); ok {
		defer w.look(t)()
	}
	w.recognise(q)
	r := w.route(q)
	for _, c := range q.cookies {
		r.header.Add("Set-Cookie", c.String())
	}
	return r
}

func (w *Wiki) route(q *request) *reply {
	path := q.http.URL.Path
	switch {
	case path == "/":
		return redirectTo(w.address(w.title(w.site.MainPage)))
	case path == "/favicon.ico":
		return plainReply(http.StatusNoContent, "")
	case path == w.site.ScriptPath+"/api.php":
		return w.api(q)
	case path == w.site.ScriptPath+"/load.php":
		return w.load(q)
	case path == w.site.ScriptPath+"/index.php":
		return w.index(q, "")
	case strings.HasPrefix(path, "/wiki/"):
		return w.index(q, strings.TrimPrefix(path, "/wiki/"))
	case strings.HasPrefix(path, w.site.ScriptPath+"/index.php/"):
		return w.index(q, strings.TrimPrefix(path, w.site.ScriptPath+"/index.php/"))
	}
	return plainReply(http.StatusNotFound, "Nothing is here. The wiki is at "+w.site.ScriptPath+"/index.php.\n")
}

func (w *Wiki) send(rw http.ResponseWriter, r *http.Request, a *reply) {
	for k, v := range a.header {
		rw.Header()[k] = v
	}
	if a.status == http.StatusNotModified || a.status == http.StatusNoContent || r.Method == http.MethodHead {
		rw.WriteHeader(a.status)
		return
	}
	rw.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	rw.WriteHeader(a.status)
	if _, err := rw.Write(a.body.Bytes()); err != nil {
		w.log.Debug("reader went away", "path", r.URL.Path, "error", err)
	}
}

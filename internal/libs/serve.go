package libs

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// Handler answers below a path that ends in a slash:
//
//	GET …/?search=WORDS                    what there is, as JSON
//	GET …/NAME@VERSION/FILE                a file, for ever
//
// A file is never a page: it comes with nosniff and a policy that lets it do nothing when somebody opens its address.
func (m *Mirror) Handler(base string, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "Files are read with GET.", http.StatusMethodNotAllowed)
			return
		}
		rest, ok := strings.CutPrefix(r.URL.Path, base)
		if ok && rest == "" {
			m.index(w, r)
			return
		}
		name, version, file, ok2 := split(rest)
		body, f, err := m.Body(name, version, file)
		switch {
		case !ok || !ok2 || errors.Is(err, ErrNotFound):
			http.Error(w, "The mirror has no such file. See "+base+"?search= for what there is.", http.StatusNotFound)
			return
		case err != nil:
			log.Error("library not read", "name", name, "version", version, "err", err)
			http.Error(w, "The file cannot be read just now.", http.StatusInternalServerError)
			return
		}
		h.Set("Content-Type", f.Type)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("ETag", strconv.Quote(f.Integrity))
		if strings.Contains(r.Header.Get("If-None-Match"), f.Integrity) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) //nolint:gosec // what a library is, and nosniff says its type
		}
	})
}

func (m *Mirror) index(w http.ResponseWriter, r *http.Request) {
	list := m.Search(r.URL.Query().Get("search"))
	if list == nil {
		list = []Library{}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_ = json.NewEncoder(w).Encode(map[string]any{"schema": "sallyport.libs/1", "libraries": list})
}

// split takes "@scope/name@1.2.3/dist/x.js" apart.
func split(rest string) (name, version, file string, ok bool) {
	at := strings.IndexByte(strings.TrimPrefix(rest, "@"), '@')
	if at < 0 {
		return "", "", "", false
	}
	at += len(rest) - len(strings.TrimPrefix(rest, "@"))
	name = rest[:at]
	version, file, ok = strings.Cut(rest[at+1:], "/")
	return name, version, file, ok
}

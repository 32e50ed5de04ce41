package decoy

import (
	"io"
	"net/http"
	"regexp"
	"strings"

	"sallyport/internal/trace"
)

// maxBody bounds what is read of a request, in bytes.
const maxBody = 8 << 20

// ask is one request with its body.
type ask struct {
	*http.Request
	url  string
	body []byte
	how  string // the vocabulary's word: script, style, fetch, …
	top  bool   // a document for a window
	sent []string
}

// ServeHTTP answers anything.
func (d *Decoy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil && len(body) == 0 {
		body = nil
	}
	a := &ask{Request: r, url: r.URL.String(), body: body, how: howOf(r), top: r.Header.Get("Sec-Fetch-Dest") == "document" && r.Header.Get("Sec-Purpose") == ""}
	allow(w, r)
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	own := strings.EqualFold(r.URL.Host, d.v.Host)
	if !own || len(body) > 0 {
		a.sent = d.v.Secrets.Find(d.leaving(a, own)...)
	}
	switch {
	case d.witnessedForm(a):
		w.WriteHeader(http.StatusNoContent)
	case a.top && !d.expects(a.url):
		d.leave(w, a)
	case own || isWiki(r.URL.Path):
		d.wiki(w, a)
	default:
		d.third(w, a)
	}
}

// leaving are the texts that a request takes along. The wiki's own cookies and tokens may go to the wiki.
func (d *Decoy) leaving(a *ask, own bool) []string {
	texts := []string{string(a.body)}
	if own {
		return texts
	}
	texts = append(texts, a.url)
	for name, values := range a.Header {
		switch name {
		case "User-Agent", "Accept-Encoding", "Accept", "Accept-Language":
		default:
			texts = append(texts, values...)
		}
	}
	return texts
}

// leave keeps the page where it is, and tells where it wanted to go.
func (d *Decoy) leave(w http.ResponseWriter, a *ask) {
	d.record(a, trace.Navigate, trace.Data{Answer: "refused", Text: string(a.body)})
	if a.Method == http.MethodPost || isWiki(a.URL.Path) {
		d.writes(a) // a form sent to the wiki is a write
	}
	w.WriteHeader(http.StatusNoContent)
}

// record tells of a request.
func (d *Decoy) record(a *ask, kind trace.Kind, data trace.Data) {
	data.URL, data.Method, data.How, data.Seen = a.url, a.Method, a.how, "proxy"
	d.v.Record(trace.Event{Kind: kind, Data: data, Canary: a.sent})
}

// request tells of a request that was answered.
func (d *Decoy) request(a *ask, answer string) {
	d.record(a, trace.Request, trace.Data{Answer: answer, Text: string(a.body)})
}

// allow lets every origin read every answer: what a script may read is not what is looked for here.
func allow(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if origin := r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", "*")
		h.Add("Vary", "Origin")
	} else {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if m := r.Header.Get("Access-Control-Request-Method"); m != "" {
		h.Set("Access-Control-Allow-Methods", m)
		h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	}
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// howOf says what a request is for, by what the browser says of it (Fetch Metadata) and by its kind.
func howOf(r *http.Request) string {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "script":
		return "script"
	case "style":
		return "style"
	case "image":
		return "image"
	case "font":
		return "font"
	case "worker", "sharedworker", "serviceworker", "audioworklet", "paintworklet":
		return "worker"
	case "iframe", "frame", "embed", "object", "fencedframe":
		return "frame"
	case "audio", "video", "track":
		return "media"
	case "document":
		if r.Method == http.MethodPost {
			return "form"
		}
		return "document"
	case "report":
		return "report"
	}
	switch {
	case r.Header.Get("Ping-To") != "":
		return "ping"
	case r.Header.Get("X-Requested-With") == "XMLHttpRequest":
		return "xhr"
	}
	return "fetch"
}

// isWiki says whether a path is one of a wiki's, wherever that is.
func isWiki(path string) bool {
	return entryPoint.MatchString(path) || strings.HasPrefix(path, "/wiki/") || strings.HasPrefix(path, "/api/rest_v1/")
}

// entryPoint is one of MediaWiki's own addresses, in whatever folder a wiki is kept.
var entryPoint = regexp.MustCompile(`^(/(?:[\w.-]+/){0,3})((?:api|load)\.php$|(?:index|rest)\.php(?:/|$))`)

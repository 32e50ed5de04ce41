package delivery

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"sallyport/internal/registry"
)

// Lifetimes of answers in seconds (ResourceLoader::sendResponseHeaders, $wgResourceLoaderMaxage).
const (
	versionedAge   = 30 * 24 * 60 * 60
	unversionedAge = 5 * 60
	problemAge     = 60
)

// Values of the Cache-Control header.
const (
	cacheDebug      = "private, no-cache, must-revalidate"
	cachePersonal   = "private, no-cache"
	cacheImmutable  = "public, max-age=31536000, immutable"
	typeScript      = "text/javascript; charset=utf-8"
	typeStyle       = "text/css; charset=utf-8"
	typeJSON        = "application/json"
	compressAtLeast = 512
)

// answer is a whole response, ready to be sent again while the generation it was made in lasts.
type answer struct {
	generation int64
	made       time.Time
	passing    bool   // not to be sent again: the next request may fare better
	status     int    // 0 is 200
	kind       string // Content-Type
	etag       string
	cache      string // Cache-Control
	age        int    // seconds, for Expires; 0 sends none
	sourceMap  string
	allOrigins bool
	carries    []*registry.Gadget // whose scripts are in it
	body       []byte
	gzip       []byte // nil when the body is too small to gain
}

// pack compresses the body once, for everybody who asks for it.
func (a *answer) pack() *answer {
	if len(a.body) < compressAtLeast {
		return a
	}
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	_, _ = w.Write(a.body) // a bytes.Buffer takes everything
	_ = w.Close()
	if buf.Len() < len(a.body) {
		a.gzip = buf.Bytes()
	}
	return a
}

// cacheFor is the Cache-Control value of a public answer that lives for so many seconds.
func cacheFor(age int) string {
	s := strconv.Itoa(age)
	v := "public, max-age=" + s + ", s-maxage=" + s
	if age > problemAge {
		v += ", stale-while-revalidate=60"
	}
	return v
}

func (a *answer) send(w http.ResponseWriter, r *http.Request, now time.Time) {
	h := w.Header()
	h["Content-Type"] = []string{a.kind}
	h["Cache-Control"] = []string{a.cache}
	if a.etag != "" {
		h["Etag"] = []string{a.etag}
	}
	if a.age > 0 {
		h["Expires"] = []string{now.Add(time.Duration(a.age) * time.Second).UTC().Format(http.TimeFormat)}
	}
	if a.sourceMap != "" {
		h["Sourcemap"] = []string{a.sourceMap}
	}
	if a.allOrigins {
		h["Access-Control-Allow-Origin"] = []string{"*"}
	}
	if a.gzip != nil {
		h["Vary"] = []string{"Accept-Encoding"}
	}
	if a.cache != cacheDebug && a.etag != "" && etagListed(r.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.body
	if a.gzip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h["Content-Encoding"] = []string{"gzip"}
		body = a.gzip
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	// What is repeated from the address stands quoted in it; an error means that nobody is left to tell.
	_, _ = w.Write(body) //nolint:gosec // see above; the type is fixed by nosniff
}

// etagListed compares weakly, as a GET does (RFC 9110 §13.1.2).
func etagListed(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding as far as it matters: gzip named, and not with a quality of zero.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.ReplaceAll(params, " ", "")
			return !strings.HasPrefix(q, "q=0") || strings.Trim(q, "q=0.") != ""
		}
	}
	return false
}

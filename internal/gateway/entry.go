package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/incident"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// maxRaw bounds a script that is judged, in bytes: what is longer nobody has read.
const maxRaw = 10 << 20

// Entry stands where scripts that people wrote go out to browsers, and lets through what the rules of the wiki allow to whoever
// asks. A page that is served as a script (action=raw) is held until it has come, and judged by the very bytes that would go out:
// deletions, redirects, old revisions and edits meanwhile change nothing. A refusal is a script too, which throws an error that is
// named, and tells the reader. Addresses that people open to read pass.
//
// Whoever is asking is known for five minutes ([Sessions]); somebody who lost a right counts as holding it for so long.
type Entry struct {
	Judge    *dossier.Judge
	Sessions *Sessions
	Reads    *writedoor.Door // reads addresses as MediaWiki does
	// Named is the page that an old revision or a page id belongs to.
	Named func(ctx context.Context, rev, page int64) (wiki.Title, error)
	// Current are the texts of pages as they are; a page that does not exist has none.
	Current func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	// Gadget lists the scripts that a user gadget's module is made of; none for one that is not there. Behind the module's name may
	// stand an at sign and the set of earlier texts that it is to be made of.
	Gadget func(ctx context.Context, module string) ([]dossier.Text, error)
	// Wanted is told of a text that nobody has read. It must not wait.
	Wanted func(t wiki.Title, text string)
	Base   string // of our own pages
	Log    *slog.Logger

	told    *otter.Cache[string, struct{}]
	current currentPages
}

// NewEntry completes an entry.
func NewEntry(e Entry) *Entry {
	e.told = otter.Must(&otter.Options[string, struct{}]{MaximumSize: maxScripts})
	e.current = newCurrentPages(e.Current, currentFor)
	return &e
}

// before puts the entry before the wiki.
func (e *Entry) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet:
			next.ServeHTTP(w, r)
			return
		case isLoad(r, e.Judge.Site):
			e.modules(next, w, r)
			return
		case !mayBeRaw(r):
			next.ServeHTTP(w, r)
			return
		}
		via, q, err := e.Reads.Query(r.Context(), target(r))
		ofRaw(next, w, r, via, q, err, func(q *phpform.Values) { e.raw(next, w, r, q) })
	})
}

// ofRaw hands an address that serves a page's text (action=raw) to judge, and lets others pass, and those that people open to read. err
// is why the address cannot be read: then it is not known which page it is of, and judge is told nothing.
func ofRaw(next http.Handler, w http.ResponseWriter, r *http.Request, via string, q *phpform.Values, err error, judge func(q *phpform.Values)) {
	switch {
	case err == nil && (via != "index.php" || q.Text("action") != "raw"):
		next.ServeHTTP(w, r)
	case r.Header.Get("Sec-Fetch-Dest") == "document":
		next.ServeHTTP(unkept(w), r) // a copy that is kept could be run afterwards
	case err != nil:
		judge(&phpform.Values{})
	default:
		judge(q)
	}
}

// raw judges what the wiki answers, when that is a script.
func (e *Entry) raw(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values) {
	all := e.Sessions.of(r)
	out := r.Clone(r.Context())
	out.Header.Set("Accept-Encoding", "identity")
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Range", "If-Range"} {
		out.Header.Del(name)
	}
	h := &holding{ResponseWriter: w, lenient: !e.Judge.Enforces}
	next.ServeHTTP(h, out)
	if !h.held || r.Context().Err() != nil {
		return
	}
	n, err := e.about(r, all, q, h)
	if r.Context().Err() != nil {
		return
	}
	if err != nil {
		e.Log.Warn("script not judged", "wiki", e.Judge.Site.ID, "path", r.URL.Path, "err", err, "served", !e.Judge.Enforces)
		if e.Judge.Enforces {
			n = outage()
		}
	}
	e.answer(h, w, r, n)
}

// about is what is to be said of a script that is held; nil when it goes out as it came.
func (e *Entry) about(r *http.Request, all []incident.Session, q *phpform.Values, h *holding) (*notice, error) {
	switch {
	case h.strange:
		return nil, errors.New("the wiki sent it in a way that nobody asked for")
	case h.long:
		return &notice{What: "too-long", Script: q.Text("title"), Key: "too-long", Stops: true}, nil
	case len(bytes.TrimSpace(h.body.Bytes())) == 0: // there is no such page
		return nil, nil
	}
	v, err := e.judge(r, all, q, h.body.String())
	if err != nil {
		return nil, err
	}
	return e.notice(v), nil
}

// judge decides about a page's text as it came.
func (e *Entry) judge(r *http.Request, all []incident.Session, q *phpform.Values, text string) (*dossier.Verdict, error) {
	user, err := e.Sessions.sent(r.Context(), r, all)
	if err != nil {
		return nil, fmt.Errorf("ask who it is: %w", err)
	}
	title, pinned, err := titleOf(r.Context(), e.Judge.Site, e.Named, q)
	if err != nil {
		return nil, fmt.Errorf("ask which page it is: %w", err)
	}
	v, err := e.Judge.Decide(r.Context(), dossier.Text{Title: title, Digest: store.DigestOf(text)}, user, pinned)
	if err != nil {
		return nil, err
	}
	e.note(v, user, func() { e.want(title, text) })
	return v, nil
}

// want has a text read, unless it is of no page that anybody could name.
func (e *Entry) want(t wiki.Title, text string) {
	if e.Wanted != nil && t != (wiki.Title{}) {
		e.Wanted(t, text)
	}
}

// note writes a decision into the log, once for each text, rule and account, and has the text read when nobody has.
func (e *Entry) note(v *dossier.Verdict, user wiki.User, want func()) {
	if !v.File.Script.Read {
		want()
	}
	key := strings.Join([]string{string(v.File.Digest), v.File.Script.Title, string(v.Action), v.Rule, strconv.FormatInt(user.ID, 10)}, "\n")
	if v.Action == entry.Allow {
		return
	}
	if _, said := e.told.SetIfAbsent(key, struct{}{}); !said {
		return
	}
	e.Log.Info("script judged", "wiki", e.Judge.Site.ID, "script", v.File.Script.Title, "sha256", string(v.File.Digest), "user", user.Name,
		"action", string(v.Action), "rule", v.Rule, "enforced", e.Judge.Enforces)
}

// titleOf is the page whose text an address serves, and whether the address names one revision. MediaWiki takes the page of a revision
// or of a page id over the title (MediaWiki::parseTitle).
func titleOf(ctx context.Context, site *wiki.Site, named func(ctx context.Context, rev, page int64) (wiki.Title, error), q *phpform.Values) (t wiki.Title, pinned bool, err error) {
	number := func(key string) int64 {
		n, _ := strconv.ParseInt(q.Text(key), 10, 64)
		return max(0, n)
	}
	rev, page := number("oldid"), number("curid")
	pinned = rev > 0 && q.Text("direction") == ""
	if rev > 0 || page > 0 {
		t, err = named(ctx, rev, page)
		return t, pinned, err
	}
	if q.Text("oldid")+q.Text("curid")+q.Text("diff") != "" { // something that only PHP reads as a number
		return wiki.Title{}, false, nil
	}
	if t, err = site.Parse(q.Text("title")); err != nil {
		return wiki.Title{}, false, nil
	}
	return t, false, nil
}

// answer sends what was held, with a notice before it, or a refusal in its place.
func (e *Entry) answer(held *holding, w http.ResponseWriter, r *http.Request, n *notice) {
	body := held.body.Bytes()
	if n != nil {
		if n.Stops && e.Judge.Enforces {
			e.teller().say(w, r, n)
			return
		}
		body = ahead(e.teller().script(r, n.tried()), body)
	}
	sum := sha256.Sum256(body)
	tag := `W/"entry-` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Del("Last-Modified")
	h.Del("Expires")
	h.Del("Accept-Ranges")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Length")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the reader went away
}

// isScript says whether an answer is a script to a browser.
func isScript(h http.Header) bool {
	kind := strings.ToLower(h.Get("Content-Type"))
	return strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}

// mayBeRaw says whether an address could ask for action=raw, however it is spelled.
func mayBeRaw(r *http.Request) bool {
	return strings.Contains(strings.ToLower(r.URL.Path+phpform.RawURLDecode(r.URL.RawQuery)), "raw")
}

// holding keeps a script back; everything else passes.
type holding struct {
	http.ResponseWriter
	begun, held bool
	styles      bool // style sheets are kept back, too
	ours        bool // it is no script of anybody's, but says that one was kept back
	lenient     bool // what is longer than is judged passes
	long        bool // than is judged; the rest is not kept
	strange     bool // a part, or in an encoding nobody asked for
	body        bytes.Buffer
}

func (h *holding) WriteHeader(status int) {
	if h.begun {
		return
	}
	if status < http.StatusOK {
		h.ResponseWriter.WriteHeader(status)
		return
	}
	h.begun = true
	if h.held = (isScript(h.Header()) || h.styles && isStyle(h.Header())) && !h.ours && status < http.StatusMultipleChoices; !h.held {
		h.ResponseWriter.WriteHeader(status)
		return
	}
	encoding := h.Header().Get("Content-Encoding")
	h.strange = encoding != "" && encoding != "identity" || status != http.StatusOK
}

func (h *holding) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	if !h.held {
		return h.ResponseWriter.Write(p)
	}
	h.long = h.long || h.body.Len()+len(p) > maxRaw
	switch {
	case !h.long:
		return h.body.Write(p)
	case h.lenient:
		return h.pass(p)
	}
	return len(p), nil
}

// pass sends what was held, and holds no more.
func (h *holding) pass(p []byte) (int, error) {
	h.held = false
	if _, err := h.ResponseWriter.Write(h.body.Bytes()); err != nil {
		return 0, err
	}
	h.body = bytes.Buffer{}
	return h.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find Flush, for what passes.
func (h *holding) Unwrap() http.ResponseWriter {
	if h.held {
		return nil
	}
	return h.ResponseWriter
}

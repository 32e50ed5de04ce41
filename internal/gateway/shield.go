package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/incident"
	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Bounds of what a shield reads and keeps.
const (
	maxScript  = 1 << 20 // of an answer, in bytes; what comes after passes unread
	maxScripts = 4096    // answers whose sketch is kept, by address
	maxTarget  = 4 << 10 // of an address that is kept, in bytes
)

// Shield stands where scripts go out to browsers. It tells the breaker which session gets what, and withholds what the
// breaker stopped: then a session's pages come in safe mode, and scripts and style sheets of people come empty. Answers pass
// as they come; a copy is read when they have passed.
type Shield struct {
	Guard    *incident.Guard
	Sessions *Sessions
	Reads    *writedoor.Door // reads addresses as MediaWiki does
	Log      *slog.Logger

	answers *otter.Cache[string, sketched]
}

// sketched is what an address served, in the version that its validators name.
type sketched struct {
	validators string
	code       incident.Sketch
}

// NewShield makes a shield.
func NewShield(g *incident.Guard, s *Sessions, reads *writedoor.Door, log *slog.Logger) *Shield {
	return &Shield{Guard: g, Sessions: s, Reads: reads, Log: log, answers: otter.Must(&otter.Options[string, sketched]{MaximumSize: maxScripts})}
}

// before puts the shield before the wiki.
func (h *Shield) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		all := h.Sessions.of(r)
		switch {
		case wantsPage(r) && h.Sessions.off(h.Guard.Breaker, all):
			safely(next, w, r)
		case h.mayServe(r):
			h.serve(next, w, r, all, h.ofWiki)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// beforeOwn puts it before our own delivery, which serves modules by the names that load.php has, and one by its path or by both.
func (h *Shield) beforeOwn(next http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.Path, base)
		single, pinned := strings.CutPrefix(path, "/g/")
		if pinned && strings.HasSuffix(single, "/load.php") { // for one gadget, which the query names as well
			path, pinned = "/load.php", false
		}
		if !ok || r.Method != http.MethodGet || !pinned && path != "/load.php" {
			next.ServeHTTP(w, r)
			return
		}
		h.serve(next, w, r, h.Sessions.of(r), func(ctx context.Context, r *http.Request, u wiki.User) (request, error) {
			q, err := phpform.Query(r.URL.RawQuery, phpform.Limits{})
			if err == nil && pinned {
				name, _, _ := strings.Cut(single, "/")
				q.Set("modules", "ext.usergadget."+name)
			} else if earlier := keptIn(r.URL.Path, base); err == nil && earlier != "" {
				q.Set("modules", q.Text("modules")+earlier)
			}
			return request{file: "load.php", q: q, fixed: pinned}, err
		})
	})
}

// request is what an address asks for.
type request struct {
	file  string
	q     *phpform.Values
	fixed bool // it cannot be asked for with fewer modules
}

func (h *Shield) ofWiki(ctx context.Context, r *http.Request, _ wiki.User) (request, error) {
	via, q, err := h.Reads.Query(ctx, target(r))
	if isLoad(r, h.Guard.Site) {
		via = "load.php"
	}
	return request{file: via, q: q}, err
}

// target is the address as it came.
func target(r *http.Request) string {
	if r.RequestURI == "" {
		return r.URL.RequestURI()
	}
	return r.RequestURI
}

// mayServe says whether an address could serve scripts, however it is spelled.
func (h *Shield) mayServe(r *http.Request) bool {
	return r.URL.RawQuery != "" && (strings.HasSuffix(r.URL.Path, "/load.php") ||
		strings.Contains(strings.ToLower(phpform.RawURLDecode(r.URL.RawQuery)), "raw"))
}

// serve lets through what may go out.
func (h *Shield) serve(next http.Handler, w http.ResponseWriter, r *http.Request, all []incident.Session, read func(context.Context, *http.Request, wiki.User) (request, error)) {
	ctx, calm := r.Context(), h.Guard.Breaker.Calm()
	if calm && len(all) == 0 {
		next.ServeHTTP(w, r)
		return
	}
	if !calm { // it matters for what goes out
		<-h.person(r, all, true)
	}
	user, _ := h.Sessions.cached(all)
	req, err := read(ctx, r, user)
	parts := []incident.Part{{Nameless: true}} // what is not understood is not known to be harmless
	if err == nil {
		parts = h.Guard.Parts(ctx, req.file, req.q, user)
	}
	if len(parts) == 0 {
		next.ServeHTTP(w, r)
		return
	}
	if !calm {
		kept := h.withheld(all, parts)
		switch {
		case len(kept) == 0:
		case err != nil || req.file != "load.php" || req.fixed || len(kept) == len(incident.Expand(req.q.Text("modules"))):
			withhold(w, req, kept)
			return
		default:
			w, r = unkept(w), without(r, req.q, kept)
			parts = slices.DeleteFunc(parts, func(p incident.Part) bool { return slices.Contains(kept, p.Module) })
		}
	}
	if len(all) == 0 || err != nil {
		next.ServeHTTP(w, r)
		return
	}
	h.note(next, w, r, h.Guard.Breaker.Which(all), h.person(r, all, false), parts)
}

// person finds out who asks: at once, or while the wiki makes its answer.
func (h *Shield) person(r *http.Request, all []incident.Session, now bool) <-chan wiki.User {
	found := make(chan wiki.User, 1)
	ask := func() {
		u, err := h.Sessions.sent(r.Context(), r, all)
		if err != nil && r.Context().Err() == nil {
			h.Log.Warn("who gets a script is not known", "err", err)
		}
		found <- u
	}
	if _, known := h.Sessions.cached(all); known || now {
		ask()
	} else {
		go ask()
	}
	return found
}

// withheld names the modules that do not go out; "" stands for a page.
func (h *Shield) withheld(all []incident.Session, parts []incident.Part) []string {
	if len(all) == 0 {
		all = []incident.Session{{}} // nobody's: only pages are kept back
	}
	var names []string
	for _, p := range parts {
		if slices.ContainsFunc(all, func(s incident.Session) bool { return h.Guard.Withholds(s, h.Sessions.account(s), p) }) {
			name, _, _ := strings.Cut(p.Module, "@") // behind it stands which of its texts
			names = append(names, name)
		}
	}
	return names
}

// note passes an answer on and tells the breaker what the session got. The browser may have the script already: such an
// answer, without a body, is let come about only when it is known what that was.
func (h *Shield) note(next http.Handler, w http.ResponseWriter, r *http.Request, s incident.Session, who <-chan wiki.User, parts []incident.Part) {
	key := target(r)
	if trialOf(r.Context()) != nil { // another text than everybody's
		key += " tried"
	}
	before, known := h.answers.GetIfPresent(key)
	body := slices.ContainsFunc(parts, func(p incident.Part) bool { return p.Sources == nil })
	if body {
		r = readable(r, known)
	}
	c := &copying{ResponseWriter: w, known: before.validators, reading: body && r.Method == http.MethodGet}
	next.ServeHTTP(c, r)
	user := <-who
	if user.ID == 0 || c.status != http.StatusOK && c.status != http.StatusNotModified {
		return
	}
	code := before.code
	if c.reading && c.status == http.StatusOK {
		if code = incident.Read(c.text()); len(key) <= maxTarget {
			h.answers.Set(key, sketched{validators(c.Header()), code})
		}
	}
	ctx := context.WithoutCancel(r.Context())
	for _, p := range parts {
		h.Guard.Served(ctx, s, user, p, code)
	}
}

// readable asks for an answer that can be read: in an encoding we know, and whole when nothing is known about it.
func readable(r *http.Request, known bool) *http.Request {
	out := r.Clone(r.Context())
	encoding := "identity"
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		encoding = "gzip"
	}
	out.Header.Set("Accept-Encoding", encoding)
	if !known {
		out.Header.Del("If-None-Match")
		out.Header.Del("If-Modified-Since")
	}
	return out
}

// validators name an answer's version; empty when it has none.
func validators(h http.Header) string { return h.Get("ETag") + "\n" + h.Get("Last-Modified") }

// copying keeps a copy of an answer on its way, unless its validators say that it is known.
type copying struct {
	http.ResponseWriter
	known   string
	reading bool
	status  int
	body    bytes.Buffer
}

func (c *copying) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.status = status
		if v := validators(c.Header()); v == c.known && v != "\n" {
			c.reading = false
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if c.reading {
		c.body.Write(p[:min(len(p), maxScript-c.body.Len())])
	}
	return c.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find Flush.
func (c *copying) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// text is what came, unpacked, as far as it was kept.
func (c *copying) text() string {
	if c.Header().Get("Content-Encoding") != "gzip" {
		return c.body.String()
	}
	z, err := gzip.NewReader(&c.body)
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(io.LimitReader(z, maxScript)) // what was cut off ends early
	return string(text)
}

// without asks load.php for the modules that may go out.
func without(r *http.Request, q *phpform.Values, kept []string) *http.Request {
	names := slices.DeleteFunc(incident.Expand(q.Text("modules")), func(name string) bool { return slices.Contains(kept, name) })
	rest := q.Clone()
	rest.Set("modules", strings.Join(names, "|"))
	out := r.Clone(r.Context())
	out.URL.RawQuery = phpform.EncodeQuery(rest)
	out.RequestURI = out.URL.RequestURI()
	out.Header.Del("If-None-Match")
	out.Header.Del("If-Modified-Since")
	return out
}

// withhold answers for what is kept back. Modules get a state, so that those which wait for them go on.
func withhold(w http.ResponseWriter, req request, kept []string) {
	kind, text := "text/javascript; charset=utf-8", "/* Scripts that people wrote are switched off here until somebody has looked. */\n"
	if req.q.Text("only") == "styles" || strings.Contains(req.q.Text("ctype")+req.q.Text("gen"), "css") {
		kind = "text/css; charset=utf-8"
	} else if req.file == "load.php" {
		text += states(kept)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = io.WriteString(w, text) // the reader went away
}

// states says that modules will not come; the site's and one's own count as there, because nothing else is made of them.
func states(kept []string) string {
	all := map[string]string{}
	for _, name := range kept {
		all[name] = "error"
		if name == "user" || name == "site" {
			all[name] = "ready"
		}
	}
	text, err := json.Marshal(all) // keys in order; "<" and the like escaped
	if err != nil {
		return ""
	}
	return "mw.loader.state(" + string(text) + ");\n"
}

// safely asks for a page in safe mode, in which MediaWiki loads nothing that people wrote, and lets nobody keep it. Of two
// values of a parameter PHP takes the last.
func safely(next http.Handler, w http.ResponseWriter, r *http.Request) {
	out := r.Clone(r.Context())
	if out.URL.RawQuery != "" {
		out.URL.RawQuery += "&"
	}
	out.URL.RawQuery += "safemode=1"
	out.RequestURI = out.URL.RequestURI()
	out.Header.Del("If-None-Match")
	out.Header.Del("If-Modified-Since")
	next.ServeHTTP(unkept(w), out)
}

// unkept makes sure that nobody keeps an answer that is not the usual one.
func unkept(w http.ResponseWriter) http.ResponseWriter { return &passing{ResponseWriter: w} }

type passing struct {
	http.ResponseWriter
	begun bool
}

func (p *passing) WriteHeader(status int) {
	if !p.begun && status >= http.StatusOK {
		p.begun = true
		p.Header().Set("Cache-Control", "private, no-store")
		p.Header().Del("ETag")
		p.Header().Del("Last-Modified")
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *passing) Write(b []byte) (int, error) {
	if !p.begun {
		p.WriteHeader(http.StatusOK)
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (p *passing) Unwrap() http.ResponseWriter { return p.ResponseWriter }

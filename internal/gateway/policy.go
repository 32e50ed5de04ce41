package gateway

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// Policy gives every answer of the wiki's origin a Content Security Policy: pages, and also what load.php, api.php and raw
// pages answer, because a worker or a frame made of one of those would otherwise be free (a worker has the policy of its own
// file). Sallyport's own pages carry their own.
//
// Only documents carry what their reader was granted; everything else is the same for everybody, and so are the documents of
// readers without an account. What differs is said to be private, and gets an ETag that names the policy. That a browser's copy
// is still good (304) is only said when its policy is: Chromium then takes over the policy that comes with the 304, but browsers
// may leave the copy the one it has (RFC 9111 §3.2).
//
// What the wiki sends itself stays: browsers enforce every policy they get, so neither weakens the other.
type Policy struct {
	Readers *Readers
	// For is what an answer carries. The reader has ID 0 for what everybody gets; beside is what the wiki sends as a policy of
	// its own. It must not ask the wiki.
	For func(ctx context.Context, reader wiki.User, beside []string) Answer
}

// Answer is what an answer carries.
type Answer struct {
	Enforced, ReportOnly []string // policies
	Endpoints            string   // value of Reporting-Endpoints; may be empty
	Version              string   // of all that; letters and digits
	Held                 string   // which gadgets have what in it, for [ServerTiming]; empty in what everybody gets
}

// ServerTiming is the name under which a page's scripts find [Answer.Held], as the description of a metric: the one header of its
// own page that a script can read.
const ServerTiming = "sallyport"

const (
	enforcing  = "Content-Security-Policy"
	reportOnly = "Content-Security-Policy-Report-Only"
)

func (p *Policy) on(next http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &policing{ResponseWriter: w, policy: p, r: r, own: ownPath(r, base)}
		if !a.own && r.Header.Get("Cookie") != "" {
			r = p.ahead(r)
		}
		next.ServeHTTP(a, r)
	})
}

// ahead begins to find out whose page is asked for, and lets the wiki say that the browser's copy is still good only when that
// copy has the policy of now.
func (p *Policy) ahead(r *http.Request) *http.Request {
	tag := r.Header.Get("If-None-Match")
	page := wantsPage(r)
	if !page && !strings.HasPrefix(tag, tagBegin) {
		return r
	}
	if _, some, _ := p.Readers.session(r); !some {
		return r
	}
	if page {
		p.Readers.learn(r)
	}
	if tag == "" && r.Header.Get("If-Modified-Since") == "" {
		return r
	}
	u, ok := p.Readers.Known(r)
	r = r.Clone(r.Context())
	r.Header.Del("If-None-Match")
	if !ok || tag != etag(p.For(r.Context(), u, nil)) {
		r.Header.Del("If-Modified-Since")
	}
	return r
}

const tagBegin = `W/"policy-`

func etag(a Answer) string { return tagBegin + a.Version + `"` }

type policing struct {
	http.ResponseWriter
	policy *Policy
	r      *http.Request
	own    bool
	begun  bool
}

func (p *policing) WriteHeader(status int) {
	if !p.begun && status >= http.StatusOK {
		p.begun = true
		if h := p.Header(); !p.own || h.Get(enforcing) == "" {
			p.set(h, status)
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

// set adds what an answer carries.
func (p *policing) set(h http.Header, status int) {
	ctx, beside := p.r.Context(), h.Values(enforcing)
	var u wiki.User
	known := false
	if !p.own && (isDocument(h) || status == http.StatusNotModified) {
		u, known = p.policy.Readers.await(p.r)
	}
	a := p.policy.For(ctx, u, slices.Clone(beside))
	for _, text := range a.Enforced {
		h.Add(enforcing, text)
	}
	for _, text := range a.ReportOnly {
		h.Add(reportOnly, text)
	}
	if a.Endpoints != "" {
		h.Add("Reporting-Endpoints", a.Endpoints)
	}
	if !known || u.ID == 0 {
		return
	}
	if a.Held != "" {
		h.Add("Server-Timing", ServerTiming+`;desc="`+a.Held+`"`)
	}
	keepPrivate(h)
	if h.Get("ETag") == "" && (status == http.StatusOK || status == http.StatusNotModified) {
		h.Set("ETag", etag(a))
	}
}

// isDocument says whether an answer becomes a page.
func isDocument(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}

// keepPrivate sees to it that nobody else is given an answer that was made for one reader. MediaWiki says so itself of pages that
// it makes for accounts.
func keepPrivate(h http.Header) {
	said := strings.ToLower(strings.Join(h.Values("Cache-Control"), ","))
	if !strings.Contains(said, "private") && !strings.Contains(said, "no-store") {
		h.Set("Cache-Control", "private, must-revalidate, max-age=0")
	}
}

func (p *policing) Write(b []byte) (int, error) {
	if !p.begun {
		p.WriteHeader(http.StatusOK)
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (p *policing) Unwrap() http.ResponseWriter { return p.ResponseWriter }

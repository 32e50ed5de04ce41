// Package mediawiki asks a wiki through its Action API, and is the only package that knows how.
//
// A [Client] reads: what the wiki is, its pages, people, messages and recent changes. A [Session] is one account that is
// logged in and writes. Answers arrive as the types of package wiki. Errors tell apart a wiki that does not answer
// ([ErrUnavailable]) from one that says no ([Error]). A wiki that lets nobody read without an account refuses a Client.
package mediawiki

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"sallyport/internal/wiki"
)

// batch is how many titles, ids or names the API takes at once from an account without apihighlimits
// (ApiBase::LIMIT_SML1).
const batch = 50

// Options say how to ask. The zero value is fine.
type Options struct {
	UserAgent string        // who asks; Wikimedia's policy wants a name and a way to reach people
	Timeout   time.Duration // for one question and its whole answer; 15 s by default
	MaxBody   int64         // longest answer read, in bytes; 64 MiB by default
}

// Client asks one wiki. It is safe for concurrent use.
type Client struct {
	base, api string
	http      *http.Client
	options   Options
	site      atomic.Pointer[wiki.Site]
	bearer    string // of an [Account]: sent as authorization
}

// New returns a client for the wiki at base, for instance "http://127.0.0.1:8080", whose api.php is below scriptPath,
// for instance "/w" or "". A nil hc means one without cookies. Nothing is asked yet.
func New(base, scriptPath string, hc *http.Client, o Options) *Client {
	if hc == nil {
		hc = &http.Client{}
	}
	o.UserAgent = cmp.Or(o.UserAgent, "Sallyport")
	o.Timeout = cmp.Or(o.Timeout, 15*time.Second)
	o.MaxBody = cmp.Or(o.MaxBody, 64<<20)
	base = strings.TrimRight(base, "/")
	return &Client{base: base, api: base + strings.TrimRight(scriptPath, "/") + "/api.php", http: hc, options: o}
}

// known returns the site, asking for it at the first need.
func (c *Client) known(ctx context.Context) (*wiki.Site, error) {
	if site := c.site.Load(); site != nil {
		return site, nil
	}
	return c.Site(ctx)
}

// Package collect takes the reports browsers send about a Content Security Policy, and folds them before they are kept.
//
//	POST ──► size ──► signature ──► read, by shape ──► ours? ──► noise ──► who, hashed ──► rate ──► new key? ──► fold ──► Store
//	                                                                                                 every few seconds, once
//
// The address is open to the world and every browser sends something else, so everything is bounded, nothing is believed,
// and the answer is always 204. Reports are acknowledged when they are in memory: a crash loses at most what came since the
// last flush, a stop loses nothing. Package violation says what is kept; what is not: queries, fragments, foreign paths,
// names, addresses of people.
package collect

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"sallyport/internal/violation"
)

// Bounds on one request.
const (
	MaxBody    = 1 << 20 // a batch of a hundred reports with a policy of 6 KB is 0.7 MB
	MaxReports = 200
)

// Store keeps rows.
type Store interface {
	// Keep adds the rows of a batch to those there are, in one transaction, unless it has kept a batch of this ID before.
	Keep(ctx context.Context, b violation.Batch) error
	// Rows returns what is kept of a wiki since a day, ordered by key.
	Rows(ctx context.Context, wiki string, since violation.Day) ([]violation.Row, error)
	// Forget drops what is older than a day, and the IDs of batches kept before it.
	Forget(ctx context.Context, wiki string, before violation.Day) error
}

// Options are what [New] needs.
type Options struct {
	Wiki    string
	Origins []string // of the wiki's pages, for instance "https://wiki.example"; reports about other pages are dropped
	Store   Store
	Key     []byte // secret, 32 bytes: signs addresses and hashes people
	Node    string // names this process's batches; different in every process, ever
	// User says who sent a report, from its cookies: an account's id, or "" for somebody who is not logged in. It may be
	// nil, and must answer from memory.
	User func(*http.Request) string
	// Client is the address a report came from, behind whatever proxies are trusted. nil takes the connection's.
	Client func(*http.Request) netip.Addr
	// Script names what the wiki served at an address, for instance the gadget whose path it is; sure is false when something
	// better may be guessed. It gets the query where browsers keep it, and must let nothing of that into the name but which
	// page of code it is. nil names the path. Like User it must answer from memory.
	Script func(path, query string) (name string, sure bool)
	// Guess names the script when a report does not, from who sent it (as User says) and what was blocked; may be nil.
	Guess  func(user, blocked string) string
	Noise  *Noise // nil: [DefaultNoise]
	Limits Limits // zero values mean the defaults
	Clock  func() time.Time
	Log    *slog.Logger
}

// Collector is the http.Handler.
type Collector struct {
	o      Options
	ours   map[string]bool
	people people
	users  buckets
	nets   buckets
	admit  admission
	fold   fold
	places places
	agents agents
	signed signatures
	counts counters
	bodies sync.Pool // of *[]byte
}

// New makes a collector. [Collector.Run] has to run beside it.
func New(o Options) *Collector {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Noise == nil {
		o.Noise = DefaultNoise()
	}
	if o.User == nil {
		o.User = func(*http.Request) string { return "" }
	}
	if o.Client == nil {
		o.Client = connection
	}
	if o.Script == nil {
		o.Script = func(path, _ string) (string, bool) { return path, true }
	}
	if o.Guess == nil {
		o.Guess = func(_, _ string) string { return "" }
	}
	o.Limits = o.Limits.withDefaults()
	c := &Collector{o: o, ours: map[string]bool{}}
	c.people.secret, c.signed.key = o.Key, o.Key
	c.places.noise, c.agents.noise = o.Noise, o.Noise
	for _, origin := range o.Origins {
		c.ours[origin] = true
	}
	c.users.rate, c.users.most = o.Limits.UserRate, o.Limits.UserBurst
	c.nets.rate, c.nets.most = o.Limits.NetworkRate, o.Limits.NetworkBurst
	c.admit = newAdmission(o.Limits)
	c.fold = newFold(o.Node, o.Limits)
	c.bodies.New = func() any { return new([]byte) }
	return c
}

// ServeHTTP takes a report or a batch of them.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNoContent)
	c.counts.requests.Add(1)
	if r.Method != http.MethodPost || r.ContentLength > MaxBody {
		c.counts.refused.Add(1)
		return
	}
	now := c.o.Clock()
	if !c.signed.good(r.URL.RawQuery, now) {
		c.counts.unsigned.Add(1)
		return
	}
	body := c.bodies.Get().(*[]byte)
	defer c.bodies.Put(body)
	var whole bool
	if *body, whole = readAll(r.Body, (*body)[:0]); !whole {
		c.counts.refused.Add(1)
		return
	}
	from := c.sender(r, now)
	n, ok := each(*body, func(report *report) { c.take(report, &from, now) })
	if !ok || n == 0 {
		c.counts.malformed.Add(1)
	}
}

// readAll reads a body into b. whole is false when it is too long; what a broken connection cut off is read as far as it
// goes.
func readAll(body io.Reader, b []byte) (read []byte, whole bool) {
	for {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), 4*cap(b)+4096)
			copy(grown, b)
			b = grown
		}
		n, err := body.Read(b[len(b):min(cap(b), MaxBody+1)])
		b = b[:len(b)+n]
		if len(b) > MaxBody {
			return b, false
		}
		if err != nil {
			return b, true
		}
	}
}

// connection is the address of the connection itself.
func connection(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr)
	return a.Addr()
}

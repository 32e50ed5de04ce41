package collect

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"sallyport/internal/violation"
)

// A sender is what is known about who sent a request, without saying who it is.
type sender struct {
	user    uint64 // 0: not logged in
	account string // forgotten with the request
	network uint64
	engine  violation.Engines
	inApp   bool
}

func (c *Collector) sender(r *http.Request, now time.Time) sender {
	s := sender{network: c.people.network(c.o.Client(r), now)}
	if name := c.o.User(r); name != "" {
		s.account = name
		s.user = c.people.user(c.o.Wiki, name, now)
	}
	s.engine, s.inApp = c.agents.read(r.Header.Get("User-Agent"))
	return s
}

// agents remembers what it has read from User-Agent headers, of which there are few.
type agents struct {
	noise *Noise
	mu    sync.Mutex
	known map[string]agent
}

type agent struct {
	engine violation.Engines
	inApp  bool
}

// maxAgents bounds what agents remembers, to names of at most maxKnownPlace bytes.
const maxAgents = 512

func (a *agents) read(header string) (violation.Engines, bool) {
	header = header[:min(len(header), maxKnownPlace)]
	a.mu.Lock()
	defer a.mu.Unlock()
	one, ok := a.known[header]
	if !ok {
		one = agent{engineOf(header), a.noise.inApp(header)}
		if a.known == nil || len(a.known) >= maxAgents {
			a.known = map[string]agent{}
		}
		a.known[strings.Clone(header)] = one
	}
	return one.engine, one.inApp
}

// engineOf reads a User-Agent header as far as engines differ in what they report.
func engineOf(agent string) violation.Engines {
	switch {
	case strings.Contains(agent, "Firefox/"):
		return violation.Firefox
	case strings.Contains(agent, "Chrome/"):
		return violation.Chromium
	case strings.Contains(agent, "AppleWebKit/"):
		return violation.WebKit
	}
	return violation.Unknown
}

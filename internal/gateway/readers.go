package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/incident"
	"sallyport/internal/wiki"
)

const (
	// readerAge is how long a session is taken for its account's before the wiki is asked again; the answer before counts
	// meanwhile, because MediaWiki begins another session when somebody logs in, and ends it when they log out.
	readerAge = 5 * time.Minute
	// nobodyAge is how long a session is taken for nobody's.
	nobodyAge = 30 * time.Second
	// readerKept is how long a session is remembered that sends nothing.
	readerKept = 12 * time.Hour
	// readersAsked bounds how many questions to the wiki are under way.
	readersAsked = 16
	// readerPatience bounds one.
	readerPatience = 10 * time.Second
	// readerWait is how long a page that is made waits for the answer about its session. Both questions have the wiki begin from nothing,
	// so the answer is rarely far behind the page.
	readerWait = time.Second
)

// Readers knows from memory whose session a request is of. The wiki is asked beside the page that makes it necessary, and mostly answers
// before that page is made; where the page is first, it waits for a moment when its cookies say that somebody is logged in. Nobody else
// ever waits. Where the wiki has not said by then, the reader counts as nobody.
type Readers struct {
	cookie string // as folded
	prefix string // of MediaWiki's other cookies ($wgCookiePrefix), as folded
	who    func(ctx context.Context, r *http.Request) (wiki.User, error)
	now    func() time.Time
	log    *slog.Logger

	known *otter.Cache[incident.Session, reader]
	turn  chan struct{}
	wait  time.Duration // of a page for the answer about its session

	mu    sync.Mutex
	under map[incident.Session]chan struct{} // questions under way; closed when they are over
}

type reader struct {
	user  wiki.User
	asked time.Time // when the question was sent that this answers, or one that is under way
}

// NewReaders makes Readers of the session cookie's name and somebody who asks the wiki who sent a request.
func NewReaders(cookie string, who func(ctx context.Context, r *http.Request) (wiki.User, error), now func() time.Time, log *slog.Logger) *Readers {
	folded := foldCookie(cookie)
	return &Readers{
		cookie: folded, prefix: strings.TrimSuffix(folded, "_session"), who: who, now: now, log: log, turn: make(chan struct{}, readersAsked), wait: readerWait,
		under: map[incident.Session]chan struct{}{},
		known: otter.Must(&otter.Options[incident.Session, reader]{
			MaximumSize: 50_000, ExpiryCalculator: otter.ExpiryAccessing[incident.Session, reader](readerKept),
		}),
	}
}

// Known is whose session a request is of: an account with ID 0 for somebody without a session or an account. ok is false when
// that is not known.
func (s *Readers) Known(r *http.Request) (u wiki.User, ok bool) {
	session, some, one := s.session(r)
	if !some {
		return wiki.User{}, true
	}
	if !one {
		return wiki.User{}, false
	}
	k, ok := s.known.GetIfPresent(session)
	return k.user, ok && (k.user.ID != 0 || s.now().Sub(k.asked) < nobodyAge)
}

// learn asks the wiki whose session it is, unless it was asked not long ago. It returns at once.
func (s *Readers) learn(r *http.Request) {
	session, _, one := s.session(r)
	if !one {
		return
	}
	now := s.now()
	k, ok := s.known.GetIfPresent(session)
	if age := now.Sub(k.asked); ok && (age < nobodyAge || k.user.ID != 0 && age < readerAge) {
		return
	}
	select {
	case s.turn <- struct{}{}:
	default:
		return // a flood of sessions; the next page asks again
	}
	if ok {
		s.known.Set(session, reader{k.user, now})
	}
	ctx := context.WithoutCancel(r.Context())
	r = r.Clone(ctx) // the request ends before the answer comes
	over := s.begin(session)
	go func() {
		defer func() { <-s.turn }()
		defer over()
		ctx, cancel := context.WithTimeout(ctx, readerPatience)
		defer cancel()
		u, err := s.who(ctx, r)
		if err != nil {
			s.log.Warn("whose page it is is not known", "err", err)
			return
		}
		s.known.Set(session, reader{u, now})
	}()
}

// begin notes that it is asked whose a session is, until over is called.
func (s *Readers) begin(session incident.Session) (over func()) {
	done := make(chan struct{})
	s.mu.Lock()
	s.under[session] = done
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		if s.under[session] == done {
			delete(s.under, session)
		}
		s.mu.Unlock()
		close(done)
	}
}

// await is Known, after waiting for a moment for an answer that is under way, when the cookies say that somebody is logged in.
func (s *Readers) await(r *http.Request) (u wiki.User, ok bool) {
	if u, ok = s.Known(r); ok || !s.claims(r) {
		return u, ok
	}
	session, _, one := s.session(r)
	s.mu.Lock()
	done := s.under[session]
	s.mu.Unlock()
	if !one || done == nil {
		return u, ok
	}
	patience := time.NewTimer(s.wait)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
	case <-r.Context().Done():
	}
	return s.Known(r)
}

// claims says whether a cookie names an account. MediaWiki sends one with every session of an account, and takes it back when somebody
// logs out (CookieSessionProvider::cookieDataToExport).
func (s *Readers) claims(r *http.Request) bool {
	return slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool {
		name := foldCookie(c.Name)
		return (strings.HasSuffix(name, "userid") || strings.HasSuffix(name, "_user")) && c.Value != "" && c.Value != "0" && c.Value != "deleted"
	})
}

// session is a request's session. some says that it has cookies of one; one says that there is no doubt which. Who comes back with the
// cookies that keep them logged in has no session cookie yet: MediaWiki begins a session with that very page
// (CookieSessionProvider::provideSessionInfo), and the account and its token stand for it.
//
// A script can set cookies of the same names for longer paths, with a session of its own master in it; PHP takes the first. It
// would be given the policy of an account that granted itself every server, for a page in the reader's browser. So when two
// cookies could be taken for the same, there is no session that counts.
func (s *Readers) session(r *http.Request) (session incident.Session, some, one bool) {
	var seen []string
	var account, token string
	one = true
	for pair := range strings.SplitSeq(strings.Join(r.Header["Cookie"], ";"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		whole, _, isList := strings.Cut(name, "[")
		if name = foldCookie(name); !s.matters(name) && !s.matters(foldCookie(whole)) {
			continue
		}
		if slices.Contains(seen, name) || isList {
			some, one = true, false
			continue
		}
		seen = append(seen, name)
		switch {
		case name == s.cookie && value != "":
			some, session = true, incident.SessionOf(value)
		case name == s.prefix+"userid":
			account = value
		case name == s.prefix+"token":
			token = value
		}
	}
	if !some && account != "" && token != "" {
		some, session = true, incident.SessionOf("kept\n"+account+"\n"+token)
	}
	return session, some, some && one
}

// matters knows the cookies that MediaWiki and CentralAuth tell accounts by (CookieSessionProvider, CentralAuthSessionProvider).
func (s *Readers) matters(name string) bool {
	ends := func(end string) bool { return strings.HasSuffix(name, end) }
	return name == s.cookie || slices.ContainsFunc([]string{"session", "token", "userid", "username", "user"}, ends)
}

// foldCookie gives names one spelling that PHP may take for one another: it makes underscores of dots, spaces and a bracket that
// is not closed, and before 8.0.10 decoded percents (php_variables.c).
func foldCookie(name string) string {
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.ToLower(strings.NewReplacer(".", "_", " ", "_", "[", "_").Replace(strings.TrimLeft(name, " ")))
}

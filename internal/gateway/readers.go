package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
)

// Readers knows from memory whose session a request is of. It never makes a request wait: the wiki is asked beside the page
// that makes it necessary, and mostly answers before that page is made. So the first answer of a session may go out when it is
// not known yet; its reader then counts as nobody.
type Readers struct {
	cookie string // as folded
	who    func(ctx context.Context, r *http.Request) (wiki.User, error)
	now    func() time.Time
	log    *slog.Logger

	known *otter.Cache[incident.Session, reader]
	turn  chan struct{}
}

type reader struct {
	user  wiki.User
	asked time.Time // when the question was sent that this answers, or one that is under way
}

// NewReaders makes Readers of the session cookie's name and somebody who asks the wiki who sent a request.
func NewReaders(cookie string, who func(ctx context.Context, r *http.Request) (wiki.User, error), now func() time.Time, log *slog.Logger) *Readers {
	return &Readers{
		cookie: foldCookie(cookie), who: who, now: now, log: log, turn: make(chan struct{}, readersAsked),
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
	go func() {
		defer func() { <-s.turn }()
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

// session is a request's session. some says that it has cookies of one; one says that there is no doubt which.
//
// A script can set cookies of the same names for longer paths, with a session of its own master in it; PHP takes the first. It
// would be given the policy of an account that granted itself every server, for a page in the reader's browser. So when two
// cookies could be taken for the same, there is no session that counts.
func (s *Readers) session(r *http.Request) (session incident.Session, some, one bool) {
	var seen []string
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
		if name == s.cookie && value != "" {
			some, session = true, incident.SessionOf(value)
		}
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

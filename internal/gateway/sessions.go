package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/incident"
	"sallyport/internal/wiki"
)

// sessionAge is how long a session is taken for the same account's. MediaWiki begins another session when somebody logs in,
// and ends it when they log out.
const sessionAge = 5 * time.Minute

// maxSameName bounds how many cookies of one name are looked at. A script can set as many as there are paths above an address.
const maxSameName = 16

// Sessions tells the breaker's sessions apart: by the wiki's session cookie, which no script can read or replace, and whose
// value is not kept.
type Sessions struct {
	Cookie string // its name
	Who    func(ctx context.Context, r *http.Request) (wiki.User, error)

	known *otter.Cache[incident.Session, wiki.User]
}

// NewSessions makes Sessions of a cookie's name and somebody who asks the wiki who sent a request.
func NewSessions(cookie string, who func(ctx context.Context, r *http.Request) (wiki.User, error)) *Sessions {
	return &Sessions{Cookie: cookie, Who: who, known: otter.Must(&otter.Options[incident.Session, wiki.User]{
		MaximumSize: 50_000, ExpiryCalculator: otter.ExpiryWriting[incident.Session, wiki.User](sessionAge),
	})}
}

// of lists a request's sessions, the one that the wiki looks at first; none for somebody who has no session. A script can add
// cookies of the same name for longer paths, and PHP takes the first: that must not make another session of it; see
// [incident.Breaker.Which].
func (s *Sessions) of(r *http.Request) []incident.Session {
	if r.Header.Get("Cookie") == "" {
		return nil
	}
	var all []incident.Session
	for _, c := range r.CookiesNamed(s.Cookie) {
		if len(all) < maxSameName && c.Value != "" {
			all = append(all, incident.SessionOf(c.Value))
		}
	}
	return all
}

// cached is the account of a session that was asked about already.
func (s *Sessions) cached(all []incident.Session) (wiki.User, bool) {
	if len(all) == 0 {
		return wiki.User{}, true
	}
	return s.known.GetIfPresent(all[0])
}

// sent returns the account behind a request, one with ID 0 when nobody is logged in.
func (s *Sessions) sent(ctx context.Context, r *http.Request, all []incident.Session) (wiki.User, error) {
	if u, ok := s.cached(all); ok {
		return u, nil
	}
	u, err := s.Who(ctx, r)
	if err == nil && u.ID != 0 {
		s.known.Set(all[0], u)
	}
	return u, err
}

// off says whether user code is off for one of a request's sessions.
func (s *Sessions) off(b *incident.Breaker, all []incident.Session) bool {
	for _, one := range all {
		if b.Off(one, s.account(one)) {
			return true
		}
	}
	return b.Dark()
}

// account is whose session it is, as far as that was asked; 0 otherwise.
func (s *Sessions) account(one incident.Session) int64 {
	u, _ := s.known.GetIfPresent(one)
	return u.ID
}

package web

import (
	"net/http"
	"net/url"
	"strings"
)

// door says how a request came in, as far as the browser vouches for it. Scripts cannot set these headers: their names
// begin with "Sec-" (Fetch, "forbidden request-header").
type door int

const (
	// byPerson is a document at the top of a window: nobody but the person can read it or click in it.
	byPerson door = iota
	// byScript is anything else a browser fetches: for fetch, frames, objects, workers.
	byScript
	// unknown is a request without Fetch Metadata: an old browser, or plain HTTP to another machine.
	unknown
)

// knock reads the door of a page view. A service worker that has a navigation preloaded is answered what the person would be,
// but for one header, and can read it.
func knock(h http.Header) door {
	switch {
	case h.Get("Sec-Fetch-Dest") == "" || h.Get("Sec-Fetch-Mode") == "":
		return unknown
	case len(h.Values("Service-Worker-Navigation-Preload")) > 0:
		return byScript
	case h.Get("Sec-Fetch-Dest") == "document" && h.Get("Sec-Fetch-Mode") == "navigate":
		return byPerson
	default:
		return byScript
	}
}

// sends says whether a form was sent by a person from a page of this origin.
func sends(r *http.Request) bool {
	h := r.Header
	return knock(h) == byPerson &&
		h.Get("Sec-Fetch-Site") == "same-origin" &&
		(h.Get("Sec-Fetch-User") == "?1" || h.Get("Sec-Fetch-User") == "" && neverSaysUser(h.Get("User-Agent"))) &&
		fromHere(r)
}

// neverSaysUser knows WebKit, which sends the other Sec-Fetch headers but never Sec-Fetch-User (webkit.org/b/247697). There
// the token alone tells a person's click from a script's form. A script cannot change the User-Agent of a navigation.
func neverSaysUser(agent string) bool {
	return strings.Contains(agent, "AppleWebKit/") && !strings.Contains(agent, "Chrome/")
}

// fromHere compares the Origin header, where there is one, with the host that was asked. Schemes are left out: TLS may
// end in front of us.
func fromHere(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

package gateway

import (
	"net/http"
	"net/netip"
	"strings"
)

// Client returns a function that says from which address a request came: the last in X-Forwarded-For that is no trusted
// proxy's, when the connection is one's. What a client claims itself is not believed.
func Client(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	return func(r *http.Request) netip.Addr {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return netip.Addr{}
		}
		at := peer.Addr().Unmap()
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && trusts(trusted, at); i-- {
			before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			at = before.Unmap()
		}
		return at
	}
}

package gateway

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAClientIsTheFirstAddressThatNoTrustedProxyHas(t *testing.T) {
	client := Client([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")})
	for _, c := range []struct{ peer, claim, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"}, // anybody can claim
		{"10.1.2.3:1", "198.51.100.1", "198.51.100.1"},
		{"[::ffff:10.1.2.3]:1", "198.51.100.7, 198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"10.1.2.3:1", "6.6.6.6, not an address, 10.9.9.9", "10.9.9.9"},
		{"127.0.0.1:1", "", "127.0.0.1"},
		{"127.0.0.1:1", "2001:db8::1", "2001:db8::1"},
		{"nonsense", "198.51.100.1", "invalid IP"},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr = c.peer
		if c.claim != "" {
			r.Header.Set("X-Forwarded-For", c.claim)
		}
		if got := client(r).String(); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.peer, c.claim, got, c.want)
		}
	}
}

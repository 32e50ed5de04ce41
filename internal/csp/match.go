package csp

import "strings"

// A page is what relative sources are read against.
type page struct{ self Source }

func pageOf(a Address) page {
	return page{Source{Kind: Host, Scheme: a.Scheme, Host: a.Host, Port: a.Port}}
}

// matches says whether a source of an address or scheme covers a URL (CSP3 §6.7.2.8). After a redirect paths do not
// count, so that nobody learns from a policy where a site leads to.
func (p *page) matches(s *Source, u *Address, redirected bool) bool {
	switch {
	case s.Kind == Scheme:
		return upgrades(s.Scheme, u.Scheme)
	case s.Kind == Keyword:
		return s.Value == Self && p.isSelf(u)
	case s.Host == "" && *s == star:
		return network(u.Scheme) || u.Scheme != "" && u.Scheme == p.self.Scheme
	case s.Kind == Host:
		scheme := s.Scheme
		if scheme == "" {
			scheme = p.self.Scheme
		}
		return hostMatches(s, scheme, u, redirected)
	}
	return false
}

func network(scheme string) bool {
	return scheme == "http" || scheme == "https" || scheme == "ws" || scheme == "wss"
}

// isSelf: the page's own origin, over its own or the secure scheme, also for WebSockets (CSP3 §6.7.2.8, step 4).
func (p *page) isSelf(u *Address) bool {
	if p.self.Host == "" || p.self.Host != u.Host {
		return false
	}
	secure := u.Scheme == "https" || u.Scheme == "wss"
	if u.Scheme != p.self.Scheme && (!network(u.Scheme) || !network(p.self.Scheme) || !secure && p.self.Scheme != "http") {
		return false
	}
	return p.self.Port == u.Port || p.self.Port == defaultPort(p.self.Scheme) && u.Port == defaultPort(u.Scheme)
}

// upgrades is scheme-part matching: the same scheme or its secure sibling. In the standard (CSP3 §6.7.2.9) sources for
// pages cover WebSockets as well; in Chromium only 'self' does.
func upgrades(from, to string) bool {
	return from != "" && from == to || from == "http" && to == "https" || from == "ws" && to == "wss"
}

func hostMatches(s *Source, scheme string, u *Address, redirected bool) bool {
	return nameMatches(s, u.Host) && upgrades(scheme, u.Scheme) && portMatches(s, scheme, u) &&
		(redirected || pathMatches(s.Path, u.Path))
}

// nameMatches: a wildcard stands for one label or more. IPv4 addresses match literally, as in browsers; the standard knows
// only 127.0.0.1 (CSP3 §6.7.2.10).
func nameMatches(s *Source, host string) bool {
	switch {
	case host == "":
		return false
	case !s.Wild:
		return s.Host == host
	case s.Host == "":
		return true
	}
	rest, ok := strings.CutSuffix(host, s.Host)
	return ok && strings.HasSuffix(rest, ".")
}

// portMatches (CSP3 §6.7.2.11): no port means the default of the URL's scheme. Chromium upgrades the port together with the
// scheme: "http://a:80" covers https://a, but "http://a:8080" does not cover https://a:8080, as it does in the standard.
func portMatches(s *Source, scheme string, u *Address) bool {
	usual := u.Port == defaultPort(u.Scheme)
	switch {
	case s.Port == AnyPort:
		return true
	case s.Port == 0:
		return usual
	case s.Port == u.Port:
		return usual || scheme == u.Scheme
	}
	return s.Port == 80 && u.Port == 443 && scheme != u.Scheme
}

// pathMatches (CSP3 §6.7.2.12): a path that ends in a slash covers what is below it.
func pathMatches(path, of string) bool {
	if path == "" {
		return true
	}
	if strings.Contains(path, "%") || strings.Contains(of, "%") {
		path, of = unescape(path), unescape(of)
	}
	if strings.HasSuffix(path, "/") {
		return strings.HasPrefix(of, path)
	}
	return path == of
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0 {
			b.WriteByte(byte(hex(s[i+1])<<4 | hex(s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hex(c byte) int {
	if c >= 'A' {
		c |= 0x20
	}
	return strings.IndexByte("0123456789abcdef", c)
}

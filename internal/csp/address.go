package csp

import "strings"

// Address is a URL as far as policies look at it.
type Address struct {
	Scheme string // lower case
	Host   string // lower case; empty for data:, blob: and their like
	Port   int    // the scheme's default when the URL has none; 0 when that is unknown
	Path   string // percent-encoded, without dot segments; at least "/" when there is a host
}

// ParseAddress takes a URL apart. It does not put hosts into their usual spelling (Punycode, IPv4 as one number), as browsers
// do before they report one: such a host matches no source that names it. What it cannot read matches nothing.
func ParseAddress(raw string) Address {
	raw = strings.Trim(raw, space)
	scheme, rest, ok := strings.Cut(raw, ":")
	if !ok || !isScheme(scheme) {
		return Address{}
	}
	a := Address{Scheme: strings.ToLower(scheme)}
	authority, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return a
	}
	authority, path := cutAt(authority, "/?#")
	path, _ = cutAt(path, "?#")
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
	}
	a.Host, a.Path = strings.ToLower(host), withoutDots(path)
	a.Port = defaultPort(a.Scheme)
	if port != "" {
		n, why := readPort(port)
		if why != "" || n == AnyPort {
			return Address{}
		}
		a.Port = n
	}
	return a
}

// Origin is the address without its path, for instance "https://wiki.example:8443"; data: and the like are "data:".
func (a Address) Origin() string {
	switch {
	case a.Scheme == "":
		return ""
	case a.Host == "":
		return a.Scheme + ":"
	}
	s := Source{Scheme: a.Scheme, Host: a.Host, Port: a.Port}
	if a.Port == defaultPort(a.Scheme) {
		s.Port = 0
	}
	return s.hostText()
}

func defaultPort(scheme string) int {
	switch scheme {
	case "http", "ws":
		return 80
	case "https", "wss":
		return 443
	case "ftp":
		return 21
	}
	return 0
}

// withoutDots resolves "." and ".." as browsers do before they ask a policy (URL, "path state").
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") && !strings.Contains(path, "/%") {
		return "/" + strings.TrimPrefix(path, "/")
	}
	var out []string
	steps := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, step := range steps {
		last := i == len(steps)-1
		switch strings.ReplaceAll(strings.ToLower(step), "%2e", ".") {
		case ".":
		case "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, step)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return "/" + strings.Join(out, "/")
}

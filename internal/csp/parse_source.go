package csp

import (
	"slices"
	"strconv"
	"strings"
)

// ParseSource reads one source, for instance "*.example.org". why is empty, or half a sentence that says why browsers would
// ignore it. 'none' is no source but their absence.
func ParseSource(text string) (s Source, why string) {
	if !writable(text) {
		return Source{}, "it is empty or has a character that cannot stand in a policy"
	}
	return readSource(text)
}

// readSource reads a source as Chromium does, which is the standard's grammar (CSP3 §2.3.1) but for queries.
func readSource(text string) (Source, string) {
	if strings.HasPrefix(text, "'") {
		return readQuoted(text)
	}
	if i := strings.IndexAny(text, ":/"); i >= 0 && text[i] == ':' && i+1 == len(text) {
		if !isScheme(text[:i]) {
			return Source{}, "a scheme has letters, digits, +, - and ."
		}
		return Source{Kind: Scheme, Scheme: strings.ToLower(text[:i])}, ""
	}
	return readHost(text)
}

func readHost(text string) (s Source, why string) {
	s.Kind = Host
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok && !strings.Contains(scheme, "/") {
		if !isScheme(scheme) {
			return Source{}, "a scheme has letters, digits, +, - and ."
		}
		s.Scheme, rest = strings.ToLower(scheme), after
	}
	host, rest := cutAt(rest, ":/")
	if s.Host, s.Wild, why = readName(host); why != "" {
		return Source{}, why
	}
	if strings.HasPrefix(rest, ":") {
		var port string
		port, rest = cutAt(rest[1:], "/")
		if s.Port, why = readPort(port); why != "" {
			return Source{}, why
		}
	}
	if rest != "" {
		path, _ := cutAt(rest, "?#")
		s.Path = encodePath(path)
	}
	return s, ""
}

// cutAt parts a text before the first of some characters.
func cutAt(text, any string) (before, after string) {
	if i := strings.IndexAny(text, any); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

func readName(host string) (name string, wild bool, why string) {
	if host == "*" {
		return "", true, ""
	}
	name, wild = strings.CutPrefix(host, "*.")
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return !alphanumeric(r) && r != '-' }) {
			return "", false, "it is no host name"
		}
	}
	return strings.ToLower(name), wild, ""
}

func readPort(port string) (int, string) {
	if port == "*" {
		return AnyPort, ""
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return 0, "its port is not a number from 1 to 65535 or *"
	}
	return int(n), ""
}

func readQuoted(text string) (Source, string) {
	low := strings.ToLower(text)
	if slices.Contains(keywords, low) {
		return Word(low), ""
	}
	if len(text) < 3 || !strings.HasSuffix(text, "'") {
		return Source{}, "its closing quote is missing"
	}
	kind, value, ok := strings.Cut(text[1:len(text)-1], "-")
	switch kind = strings.ToLower(kind); {
	case ok && kind == "nonce":
		if !isBase64(value) {
			return Source{}, "a nonce has letters, digits, +, /, - and _"
		}
		return Source{Kind: Nonce, Value: value}, ""
	case ok && (kind == "sha256" || kind == "sha384" || kind == "sha512"):
		if !isBase64(value) {
			return Source{}, "a digest is written in base64"
		}
		return Source{Kind: Hash, Digest: kind, Value: standardBase64(value)}, ""
	}
	if strings.Contains(low, "nonce") || strings.Contains(low, "sha") {
		return Source{}, "it is neither a nonce nor the digest of a text"
	}
	return Source{}, "no keyword has this name"
}

// standardBase64 undoes the alphabet for addresses, which browsers accept too.
func standardBase64(s string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(s) }

// isBase64 checks base64-value (CSP3 §2.3.1), both alphabets, at most two padding characters.
func isBase64(s string) bool {
	body := strings.TrimRight(s, "=")
	return body != "" && len(s)-len(body) <= 2 && !strings.ContainsFunc(body, func(r rune) bool {
		return !alphanumeric(r) && !strings.ContainsRune("+/-_", r)
	})
}

func isScheme(s string) bool {
	return s != "" && alpha(rune(s[0])) && !strings.ContainsFunc(s, func(r rune) bool {
		return !alphanumeric(r) && !strings.ContainsRune("+-.", r)
	})
}

func alpha(r rune) bool        { return 'a' <= r|0x20 && r|0x20 <= 'z' && r < 0x80 }
func alphanumeric(r rune) bool { return alpha(r) || '0' <= r && r <= '9' }

// encodePath writes a path so that it can stand in a policy: what RFC 3986 allows in one, without commas and semicolons.
func encodePath(path string) string {
	const allowed = "-._~!$&'()*+=:@/%"
	clean := func(c byte) bool { return alphanumeric(rune(c)) || strings.IndexByte(allowed, c) >= 0 }
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; clean(c) {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		}
	}
	return b.String()
}

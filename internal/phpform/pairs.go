package phpform

import "strings"

// reader reads one place and keeps the first thing that is not certain.
type reader struct {
	where  string
	limits Limits
	bad    *Ambiguous
}

func (r *reader) refuse(name, what string) {
	if r.bad == nil {
		r.bad = &Ambiguous{Where: r.where, Name: name, What: what}
	}
}

func (r *reader) err() error {
	if r.bad == nil {
		return nil
	}
	return r.bad
}

// Query reads a query string, without its "?", as PHP fills $_GET. Pairs are separated by "&" alone: a server whose
// arg_separator.input says otherwise reads another thing, but not of what [EncodeQuery] writes.
func Query(raw string, l Limits) (*Values, error) {
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c == 0x7f || c == '#' {
			return nil, &Ambiguous{Where: "query string", What: "it holds a character that no address may hold"}
		}
	}
	return readPairs("query string", raw, l.filled())
}

// readPairs reads a=b&c=d (php_default_treat_data for addresses, add_post_vars for bodies; they differ in how they count).
func readPairs(where, raw string, l Limits) (*Values, error) {
	r := &reader{where: where, limits: l}
	values := &Values{}
	count := 0
	for raw != "" && r.bad == nil {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if count++; count > l.MaxVars {
			r.refuse("", "more fields than PHP reads (max_input_vars)")
			break
		}
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		r.place(values, unescape(name), unescape(text))
	}
	return values, r.err()
}

// unescape is php_url_decode: a plus is a space, and a percent sign without two digits stands for itself.
func unescape(s string) string { return decode(s, true) }

// RawURLDecode is PHP's rawurldecode, by which MediaWiki reads paths: a plus stands for itself.
func RawURLDecode(s string) string { return decode(s, false) }

func decode(s string, plus bool) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+' && plus:
			b.WriteByte(' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(fromHex(s[i+1])<<4 | fromHex(s[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func fromHex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

package bundle

import (
	"net/url"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// remap makes relative addresses in styles lead where they would if the page itself were the stylesheet
// (CSSMin::remap). Absolute addresses, those that begin with a slash, data: and #fragments stay.
func remap(toks []cssToken, base string) {
	b, err := url.Parse(base)
	if base == "" || err != nil {
		return
	}
	for i := range toks {
		t := &toks[i]
		switch t.kind {
		case css.URLToken:
			inside := strings.TrimSuffix(t.text[strings.IndexByte(t.text, '(')+1:], ")")
			if to, ok := resolve(b, strings.Trim(inside, " \t\n\"'")); ok && strings.HasSuffix(t.text, ")") {
				t.text = "url(" + quote(to) + ")"
			}
		case css.StringToken:
			if n := len(t.text); n > 1 && addressFollows(toks[:i]) {
				if to, ok := resolve(b, t.text[1:n-1]); ok {
					t.text = quote(to)
				}
			}
		}
	}
}

// addressFollows says whether a string after these tokens is an address: it stands in url() or after @import.
func addressFollows(before []cssToken) bool {
	for i := len(before) - 1; i >= 0; i-- {
		switch t := before[i]; t.kind {
		case css.WhitespaceToken, css.CommentToken:
		case css.FunctionToken:
			return strings.EqualFold(t.text, "url(")
		case css.AtKeywordToken:
			return strings.EqualFold(t.text, "@import")
		default:
			return false
		}
	}
	return false
}

// resolve gives the address that a relative one means; false for those that stay as they are.
func resolve(base *url.URL, address string) (string, bool) {
	if address == "" || address[0] == '/' || address[0] == '#' || strings.Contains(address, `\`) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() {
		return "", false
	}
	return base.ResolveReference(u).String(), true
}

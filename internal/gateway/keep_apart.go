package gateway

import (
	"net/http"
	"strings"
)

// keepApart stops pages of the wiki from sharing a browsing context group with Sallyport's own pages, which send
// "Cross-Origin-Opener-Policy: same-origin". A page that sends the same could open them in a window and read them, tokens
// included (HTML, "match opener policy values"). MediaWiki does not send the header; an extension or a web server may.
func keepApart(r *http.Response) {
	const policy = "Cross-Origin-Opener-Policy"
	for i, v := range r.Header[policy] {
		value, params, _ := strings.Cut(v, ";")
		switch strings.TrimSpace(value) {
		case "same-origin", "same-origin-plus-coep":
			r.Header[policy][i] = "same-origin-allow-popups"
			if params != "" {
				r.Header[policy][i] += ";" + params
			}
		}
	}
}

package gateway

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// Elsewhere passes requests on to a wiki that knows itself by another address, so that it can be used at here: for somebody who tries a gadget
// on it. The wiki is told its own address as Host, Origin and Referer; its redirects lead back to here, and its cookies are for here, over
// plain HTTP. Cookies whose names begin with __Host- or __Secure- stay for HTTPS alone, which browsers insist on. Texts are passed as
// they are: an address that the wiki spells out in a page leads past us.
func Elsewhere(wiki, here *url.URL) http.Handler {
	own, shown := origin(wiki), origin(here)
	return &httputil.ReverseProxy{
		Transport: newTransport(),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = wiki.Scheme, wiki.Host, wiki.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery
			for _, name := range []string{"Origin", "Referer"} {
				if rest, ours := strings.CutPrefix(p.Out.Header.Get(name), shown); ours {
					p.Out.Header.Set(name, own+rest)
				}
			}
		},
		ModifyResponse: func(r *http.Response) error {
			for _, begins := range []string{own, strings.TrimPrefix(own, wiki.Scheme+":")} {
				if rest, its := strings.CutPrefix(r.Header.Get("Location"), begins); its && (rest == "" || rest[0] == '/' || rest[0] == '?') {
					r.Header.Set("Location", shown+rest)
				}
			}
			r.Header.Del("Strict-Transport-Security") // the browser would ask for HTTPS here, too
			cookies := r.Cookies()
			r.Header.Del("Set-Cookie")
			for _, c := range cookies {
				r.Header.Add("Set-Cookie", hereAlone(c).String())
			}
			return nil
		},
	}
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// hereAlone makes a cookie one of the host it comes from, over HTTP.
func hereAlone(c *http.Cookie) *http.Cookie { //nolint:gosec // a preview is on loopback, over HTTP
	c.Domain = ""
	if strings.HasPrefix(c.Name, "__Host-") || strings.HasPrefix(c.Name, "__Secure-") {
		return c
	}
	if c.Secure = false; c.SameSite == http.SameSiteNoneMode {
		c.SameSite = http.SameSiteLaxMode
	}
	return c
}

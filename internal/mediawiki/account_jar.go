package mediawiki

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// jar keeps the cookies of one host. Those marked Secure are kept as well: the gateway speaks to the wiki behind whatever
// ends TLS for it.
type jar struct {
	mu      sync.Mutex
	names   []string
	cookies map[string]string
}

// SetCookies implements [http.CookieJar]. MediaWiki takes a cookie back by an empty value, which PHP writes as "deleted".
func (j *jar) SetCookies(_ *url.URL, list []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range list {
		gone := c.MaxAge < 0 || c.Value == "" || c.Value == "deleted"
		_, had := j.cookies[c.Name]
		switch {
		case gone:
			delete(j.cookies, c.Name)
			j.names = slices.DeleteFunc(j.names, func(name string) bool { return name == c.Name })
			continue
		case !had:
			j.names = append(j.names, c.Name)
		}
		j.cookies[c.Name] = c.Value
	}
}

// Cookies implements [http.CookieJar].
func (j *jar) Cookies(*url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]*http.Cookie, len(j.names))
	for i, name := range j.names {
		list[i] = &http.Cookie{Name: name, Value: j.cookies[name]} //nolint:gosec // of a request
	}
	return list
}

func (j *jar) empty() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.names = nil
	clear(j.cookies)
}

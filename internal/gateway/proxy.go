package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// newProxy makes the reverse proxy. The transport keeps as many idle connections as there may be requests: the default
// of two per host doubles the CPU a request costs.
func newProxy(o Options) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:    func(p *httputil.ProxyRequest) { rewrite(p, o) },
		Transport:  newTransport(),
		BufferPool: &buffers{},
		ModifyResponse: func(r *http.Response) error {
			keepApart(r)
			if o.Policy != nil {
				withholdPasskeys(r.Header)
			}
			if err := tryPage(r, o); err != nil {
				return err
			}
			return inject(r, o)
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return // the browser went away
			}
			o.Log.Warn("wiki not reached", "method", r.Method, "path", r.URL.Path, "err", err)
			w.Header().Set("Retry-After", "5")
			http.Error(w, "The wiki does not answer right now. Nothing you sent was kept; go back, keep a copy of your text, and try again in a minute.", http.StatusBadGateway)
		},
	}
}

func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:          1024,
		MaxIdleConnsPerHost:   512,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
		ResponseHeaderTimeout: 3 * time.Minute,
		ReadBufferSize:        16 << 10,
		WriteBufferSize:       16 << 10,
		DisableCompression:    true, // what the browser asked for is what the wiki is asked for
	}
}

// rewrite aims the request at the wiki. The query goes through as it came: Go's own parser drops parts that PHP reads,
// for instance after a ";", which may stand in a title.
func rewrite(p *httputil.ProxyRequest, o Options) {
	p.Out.URL.Scheme, p.Out.URL.Host = o.Upstream.Scheme, o.Upstream.Host
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	p.Out.Host = p.In.Host
	forwarded(p, o.Trusted)
	if wantsPage(p.In) {
		// A page has to be looked into; it is compressed afterwards, by us.
		p.Out.Header.Set("Accept-Encoding", "identity")
	}
}

// wantsPage says whether the answer is likely to be an HTML page.
func wantsPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "document", "iframe", "frame":
		return true
	case "", "empty":
		return strings.Contains(r.Header.Get("Accept"), "text/html")
	}
	return false
}

// forwarded sets X-Forwarded-For, -Host and -Proto. What a client claims is believed only of trusted proxies.
func forwarded(p *httputil.ProxyRequest, trusted []netip.Prefix) {
	if peer, err := netip.ParseAddrPort(p.In.RemoteAddr); err == nil && trusts(trusted, peer.Addr().Unmap()) {
		p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
		p.SetXForwarded()
		for _, h := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
			if v := p.In.Header.Get(h); v != "" {
				p.Out.Header.Set(h, v)
			}
		}
		return
	}
	p.SetXForwarded()
}

func trusts(trusted []netip.Prefix, addr netip.Addr) bool {
	for _, t := range trusted {
		if t.Contains(addr) {
			return true
		}
	}
	return false
}

// buffers lends the proxy its copy buffers.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte {
	if v, ok := b.pool.Get().(*[]byte); ok {
		return *v
	}
	return make([]byte, 32<<10)
}

func (b *buffers) Put(buf []byte) { b.pool.Put(&buf) }

package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/addrtest"
	"sallyport/internal/fakewiki"
)

// Roles this binary plays in processes of its own.
const (
	roleWiki = "wiki" // answers every page in no time, so that the proxies are what is measured
	roleBare = "bare" // the least a Go program can be between a browser and a wiki

	roleCollect = "collect" // takes reports; its upstream is a store
	roleUnread  = "unread"  // answers reports without reading them
)

const (
	listenVar   = "SALLYPORT_BENCH_LISTEN"
	upstreamVar = "SALLYPORT_BENCH_UPSTREAM"
)

// startRole runs this binary as one of the servers, with further environment variables.
func startRole(b *testing.B, role, upstream string, env ...string) *process {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	addr := addrtest.Address(b)
	return start(b, addr, append(env, roleVar+"="+role, listenVar+"="+addr, upstreamVar+"="+upstream), self)
}

// play serves until it is ended. It returns the exit code.
func play(role string) int {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", os.Getenv(listenVar))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var handler http.Handler
	switch role {
	case roleCollect:
		runtime.GOMAXPROCS(1)
		if err := serveCollector(l, os.Getenv(upstreamVar)); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	case roleUnread:
		runtime.GOMAXPROCS(1)
		handler = answerUnread()
	case roleWiki:
		handler = stubWiki()
	case roleBare:
		upstream, err := url.Parse(os.Getenv(upstreamVar))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		handler = bareProxy(upstream)
	default:
		fmt.Fprintf(os.Stderr, "%s: there is no role %q\n", roleVar, role)
		return 2
	}
	fmt.Fprintln(os.Stderr, http.Serve(l, handler))
	return 1
}

const stubReader, stubPassword = "Reader", "a reader's password"

// stubWiki is a wiki all of whose pages are one. Its API is the pretend wiki's: Sallyport asks what the wiki is, and every
// second what has changed.
func stubWiki() http.Handler {
	page := stubPage()
	mux := http.NewServeMux()
	api := fakewiki.New(fakewiki.Options{Lang: "en"})
	api.AddUser(stubReader, stubPassword)
	mux.Handle("/w/api.php", api)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=UTF-8")
		h.Set("Content-Language", "en")
		h.Set("Content-Length", strconv.Itoa(len(page)))
		h.Set("Cache-Control", "private, must-revalidate, max-age=0")
		h.Set("Vary", "Accept-Encoding, Cookie")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, page)
	})
	return mux
}

// stubPage is about 10 KB of HTML that begins like a page of MediaWiki.
func stubPage() string {
	const head = `<!DOCTYPE html>
<html class="client-nojs" lang="en" dir="ltr">
<head>
<meta charset="UTF-8"/>
<title>Sandbox - Stub</title>
<script>document.documentElement.className="client-js";RLCONF={"wgPageName":"Sandbox","wgNamespaceNumber":0,"wgAction":"view"};
RLSTATE={"site.styles":"ready"};RLPAGEMODULES=["site","mediawiki.page.ready"];</script>
<link rel="stylesheet" href="/w/load.php?lang=en&amp;modules=skins.vector.styles&amp;only=styles&amp;skin=vector"/>
<script async="" src="/w/load.php?lang=en&amp;modules=startup&amp;only=scripts&amp;raw=1&amp;skin=vector"></script>
</head>
<body class="mediawiki ltr ns-0 page-Sandbox action-view"><div id="mw-content-text">
`
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len() < 10_000; i++ {
		fmt.Fprintf(&b, "<p>Paragraph %d has a <a href=\"/wiki/Page_%d\" title=\"Page %d\">link</a> and some words that say little.</p>\n", i, i*7, i*7)
	}
	b.WriteString("</div></body></html>\n")
	return b.String()
}

// bareProxy is a reverse proxy with a transport tuned like ours, and nothing else.
func bareProxy(upstream *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(upstream)
			p.SetXForwarded()
		},
		BufferPool: &buffers{},
		Transport: &http.Transport{
			MaxIdleConns: 1024, MaxIdleConnsPerHost: 512, IdleConnTimeout: 90 * time.Second,
			ReadBufferSize: 16 << 10, WriteBufferSize: 16 << 10, DisableCompression: true,
		},
	}
}

type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte {
	if v, ok := b.pool.Get().(*[]byte); ok {
		return *v
	}
	return make([]byte, 32<<10)
}

func (b *buffers) Put(buf []byte) { b.pool.Put(&buf) }

package browser

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxBody bounds what a page may send in one request, in bytes.
const maxBody = 64 << 20

// proxy is the only thing a context's pages can reach. It speaks HTTP/1.1 as a proxy does: absolute requests, and CONNECT with
// TLS or plain HTTP inside. Every request ends at the handler; nothing is ever passed on.
type proxy struct {
	authority *authority
	handler   http.Handler
	socket    func(*http.Request, *Socket)
	strange   func(scheme, address string) // somebody dialled and did not speak HTTP
	frame     func(url, kind, text string)
	served    func(n int) bool // counts bytes of answers; false: enough
	busy      *busy

	server  *http.Server
	tunnels *queue
	sockets sync.WaitGroup
	done    context.Context
	stop    context.CancelFunc
}

// start serves connections from l until close.
func (p *proxy) start(l net.Listener) {
	p.done, p.stop = context.WithCancel(context.Background())
	p.tunnels = newQueue()
	p.server = &http.Server{
		Handler: p, ReadHeaderTimeout: 30 * time.Second, MaxHeaderBytes: 1 << 20, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, inside{}, c)
		},
	}
	go func() { _ = p.server.Serve(l) }()
	go func() { _ = p.server.Serve(p.tunnels) }()
}

// close ends every connection and waits for the sockets' goroutines.
func (p *proxy) close() {
	p.stop()
	_ = p.server.Close()
	p.tunnels.shut()
	p.sockets.Wait()
}

// tunnel is a connection within a CONNECT.
type tunnel struct {
	net.Conn
	r      *bufio.Reader
	scheme string
	host   string // as the browser meant to dial it, without a default port
}

func (t *tunnel) Read(b []byte) (int, error) { return t.r.Read(b) }

// plain is the connection as it is now, for TLS to read from.
func (t *tunnel) plain() net.Conn { return &tunnel{Conn: t.Conn, r: t.r} }

// inside is the key under which a request's context has its tunnel.
type inside struct{}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t, _ := r.Context().Value(inside{}).(*tunnel)
	switch {
	case r.Method == http.MethodConnect && t == nil:
		p.connect(w, r)
		return
	case t != nil:
		r.URL.Scheme, r.URL.Host = t.scheme, t.host
	case !r.URL.IsAbs():
		http.Error(w, "this is a proxy", http.StatusBadRequest)
		return
	default:
		r.URL.Host = bare(r.URL.Host, r.URL.Scheme)
	}
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		p.upgrade(w, r)
		return
	}
	r.RequestURI = ""
	r.Header.Del("Proxy-Connection")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	p.busy.begin()
	defer p.busy.end()
	p.handler.ServeHTTP(&meter{ResponseWriter: w, served: p.served}, r)
}

// connect answers CONNECT and serves what comes through as if it were a connection of its own.
func (p *proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		http.Error(w, "CONNECT wants host:port", http.StatusBadRequest)
		return
	}
	raw, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := io.WriteString(raw, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		_ = raw.Close()
		return
	}
	t := &tunnel{Conn: raw, r: rw.Reader, scheme: "http", host: r.Host}
	p.sockets.Go(func() { p.welcome(t, host, port) })
}

// welcome looks at a tunnel's first byte, which tells TLS from the rest, and hands it to the server if HTTP is inside.
func (p *proxy) welcome(t *tunnel, host, port string) {
	raw := t.Conn
	defer context.AfterFunc(p.done, func() { _ = raw.Close() })()
	first, err := t.r.Peek(1)
	if err != nil {
		_ = t.Close()
		return
	}
	if first[0] == 0x16 { // a TLS handshake record
		secure := tls.Server(t.plain(), &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.authority.certificate(host) },
		})
		t.scheme, t.Conn, t.r = "https", secure, bufio.NewReader(secure)
		if first, err = t.r.Peek(1); err != nil {
			t.Close()
			return
		}
	}
	if first[0] < 'A' || first[0] > 'Z' { // no method begins so: TURN over TCP, for one
		p.strange(t.scheme, net.JoinHostPort(host, port))
		t.Close()
		return
	}
	t.host = bare(net.JoinHostPort(host, port), t.scheme)
	if !p.tunnels.put(t) {
		t.Close()
	}
}

// bare takes the scheme's default port off a host.
func bare(host, scheme string) string {
	port := map[string]string{"http": ":80", "ws": ":80", "https": ":443", "wss": ":443"}[scheme]
	return strings.ToLower(strings.TrimSuffix(host, port))
}

// meter counts what is served.
type meter struct {
	http.ResponseWriter
	served func(int) bool
}

var errEnough = errors.New("the context has been served enough")

func (m *meter) Write(b []byte) (int, error) {
	if !m.served(len(b)) {
		return 0, errEnough
	}
	return m.ResponseWriter.Write(b)
}

// Flush is for handlers that ask for an http.Flusher.
func (m *meter) Flush() { _ = http.NewResponseController(m.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// queue is a listener fed by hand.
type queue struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newQueue() *queue { return &queue{conns: make(chan net.Conn), done: make(chan struct{})} }

func (q *queue) put(c net.Conn) bool {
	select {
	case q.conns <- c:
		return true
	case <-q.done:
		return false
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

func (q *queue) Close() error {
	q.shut()
	return nil
}

func (q *queue) shut() { q.once.Do(func() { close(q.done) }) }

func (q *queue) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

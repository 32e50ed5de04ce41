package e2e

import (
	"net"
	"net/http"
	"sync"
	"testing"
)

// reach is how far something got out of a page.
type reach int

const (
	nothing  reach = iota
	connects       // the name was looked up and the host knows that somebody is there
	sends          // what the script has to say arrives
)

// witness is a host for each escape, and sees what reaches it: requests, and bare connections and packets.
type witness struct {
	*testing.T
	mu   sync.Mutex
	seen map[string]reach
}

func newWitness(t *testing.T) *witness { return &witness{T: t, seen: map[string]reach{}} }

// host opens a host and returns its address.
func (w *witness) host(name string) string {
	w.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			w.see(name, sends)
			rw.Header().Set("Access-Control-Allow-Origin", "*")
			rw.Header().Set("Content-Type", "text/javascript")
		}),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				w.see(name, connects)
			}
		},
	}
	go func() { _ = server.Serve(l) }()
	w.Cleanup(func() { _ = server.Close() })
	if packets, err := net.ListenPacket("udp", l.Addr().String()); err == nil {
		w.Cleanup(func() { _ = packets.Close() })
		go func() {
			if _, _, err := packets.ReadFrom(make([]byte, 1)); err == nil {
				w.see(name, connects)
			}
		}()
	}
	return "http://" + name + ".test:" + port(l.Addr().String()) + "/"
}

func (w *witness) see(name string, how reach) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[name] = max(w.seen[name], how)
}

func (w *witness) reached(name string) reach {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[name]
}

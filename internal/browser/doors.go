package browser

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// doors gives each context a proxy address of its own, so that a connection says by itself which run it belongs to. No
// address is used twice in a browser's life: nothing late of one context reaches the next.
type doors interface {
	open() (net.Listener, error)
	number() int // the port all of them have
	close()
}

// address is the nth address of 127.0.0.0/8 that contexts use: 127.1.0.1, 127.1.0.2 and so on.
func address(n int) (net.IP, error) {
	n += 1 << 16
	if n >= 1<<24-1 {
		return nil, errors.New("this browser has had all contexts it can have")
	}
	return net.IPv4(127, byte(n>>16), byte(n>>8), byte(n)).To4(), nil
}

// hostDoors are on this machine's own loopback: one port, the only one that Landlock lets the browser connect to, and an
// address a context.
type hostDoors struct {
	mu   sync.Mutex
	last int
	port int
	held net.Listener // keeps the port ours
}

func newHostDoors(ctx context.Context) (*hostDoors, int, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp4", "127.1.0.0:0")
	if err != nil {
		return nil, 0, fmt.Errorf("listen for the browser: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return &hostDoors{port: port, held: l}, port, nil
}

func (d *hostDoors) open() (net.Listener, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for tries := 0; ; tries++ {
		d.last++
		ip, err := address(d.last)
		if err != nil {
			return nil, err
		}
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: ip, Port: d.port})
		if err == nil || tries == 10 {
			return l, err
		}
	}
}

func (d *hostDoors) number() int { return d.port }

func (d *hostDoors) close() { _ = d.held.Close() }

// namespaceDoors share one socket that listens on every address of the namespace: the one a connection was made to says whose it is.
type namespaceDoors struct {
	socket net.Listener
	port   int

	mu    sync.Mutex
	last  int
	rooms map[[4]byte]*room
}

func newNamespaceDoors(l net.Listener) *namespaceDoors {
	d := &namespaceDoors{socket: l, port: l.Addr().(*net.TCPAddr).Port, rooms: map[[4]byte]*room{}}
	go d.sort()
	return d
}

// sort gives each connection to its context; those to none are closed.
func (d *namespaceDoors) sort() {
	for {
		conn, err := d.socket.Accept()
		if err != nil {
			return
		}
		to, _ := conn.LocalAddr().(*net.TCPAddr)
		d.mu.Lock()
		r := d.rooms[[4]byte(to.IP.To4())]
		d.mu.Unlock()
		if r == nil || !r.put(conn) {
			_ = conn.Close()
		}
	}
}

func (d *namespaceDoors) open() (net.Listener, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	ip, err := address(d.last)
	if err != nil {
		return nil, err
	}
	r := &room{queue: newQueue(), addr: &net.TCPAddr{IP: ip, Port: d.port}, doors: d}
	d.rooms[[4]byte(ip)] = r
	return r, nil
}

func (d *namespaceDoors) number() int { return d.port }

func (d *namespaceDoors) close() { _ = d.socket.Close() }

// room is one context's share of namespaceDoors.
type room struct {
	*queue
	addr  *net.TCPAddr
	doors *namespaceDoors
}

func (r *room) Addr() net.Addr { return r.addr }

func (r *room) Close() error {
	r.doors.mu.Lock()
	delete(r.doors.rooms, [4]byte(r.addr.IP.To4()))
	r.doors.mu.Unlock()
	return r.queue.Close()
}

// Package addrtest gives tests addresses for programs that must be told theirs before they listen.
package addrtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// Linux gives connections and listeners on port 0 a port from 32768 on, unless it is told otherwise
// (net.ipv4.ip_local_port_range). What is handed out here lies below: a port from that range, let go for the moment until a
// program listens, may be somebody else's by then, and on a loaded machine that moment is seconds.
const (
	first = 20000
	last  = 32767
	tries = 100
)

// claims are held until the process ends: what is claimed by one test's process is given to no other.
var claims struct {
	sync.Mutex
	held []net.Listener
}

// Free is host:port on loopback where nothing listens, and that no other caller on this machine is given while this process
// lives.
func Free() (string, error) {
	claims.Lock()
	defer claims.Unlock()
	var err error
	for range tries {
		port := first + rand.IntN(last-first+1)
		var claim, l net.Listener
		if claim, err = net.Listen("unix", fmt.Sprintf("@sallyport-test-port-%d", port)); err != nil {
			continue
		}
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if l, err = net.Listen("tcp", addr); err != nil {
			_ = claim.Close()
			continue
		}
		claims.held = append(claims.held, claim)
		return addr, l.Close()
	}
	return "", fmt.Errorf("no free port between %d and %d after %d tries: %w", first, last, tries, err)
}

// Address is [Free], and the end of the test when there is none.
func Address(t testing.TB) string {
	t.Helper()
	addr, err := Free()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

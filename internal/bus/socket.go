package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// socket lets other processes of this machine, and of this account, to an embedded server.
type socket struct {
	listener net.Listener
	open     func() (net.Conn, error)

	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
	all    sync.WaitGroup
}

// longestSocket is how long a socket's path may be (sun_path in sockaddr_un, less its NUL).
const longestSocket = 107

func socketIn(folder string) string { return filepath.Join(folder, "bus.sock") }

// listen answers on the socket of a folder that we have locked: a socket that is there already is a dead process's. The
// folder's mode keeps other accounts away.
func listen(ctx context.Context, folder string, open func() (net.Conn, error)) (*socket, error) {
	path := socketIn(folder)
	if len(path) > longestSocket {
		return nil, fmt.Errorf("%s is too long for a socket: %d bytes, at most %d; use a folder nearer to the root", path, len(path), longestSocket)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	s := &socket{listener: l, open: open, conns: map[net.Conn]bool{}}
	s.all.Go(s.accept)
	return s, nil
}

func (s *socket) accept() {
	for {
		guest, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		host, err := s.open()
		if err != nil || !s.keep(guest, host) {
			_ = guest.Close() // it will try again, or we are closing
			continue
		}
		s.all.Go(func() { s.pass(guest, host) })
		s.all.Go(func() { s.pass(host, guest) })
	}
}

// pass copies one direction. Where one ends both do.
func (s *socket) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from) // either end says goodbye by closing
	_, _ = from.Close(), to.Close()
	s.mu.Lock()
	delete(s.conns, from)
	s.mu.Unlock()
}

func (s *socket) keep(conns ...net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range conns {
		s.conns[c] = true
	}
	return !s.closed
}

func (s *socket) close() error {
	err := s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		_ = c.Close() // its copying ends
	}
	s.mu.Unlock()
	s.all.Wait()
	return err
}

// Package bustest runs a nats-server process for tests: the one from the system's packages, not the one we embed.
package bustest

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const missing = "nats-server is not installed (Debian: apt-get install nats-server)"

// patience bounds how long the server may take to start.
const patience = 20 * time.Second

// Server is a nats-server with JetStream on a loopback port.
type Server struct {
	Address string // nats://127.0.0.1:PORT

	t       testing.TB
	program string
	folder  string
	process *exec.Cmd
	ended   chan struct{}
	log     bytes.Buffer // to be read after ended is closed
}

// Start starts a server that is killed when the test ends. Without nats-server the test is skipped, or fails when
// SALLYPORT_TEST_ALL=1.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, folder: t.TempDir()}
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin") {
		name := filepath.Join(folder, "nats-server")
		if info, err := os.Stat(name); err == nil && info.Mode()&0o111 != 0 {
			s.program = name
			break
		}
	}
	switch {
	case s.program == "" && os.Getenv("SALLYPORT_TEST_ALL") == "1":
		t.Fatal(missing)
	case s.program == "":
		t.Skip(missing)
	}
	var err error
	for range 20 {
		// Not one that the system gives away: the server must get it again after it was killed.
		s.Address = fmt.Sprintf("nats://127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if err = s.run(); err == nil {
			t.Cleanup(s.Kill)
			return s
		}
		s.Kill()
	}
	t.Fatal(err)
	return nil
}

// Run starts the server again after [Server.Kill], with what it kept, and waits until it answers.
func (s *Server) Run() {
	s.t.Helper()
	if err := s.run(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) run() error {
	host, port, _ := strings.Cut(strings.TrimPrefix(s.Address, "nats://"), ":")
	s.process = exec.Command(s.program, "--addr", host, "--port", port, "--jetstream", "--store_dir", s.folder)
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.ended = make(chan struct{})
	begun := make(chan error)
	go func(p *exec.Cmd, ended chan struct{}) {
		runtime.LockOSThread() // Pdeathsig means the death of the thread that started the server
		err := p.Start()
		begun <- err
		if err == nil {
			_ = p.Wait() // how it ended is in its log
			close(ended)
		}
	}(s.process, s.ended)
	if err := <-begun; err != nil {
		s.t.Fatal(err)
	}
	return s.answers(host + ":" + port)
}

// answers waits until the server says who it is.
func (s *Server) answers(address string) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		select {
		case <-s.ended:
			return fmt.Errorf("nats-server ended: %s", s.log.String())
		default:
		}
		conn, err := net.Dial("tcp", address)
		if err != nil {
			continue
		}
		_ = conn.SetDeadline(end)
		line, err := bufio.NewReader(conn).ReadString('\n')
		_ = conn.Close() // it has said what we want to know
		if err == nil && strings.HasPrefix(line, "INFO ") {
			return nil
		}
	}
	return fmt.Errorf("nats-server does not answer in %v", patience)
}

// Kill ends the server without a word.
func (s *Server) Kill() {
	_ = s.process.Process.Kill() // it may have ended
	<-s.ended
}

// Forget removes what a killed server kept.
func (s *Server) Forget() {
	s.t.Helper()
	if err := os.RemoveAll(s.folder); err != nil {
		s.t.Fatal(err)
	}
}

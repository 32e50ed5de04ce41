package e2e

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is Sallyport as an operator has it: a file that is run.
type program struct {
	*testing.T
	path string
	file string // settings
}

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sallyport")
	if out, err := exec.Command("go", "build", "-o", path, "sallyport/cmd/sallyport").CombinedOutput(); err != nil {
		t.Fatalf("build sallyport: %v\n%s", err, out)
	}
	return path
}

// run runs one command to its end and returns what it printed.
func (p *program) run(args ...string) []byte {
	p.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(p.Context(), p.path, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		p.Fatalf("sallyport %s: %v\n%s%s", strings.Join(args, " "), err, out, errs.String())
	}
	return out
}

// process is a running `sallyport serve` of the operating system's.
type process struct {
	*testing.T
	front string // its address, which it chose
	cmd   *exec.Cmd
	ended chan struct{}
	said  syncBuffer
}

var wikiAt = regexp.MustCompile(`(?m)^wiki +(http://\S+) `)

// serve starts a process and returns when it listens. It ends with the test at the latest.
func (p *program) serve() *process {
	p.Helper()
	s := &process{T: p.T, cmd: exec.Command(p.path, "serve", "--config", p.file), ended: make(chan struct{})}
	s.cmd.Stderr = &s.said
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig means the death of the thread that started the process
		err := s.cmd.Start()
		begun <- err
		if err == nil {
			_ = s.cmd.Wait() // how it ended is in its state
			close(s.ended)
		}
	}()
	if err := <-begun; err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() {
		s.kill()
		if p.Failed() {
			p.Logf("what serve said:\n%s", s.said.String())
		}
	})
	eventually(p.T, "serve listens", func() bool {
		if s.over() {
			p.Fatalf("serve has ended: %s", s.said.String())
		}
		at := wikiAt.FindStringSubmatch(s.said.String())
		if at != nil {
			s.front = at[1]
		}
		return at != nil
	})
	return s
}

// kill is kill -9.
func (s *process) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.ended
}

// stop asks the process to end, and waits until it has.
func (s *process) stop() {
	s.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.Fatal(err)
	}
	eventually(s.T, "serve ends", s.over)
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.Errorf("serve ended with %d", code)
	}
}

func (s *process) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// eventually waits, for a bounded time, until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

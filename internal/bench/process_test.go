package bench

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a server with all its children: one process group.
type process struct {
	addr  string
	group int
}

// guard keeps a server as long as somebody holds the guard's standard input open, so that it cannot outlive the benchmark.
const guard = `"$@" &
read -r word
trap '' TERM
kill -TERM 0
wait`

// start runs a server until the benchmark ends. It returns when the address accepts connections.
func start(b *testing.B, addr string, env []string, program string, args ...string) *process {
	b.Helper()
	said, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer said.Close()
	cmd := exec.Command("sh", append([]string{"-c", guard, "sh", program}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	hold, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Wait() // ended by a signal, as asked
		if text, _ := os.ReadFile(said.Name()); b.Failed() {
			b.Logf("what %s said:\n%s", filepath.Base(program), text)
		}
	})
	eventually(b, filepath.Base(program)+" listens on "+addr, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return &process{addr: addr, group: cmd.Process.Pid}
}

// cpu is the processor time the server has used so far.
func (p *process) cpu(b *testing.B) time.Duration {
	b.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		b.Fatalf("no processes in /proc, which this benchmark reads: %v", err)
	}
	var all time.Duration
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // it has just ended
		}
		if err != nil {
			b.Fatal(err)
		}
		if group, used := stat(string(text)); group == p.group {
			all += used
		}
	}
	return all
}

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every architecture Go knows.
const tick = time.Second / 100

// stat reads the process group and the processor time, that of ended children included, out of /proc/PID/stat (proc(5)).
// Fields are counted after the name of the program, which may hold spaces and brackets.
func stat(text string) (group int, used time.Duration) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	group, _ = strconv.Atoi(fields[2])
	for _, f := range fields[11:15] {
		n, _ := strconv.ParseInt(f, 10, 64)
		used += time.Duration(n) * tick
	}
	return group, used
}

// eventually waits, for a bounded time, until something is so.
func eventually(b *testing.B, what string, so func() bool) {
	b.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if so() {
			return
		}
	}
	b.Fatalf("waited in vain until %s", what)
}

// lookPath also looks where Debian keeps servers, which is not in everybody's PATH.
func lookPath(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return exec.LookPath(filepath.Join("/usr/sbin", program))
	}
	return path, nil
}

package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/corpustest"
)

// runLimit ends a program that does not end by itself.
const runLimit = 5 * time.Minute

// spent is what one run of a program cost.
type spent struct {
	cpu  time.Duration // user and kernel mode, children included
	peak float64       // MB of memory in use at its worst (VmHWM); 0 when the run was too short to look
	said []byte        // standard output
}

// oneCore is the command line that keeps a program on one core, where the machine has taskset.
func oneCore(command []string) []string {
	if taskset, err := lookPath("taskset"); err == nil {
		return append([]string{taskset, "-c", "0"}, command...)
	}
	return command
}

// spend runs a program to its end. Exit codes up to 3 are answers: scanners have one for "found something".
func spend(b *testing.B, dir string, env, command []string) (spent, error) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), runLimit)
	defer cancel()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return spent{}, err
	}
	ended, peak := make(chan struct{}), make(chan float64)
	go func() { peak <- watch(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	close(ended)
	s := spent{peak: <-peak, said: out.Bytes()}
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() < 0 || cmd.ProcessState.ExitCode() > 3 {
		return s, fmt.Errorf("%s: %w: %s", filepath.Base(command[0]), errors.Join(err, ctx.Err()), lastLine(said.String()))
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return s, nil
}

// watch looks at the memory of a process until it has ended. Rusage would say that of this process where it is larger,
// because a new program inherits the mark.
func watch(pid int, ended <-chan struct{}) (mb float64) {
	for {
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
			mb = max(mb, highWater(string(text)))
		}
		select {
		case <-ended:
			return mb
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// highWater reads VmHWM, in kB, out of /proc/PID/status (proc(5)).
func highWater(status string) float64 {
	_, line, _ := strings.Cut(status, "VmHWM:")
	var kb float64
	_, _ = fmt.Sscan(line, &kb) // a process that is ending has none
	return kb * 1024 / 1e6
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// build makes the program that is measured.
func build(b *testing.B) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "sallyport")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", name, "./cmd/sallyport")
	cmd.Dir, cmd.Env = corpustest.Root(b), append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build sallyport: %v\n%s", err, said)
	}
	return name
}

func TestPeakMemoryIsReadInMegabytes(t *testing.T) {
	const status = "Name:\tsallyport\nVmPeak:\t  9999 kB\nVmHWM:\t  125000 kB\nVmRSS:\t 1 kB\n"
	if got := highWater(status); got != 128 {
		t.Errorf("got %v MB", got)
	}
	if got := highWater("Name:\tended\nState:\tZ (zombie)\n"); got != 0 {
		t.Errorf("a process without memory has %v MB", got)
	}
}

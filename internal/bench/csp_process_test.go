package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// spent is the processor time of a server so far, in the scheduler's own nanoseconds: /proc/PID/stat has hundredths of a second.
func (p *process) spent(b *testing.B) (all time.Duration) {
	b.Helper()
	for _, pid := range p.members() {
		tasks, _ := filepath.Glob("/proc/" + pid + "/task/[0-9]*/schedstat")
		for _, name := range tasks {
			text, _ := os.ReadFile(name)
			var ns int64
			if _, err := fmt.Sscan(string(text), &ns); err != nil {
				b.Skipf("%s has no times: %v", name, err)
			}
			all += time.Duration(ns)
		}
	}
	return all
}

// members are the processes of a server.
func (p *process) members() (pids []string) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has just ended
		}
		if group, _ := stat(string(text)); group == p.group {
			pids = append(pids, filepath.Base(filepath.Dir(name)))
		}
	}
	return pids
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is the memory of a server's largest process, in MB; 0 when it has ended.
func (p *process) resident() (most float64) {
	for _, pid := range p.members() {
		status, _ := os.ReadFile(filepath.Join("/proc", pid, "status"))
		if found := residentLine.FindSubmatch(status); found != nil {
			kb, _ := strconv.ParseFloat(string(found[1]), 64)
			most = max(most, kb/1024)
		}
	}
	return most
}

// ask asks a server to stop.
func (p *process) ask() { _ = syscall.Kill(-p.group, syscall.SIGTERM) }

// end waits until a server that was asked has stopped.
func (p *process) end(b *testing.B) {
	b.Helper()
	eventually(b, "the server has ended", func() bool { return p.resident() == 0 })
}

package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// meter adds up the processor time of this process and of everything that descends from it, also of what has ended: it looks every
// few hundredths of a second, because a browser's children are nobody's to wait for once it is killed.
type meter struct {
	began time.Duration
	done  chan struct{}
	wait  sync.WaitGroup
	used  map[string]time.Duration // by process and when it began
	base  map[string]time.Duration // what was used before the meter was started
}

const meterEvery = 50 * time.Millisecond

func startMeter() *meter {
	m := &meter{began: spentHere(), done: make(chan struct{}), used: map[string]time.Duration{}}
	m.look()
	m.base, m.used = m.used, map[string]time.Duration{}
	m.wait.Go(func() {
		for {
			m.look()
			select {
			case <-m.done:
				return
			case <-time.After(meterEvery):
			}
		}
	})
	return m
}

// stop gives the sum.
func (m *meter) stop() time.Duration {
	close(m.done)
	m.wait.Wait()
	m.look()
	all := spentHere() - m.began
	for who, used := range m.used {
		all += used - m.base[who]
	}
	return all
}

// look reads /proc once. A process that was known is followed when its parent has gone.
func (m *meter) look() {
	type process struct {
		parent, who string
		used        time.Duration
	}
	all := map[string]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, _ := os.ReadFile(name)
		line := string(text)
		fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
		if len(fields) < 20 {
			continue // it has just ended
		}
		pid := filepath.Base(filepath.Dir(name))
		user, _ := strconv.ParseInt(fields[11], 10, 64)
		kernel, _ := strconv.ParseInt(fields[12], 10, 64)
		all[pid] = process{fields[1], pid + "/" + fields[19], time.Duration(user+kernel) * tick}
	}
	self := strconv.Itoa(os.Getpid())
	for pid, p := range all {
		_, ours := m.used[p.who]
		for at := pid; !ours && at != "" && at != "1"; at = all[at].parent {
			ours = all[at].parent == self
		}
		if ours && pid != self {
			m.used[p.who] = max(m.used[p.who], p.used)
		}
	}
}

// spentHere is the processor time of this process alone.
func spentHere() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestTheMeterCountsAProcessThatHasEnded(t *testing.T) {
	m := startMeter()
	cmd := exec.Command("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	all, child := m.stop(), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	if all < child/4 {
		t.Errorf("%v of a child that used %v", all, child)
	}
}

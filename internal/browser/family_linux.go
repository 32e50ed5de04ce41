package browser

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// descendants are a process and all that came from it, by process number.
func descendants(root int) []int {
	parents := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		if pid, parent, ok := parentOf(name); ok {
			parents[parent] = append(parents[parent], pid)
		}
	}
	family := []int{root}
	for i := 0; i < len(family); i++ {
		family = append(family, parents[family[i]]...)
	}
	return family
}

// parentOf reads proc_pid_stat(5): the name in brackets may hold anything, the state and the parent follow it.
func parentOf(stat string) (pid, parent int, ok bool) {
	text, err := os.ReadFile(stat) // #nosec G304 -- of /proc
	if err != nil {
		return 0, 0, false
	}
	end := bytes.LastIndexByte(text, ')')
	var state string
	if _, err := fmt.Sscan(string(text[end+1:]), &state, &parent); err != nil {
		return 0, 0, false
	}
	pid, err = strconv.Atoi(filepath.Base(filepath.Dir(stat)))
	return pid, parent, err == nil
}

// memory is what a process keeps for itself in bytes: its proportional share where the kernel tells us, or else what is
// resident and not shared with files.
func memory(pid int) int64 {
	dir := "/proc/" + itoa(pid)
	if text, err := os.ReadFile(dir + "/smaps_rollup"); err == nil {
		lines := bufio.NewScanner(bytes.NewReader(text))
		for lines.Scan() {
			if value, ok := strings.CutPrefix(lines.Text(), "Pss:"); ok {
				kilobytes, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
				return kilobytes << 10
			}
		}
	}
	text, err := os.ReadFile(dir + "/statm")
	if err != nil {
		return 0
	}
	var size, resident, shared int64
	if _, err := fmt.Sscan(string(text), &size, &resident, &shared); err != nil {
		return 0
	}
	return (resident - shared) * int64(os.Getpagesize())
}

// commandLine is a process's, as one text.
func commandLine(pid int) string {
	text, _ := os.ReadFile("/proc/" + itoa(pid) + "/cmdline")
	return string(bytes.Join(slices.DeleteFunc(bytes.Split(text, []byte{0}), func(w []byte) bool { return len(w) == 0 }), []byte{' '}))
}

func killProcess(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

func itoa(n int) string { return strconv.Itoa(n) }

func isRoot() bool { return os.Geteuid() == 0 }

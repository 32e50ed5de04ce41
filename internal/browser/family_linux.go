package browser

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// descendants are a process and all that came from it, by process number.
func descendants(root int) []int {
	parents := map[int][]int{}
	for _, pid := range processes() {
		if parent, ok := parentOf(pid); ok {
			parents[parent] = append(parents[parent], pid)
		}
	}
	family := []int{root}
	for i := 0; i < len(family); i++ {
		family = append(family, parents[family[i]]...)
	}
	return family
}

// processes are all there are.
func processes() (pids []int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(-1) // those that could be read
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parentOf reads proc_pid_stat(5): the name in brackets may hold anything, the state and the parent follow it.
func parentOf(pid int) (parent int, ok bool) {
	text, err := os.ReadFile("/proc/" + itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	end := bytes.LastIndexByte(text, ')')
	var state string
	_, err = fmt.Sscan(string(text[end+1:]), &state, &parent)
	return parent, err == nil
}

// resident is what processes have in memory, in bytes, what they share counted for each.
func resident(pids []int) (total int64) {
	for _, pid := range pids {
		if pages, _, ok := statm(pid); ok {
			total += pages * int64(os.Getpagesize())
		}
	}
	return total
}

// statm reads proc_pid_statm(5): the sizes are in pages.
func statm(pid int) (resident, shared int64, ok bool) {
	text, err := os.ReadFile("/proc/" + itoa(pid) + "/statm")
	if err != nil {
		return 0, 0, false
	}
	var size int64
	_, err = fmt.Sscan(string(text), &size, &resident, &shared)
	return resident, shared, err == nil
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
	resident, shared, ok := statm(pid)
	if !ok {
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

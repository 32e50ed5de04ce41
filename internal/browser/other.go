//go:build !linux

package browser

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
)

// Helper does nothing here: only Linux has what seals a browser in.
func Helper() {}

var errNotLinux = errors.New("a browser can be sealed in on Linux only; a container or a virtual machine with Linux will do")

func (l launch) start(context.Context, *slog.Logger) (*process, error) {
	return nil, refused(errNotLinux)
}

func (p *process) kill() {}

func descendants(int) []int { return nil }

func memory(int) int64 { return 0 }

func resident([]int) int64 { return 0 }

func commandLine(int) string { return "" }

func killProcess(int) {}

func isRoot() bool { return false }

func itoa(n int) string { return strconv.Itoa(n) }

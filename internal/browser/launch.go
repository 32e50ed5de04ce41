package browser

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// launch is what a process is started with.
type launch struct {
	path      string
	level     Level
	private   bool // at level A: mounts and process numbers of its own
	sandbox   bool // Chromium's own
	spki      string
	outside   int      // port of a listener that must be out of reach; 0: none
	arguments []string // more of them, for tests
	direct    string   // for tests: what contexts may reach without their proxy, as a bypass list
}

// String names a launch in messages.
func (l launch) String() string {
	text := string(l.level)
	if l.level == LevelA && !l.private {
		text += " without namespaces for mounts and processes"
	}
	if !l.sandbox {
		text += " without the browser's own sandbox"
	}
	return text
}

// process is a running browser.
type process struct {
	launch
	pipe    *pipe
	doors   doors
	witness *os.File // at level A: sees every packet of the namespace

	cmd     *exec.Cmd
	control *os.File   // on which the helper speaks
	files   []*os.File // our ends
	profile string     // on this side's file system; empty when it is in the namespace's own
	errors  *tail
	ended   chan struct{}
	once    sync.Once
}

// bypass is a context's proxyBypassList: nothing goes past its proxy, not even what is on this machine.
func (p *process) bypass() string {
	return strings.TrimSuffix("<-loopback>;"+p.direct, ";")
}

// refused marks errors that mean this system does not offer the level.
func refused(err error) error { return fmt.Errorf("%w: %w", ErrRefused, err) }

// tail keeps the last that the browser said on its standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if extra := len(t.text) - 4096; extra > 0 {
		t.text = bytes.Clone(t.text[extra:])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// helperName is the name under which this program starts itself to seal itself in and become the browser.
const helperName = "sallyport: sealing a browser"

// controlFD is the helper's end of the socket on which it tells how it went. 3 and 4 are the browser's pipes.
const controlFD = 5

// order is what the helper is to do.
type order struct {
	Level   Level
	Private bool     // the process has mount and process namespaces of its own
	Port    int      // of the proxies, for B
	Hide    []string // folders that become empty, for Private
	Profile string   // a folder below one of those, made for the browser
	Outside int      // port of a listener on 127.0.0.1 that must be out of reach
	Path    string
	Args    []string
	Env     []string
}

// outcome is what the helper says before it becomes the browser. For A, a listening socket and a packet socket come with it.
type outcome struct {
	Error string
}

// Helper is to be called first in main, and in TestMain of tests that start browsers. In the processes that [Start] makes
// of this program it becomes the browser and never returns; otherwise it does nothing.
func Helper() {
	if os.Args[0] != helperName || len(os.Args) != 2 {
		return
	}
	runtime.LockOSThread() // capabilities and filters belong to a thread, and exec keeps those of the one that calls it
	var o order
	err := json.Unmarshal([]byte(os.Args[1]), &o)
	if err == nil {
		err = o.obey()
	}
	_ = tell(err.Error())
	os.Exit(1)
}

// obey seals the process in and becomes the browser. It returns only when that did not work.
func (o *order) obey() error {
	unix.CloseOnExec(controlFD)
	var fds []int
	var err error
	switch o.Level {
	case LevelA:
		fds, err = o.enter()
	case LevelB:
		err = confine(o.Port)
	}
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if err := o.tryDoors(); err != nil {
		return err
	}
	if err := tell("", fds...); err != nil {
		return err
	}
	return fmt.Errorf("start %s: %w", o.Path, syscall.Exec(o.Path, append([]string{o.Path}, o.Args...), o.Env)) // #nosec G204 -- the browser
}

// tell sends the outcome with sockets to the process that waits for it.
func tell(problem string, fds ...int) error {
	data, err := json.Marshal(outcome{Error: problem})
	if err != nil {
		return err
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	if err := unix.Sendmsg(controlFD, data, rights, nil, 0); err != nil {
		return fmt.Errorf("pass the sockets back: %w", err)
	}
	return nil
}

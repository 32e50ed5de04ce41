// Package browsertest gives tests a real Chromium.
//
// One browser runs per test process, from the first [Start] until the process ends, however it ends. Each [Page] is in a
// private window of its own, with cookies and storage of its own, and remembers what it asked for and what it was told on
// its console. Helpers wait for what they need and end the test, with the console's text, when it does not come.
package browsertest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// names under which distributions install a Chromium.
var names = []string{"chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"}

// patience is how long a helper waits for what it was told to expect.
const patience = 30 * time.Second

// hosts keeps the browser on this machine. Names below .test lead to it, so that a test can have several sites.
const hosts = "MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost"

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context
}

// Start returns this process's browser. Without a Chromium on the machine the test is skipped with the reason, or fails
// when SALLYPORT_TEST_ALL=1.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := find()
	switch {
	case path != "":
	case os.Getenv("SALLYPORT_TEST_ALL") == "1":
		t.Fatalf("a real browser is needed: none of %v is installed (apt-get install chromium)", names)
	default:
		t.Skipf("needs a real browser: none of %v is installed", names)
	}
	b, err := open()
	if err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return b
}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

var open = sync.OnceValues(func() (*Browser, error) {
	profile, err := os.MkdirTemp("", "sallyport-browser-")
	if err != nil {
		return nil, err
	}
	if err := removeLater(profile); err != nil {
		return nil, err
	}
	quiet := func(string, ...any) {} // this Chromium is newer than chromedp: it reports events chromedp cannot name
	ctx, _ := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find()), chromedp.UserDataDir(profile), chromedp.CombinedOutput(io.Discard),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", hosts),
	)...)
	ctx, _ = chromedp.NewContext(ctx, chromedp.WithErrorf(quiet), chromedp.WithLogf(quiet), chromedp.WithDebugf(quiet))
	if err := chromedp.Do(ctx); err != nil {
		return nil, err
	}
	return &Browser{ctx: ctx}, nil
})

// removeLater removes a folder when this process has ended: its end closes the standard input of a small shell. Chromium
// itself ends when its pipe to this process closes, but its parts may write for a moment longer.
func removeLater(dir string) error {
	shell := exec.Command("sh", "-c", `cat >/dev/null; for i in 1 2 3 4 5 6 7 8; do rm -rf -- "$1"; sleep 0.4; done`, "sh", dir)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the terminal is not for it
	if _, err := shell.StdinPipe(); err != nil {
		return err
	}
	if err := shell.Start(); err != nil {
		return fmt.Errorf("start a shell to clean up: %w", err)
	}
	return nil
}

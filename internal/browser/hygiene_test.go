package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// leftovers are the files of browsers in a temporary folder, and the processes that have a text in their command line.
func leftovers(dir, mark string) (all []string) {
	all, _ = filepath.Glob(filepath.Join(dir, profilePrefix+"*"))
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range lines {
		if text, _ := os.ReadFile(name); mark != "" && strings.Contains(string(text), mark) {
			all = append(all, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return all
}

func TestNothingIsLeftWhenABrowserIsClosed(t *testing.T) {
	for _, l := range []launch{{level: LevelA, private: true, sandbox: true}, {level: LevelA, sandbox: true}, {level: LevelB, sandbox: true}, {level: LevelC, sandbox: true}} {
		t.Run(l.String(), func(t *testing.T) {
			dir := openTemp(t)
			t.Setenv("TMPDIR", dir)
			mark := "--force-fieldtrials=Sallyport/" + filepath.Base(dir)
			l.arguments = []string{mark}
			b := launchAt(t, l)
			r := visit(t, b, ContextOptions{Handler: pages{"/": "<script>open('/')</script>"}})
			_ = r.Navigate(t.Context(), wikiURL)
			family := descendants(b.process.cmd.Process.Pid)
			if len(family) < 3 {
				t.Fatalf("the browser's processes are %v", family)
			}
			if len(leftovers(dir, mark)) == 0 {
				t.Fatal("the browser cannot be found while it runs")
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			if left := leftovers(dir, mark); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			if files, _ := os.ReadDir(dir); len(files) > 0 {
				t.Errorf("left: %v", files)
			}
			if err := r.Navigate(t.Context(), wikiURL); !errors.Is(err, ErrEnded) {
				t.Errorf("navigating in a closed browser: %v", err)
			}
		})
	}
}

// openTemp is a temporary folder that anybody may write in, as /tmp is.
func openTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sallyport-test-")
	if err == nil {
		err = os.Chmod(dir, 0o777)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestABrowserDoesNotOutliveItsProcess runs itself: the inner process is killed while its browser works.
func TestABrowserDoesNotOutliveItsProcess(t *testing.T) {
	if level := os.Getenv("BROWSER_INNER"); level != "" {
		b := launchAt(t, launch{level: Level(level[:1]), private: level == "A", arguments: []string{os.Getenv("BROWSER_MARK")}})
		r := visit(t, b, ContextOptions{Handler: pages{"/": "x"}})
		r.must(r.Navigate(t.Context(), wikiURL))
		os.Stdout.WriteString("open\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	for _, level := range []string{"A", "Aless", "B", "C"} {
		t.Run(level, func(t *testing.T) {
			dir := openTemp(t)
			mark := "--force-fieldtrials=Sallyport/" + filepath.Base(dir)
			inner := exec.Command(os.Args[0], "-test.run=^TestABrowserDoesNotOutliveItsProcess$")
			inner.Env = append(os.Environ(), "BROWSER_INNER="+level, "BROWSER_MARK="+mark, "TMPDIR="+dir)
			if _, err := inner.StdinPipe(); err != nil {
				t.Fatal(err)
			}
			var wrong strings.Builder
			inner.Stderr = &wrong
			out, err := inner.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := inner.Start(); err != nil {
				t.Fatal(err)
			}
			said, _ := io.ReadAll(io.LimitReader(out, 5))
			_ = inner.Process.Kill()
			_ = inner.Wait()
			if string(said) != "open\n" {
				levelRefused(t, launch{level: Level(level[:1]), private: level == "A", sandbox: true}, fmt.Errorf("it did not come up in a process of its own: %q, %s", said, wrong.String()))
			}
			t.Setenv("TMPDIR", dir)
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				sweep() // as the next Start does
				left := leftovers(dir, mark)
				if len(left) == 0 {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("still there: %q", left)
				}
			}
		})
	}
}

func TestTheBrowserSeesNobodysFiles(t *testing.T) {
	b := launchAt(t, launch{level: LevelA, private: true})
	if !b.process.private {
		t.Skip("THIS SYSTEM REFUSES A PROCESS ITS OWN MOUNTS")
	}
	root := filepath.Join("/proc", itoa(b.process.cmd.Process.Pid), "root")
	for _, dir := range hidden(b.process.path) {
		files, err := os.ReadDir(root + dir)
		if err != nil {
			if mayLook() {
				t.Fatalf("look into the browser's file system: %v", err)
			}
			t.Skipf("who runs the tests may not look into other users' processes: %v", err)
		}
		for _, f := range files {
			if f.Name() != "profile" {
				t.Errorf("the browser sees %s/%s", dir, f.Name())
			}
		}
	}
	status, _ := os.ReadFile("/proc/" + itoa(b.process.cmd.Process.Pid) + "/status")
	for _, want := range []string{"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1"} {
		if !strings.Contains(string(status), want) {
			t.Errorf("the browser's status lacks %q:\n%s", want, status)
		}
	}
}

func TestTheBrowsersOwnSandboxIsOn(t *testing.T) {
	for _, l := range []launch{{level: LevelA, private: true}, {level: LevelB}} {
		b := launchAt(t, l)
		r := visit(t, b, ContextOptions{Handler: pages{"/": "x"}})
		r.must(r.Navigate(t.Context(), wikiURL))
		renderers := 0
		for _, pid := range descendants(b.process.cmd.Process.Pid) {
			line := commandLine(pid)
			if strings.Contains(line, "--no-sandbox") {
				t.Errorf("level %s: %s", l, line)
			}
			if !strings.Contains(line, "--type=renderer") {
				continue
			}
			renderers++
			status, _ := os.ReadFile("/proc/" + itoa(pid) + "/status")
			if !strings.Contains(string(status), "Seccomp:\t2") {
				t.Errorf("level %s: a renderer runs without a filter", l)
			}
		}
		if renderers == 0 {
			t.Errorf("level %s: no renderer was found", l)
		}
	}
}

func TestWithoutABrowserTheErrorSaysWhatToInstall(t *testing.T) {
	if _, err := Start(t.Context(), Options{Path: "/nonexistent/chromium"}); err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "/nonexistent/chromium") {
		t.Errorf("a path that is not there: %v", err)
	}
	if !strings.Contains(ErrNotFound.Error(), "apt-get install chromium-headless-shell") {
		t.Error(ErrNotFound)
	}
}

// TestManyRunsLeaveNothingBehind is the short form of `make soak-detonate`.
func TestManyRunsLeaveNothingBehind(t *testing.T) {
	b := anyLevel(t, Options{})
	page := pages{"/": "<script src=/a.js></script>", "/a.js": "fetch('/x'); new Worker('/w.js')", "/w.js": "1", "/x": "y"}
	var sizes []int64
	for i := range 100 {
		c, err := b.NewContext(t.Context(), ContextOptions{Handler: page})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Navigate(t.Context(), wikiURL); err != nil {
			t.Fatal(i, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(i, err)
		}
		if i%10 == 9 {
			sizes = append(sizes, b.Memory()>>20)
		}
	}
	t.Logf("MB after every ten runs: %v", sizes)
	// A run that leaves something behind shows in every step; the browser's own
	// processes that start once (a spare renderer is 50 MB) show in one or two.
	steps := make([]int64, 0, len(sizes))
	for i := range sizes[1:] {
		steps = append(steps, sizes[i+1]-sizes[i])
	}
	slices.Sort(steps)
	if usual := steps[len(steps)/2]; usual > 4 {
		t.Errorf("memory grows by %d MB every ten runs: %v", usual, sizes)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.contexts) != 0 || len(b.sessions) != 0 {
		t.Errorf("%d contexts and %d sessions are left", len(b.contexts), len(b.sessions))
	}
}

func TestStartingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b, err := Start(ctx, Options{Level: LevelC}); err == nil {
		_ = b.Close()
		t.Error("it started")
	}
}

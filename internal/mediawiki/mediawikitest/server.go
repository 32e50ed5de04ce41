package mediawikitest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/internal/addrtest"
)

// Wiki is a running MediaWiki. Its methods end the test when something goes wrong.
type Wiki struct {
	URL string // for instance "http://127.0.0.1:41234"; the API is at URL + "/api.php"

	t testing.TB
	*process
}

// process is what all views of one wiki share.
type process struct {
	base, dir string
	addr, key string
	options   Options

	shell *exec.Cmd
	hold  io.WriteCloser
}

func (w *Wiki) with(t testing.TB) *Wiki { return &Wiki{URL: w.URL, t: t, process: w.process} }

func open(o Options) (*Wiki, error) {
	o.WikiID = cmp.Or(o.WikiID, "testwiki")
	base, err := base()
	if err != nil {
		return nil, err
	}
	dir, err := instance(base, o)
	if err != nil {
		return nil, err
	}
	p := &process{base: base, dir: dir, key: rand.Text(), options: o}
	for try := 1; ; try++ {
		if p.addr, err = addrtest.Free(); err == nil {
			err = p.run()
		}
		if err == nil {
			break
		}
		p.stop(try == 3)
		if try == 3 {
			return nil, err
		}
	}
	w := &Wiki{URL: "http://" + p.addr, process: p}
	return w, w.setServer(cmp.Or(o.Server, w.URL))
}

// guard keeps the server as long as somebody holds its standard input open, so that it cannot outlive the test process.
const guard = `"$@" &
read -r word
trap '' TERM
kill -CONT 0
kill -TERM 0
wait
[ "$word" = keep ] || rm -rf -- "$SALLYPORT_WIKI_DIR"`

func (p *process) run() error {
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.shell = exec.Command("sh", "-c", guard, "sh", "php",
		"-d", "opcache.enable=1", "-d", "opcache.file_cache="+p.base+"/opcache", "-d", "opcache.memory_consumption=192",
		"-d", "opcache.max_accelerated_files=20000", "-d", "opcache.interned_strings_buffer=32",
		"-d", "apc.enabled=1", "-d", "apc.shm_size=64M", "-d", "memory_limit=512M", "-d", "realpath_cache_size=4M",
		"-d", "post_max_size=64M", "-d", "upload_max_filesize=64M", "-d", "display_errors=0", "-d", "log_errors=1",
		"-S", p.addr, "-t", codeTree, p.base+"/php/router.php")
	p.shell.Dir = codeTree
	p.shell.Env = append(os.Environ(), "PHP_CLI_SERVER_WORKERS=4", "MW_INSTALL_PATH="+codeTree,
		"MW_CONFIG_FILE="+p.base+"/php/LocalSettings.php", "SALLYPORT_WIKI_DIR="+p.dir, "SALLYPORT_WIKI_KEY="+p.key,
		"SALLYPORT_WIKI_LANG="+p.options.Lang, "SALLYPORT_WIKI_ID="+p.options.WikiID)
	p.shell.Stdout, p.shell.Stderr = log, log
	p.shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if p.hold, err = p.shell.StdinPipe(); err != nil {
		return err
	}
	if err := p.shell.Start(); err != nil {
		return fmt.Errorf("start php: %w", err)
	}
	return p.await()
}

// await returns when the wiki answers.
func (p *process) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		if strings.Contains(p.logTail(), "Failed to listen on "+p.addr) {
			return fmt.Errorf("start php: %s is taken", p.addr)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/api.php?action=query&meta=siteinfo&format=json", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK && strings.HasPrefix(string(body), "{") {
				return nil
			}
			return fmt.Errorf("the new wiki answers %s: %.1000s\n%s", resp.Status, body, p.logTail())
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the new wiki does not answer: %w\n%s", err, p.logTail())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// stop ends the server; with forget its folder goes as well.
func (p *process) stop(forget bool) {
	if p.shell != nil && p.shell.Process != nil {
		_ = syscall.Kill(-p.shell.Process.Pid, syscall.SIGCONT)
		_, _ = io.WriteString(p.hold, "keep\n")
		_ = p.hold.Close()
		_ = p.shell.Wait()
	}
	p.shell = nil
	if forget {
		_ = os.RemoveAll(p.dir)
	}
}

// Down ends the server; its address refuses connections until [Wiki.Up]. Pages and sessions are kept.
func (w *Wiki) Down() { w.stop(false) }

// Up starts it again after [Wiki.Down].
func (w *Wiki) Up() {
	w.t.Helper()
	if err := w.run(); err != nil {
		w.t.Fatalf("start mediawiki again: %v", err)
	}
}

// Pause makes the wiki hang: connections are accepted and not answered until [Wiki.Resume].
func (w *Wiki) Pause() { _ = syscall.Kill(-w.shell.Process.Pid, syscall.SIGSTOP) }

// Resume ends a [Wiki.Pause].
func (w *Wiki) Resume() { _ = syscall.Kill(-w.shell.Process.Pid, syscall.SIGCONT) }

func (p *process) logFile() string { return filepath.Join(p.dir, "php.log") }

// logTail is the end of PHP's log without its list of requests.
func (p *process) logTail() string {
	text, err := os.ReadFile(p.logFile())
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "] 127.0.0.1:") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-60):], "")
}

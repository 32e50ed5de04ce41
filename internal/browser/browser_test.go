package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Helper()
	os.Exit(m.Run())
}

// proof is shared by this package's tests: each level is tested by itself once.
var proof Proof

// open starts a browser that is closed when the test ends. Where the system refuses the level, the test is skipped.
func open(t testing.TB, o Options) *Browser {
	t.Helper()
	if o.Proof == nil {
		o.Proof = &proof
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	b, err := Start(ctx, o)
	switch {
	case errors.Is(err, ErrNotFound) && os.Getenv("SALLYPORT_TEST_ALL") != "1":
		t.Skip(err)
	case errors.Is(err, ErrRefused):
		levelRefused(t, attempts(o)[0], err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// any starts a browser at whatever level there is.
func anyLevel(t testing.TB, o Options) *Browser {
	t.Helper()
	o.Proof = &proof
	b, err := Start(t.Context(), o)
	if errors.Is(err, ErrRefused) {
		o.Level = LevelC
		return open(t, o)
	}
	if err == nil {
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
	return open(t, o)
}

// pages answers paths with texts; a path that ends in .js is a script, others are HTML.
type pages map[string]string

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, ok := p[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := "text/html; charset=utf-8"
	if strings.HasSuffix(r.URL.Path, ".js") {
		kind = "text/javascript"
	}
	w.Header().Set("Content-Type", kind)
	_, _ = io.WriteString(w, text)
}

// run is one context and what it told.
type run struct {
	*Context
	t  testing.TB
	mu sync.Mutex
	in []Event
}

// visit opens a context; it is closed when the test ends.
func visit(t testing.TB, b *Browser, o ContextOptions) *run {
	t.Helper()
	r := &run{t: t}
	o.Events = func(e Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.in = append(r.in, e)
	}
	c, err := b.NewContext(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	r.Context = c
	return r
}

// events are those of one kind, told so far.
func (r *run) events(k Kind) (all []Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.in {
		if e.Kind == k {
			all = append(all, e)
		}
	}
	return all
}

// await waits until an event of a kind satisfies a condition.
func (r *run) await(k Kind, ok func(Event) bool) Event {
	r.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		all := r.events(k)
		if i := slices.IndexFunc(all, ok); i >= 0 {
			return all[i]
		}
	}
	r.t.Fatalf("no %s event came that was waited for; there were %s", k, brief(r.events(k)))
	return Event{}
}

func brief(all []Event) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "\n\t%s %s %s %.80q %.80q %s", e.Kind, e.Target.Type, e.Document, e.Text, e.URL, e.Name)
	}
	return b.String()
}

func (r *run) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// value evaluates an expression in the page.
func value[T any](r *run, js string) T {
	r.t.Helper()
	var v T
	r.must(r.Evaluate(r.t.Context(), js, &v))
	return v
}

// again runs this test once more in a process of its own, with other powers. It says whether this is that process.
func again(t *testing.T, attr *syscall.SysProcAttr) bool {
	t.Helper()
	if os.Getenv("BROWSER_AGAIN") == t.Name() {
		return true
	}
	inner := exec.Command("/proc/self/exe", "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.v")
	inner.Env = append(os.Environ(), "BROWSER_AGAIN="+t.Name())
	inner.Dir = "/"
	inner.SysProcAttr = attr
	out, err := inner.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) && attr.Cloneflags != 0 {
		t.Skipf("THIS SYSTEM REFUSES A PROCESS OF OTHER POWERS: %v", err)
	}
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skip("skipped in the process of its own, for the reason given there")
	}
	return false
}

// asNobody is for again: an ordinary user.
func asNobody(t *testing.T) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 && os.Getenv("BROWSER_AGAIN") == "" {
		t.Skip("the tests are run by an ordinary user already")
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

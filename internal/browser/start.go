package browser

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Browser is a running, sealed browser. Its methods may be called from several goroutines.
type Browser struct {
	process   *process
	client    *client
	authority *authority
	isolation Isolation
	limits    Limits
	log       *slog.Logger
	agent     string // user agent of a desktop browser of this version
	product   string // name and version
	stop      context.CancelFunc
	watching  sync.WaitGroup

	mu       sync.Mutex
	contexts map[string]*Context // by the browser's name for them
	sessions map[string]*target
	leak     error // what the witness saw
}

// Isolation says how a browser is sealed. It belongs into every report on what ran in it.
type Isolation struct {
	Level   Level
	Sandbox bool   // Chromium's own sandbox is on
	Why     string // why it is not better; empty at level A with everything on
}

// Isolation says how this browser is sealed.
func (b *Browser) Isolation() Isolation { return b.isolation }

// Version is the browser's name and version, as "HeadlessChrome/150.0.1.2".
func (b *Browser) Version() string { return b.product }

// Start starts a browser, sealed at the best level there is, and tries whether it leaks. It returns [ErrNotFound],
// [ErrRefused] when the system offers no level that was asked for, or [ErrLeak].
func Start(ctx context.Context, o Options) (*Browser, error) {
	o.Path, o.Log = cmp.Or(o.Path, found()), cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Path == "" {
		return nil, ErrNotFound
	}
	if _, err := exec.LookPath(o.Path); err != nil {
		return nil, fmt.Errorf("find the browser: %w", err)
	}
	if o.Proof == nil {
		o.Proof = &Proof{}
	}
	var refusals []error
	for _, attempt := range attempts(o) {
		b, err := begin(ctx, o, attempt)
		if err == nil {
			b.isolation.Why = strings.Join(lines(refusals), "; ")
			err = o.Proof.of(ctx, b)
			if err == nil {
				return b, nil
			}
			_ = b.Close()
		}
		if !errors.Is(err, ErrRefused) {
			return nil, err
		}
		o.Log.Debug("isolation refused", "level", attempt.level, "error", err)
		refusals = append(refusals, fmt.Errorf("level %s: %w", attempt, err))
	}
	return nil, errors.Join(refusals...)
}

func found() string {
	path, _ := Find()
	return path
}

func lines(errs []error) (texts []string) {
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return texts
}

// attempts are what Start tries, best first.
func attempts(o Options) []launch {
	bare := o.Unsandboxed || isRoot()
	var all []launch
	add := func(level Level, private, sandbox bool) {
		if cmp.Or(o.Level, level) == level {
			all = append(all, launch{path: o.Path, level: level, private: private, sandbox: sandbox})
		}
	}
	add(LevelA, true, true)
	add(LevelA, false, true)
	add(LevelB, false, true)
	if bare {
		add(LevelB, false, false)
	}
	if o.Level == LevelC {
		add(LevelC, false, true)
		if bare {
			add(LevelC, false, false)
		}
	}
	return all
}

// begin starts the process and shakes hands with it.
func begin(ctx context.Context, o Options, l launch) (*Browser, error) {
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	l.spki = ca.spki
	control, err := newControl(ctx)
	if err != nil {
		return nil, err
	}
	defer control.close()
	l.outside = control.port()
	p, err := l.start(ctx, o.Log)
	if err != nil {
		return nil, err
	}
	watch, stop := context.WithCancel(context.Background())
	b := &Browser{
		process: p, authority: ca, limits: o.Limits.or(usual()), log: o.Log, stop: stop,
		isolation: Isolation{Level: l.level, Sandbox: l.sandbox},
		contexts:  map[string]*Context{}, sessions: map[string]*target{},
	}
	b.client = newClient(p.pipe, b.route)
	go b.client.run()
	if err := b.greet(ctx); err != nil {
		_ = b.Close()
		return nil, err
	}
	b.watching.Go(func() { b.watchMemory(watch) })
	if p.witness != nil {
		b.watching.Go(b.watchPackets)
	}
	return b, nil
}

// greet waits until the browser answers, and asks for every target that will ever be.
func (b *Browser) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var version struct{ UserAgent, Product string }
	if err := b.client.call(ctx, "", "Browser.getVersion", nil, &version); err != nil {
		said := b.process.errors.String()
		if errors.Is(err, errGone) && strings.Contains(said, "sandbox") {
			return refused(errors.New("the system refuses Chromium its own sandbox"))
		}
		return fmt.Errorf("start %s: %w: %s", b.process.path, err, strings.TrimSpace(said))
	}
	b.product = version.Product
	b.agent = strings.ReplaceAll(version.UserAgent, "HeadlessChrome", "Chrome")
	return b.client.call(ctx, "", "Target.setAutoAttach", autoAttach, nil)
}

// Close ends the browser with all its processes and contexts.
func (b *Browser) Close() error {
	b.stop()
	b.process.kill()
	<-b.client.gone
	b.mu.Lock()
	left := b.contexts
	b.contexts = map[string]*Context{}
	b.mu.Unlock()
	for _, c := range left {
		c.end(fmt.Errorf("%w: the browser was closed", ErrEnded))
		c.finish()
	}
	b.watching.Wait()
	return nil
}

// route takes an event to the session it belongs to.
func (b *Browser) route(session, method string, params json.RawMessage) {
	if method == "Target.attachedToTarget" {
		b.attached(params)
		return
	}
	b.mu.Lock()
	t := b.sessions[session]
	b.mu.Unlock()
	if method == "Target.detachedFromTarget" {
		b.detached(params)
		return
	}
	if t != nil {
		t.handle(method, params)
	}
}

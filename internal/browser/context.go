package browser

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Context is a private window of a [Browser]. Its methods may be called from one goroutine at a time; Err and Counts from any.
type Context struct {
	browser *Browser
	options ContextOptions
	limits  Limits
	began   time.Time
	proxy   *proxy
	post    *post
	id      string // the browser's name for it

	binding, prelude, workerPrelude string
	own                             map[string]bool // hashes of our own scripts; guarded by mu

	over     context.Context // done when the context has ended; its cause says why
	finished func(error)
	watching sync.WaitGroup
	closing  sync.Once

	mu       sync.Mutex
	page     *target // the first window
	targets  map[string]*target
	started  int // targets that ever came up
	silent   []error
	loads    loads
	served   int64
	coverage map[string]*Script
}

// NewContext opens a private window with an empty page.
func (b *Browser) NewContext(ctx context.Context, o ContextOptions) (*Context, error) {
	if o.Handler == nil {
		return nil, errors.New("open a context: Handler is missing")
	}
	o.Locale, o.Timezone, o.UserAgent = cmp.Or(o.Locale, ownLocale), cmp.Or(o.Timezone, ownTimezone), cmp.Or(o.UserAgent, b.agent)
	o.Width, o.Height = cmp.Or(o.Width, 1280), cmp.Or(o.Height, 900)
	c := &Context{
		browser: b, options: o, limits: b.limits, began: time.Now(),
		binding: rand.Text(), own: map[string]bool{}, targets: map[string]*target{}, coverage: map[string]*Script{},
	}
	if o.Limits != nil {
		c.limits = o.Limits.or(b.limits)
	}
	c.prelude, c.workerPrelude = preludes(c.binding, o.Scripts)
	c.disown(pulseScript)
	c.disown(nowScript)
	c.disown(c.prelude)
	c.disown(c.workerPrelude)
	c.post = newPost(o.Events, c.limits)
	var stop context.CancelCauseFunc
	c.over, stop = context.WithCancelCause(context.Background())
	c.finished = func(err error) { stop(err) }
	if err := c.open(ctx); err != nil {
		c.end(err)
		_ = c.Close()
		return nil, fmt.Errorf("open a context: %w", err)
	}
	c.watching.Go(c.watch)
	return c, nil
}

// open makes the proxy, the browser's side of the context, and its page.
func (c *Context) open(ctx context.Context) error {
	door, err := c.browser.process.doors.open()
	if err != nil {
		return err
	}
	c.proxy = &proxy{
		authority: c.browser.authority, handler: c.options.Handler, socket: c.options.Socket, frame: c.frame, strange: c.strange, served: c.serve, busy: &busy{},
	}
	c.proxy.start(door)
	client := c.browser.client
	var made struct{ BrowserContextID string }
	if err := client.call(ctx, "", "Target.createBrowserContext", object{
		"disposeOnDetach": true, "proxyServer": "http://" + door.Addr().String(), "proxyBypassList": c.browser.process.bypass(),
	}, &made); err != nil {
		return err
	}
	c.id = made.BrowserContextID
	c.browser.mu.Lock()
	c.browser.contexts[c.id] = c
	c.browser.mu.Unlock()
	client.send("", "Browser.setDownloadBehavior", object{"behavior": "deny", "browserContextId": c.id, "eventsEnabled": true}, nil)
	var target struct{ TargetID string }
	if err := client.call(ctx, "", "Target.createTarget", object{
		"url": "about:blank", "browserContextId": c.id, "width": c.options.Width, "height": c.options.Height,
	}, &target); err != nil {
		return err
	}
	return c.awaitPage(ctx, target.TargetID)
}

// awaitPage waits until the page runs with its instrumentation in place. A navigation sent before that would lose it.
func (c *Context) awaitPage(ctx context.Context, id string) error {
	c.mu.Lock()
	c.page = c.targets[id]
	c.mu.Unlock()
	if c.page == nil {
		return errors.New("the browser does not tell of the page it made")
	}
	select {
	case <-c.page.ready:
		return nil
	case <-c.over.Done():
		return context.Cause(c.over)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Context) has(target string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.targets[target] != nil
}

// admit takes a target in, unless there are too many.
func (c *Context) admit(t *target) bool {
	c.mu.Lock()
	windows := 0
	for _, other := range c.targets {
		if other.top {
			windows++
		}
	}
	if c.started++; c.started > 1 {
		t.prefix = strconv.Itoa(c.started) + "/"
	}
	limit := ""
	switch {
	case c.started > c.limits.Targets:
		limit = "targets"
	case t.top && windows >= c.limits.Windows:
		limit = "windows"
	default:
		c.targets[t.ID] = t
	}
	c.mu.Unlock()
	if limit != "" {
		e := t.event(Limit)
		e.Name, e.URL, e.Text = limit, t.url, "a "+t.Type+" was not let run"
		c.post.put(e)
		return false
	}
	e := t.event(Opened)
	e.URL = t.url
	c.post.put(e)
	return true
}

// leave forgets a target that has gone.
func (c *Context) leave(t *target) {
	err := t.silent()
	c.mu.Lock()
	known := c.targets[t.ID] == t
	delete(c.targets, t.ID)
	if err != nil && known {
		c.silent = append(c.silent, err)
	}
	c.mu.Unlock()
	t.leave()
	if known {
		c.post.put(t.event(Closed))
	}
	if t == c.page {
		c.end(fmt.Errorf("%w: the page closed itself", ErrEnded))
	}
}

// all returns the targets there are.
func (c *Context) all() []*target {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*target, 0, len(c.targets))
	for _, t := range c.targets {
		all = append(all, t)
	}
	return all
}

// end ends the context for a reason; the first counts.
func (c *Context) end(why error) { c.finished(why) }

// Err says why the context has ended; nil while it has not.
func (c *Context) Err() error { return context.Cause(c.over) }

// Counts are how many events of each kind there were, delivered or not.
func (c *Context) Counts() map[Kind]int { return c.post.counts() }

// Close ends the context. It returns [ErrSilent] when any document, frame or worker came up without instrumentation: what was
// seen of such a run is not all there was.
func (c *Context) Close() error {
	c.closing.Do(func() {
		c.end(fmt.Errorf("%w: it was closed", ErrEnded))
		b := c.browser
		c.await(c.all())
		if c.id != "" {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = b.client.call(ctx, "", "Target.disposeBrowserContext", object{"browserContextId": c.id}, nil)
			b.mu.Lock()
			delete(b.contexts, c.id)
			for session, t := range b.sessions {
				if t.context == c {
					delete(b.sessions, session)
				}
			}
			b.mu.Unlock()
		}
		c.finish()
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.silent) > 0 {
		return c.silent[0]
	}
	return nil
}

// await lets hellos that are on their way arrive.
func (c *Context) await(all []*target) {
	for range 20 {
		if !slices.ContainsFunc(all, func(t *target) bool { return t.silent() != nil }) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// finish ends what runs on this side.
func (c *Context) finish() {
	for _, t := range c.all() {
		if err := t.silent(); err != nil {
			c.mu.Lock()
			c.silent = append(c.silent, err)
			c.mu.Unlock()
		}
	}
	if c.proxy != nil {
		c.proxy.close()
	}
	c.watching.Wait()
	c.post.close()
}

// frame tells of a WebSocket message.
func (c *Context) frame(url, kind, text string) {
	c.post.put(Event{Kind: Frame, At: time.Since(c.began), URL: url, Name: kind, Text: text})
}

// strange tells of a connection that is no HTTP.
func (c *Context) strange(scheme, address string) {
	c.post.put(Event{Kind: Dialled, At: time.Since(c.began), URL: address, Name: map[string]string{"http": "tcp", "https": "tls"}[scheme]})
}

// serve counts bytes of answers, and ends the context when they are too many.
func (c *Context) serve(n int) bool {
	c.mu.Lock()
	c.served += int64(n)
	over := c.served > c.limits.Served
	c.mu.Unlock()
	if over {
		c.exceed("served", fmt.Sprintf("more than %d bytes of answers", c.limits.Served))
	}
	return !over
}

// exceed ends the context because of a limit.
func (c *Context) exceed(name, text string) {
	if c.Err() != nil {
		return
	}
	c.post.put(Event{Kind: Limit, At: time.Since(c.began), Name: name, Text: text})
	c.end(fmt.Errorf("%w: limit %s: %s", ErrEnded, name, text))
}

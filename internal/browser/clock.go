package browser

import (
	"context"
	"fmt"
	"time"
)

// mostTimers bounds how often timers of a worker fire in one Advance.
const mostTimers = 5000

// Advance lets time pass in all pages and workers without waiting for it: timers that come due fire in order, Date moves on, and
// what a timer asks for is waited for. A script that waits in a loop for the clock to change never sees it change: it is ended as a
// loop.
func (c *Context) Advance(ctx context.Context, d time.Duration) error {
	all := c.all()
	for _, t := range all {
		_ = t.workerTime(ctx, "mark", 0) // a worker may have ended meanwhile
	}
	for _, t := range all {
		if !t.top {
			continue
		}
		if err := c.advancePage(ctx, t, d); err != nil && (t == c.page || ctx.Err() != nil) {
			return fmt.Errorf("advance by %s: %w", d, err)
		}
	}
	for _, t := range all {
		_ = t.workerTime(ctx, "advance", d)
	}
	c.post.drain()
	return c.Err()
}

func (c *Context) advancePage(ctx context.Context, t *target, d time.Duration) error {
	select {
	case t.turn <- struct{}{}:
	case <-c.over.Done():
		return c.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t.turn }()
	defer t.keepTime()
	began, err := t.now(ctx)
	for left := d; err == nil && left >= time.Millisecond; {
		// The browser may report the end of an earlier stretch of time once more: the page's clock is what counts.
		if err = t.grant(ctx, left); err != nil {
			break
		}
		var now time.Duration
		now, err = t.now(ctx)
		left = d - (now - began)
	}
	return err
}

// now is the page's clock since 1970, asked for where the page cannot touch it.
func (t *target) now(ctx context.Context) (time.Duration, error) {
	world, err := t.world(ctx)
	if err != nil {
		return 0, err
	}
	var ms float64
	err = t.context.evaluate(ctx, t, object{"expression": nowScript, "contextId": world}, &ms)
	return time.Duration(ms * float64(time.Millisecond)), err
}

const nowScript = "Date.now()"

// pace is how much time a page whose clock is ours gets at once.
const pace = 20 * time.Millisecond

// keepTime lets a page's time go on as the real one does, once it has been moved: it would stand still otherwise.
func (t *target) keepTime() {
	t.pacing.Do(func() { t.context.watching.Go(t.pump) })
}

func (t *target) pump() {
	last := time.Now()
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-t.life.Done():
			return
		case <-tick.C:
		}
		select {
		case t.turn <- struct{}{}:
			_ = t.grant(context.Background(), time.Since(last))
			<-t.turn
		default: // Advance has it
		}
		last = time.Now()
	}
}

// grant lets a page have so much time and waits until it is over. The caller has the page's turn.
func (t *target) grant(ctx context.Context, d time.Duration) error {
	c := t.context
	expired := make(chan struct{})
	t.mu.Lock()
	t.moving = expired
	t.mu.Unlock()
	if err := c.call(ctx, t, "Emulation.setVirtualTimePolicy", object{
		"policy": "pauseIfNetworkFetchesPending", "budget": float64(d) / float64(time.Millisecond), "maxVirtualTimeTaskStarvationCount": 1000,
	}, nil); err != nil {
		return err
	}
	select {
	case <-expired:
		return nil
	case <-t.life.Done():
		return c.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// moved hears that a page's time has come to where it was sent.
func (t *target) moved() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.moving != nil {
		close(t.moving)
		t.moving = nil
	}
}

// workerTime tells the instrumentation of a worker about time; documents have none.
func (t *target) workerTime(ctx context.Context, what string, d time.Duration) error {
	t.mu.Lock()
	helper := t.helper
	t.mu.Unlock()
	if helper == "" {
		return nil
	}
	return t.context.call(ctx, t, "Runtime.callFunctionOn", object{
		"objectId": helper, "functionDeclaration": "function (what, by, most) { this[what](by, most); }",
		"arguments": []object{{"value": what}, {"value": float64(d) / float64(time.Millisecond)}, {"value": mostTimers}},
	}, nil)
}

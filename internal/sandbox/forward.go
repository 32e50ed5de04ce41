package sandbox

import (
	"context"
	"regexp"
	"time"
)

// Bounds of how a run goes through the days: the first stretch of time, and how many things may happen on the way. A script that asks for
// something every minute would do so ten thousand times in a week, and end the run instead of its wait.
const (
	firstStretch = 10 * time.Minute
	mostHappened = 400
)

// forward lets the days of a run pass: in ever longer stretches where the script has timers, until enough has happened.
func (v *visit) forward(ctx context.Context) error {
	if err := v.lookElsewhere(ctx); err != nil {
		return err
	}
	left, stretch := v.o.forward, v.o.forward
	if v.u != nil && waits.MatchString(v.u.Text) {
		stretch = firstStretch
	}
	began := v.happened()
	for left > 0 {
		stretch = min(stretch, left)
		before := v.happened()
		if err := v.pass(ctx, stretch); err != nil {
			return err
		}
		left -= stretch
		now := v.happened()
		room := mostHappened - (now - began)
		if room <= 0 {
			return nil
		}
		stretch = min(8*stretch, stretch*time.Duration(room)/time.Duration(max(now-before, 1)))
		if stretch < time.Second {
			return nil
		}
	}
	return nil
}

// happened is how many events the browser told of in this run.
func (v *visit) happened() int {
	n := 0
	for _, count := range v.c.Counts() {
		n += count
	}
	return n
}

// elsewhere finds scripts that mind whether the page is looked at.
var elsewhere = regexp.MustCompile(`visibilit|document\.hidden|pagehide|freeze|\bblur\b|hasFocus`)

// absence is how long somebody looks at another window who comes back later in the day.
const absence = 2 * time.Minute

// lookElsewhere looks at another window, once the page has been open for a while, and comes back after some time.
func (v *visit) lookElsewhere(ctx context.Context) error {
	if v.u == nil || !v.o.active || !elsewhere.MatchString(v.u.Text) {
		return nil
	}
	for _, step := range []func() error{
		func() error { return v.pass(ctx, absence) },
		func() error { return v.c.Hide(ctx) },
		func() error { return v.pass(ctx, absence) },
		func() error { return v.c.Show(ctx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// lookAround asks what is hidden by now, and what has been laid out to be sent. A page that does not answer has gone elsewhere.
func (v *visit) lookAround(ctx context.Context) { _ = v.order(ctx, map[string]any{"do": "look"}, nil) }

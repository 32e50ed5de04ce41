package browser

import (
	"context"
	"sync"
	"time"
)

// busy knows whether requests are being answered, and since when none is.
type busy struct {
	mu    sync.Mutex
	open  int
	since time.Time // of the last change
}

func (b *busy) begin() { b.change(+1) }
func (b *busy) end()   { b.change(-1) }

func (b *busy) change(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open += n
	b.since = time.Now()
}

// quiet says how long nothing has been asked for; 0 while something is being answered.
func (b *busy) quiet() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open > 0 {
		return 0
	}
	return time.Since(b.since)
}

// wait returns when nothing was asked for during the last d.
func (b *busy) wait(ctx context.Context, d time.Duration) error {
	for {
		left := d - b.quiet()
		if left <= 0 {
			return nil
		}
		select {
		case <-time.After(min(left, 10*time.Millisecond)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

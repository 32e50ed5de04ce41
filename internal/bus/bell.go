package bus

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// bell wakes those who wait for work. It may ring for nothing, and a ring may be missed: whoever waits looks by himself
// every now and then too.
type bell struct {
	mu   sync.Mutex
	rung chan struct{} // closed by the next ring
}

func newBell() *bell { return &bell{rung: make(chan struct{})} }

// next is closed when the bell rings from now on.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rung)
	b.rung = make(chan struct{})
}

// wait waits for a ring, but no longer than that.
func wait(ctx context.Context, rung <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-rung:
	case <-timer.C:
	}
}

// listen has the bell rung by whichever process adds something.
func (w *Work) listen() error {
	_, err := w.bus.conn.Subscribe(w.bellSubject(), func(*nats.Msg) { w.bell.ring() })
	return err
}

// tell rings the bells of all processes.
func (w *Work) tell() {
	_ = w.bus.conn.Publish(w.bellSubject(), nil) // who does not hear it finds out a little later
}

func (w *Work) bellSubject() string { return "sallyport.bell." + w.o.Name }

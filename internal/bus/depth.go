package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Depth is how things stand with the items of a kind.
type Depth struct {
	Waiting int
	Taken   int    // being worked on, or to be tried again
	Moves   uint64 // another number whenever an item was given out or done
}

// Depth looks at the items of a kind, of all ranks.
func (w *Work) Depth(ctx context.Context, kind string) (d Depth, err error) {
	for _, lane := range w.lanes(kind) {
		one, err := w.depth(ctx, lane)
		if err != nil {
			return d, err
		}
		d = Depth{d.Waiting + one.Waiting, d.Taken + one.Taken, d.Moves + one.Moves}
	}
	return d, nil
}

func (w *Work) depth(ctx context.Context, lane string) (d Depth, err error) {
	c, err := w.consumer(ctx, lane)
	if err != nil {
		return d, err
	}
	info, err := c.Info(ctx)
	if err != nil {
		return d, fmt.Errorf("look at queue %s: %w", w.o.Name, err)
	}
	return Depth{
		Waiting: int(info.NumPending), Taken: info.NumAckPending,
		Moves: info.Delivered.Consumer + info.AckFloor.Consumer,
	}, nil
}

// Revive has all items of a kind given out again that are there though none of their rank waits, and returns how many those
// are. It is for a queue in which nothing moves: a server that was killed may remember items as done that it still keeps, or
// as given out that it no longer has (seen in nats-server 2.9.10, not in ours).
func (w *Work) Revive(ctx context.Context, kind string) (n int, err error) {
	for _, lane := range w.lanes(kind) {
		one, err := w.revive(ctx, lane)
		if n += one; err != nil {
			return n, fmt.Errorf("revive queue %s: %w", w.o.Name, err)
		}
	}
	return n, nil
}

func (w *Work) revive(ctx context.Context, lane string) (n int, err error) {
	d, err := w.depth(ctx, lane)
	if err != nil || d.Waiting > 0 {
		return 0, err
	}
	stream, err := w.bus.js.Stream(ctx, w.stream)
	if err != nil {
		return 0, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(w.subject(lane, "*")))
	if err != nil {
		return 0, err
	}
	n = max(len(info.State.Subjects), d.Taken)
	if n == 0 {
		return 0, nil
	}
	w.mu.Lock()
	delete(w.consumers, lane)
	w.mu.Unlock()
	return n, stream.DeleteConsumer(ctx, lane)
}

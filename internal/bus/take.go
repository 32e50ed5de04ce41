package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// askFor is how long one question for work waits at the server.
	askFor = 5 * time.Second
	// heartbeat is how often the server says that the question still stands. It does not after a restart, or when it lost
	// the queue.
	heartbeat = 500 * time.Millisecond
)

// Take waits for an item of a kind. It is the caller's until he says Done or Again, as long as he says Renew more often than
// the queue's AckWait.
func (w *Work) Take(ctx context.Context, kind string) (*Item, error) {
	for {
		item, err := w.take(ctx, kind)
		switch {
		case item != nil:
			return item, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, fmt.Errorf("take from queue %s: %w", w.o.Name, err)
		}
	}
}

// take asks once. It returns neither item nor error when there was none in time.
func (w *Work) take(ctx context.Context, kind string) (*Item, error) {
	if w.bus.conn.IsClosed() {
		return nil, nats.ErrConnectionClosed
	}
	c, err := w.consumer(ctx, kind)
	if err != nil {
		return nil, w.reopened(ctx, err)
	}
	// The caller's deadline is not the question's: the server wants a question to stand for some heartbeats.
	ask, cancel := context.WithTimeout(context.WithoutCancel(ctx), askFor)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	defer context.AfterFunc(w.bus.sinceThen(), cancel)()
	m, err := c.Next(jetstream.FetchContext(ask), jetstream.FetchHeartbeat(heartbeat))
	switch {
	case err == nil:
		about, err := m.Metadata()
		if err != nil {
			return nil, err
		}
		return &Item{Data: m.Data(), Try: int(about.NumDelivered), message: m}, nil
	case errors.Is(err, nats.ErrTimeout), errors.Is(err, jetstream.ErrNoMessages), ask.Err() != nil:
		return nil, nil
	default:
		return nil, w.reopened(ctx, err)
	}
}

// reopened makes the queue again where an error says that the server lost it; then there is no error any more.
func (w *Work) reopened(ctx context.Context, err error) error {
	if !lost(err) {
		return err
	}
	if again := w.open(ctx); again != nil {
		return errors.Join(err, again)
	}
	return nil
}

// Item is a piece of work somebody has taken.
type Item struct {
	Data []byte
	Try  int // 1 for the first time it was given to anybody

	message jetstream.Msg
}

// Renew says that somebody still works on it.
func (i *Item) Renew() error { return i.message.InProgress() }

// Done removes it from the queue, and waits until that is known to have happened. After an error it may come again.
func (i *Item) Done(ctx context.Context) error { return i.message.DoubleAck(ctx) }

// Again gives it back, to be taken after a while.
func (i *Item) Again(after time.Duration) error { return i.message.NakWithDelay(after) }

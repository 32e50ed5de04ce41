package bus

import (
	"context"
	"fmt"
	"regexp"

	"github.com/nats-io/nats.go"
)

// buffered is how many events wait for a subscriber who is slow; beyond that he misses some, and is told.
const buffered = 1024

// word is what names of events, kinds and ids consist of.
var word = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

func checkWord(what, name string) error {
	if !word.MatchString(name) {
		return fmt.Errorf("%s %.100q: use up to 100 letters, digits, - and _", what, name)
	}
	return nil
}

func eventSubject(name string) string { return "sallyport.event." + name }

// Publish tells every subscriber of every process, this one included. It returns when the server has the event.
func (b *Bus) Publish(ctx context.Context, name string, data []byte) error {
	err := checkWord("event", name)
	if err == nil {
		err = b.conn.Publish(eventSubject(name), data)
	}
	if err == nil {
		err = b.flush(ctx)
	}
	if err != nil {
		return fmt.Errorf("publish %s: %w", name, err)
	}
	return nil
}

// flush waits until the server has what was sent, for a bounded time.
func (b *Bus) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return b.conn.FlushWithContext(ctx)
}

// Subscribe calls handle for every event of a name from now on, one at a time. Nil data says that events may have been
// missed, because the connection was lost or handle was too slow: whoever keeps something up to date looks again for himself.
// stop returns when handle is done.
func (b *Bus) Subscribe(ctx context.Context, name string, handle func(data []byte)) (stop func(), err error) {
	if err := checkWord("event", name); err != nil {
		return nil, err
	}
	events := make(chan *nats.Msg, buffered)
	sub, err := b.conn.ChanSubscribe(eventSubject(name), events)
	if err == nil {
		err = b.flush(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", name, err)
	}
	gap := make(chan struct{}, 1)
	b.mu.Lock()
	b.gaps[gap] = true
	b.mu.Unlock()
	ended, end := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-gap:
				handle(nil)
			case m := <-events:
				handle(append([]byte{}, m.Data...)) // never nil
			}
		}
	}()
	return func() {
		_ = sub.Unsubscribe() // the connection may be closed already
		b.mu.Lock()
		delete(b.gaps, gap)
		b.mu.Unlock()
		close(end)
		<-ended
	}, nil
}

// missed tells all subscribers that there may have been events they did not get.
func (b *Bus) missed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for gap := range b.gaps {
		select {
		case gap <- struct{}{}:
		default: // it is told already
		}
	}
}

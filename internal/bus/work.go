package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// WorkOptions describe a queue of work. All fields are required.
type WorkOptions struct {
	Name string // one word; processes that give the same name share the queue
	// AckWait is how long a worker may be silent before its item is given to another.
	AckWait time.Duration
	Most    int // items that may wait
}

// Work is a queue whose items are kept until they are done. Each item has a kind, which says who can do it, and an id: an
// item whose id waits or is worked on already is not added again.
//
// Ids are part of the subject, and the stream holds one message for each subject. Unlike the message ids that JetStream
// remembers for some minutes, that holds for as long as the item is there.
type Work struct {
	bus    *Bus
	o      WorkOptions
	stream string

	mu        sync.Mutex
	consumers map[string]jetstream.Consumer // by kind
}

// mostBytes bounds a queue. The server sets as much aside.
const mostBytes = 256 << 20

// Work opens a queue, making it when it is not there.
func (b *Bus) Work(ctx context.Context, o WorkOptions) (*Work, error) {
	w := &Work{bus: b, o: o, stream: "sallyport-" + o.Name}
	err := checkWord("queue", o.Name)
	if err == nil {
		err = w.open(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open queue %s: %w", o.Name, err)
	}
	return w, nil
}

// open makes the stream, and the consumers again when the server lost them.
func (w *Work) open(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.consumers = map[string]jetstream.Consumer{}
	storage := jetstream.FileStorage
	if w.bus.memory {
		storage = jetstream.MemoryStorage
	}
	_, err := w.bus.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: w.stream, Subjects: []string{w.subject("*", "*")}, Storage: storage,
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: int64(w.o.Most), MaxBytes: mostBytes, MaxMsgsPerSubject: 1, DiscardNewPerSubject: true,
	})
	return err
}

func (w *Work) subject(kind, id string) string {
	return strings.Join([]string{"sallyport", "work", w.o.Name, kind, id}, ".")
}

// Add keeps an item. added is false when one of that id is there already. When no more may wait the error is [ErrFull].
func (w *Work) Add(ctx context.Context, kind, id string, data []byte) (added bool, err error) {
	if err := errors.Join(checkWord("kind", kind), checkWord("id", id)); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	_, err = w.bus.js.Publish(ctx, w.subject(kind, id), data)
	if lost(err) && w.open(ctx) == nil {
		_, err = w.bus.js.Publish(ctx, w.subject(kind, id), data)
	}
	switch {
	case err == nil:
		return true, nil
	case says(err, "maximum messages per subject exceeded"):
		return false, nil
	case says(err, "maximum messages exceeded"), says(err, "maximum bytes exceeded"):
		err = ErrFull
	}
	return false, fmt.Errorf("add to queue %s: %w", w.o.Name, err)
}

// storeFailed is the server's code for all reasons why it did not keep a message (JSStreamStoreFailedF); which it was is
// said in words alone.
const storeFailed = 10077

func says(err error, words string) bool {
	var e *jetstream.APIError
	return errors.As(err, &e) && e.ErrorCode == storeFailed && strings.Contains(e.Description, words)
}

// consumer finds or makes the cursor that all workers of a kind share.
func (w *Work) consumer(ctx context.Context, kind string) (jetstream.Consumer, error) {
	if err := checkWord("kind", kind); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.consumers[kind]; c != nil {
		return c, nil
	}
	c, err := w.bus.js.CreateOrUpdateConsumer(ctx, w.stream, jetstream.ConsumerConfig{
		Durable: kind, FilterSubject: w.subject(kind, "*"), AckPolicy: jetstream.AckExplicitPolicy, AckWait: w.o.AckWait,
		MaxDeliver:    -1, // whoever takes an item too often decides what becomes of it
		MaxAckPending: maxTaken, MaxWaiting: maxTaken,
	})
	if err != nil {
		return nil, fmt.Errorf("open queue %s for %s: %w", w.o.Name, kind, err)
	}
	w.consumers[kind] = c
	return c, nil
}

// maxTaken is how many items may be worked on at once, by all workers together.
const maxTaken = 10_000

// lost says that the server may no longer know the queue: it was replaced, or kept nothing.
func lost(err error) bool {
	for _, sign := range []error{
		jetstream.ErrConsumerNotFound, jetstream.ErrConsumerDeleted, jetstream.ErrStreamNotFound,
		jetstream.ErrNoStreamResponse, jetstream.ErrNoHeartbeat, nats.ErrNoResponders,
	} {
		if errors.Is(err, sign) {
			return true
		}
	}
	return false
}

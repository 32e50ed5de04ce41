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
	Ranks   int // of urgency: from 0, which is done first, to Ranks-1
}

// Work is a queue whose items are kept until they are done. Each item has a kind, which says who can do it, a rank, which says
// how soon, and an id: an item whose id waits or is worked on already is not added again.
//
// Ids are part of the subject, and the stream holds one message for each subject. Unlike the message ids that JetStream
// remembers for some minutes, that holds for as long as the item is there.
type Work struct {
	bus    *Bus
	o      WorkOptions
	stream string

	bell *bell

	mu        sync.Mutex
	store     jetstream.Stream
	consumers map[string]jetstream.Consumer // by lane
}

// mostBytes bounds a queue. The server sets as much aside.
const mostBytes = 128 << 20

// Work opens a queue, making it when it is not there.
func (b *Bus) Work(ctx context.Context, o WorkOptions) (*Work, error) {
	w := &Work{bus: b, o: o, stream: "sallyport-" + o.Name, bell: newBell()}
	err := checkWord("queue", o.Name)
	if err == nil {
		err = w.open(ctx)
	}
	if err == nil {
		err = w.listen()
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
	store, err := w.bus.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: w.stream, Subjects: []string{w.subject("*", "*")}, Storage: storage,
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, AllowDirect: true,
		MaxMsgs: int64(w.o.Most), MaxBytes: mostBytes, MaxMsgsPerSubject: 1, DiscardNewPerSubject: true,
	})
	if err == nil { // else what was opened before is asked on
		w.store = store
	}
	return err
}

// kept is the stream as it was opened last.
func (w *Work) kept() jetstream.Stream {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.store
}

func (w *Work) subject(lane, id string) string {
	return strings.Join([]string{"sallyport", "work", w.o.Name, lane, id}, ".")
}

// Add keeps an item. added is false when one of that id is there already: one that waits in a less urgent rank moves up, and
// none moves down. When no more may wait the error is [ErrFull].
func (w *Work) Add(ctx context.Context, kind string, rank int, id string, data []byte) (added bool, err error) {
	if err := errors.Join(checkWord("kind", kind), checkWord("id", id)); err != nil {
		return false, err
	}
	if rank < 0 || rank >= w.o.Ranks {
		return false, fmt.Errorf("add to queue %s: there is no rank %d", w.o.Name, rank)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	added, err = w.add(ctx, kind, rank, id, data)
	if lost(err) && w.open(ctx) == nil {
		added, err = w.add(ctx, kind, rank, id, data)
	}
	if err != nil {
		return false, fmt.Errorf("add to queue %s: %w", w.o.Name, err)
	}
	if added {
		w.tell()
	}
	return added, nil
}

func (w *Work) add(ctx context.Context, kind string, rank int, id string, data []byte) (added bool, err error) {
	at, item, err := w.elsewhere(ctx, kind, rank, id)
	if err != nil {
		return false, err
	}
	if item == nil {
		return w.publish(ctx, w.lane(kind, rank), id, data)
	}
	given, err := w.given(ctx, w.lane(kind, at), item)
	if err != nil || at < rank || given {
		return false, err
	}
	switch first, err := w.publish(ctx, w.lane(kind, rank), id, data); {
	case errors.Is(err, ErrFull): // it waits where it is
		return false, nil
	case err != nil || !first:
		return false, err
	}
	w.tell()
	return false, w.leave(ctx, item)
}

// publish keeps an item in one lane, where it is not there already.
func (w *Work) publish(ctx context.Context, lane, id string, data []byte) (first bool, err error) {
	_, err = w.bus.js.Publish(ctx, w.subject(lane, id), data)
	switch {
	case says(err, "maximum messages per subject exceeded"):
		return false, nil
	case says(err, "maximum messages exceeded"), says(err, "maximum bytes exceeded"):
		return false, ErrFull
	}
	return err == nil, err
}

// storeFailed is the server's code for all reasons why it did not keep a message (JSStreamStoreFailedF); which it was is
// said in words alone.
const storeFailed = 10077

func says(err error, words string) bool {
	var e *jetstream.APIError
	return errors.As(err, &e) && e.ErrorCode == storeFailed && strings.Contains(e.Description, words)
}

// consumer finds or makes the cursor that all workers of a lane share.
func (w *Work) consumer(ctx context.Context, lane string) (jetstream.Consumer, error) {
	if err := checkWord("kind", lane); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.consumers[lane]; c != nil {
		return c, nil
	}
	c, err := w.bus.js.CreateOrUpdateConsumer(ctx, w.stream, jetstream.ConsumerConfig{
		Durable: lane, FilterSubject: w.subject(lane, "*"), AckPolicy: jetstream.AckExplicitPolicy, AckWait: w.o.AckWait,
		MaxDeliver:    -1, // whoever takes an item too often decides what becomes of it
		MaxAckPending: maxTaken, MaxWaiting: maxTaken,
	})
	if err != nil {
		return nil, fmt.Errorf("open queue %s for %s: %w", w.o.Name, lane, err)
	}
	w.consumers[lane] = c
	return c, nil
}

// replaced makes a lane's cursor anew that gives no answer while the server does: nats-server 2.9 may come back from a kill with one
// like that. What it had given out comes again. false when the server does not answer at all.
func (w *Work) replaced(ctx context.Context, lane string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, noAnswer)
	defer cancel()
	now, err := w.bus.js.Consumer(ctx, w.stream, lane)
	if err != nil {
		return false
	}
	known := w.consumers[lane]
	delete(w.consumers, lane)
	if known != nil && !known.CachedInfo().Created.Equal(now.CachedInfo().Created) {
		return true // another worker did it
	}
	w.bus.log.Warn("a lane of the queue gives no answer and is opened anew", "queue", w.o.Name, "lane", lane)
	return w.bus.js.DeleteConsumer(ctx, w.stream, lane) == nil
}

// maxTaken is how many items may be worked on at once, by all workers together.
const maxTaken = 10_000

// lost says that the server may no longer know the queue: it was replaced, or kept nothing.
func lost(err error) bool {
	for _, sign := range []error{
		jetstream.ErrConsumerNotFound, jetstream.ErrConsumerDeleted, jetstream.ErrStreamNotFound,
		jetstream.ErrNoStreamResponse, nats.ErrNoResponders, errSilent,
	} {
		if errors.Is(err, sign) {
			return true
		}
	}
	return false
}

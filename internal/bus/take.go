package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// lookEvery is how often somebody who waits looks by himself: for what comes back from a worker that fell silent, and for
// what no bell was heard of.
const lookEvery = time.Second

// noAnswer is how long a server may take to say what it has, and lastAnswer when nobody wants to know any more. A server that no
// longer knows the lane may say nothing (nats-server 2.9).
const noAnswer, lastAnswer = 3 * time.Second, time.Second

// Take waits for an item of a kind, the most urgent there is. It is the caller's until he says Done or Again, as long as he says
// Renew more often than the queue's AckWait.
func (w *Work) Take(ctx context.Context, kind string) (*Item, error) {
	for {
		rung := w.bell.next() // before looking, so that nothing falls between
		item, err := w.first(ctx, w.lanes(kind))
		switch {
		case item != nil:
			return item, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, fmt.Errorf("take from queue %s: %w", w.o.Name, err)
		}
		wait(ctx, rung, lookEvery)
	}
}

// first takes from the first lane that has something. It returns neither item nor error when none has, and when the queue had
// to be opened again: then one looks once more from the beginning.
func (w *Work) first(ctx context.Context, lanes []string) (*Item, error) {
	for _, lane := range lanes {
		item, err := w.take(ctx, lane)
		switch {
		case errors.Is(err, errEmpty) && ctx.Err() == nil:
			continue
		case errors.Is(err, errSilent) && ctx.Err() == nil && w.replaced(ctx, lane):
			continue // what waits elsewhere is not kept waiting
		case item != nil:
			return item, nil
		default:
			return nil, w.reopened(ctx, err)
		}
	}
	return nil, nil
}

// errEmpty: a lane has nothing to give.
var errEmpty = errors.New("nothing waits")

// take asks one lane, which answers at once.
func (w *Work) take(ctx context.Context, lane string) (*Item, error) {
	if w.bus.conn.IsClosed() {
		return nil, nats.ErrConnectionClosed
	}
	if _, err := w.consumer(ctx, lane); err != nil {
		return nil, err
	}
	// An answer may be an item, so it is waited for a moment longer than ctx says.
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), noAnswer)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastAnswer, cancel) })()
	m, err := w.ask(patience, lane)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, errSilent
	}
	if err != nil {
		return nil, err
	}
	if m.Reply == "" { // it is no item
		return nil, statusOf(m)
	}
	about, err := m.Metadata()
	if err != nil {
		return nil, err
	}
	return &Item{Data: m.Data, Try: int(about.NumDelivered), message: m, work: w}, nil
}

// ask sends a lane's question for one item and waits for the answer. It goes to an inbox of its own, which is given up with the
// question: a server gives no item to an inbox that is not there any more. (The client's common inbox is one that nats-server 2.9
// may take for gone after a restart.)
func (w *Work) ask(ctx context.Context, lane string) (*nats.Msg, error) {
	inbox, err := w.bus.conn.SubscribeSync(w.bus.conn.NewInbox())
	if err != nil {
		return nil, err
	}
	defer func() { _ = inbox.Unsubscribe() }() // the connection may be gone
	if err := w.bus.conn.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+w.stream+"."+lane, inbox.Subject, []byte(`{"batch":1,"no_wait":true}`)); err != nil {
		return nil, err
	}
	return inbox.NextMsgWithContext(ctx)
}

var errSilent = errors.New("the server does not answer")

// statusOf reads why there is no item (JetStream's status headers, which are HTTP's numbers).
func statusOf(m *nats.Msg) error {
	status, says := m.Header.Get("Status"), m.Header.Get("Description")
	switch {
	case status == "409" && strings.EqualFold(says, "Consumer Deleted"):
		return jetstream.ErrConsumerDeleted
	case status == "503":
		return nats.ErrNoResponders
	case status == "404", status == "408", status == "409": // nothing there, or as much taken as may be
		return errEmpty
	default:
		return fmt.Errorf("the server says %s %s", status, says)
	}
}

// reopened makes the queue again where an error says that the server lost it; then there is no error any more.
func (w *Work) reopened(ctx context.Context, err error) error {
	if !lost(err) || ctx.Err() != nil {
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

	message *nats.Msg
	work    *Work
}

// Renew says that somebody still works on it.
func (i *Item) Renew() error { return i.message.InProgress() }

// Done removes it from the queue, and waits until that is known to have happened. After an error it may come again.
func (i *Item) Done(ctx context.Context) error { return i.message.AckSync(nats.Context(ctx)) }

// Again gives it back, to be taken after a while.
func (i *Item) Again(after time.Duration) error {
	time.AfterFunc(after, i.work.bell.ring) // the server rings none
	return i.message.NakWithDelay(after)
}

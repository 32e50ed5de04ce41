package cli

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/bus"
	"sallyport/internal/queue"
	"sallyport/internal/store"
)

// background is the part of a process that has scripts analysed, whatever else the process does.
type background struct {
	bus     bus.Options
	store   store.Store
	slots   int          // analyses at once; 0 leaves them to others
	watch   *queue.Watch // adds new revisions; nil: others do
	changed <-chan struct{}
	log     *slog.Logger
}

// background is this wiki's: its new revisions are added, and some of the work is done here.
func (j *joined) background(s store.Store, b bus.Options, slots int, log *slog.Logger) background {
	b.Log = log
	return background{
		bus: b, store: s, slots: slots, changed: j.changed, log: log,
		watch: &queue.Watch{
			Site: j.registry.Site, Wiki: j.client, Texts: s, Jobs: []queue.Job{{Kind: scanKind, Version: version()}}, Log: log,
		},
	}
}

// nudge wakes whoever waits, and never waits itself.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run goes on until ctx ends. A bus that is not there yet is waited for: pages are served meanwhile.
func (b background) run(ctx context.Context) error {
	connection, q := b.join(ctx)
	if q == nil {
		return nil
	}
	defer func() {
		if err := connection.Close(); err != nil {
			b.log.Error("bus not closed", "err", err)
		}
	}()
	work, ctx := errgroup.WithContext(ctx)
	if b.slots > 0 {
		work.Go(func() error {
			err := q.Work(ctx, scanner(b.slots))
			if errors.Is(err, queue.ErrStuck) && b.watch != nil {
				b.log.Error("this process analyses no more scripts until it is started again", "err", err)
				return nil
			}
			return err
		})
	}
	if b.watch != nil {
		b.watch.Queue = q
		work.Go(func() error { return b.watch.Run(ctx, b.changed) })
	}
	return work.Wait()
}

// busRetry is the pause before the bus is tried again.
const busRetry = 5 * time.Second

// join returns nothing when ctx ended first.
func (b background) join(ctx context.Context) (*bus.Bus, *queue.Queue) {
	for ctx.Err() == nil {
		connection, q, err := openQueue(ctx, b.bus, b.store, b.log)
		if err == nil {
			return connection, q
		}
		b.log.Error("no bus, so no scripts are analysed; again in 5 seconds", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(busRetry):
		}
	}
	return nil, nil
}

func openQueue(ctx context.Context, o bus.Options, s store.Store, log *slog.Logger) (*bus.Bus, *queue.Queue, error) {
	connection, err := bus.Open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	q, err := queue.Open(ctx, queue.Options{Bus: connection, Store: s, Log: log})
	if err != nil {
		return nil, nil, errors.Join(err, connection.Close())
	}
	return connection, q, nil
}

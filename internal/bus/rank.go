package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
)

// Ranks of a kind are queues of their own, because a consumer gives out what it has in the order of arrival. The last rank
// has the kind's plain name.

// lane is the name of the queue for a rank.
func (w *Work) lane(kind string, rank int) string {
	if rank == w.o.Ranks-1 {
		return kind
	}
	return kind + "-" + strconv.Itoa(rank)
}

// lanes are the queues of a kind, most urgent first.
func (w *Work) lanes(kind string) []string {
	all := make([]string, w.o.Ranks)
	for rank := range all {
		all[rank] = w.lane(kind, rank)
	}
	return all
}

// elsewhere looks for an item in the other ranks. There is one at most, but for moments.
func (w *Work) elsewhere(ctx context.Context, kind string, rank int, id string) (at int, found *jetstream.RawStreamMsg, err error) {
	for at := range w.o.Ranks {
		if at == rank {
			continue
		}
		found, err := w.kept().GetLastMsgForSubject(ctx, w.subject(w.lane(kind, at), id))
		switch {
		case err == nil:
			return at, found, nil
		case !errors.Is(err, jetstream.ErrMsgNotFound):
			return 0, nil, err
		}
	}
	return 0, nil, nil
}

// leave takes an item out of a rank after it was added to a more urgent one. Who took it meanwhile does it too; what comes
// second has nothing to do.
func (w *Work) leave(ctx context.Context, item *jetstream.RawStreamMsg) error {
	err := w.kept().DeleteMsg(ctx, item.Sequence)
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) && !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fmt.Errorf("move up in queue %s: %w", w.o.Name, err)
	}
	return nil
}

// given says whether an item of a rank was ever given to a worker.
func (w *Work) given(ctx context.Context, lane string, item *jetstream.RawStreamMsg) (bool, error) {
	c, err := w.consumer(ctx, lane)
	if err != nil {
		return false, err
	}
	info, err := c.Info(ctx)
	if err != nil {
		return false, err
	}
	return info.Delivered.Stream >= item.Sequence, nil
}

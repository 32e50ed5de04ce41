package collect

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sallyport/internal/violation"
)

// fold is what came since the last flush.
type fold struct {
	node string
	most int
	mu   *sync.Mutex
	rows map[violation.Key]*violation.Row
	full chan struct{} // asks for a flush before its time

	flush   *sync.Mutex // held while a batch is handed over
	pending *violation.Batch
	serial  int64
}

func newFold(node string, l Limits) fold {
	return fold{node: node, most: l.KeysAtOnce, mu: &sync.Mutex{}, flush: &sync.Mutex{}, rows: map[violation.Key]*violation.Row{}, full: make(chan struct{}, 1)}
}

// count counts a report about a key that is there already.
func (f *fold) count(k *violation.Key, from *sender, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.rows[*k]
	if row != nil {
		from.countIn(row, now)
	}
	return row != nil
}

func (s *sender) countIn(row *violation.Row, now time.Time) {
	row.Count++
	row.Last = now
	row.Engines |= s.engine
	if s.user != 0 {
		row.Users.Add(s.user)
	}
	row.Networks.Add(s.network)
}

// add makes room for a key and counts a report. It returns false when there is no room, because the store does not take
// what there is.
func (f *fold) add(k *violation.Key, from *sender, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.rows[*k]
	if row == nil {
		if len(f.rows) >= f.most {
			return false
		}
		row = &violation.Row{Key: *k, First: now}
		f.rows[*k] = row
		if len(f.rows) == f.most/2 {
			select {
			case f.full <- struct{}{}:
			default:
			}
		}
	}
	from.countIn(row, now)
	return true
}

// batch takes everything there is, or the batch the store has not taken yet.
func (f *fold) batch() *violation.Batch {
	if f.pending != nil {
		return f.pending
	}
	f.mu.Lock()
	rows := f.rows
	f.rows = make(map[violation.Key]*violation.Row, len(rows))
	f.mu.Unlock()
	if len(rows) == 0 {
		return nil
	}
	f.serial++
	f.pending = &violation.Batch{ID: fmt.Sprintf("%s.%d", f.node, f.serial)}
	for _, r := range rows {
		f.pending.Rows = append(f.pending.Rows, *r)
	}
	return f.pending
}

// Flush hands what was folded to the store. A batch that the store may or may not have kept is handed over again under the
// same ID, which the store keeps once.
func (c *Collector) Flush(ctx context.Context) error {
	f := &c.fold
	f.flush.Lock()
	defer f.flush.Unlock()
	for {
		again := f.pending != nil
		b := f.batch()
		if b == nil {
			return nil
		}
		if err := c.o.Store.Keep(ctx, *b); err != nil {
			return fmt.Errorf("keep %d folded reports: %w", len(b.Rows), err)
		}
		c.counts.kept.Add(int64(len(b.Rows)))
		f.pending = nil
		if !again {
			return nil
		}
	}
}

// lastFlush is how long stopping waits for the store.
const lastFlush = 10 * time.Second

// Run flushes at every tick, and when memory fills, until the context ends; then once more.
func (c *Collector) Run(ctx context.Context, tick <-chan time.Time) error {
	for {
		select {
		case <-tick:
		case <-c.fold.full:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
			defer cancel()
			return c.Flush(last)
		}
		if err := c.Flush(ctx); err != nil && ctx.Err() == nil {
			c.o.Log.Error("reports wait for the store", "wiki", c.o.Wiki, "error", err)
		}
	}
}

package incident

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sallyport/internal/store"
)

// Keeper keeps a breaker and the store together: what trips here is stopped by every process that serves the wiki and after a
// restart, and what an operator does with another process is done here. It is safe for concurrent use.
type Keeper struct {
	Breaker *Breaker
	Store   store.Incidents
	Wiki    string // id of the wiki
	Now     func() time.Time
	Log     *slog.Logger

	mu      sync.Mutex
	version int64
	changes int
	begun   bool
}

// keepTries is how often a keeper begins again after somebody else was faster.
const keepTries = 5

// Sync takes over what others have written, and writes what has changed here.
func (k *Keeper) Sync(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for range keepTries {
		i, err := k.Store.Incident(ctx, k.Wiki)
		if err != nil {
			return err
		}
		if err := k.take(i); err != nil {
			return err
		}
		if k.Breaker.Changes() == k.changes {
			return nil
		}
		text, changes, err := k.Breaker.Keep()
		if err != nil {
			return err
		}
		i.Wiki, i.Body, i.Changed = k.Wiki, string(text), k.Now()
		first, err := k.Store.SaveIncident(ctx, i)
		if err != nil {
			return err
		}
		if first {
			k.version, k.changes = i.Version+1, changes
			return nil
		}
	}
	return fmt.Errorf("keep what was stopped on %q: others write it all the time", k.Wiki)
}

// take restores what a newer row says. What was not written here yet is written after.
func (k *Keeper) take(i store.Incident) error {
	if k.begun && i.Version == k.version {
		return nil
	}
	before := k.Breaker.Changes()
	if i.Version > 0 {
		if err := k.Breaker.Restore([]byte(i.Body)); err != nil {
			return err
		}
	}
	if before == k.changes { // nothing of ours was waiting, so both say the same now
		k.changes = k.Breaker.Changes()
	}
	k.version, k.begun = i.Version, true
	return nil
}

// Run keeps both together until ctx ends. A store that does not answer changes nothing of what is stopped.
func (k *Keeper) Run(ctx context.Context, pause time.Duration) error {
	for {
		if err := k.Sync(ctx); err != nil && ctx.Err() == nil {
			k.Log.Error("what the breaker stopped is not kept", "wiki", k.Wiki, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

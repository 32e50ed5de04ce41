package rollout

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
	"sallyport/internal/store"
	"sallyport/internal/violation"
)

// Store is what a keeper needs of one; [store.Store] has it.
type Store interface {
	store.Policies
	Rows(ctx context.Context, wiki string, since violation.Day) ([]violation.Row, error)
	GrantedServers(ctx context.Context, wiki string, most int) ([]store.GrantedServer, error)
}

// Settings is the policy that the settings file asks for. It holds until another one was rolled out.
type Settings struct {
	Policy   *csp.Policy
	Enforced bool
}

// Keeper knows how things stand with the policy of a wiki, and changes it. It is safe for concurrent use. All fields are
// required but Log and WikiSends.
type Keeper struct {
	Store    Store
	Wiki     string      // id of the wiki
	Page     csp.Address // its origin: what 'self' means
	Own      *csp.Policy // what the wiki's own pages need, without any outside host
	Settings Settings
	Now      func() time.Time
	Random   io.Reader // names roll-outs, so that nobody can tell ahead whose turn comes first
	Log      *slog.Logger
	// WikiSends are the policies that the wiki itself sends with a page, as headers; nil: that is not known.
	WikiSends func(ctx context.Context) ([]string, error)

	beside  beside
	mu      sync.Mutex // held while the row is read or written
	now     atomic.Pointer[snapshot]
	reports reports
}

// Sync takes over what others have changed.
func (k *Keeper) Sync(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, err := k.pull(ctx)
	return err
}

// pull reads the row and makes it what [Keeper.For] answers from.
func (k *Keeper) pull(ctx context.Context) (*State, error) {
	known := k.now.Load()
	version := int64(-1)
	if known != nil {
		version = known.state.Version
	}
	row, err := k.Store.Policy(ctx, k.Wiki, version)
	if err != nil {
		return nil, err
	}
	if row.Version == version {
		return known.state, nil
	}
	s, err := decode(row)
	if err != nil {
		return nil, err
	}
	k.take(s)
	return s, nil
}

func decode(row store.Policy) (*State, error) {
	s := &State{}
	if row.Version > 0 {
		if err := json.Unmarshal([]byte(row.Body), s); err != nil {
			return nil, fmt.Errorf("read the policy of %q: %w", row.Wiki, err)
		}
	}
	s.Version = row.Version
	return s, nil
}

// take answers from a state from now on.
func (k *Keeper) take(s *State) {
	one := k.snapshot(s)
	if one.problem != "" {
		k.Log.Error("the policy", "wiki", k.Wiki, "problem", one.problem)
	}
	k.now.Store(one)
}

// State is how things stood at the last Sync. It must not be changed.
func (k *Keeper) State() *State {
	if s := k.now.Load(); s != nil {
		return s.state
	}
	return &State{}
}

// Act is who does something, and why.
type Act struct {
	By  string
	Why string
	// Says is Why as a sentence of ours, when nobody wrote it.
	Says narrow.Saying
	// Seen is the version of the state that the person looked at: another one means that somebody else was faster. -1
	// stands for whichever there is.
	Seen int64
}

// tries is how often a change that fits any state begins again after somebody else was faster.
const tries = 5

// change does something to the state: it is kept and logged, or nothing happens. note says what in a few words.
func (k *Keeper) change(ctx context.Context, a Act, what string, do func(s *State, at time.Time) (note string, err error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for range tries {
		was, err := k.pull(ctx)
		if err != nil {
			return err
		}
		if a.Seen >= 0 && a.Seen != was.Version {
			return fmt.Errorf("%w: it is version %d by now, not %d", ErrChanged, was.Version, a.Seen)
		}
		next, at := was.copy(), k.Now().UTC()
		note, err := do(next, at)
		if err != nil {
			return err
		}
		first, err := k.save(ctx, was, next, Change{What: what, Note: note, By: bounded(a.By), Why: bounded(a.Why), At: at, Was: was.Version})
		if err != nil || first {
			return err
		}
	}
	return fmt.Errorf("%w, again and again", ErrChanged)
}

// save keeps a state that follows another.
func (k *Keeper) save(ctx context.Context, was, next *State, c Change) (first bool, err error) {
	entry, err := json.Marshal(logged(c, next))
	if err != nil {
		return false, err
	}
	c.Before = was.copy()
	c.Before.Past = nil
	next.Past = append(next.Past, c)
	next.Past = next.Past[max(0, len(next.Past)-maxPast):]
	next.Version = was.Version + 1
	body, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	row := store.Policy{Wiki: k.Wiki, Version: was.Version, Body: string(body), Changed: c.At}
	first, err = k.Store.SavePolicy(ctx, row, store.Entry{Kind: "policy " + c.What, Body: string(entry), At: c.At})
	if err != nil || !first {
		return first, err
	}
	k.take(next)
	return true, nil
}

// logged is what the log says of a change: what was done, and how things stand after it, without what is known of reports.
func logged(c Change, s *State) any {
	after := State{InForce: s.InForce, Draft: s.Draft, Rollout: s.copy().Rollout, Marks: s.Marks, Noise: s.Noise, Version: c.Was + 1}
	if after.Rollout != nil {
		after.Rollout.Known, after.Rollout.Before, after.Rollout.Expects = nil, nil, nil
	}
	return struct {
		Change
		Before *State `json:"before,omitempty"` // hides that of the change: it is the entry before
		After  State  `json:"after"`
	}{Change: c, After: after}
}

// Pauses of [Keeper.Run]: between looks at what others changed, and at what readers lost.
const (
	syncPause  = 500 * time.Millisecond
	watchPause = 5 * time.Second
)

// Run follows what others change, and watches a roll-out, until ctx ends. While the store does not answer, what was known
// last goes on.
func (k *Keeper) Run(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { k.repeat(ctx, syncPause, 0, k.Sync) })
	both.Go(func() { k.repeat(ctx, watchPause, 10, k.Watch) }) // reads many reports: a revert must not wait for it, nor the computer be busy with it
	both.Wait()
	return nil
}

// repeat does something again and again until ctx ends, with a rest of so many times as long as it took.
func (k *Keeper) repeat(ctx context.Context, pause time.Duration, times int, do func(context.Context) error) {
	for rest := pause; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
		began := k.Now()
		if err := do(ctx); err != nil && ctx.Err() == nil {
			k.Log.Error("the policy is not followed", "wiki", k.Wiki, "err", err)
		}
		rest = max(pause, time.Duration(times)*k.Now().Sub(began))
	}
}

package switches

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Keeper knows what is off on a wiki, and changes it. It is safe for concurrent use. All fields but Changed are required; they are
// set before it is used.
type Keeper struct {
	Store store.Switches
	Site  *wiki.Site
	Now   func() time.Time
	Log   *slog.Logger
	// Changed is called after what is off has changed, here or elsewhere. It must not block or call the keeper's deeds.
	Changed func()

	mu   sync.Mutex // held while the store is read
	now  atomic.Pointer[board]
	tell atomic.Pointer[func(ctx context.Context)] // has the others look; nil without a bus
}

// Stops returns the switch that stops some code, or nil. It answers from memory and waits for nobody; the switch is shared, and
// nobody changes it.
func (k *Keeper) Stops(s *Subject) *Switch {
	if b := k.now.Load(); b != nil {
		return b.stops(s)
	}
	return nil
}

// Calm says whether nothing at all is off.
func (k *Keeper) Calm() bool { return len(k.Active()) == 0 }

// Active lists what is off, oldest first. Nobody changes it.
func (k *Keeper) Active() []Switch {
	if b := k.now.Load(); b != nil {
		return b.active
	}
	return nil
}

// Find returns the switch in force of a kind and target, as [Read] spells it; nil when there is none.
func (k *Keeper) Find(kind Kind, target string) *Switch {
	all := k.Active()
	if i := slices.IndexFunc(all, func(s Switch) bool { return s.Kind == kind && s.Target == target }); i >= 0 {
		return &all[i]
	}
	return nil
}

// Last lists what was switched off last, whether it still is or not, newest first. It asks the store.
func (k *Keeper) Last(ctx context.Context, limit int) ([]Switch, error) {
	rows, err := k.Store.LastSwitches(ctx, k.Site.ID, limit)
	return fromRows(rows), err
}

func fromRows(rows []store.Switch) []Switch {
	all := make([]Switch, len(rows))
	for i, r := range rows {
		all[i] = fromRow(r)
	}
	return all
}

// SwitchOff switches something off: Kind, Target, Reason, By and of a Revision perhaps Title are given. Whoever calls has seen to it
// that By may do that. It is off for this process when SwitchOff returns, and elsewhere within a second.
//
// What is off already stays as it is: the error is [ErrOff], with the switch in force. Others are [ErrTarget], [ErrNoReason],
// [ErrNobody], [ErrTooMany], and what the store says: then nothing has changed.
func (k *Keeper) SwitchOff(ctx context.Context, s Switch) (Switch, error) {
	var err error
	if s.Target, err = Read(k.Site, s.Kind, s.Target); err != nil {
		return Switch{}, err
	}
	if s.Reason, err = reason(s.Reason, true); err != nil {
		return Switch{}, err
	}
	if s.By == "" {
		return Switch{}, ErrNobody
	}
	if len(k.Active()) >= maxActive && s.Kind != All {
		return Switch{}, ErrTooMany
	}
	s.Wiki, s.At, s.ID, s.Ended = k.Site.ID, k.Now().UTC().Truncate(time.Microsecond), 0, time.Time{}
	line, err := entry("switch off", s.At, offLine{s.Kind, s.Target, s.Title, s.Reason, s.By})
	if err != nil {
		return Switch{}, err
	}
	id, first, err := k.Store.AddSwitch(ctx, s.row(), line)
	if err != nil {
		return Switch{}, err
	}
	s.ID = id
	if !first {
		return k.other(ctx, id, ErrOff)
	}
	k.Log.Warn("switched off", "wiki", s.Wiki, "kind", string(s.Kind), "target", s.Target, "page", s.Title, "by", s.By, "reason", s.Reason)
	k.did(ctx, func(all []Switch) []Switch { return append(all, s) })
	return s, nil
}

// Undo switches it on again. why may be empty. When somebody else was faster the error is [ErrOn], with how it ended; of a number
// that no switch has it is [store.ErrNotFound].
func (k *Keeper) Undo(ctx context.Context, id int64, by, why string) (Switch, error) {
	why, err := reason(why, false)
	if err != nil {
		return Switch{}, err
	}
	if by == "" {
		return Switch{}, ErrNobody
	}
	r, err := k.Store.Switch(ctx, k.Site.ID, id)
	if err != nil {
		return Switch{}, err
	}
	s := fromRow(r)
	if !s.Ended.IsZero() {
		return k.other(ctx, id, ErrOn)
	}
	s.Ended, s.EndedBy, s.EndedWhy = k.Now().UTC().Truncate(time.Microsecond), by, why
	line, err := entry("switch on", s.Ended, onLine{offLine{s.Kind, s.Target, s.Title, why, by}, s.ID})
	if err != nil {
		return Switch{}, err
	}
	first, err := k.Store.EndSwitch(ctx, s.row(), line)
	if err != nil {
		return Switch{}, err
	}
	if !first {
		return k.other(ctx, id, ErrOn)
	}
	k.Log.Warn("switched on again", "wiki", s.Wiki, "kind", string(s.Kind), "target", s.Target, "page", s.Title, "by", by, "reason", why)
	k.did(ctx, func(all []Switch) []Switch {
		return slices.DeleteFunc(all, func(o Switch) bool { return o.ID == id })
	})
	return s, nil
}

// other is what somebody else did first.
func (k *Keeper) other(ctx context.Context, id int64, why error) (Switch, error) {
	if err := k.Sync(ctx); err != nil {
		return Switch{}, err
	}
	r, err := k.Store.Switch(ctx, k.Site.ID, id)
	if err != nil {
		return Switch{}, err
	}
	return fromRow(r), why
}

// did takes over what was done, here even if the store does not answer any more, and has the others look.
func (k *Keeper) did(ctx context.Context, change func([]Switch) []Switch) {
	ctx = context.WithoutCancel(ctx) // it is done, whoever stopped waiting
	if err := k.Sync(ctx); err != nil {
		k.mu.Lock()
		k.take(change(slices.Clone(k.Active())))
		k.mu.Unlock()
	}
	if tell := k.tell.Load(); tell != nil {
		(*tell)(ctx)
	}
}

func reason(text string, wanted bool) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && wanted:
		return "", ErrNoReason
	case len(text) > maxReason:
		return "", fmt.Errorf("a reason has at most %d bytes", maxReason)
	}
	return text, nil
}

// offLine and onLine are what the log says.
type offLine struct {
	Kind   Kind   `json:"kind"`
	Target string `json:"target"`
	Title  string `json:"title,omitempty"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by"`
}

type onLine struct {
	offLine
	ID int64 `json:"id"`
}

func entry(kind string, at time.Time, what any) (store.Entry, error) {
	body, err := json.Marshal(what)
	return store.Entry{At: at, Kind: kind, Body: string(body)}, err
}

// Sync takes over what others have changed. When the store does not answer, what was off stays off.
func (k *Keeper) Sync(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	rows, err := k.Store.SwitchedOff(ctx, k.Site.ID)
	if err != nil {
		return err
	}
	k.take(fromRows(rows))
	return nil
}

// take answers from a list from now on.
func (k *Keeper) take(active []Switch) {
	if b := k.now.Load(); b != nil && slices.Equal(b.active, active) {
		return
	}
	k.now.Store(newBoard(active))
	if k.Changed != nil {
		k.Changed()
	}
}

// pollEvery is how often the store is looked at, so that a switch counts within a second where the bus is silent.
const pollEvery = 400 * time.Millisecond

// Run follows what others change until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for silent := false; ; {
		err := k.Sync(ctx)
		if err != nil && ctx.Err() == nil && !silent {
			k.Log.Error("what is switched off is not followed; what was off stays off", "wiki", k.Site.ID, "err", err)
		}
		silent = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Bus carries events between processes; a bus.Bus is one.
type Bus interface {
	Publish(ctx context.Context, name string, data []byte) error
	Subscribe(ctx context.Context, name string, handle func(data []byte)) (stop func(), err error)
}

// event is said on the bus when something changed, with the id of the wiki.
const event = "switches"

// Listen has this keeper look at once when another one did something, and the others when this one did, until ctx ends.
func (k *Keeper) Listen(ctx context.Context, b Bus) error {
	stop, err := b.Subscribe(ctx, event, func(data []byte) {
		if data != nil && string(data) != k.Site.ID {
			return
		}
		if err := k.Sync(ctx); err != nil && ctx.Err() == nil {
			k.Log.Warn("what is switched off was not looked at; again at once", "wiki", k.Site.ID, "err", err)
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	tell := func(ctx context.Context) {
		if err := b.Publish(ctx, event, []byte(k.Site.ID)); err != nil {
			k.Log.Warn("others were not told what is switched off; they look within a second", "wiki", k.Site.ID, "err", err)
		}
	}
	k.tell.Store(&tell)
	defer k.tell.Store(nil)
	<-ctx.Done()
	return nil
}

// Any says whether anything of a kind is off.
func (k *Keeper) Any(kind Kind) bool {
	b := k.now.Load()
	return b != nil && b.kinds[kind]
}

// OfPage returns a Revision switch that was made of a page's text; nil when there is none. The title is a prefixed database key.
func (k *Keeper) OfPage(title string) *Switch {
	all := k.Active()
	if i := slices.IndexFunc(all, func(s Switch) bool { return s.Kind == Revision && s.Title == title }); i >= 0 {
		return &all[i]
	}
	return nil
}

// HostsIn lists the hosts that are off and stand somewhere in a text that nobody has read.
func (k *Keeper) HostsIn(text string) (found []string) {
	if !k.Any(Host) {
		return nil
	}
	text = strings.ToLower(text)
	for _, s := range k.Active() {
		if s.Kind == Host && strings.Contains(text, s.Target) {
			found = append(found, s.Target)
		}
	}
	return found
}

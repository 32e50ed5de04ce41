package pending

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
	"sallyport/internal/writedoor/hook"
)

// settleTime is how long a request may still be under way after the program that sent it ended.
const settleTime = 30 * time.Second

// Sending is a change on its way to the wiki: exactly this request has to be sent, once, with the sender's cookies.
type Sending struct {
	*Change
	Grant string // value of [hook.Header]; empty when the wiki is not sealed
}

// Begin takes an approved change to be sent. The account whose session sends it must be the one that sent it first, and no
// page may have changed since it was shown. After Begin the change is never sent again, unless the wiki says that nothing
// came of it.
func (d *Desk) Begin(ctx context.Context, id string, actor wiki.User, ask writedoor.Ask) (*Sending, error) {
	c, err := d.Change(ctx, id)
	if err != nil {
		return nil, err
	}
	if !d.mayMake(c, actor) {
		return nil, ErrNotYours
	}
	if d.ByBroker(c) {
		ask = d.o.Broker.Account.Ask
	}
	if c.State == store.Sending {
		if err := d.resolve(ctx, c, ask); err != nil {
			return &Sending{Change: c}, err
		}
	}
	if c.State != store.Approved || d.Over(c) {
		return &Sending{Change: c}, fmt.Errorf("%w: it is %s", ErrNotNow, c.State)
	}
	if err := d.unchanged(ctx, c, ask); err != nil {
		if errors.Is(err, ErrStale) {
			err = errors.Join(err, d.finish(ctx, c, store.Failed, err.Error()))
		}
		return &Sending{Change: c}, err
	}
	if err := d.mayStill(ctx, c); err != nil {
		return &Sending{Change: c}, err
	}
	grant, err := d.grant(c)
	if err != nil {
		return nil, err
	}
	if c.Parcel.Sent.Composed && !d.ByBroker(c) {
		if c.Forward, err = withToken(ctx, c.Forward, ask); err != nil {
			return nil, err
		}
	}
	c.State, c.Told.Sent = store.Sending, d.o.Now().UTC()
	entry, err := d.entry("sending", c.summary())
	if err != nil {
		return nil, err
	}
	return &Sending{c, grant}, d.advance(ctx, c, entry)
}

// grant signs what a sealed wiki wants to see.
func (d *Desk) grant(c *Change) (string, error) {
	if d.o.Seal == nil || len(c.Permits) == 0 {
		return "", nil
	}
	var nonce [16]byte
	if _, err := io.ReadFull(rand.Reader, nonce[:]); err != nil {
		return "", err
	}
	return hook.Grant{
		Wiki: c.Wiki, User: d.sender(c), Expires: d.o.Now().Add(2 * time.Minute),
		Nonce: base64.RawURLEncoding.EncodeToString(nonce[:]), Changes: c.Permits,
	}.Sign(d.o.Seal)
}

// Reply is what the wiki answered, as far as it can be told without understanding it.
type Reply struct {
	Status  int
	Refusal string // of api.php: what it says is wrong
}

// Finish asks the wiki what came of a change that was sent, and keeps the answer.
func (d *Desk) Finish(ctx context.Context, s *Sending, r Reply, ask writedoor.Ask) error {
	made, rev, err := d.made(ctx, s.Change, ask)
	switch {
	case err != nil:
		return fmt.Errorf("ask the wiki what came of change %s: %w", s.ID, err)
	case made != yes && r.Status >= 502:
		return nil // the wiki, or something before it, gave up waiting: it is looked at again
	case made == unknown && r.Status < 400 && r.Refusal == "":
		made = yes
	case made == unknown:
		made = no
	}
	s.Told.Revision = rev
	switch made {
	case yes:
		return d.finish(ctx, s.Change, store.Done, "")
	case other:
		d.o.Log.Error("ALARM: what the wiki saved is not what was approved", "wiki", s.Wiki, "user", s.User, "change", s.ID, "revision", rev)
		return d.finish(ctx, s.Change, store.Failed, "the wiki saved something else than what was approved")
	}
	why := r.Refusal
	if why == "" {
		why = fmt.Sprintf("the wiki did not make the change (status %d)", r.Status)
	}
	return d.finish(ctx, s.Change, store.Failed, why)
}

// finish ends a change that was sent.
func (d *Desk) finish(ctx context.Context, c *Change, state store.State, why string) error {
	c.State, c.Told.Outcome = state, why
	entry, err := d.entry(string(state), c.summary())
	if err != nil {
		return err
	}
	return d.advance(ctx, c, entry)
}

// resolve finds out about a change that was being sent when the program ended, or when the wiki did not answer.
func (d *Desk) resolve(ctx context.Context, c *Change, ask writedoor.Ask) error {
	made, rev, err := d.made(ctx, c, ask)
	if err != nil {
		return err
	}
	c.Told.Revision = rev
	switch {
	case made == yes:
		return d.finish(ctx, c, store.Done, "")
	case made == other:
		return d.finish(ctx, c, store.Failed, "the wiki saved something else than what was approved")
	case d.o.Now().Before(c.Told.Sent.Add(settleTime)):
		return fmt.Errorf("%w: it is being sent; look again in half a minute", ErrNotNow)
	case made == unknown:
		return d.finish(ctx, c, store.Unclear, "it was sent, and nobody knows what came of it; look at the wiki before you send it again")
	}
	c.State = store.Approved
	entry, err := d.entry("not made", c.summary())
	if err != nil {
		return err
	}
	if err := d.advance(ctx, c, entry); err != nil {
		return err
	}
	d.lapse(c)
	return nil
}

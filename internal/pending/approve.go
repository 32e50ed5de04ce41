package pending

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
)

// Approval is one person's, or one machine's, signature over a record.
type Approval struct {
	passkey.Assertion
	Kind   string    `json:"kind"` // of the key: "passkey", "ssh", or "code", which signs nothing
	UserID int64     `json:"user_id"`
	User   string    `json:"user"`
	Record string    `json:"record"`        // exactly what was signed, or what the set that was signed names
	Set    string    `json:"set,omitempty"` // the [SetRecord] that was signed, where several changes were
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"` // when it lapses
}

// Notes are what is known about a change beside its parcel.
type Notes struct {
	Approvals []Approval `json:"approvals,omitempty"`
	Said      []Said     `json:"said,omitempty"`
	Sent      time.Time  `json:"sent,omitzero"` // when it was last handed to the wiki
	Outcome   string     `json:"outcome,omitempty"`
	Revision  int64      `json:"revision,omitempty"` // what it became
}

// summary is what the log says of a change.
type summary struct {
	ID        string       `json:"id"`
	UserID    int64        `json:"user_id"`
	User      string       `json:"user"`
	Operation string       `json:"operation"`
	Tiers     any          `json:"tiers"`
	Policy    Policy       `json:"policy"`
	Pages     []RecordPage `json:"pages,omitempty"`
	Sent      Sender       `json:"sent"`
	Outcome   string       `json:"outcome,omitempty"`
	Revision  int64        `json:"revision,omitempty"`
}

func (c *Change) summary() summary {
	return summary{c.ID, c.UserID, c.User, c.Kind, c.Tiers, c.Policy, recordPages(c.Changes), c.Parcel.Sent, c.Told.Outcome, c.Told.Revision}
}

// lapse takes back approvals whose time is over, so that the change waits again.
func (d *Desk) lapse(c *Change) {
	if c.State != store.Approved && c.State != store.Parked {
		return
	}
	now := d.o.Now()
	var good []Approval
	for _, a := range c.Told.Approvals {
		if now.Before(a.Until) {
			good = append(good, a)
		}
	}
	c.Told.Approvals = good
	if len(good) < c.Policy.needs() {
		c.State = store.Parked
	}
}

// Over says whether the time to decide has passed.
func (d *Desk) Over(c *Change) bool { return c.State.Open() && !d.o.Now().Before(c.Expires) }

// Approve takes a passkey's signature over the change as it was shown, to be made before a moment.
func (d *Desk) Approve(ctx context.Context, id string, until time.Time, a passkey.Assertion) (*Change, error) {
	c, err := d.Change(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := d.inTime(c, until); err != nil {
		return c, err
	}
	key, err := d.mayApprove(ctx, c, a.KeyID)
	if err != nil {
		return c, err
	}
	record, err := d.Shown(c, until)
	if err != nil {
		return c, err
	}
	if err := d.o.Confirm.Check(Challenge(record), key.Public, a); err != nil {
		return c, err
	}
	return c, d.approved(ctx, c, Approval{Assertion: a, Kind: key.Kind, UserID: key.UserID, User: key.User, Record: record, At: d.o.Now().UTC(), Until: until.UTC()})
}

// maxSkew is how far the clocks of several gateways on one store may differ.
const maxSkew = 2 * time.Minute

// inTime says whether an approval that lapses at a moment may be given now.
func (d *Desk) inTime(c *Change, until time.Time) error {
	now, longest := d.o.Now(), d.o.Fresh
	if c.Policy == TwoPeople {
		longest = d.o.Keep
	}
	if !now.Before(until) || until.After(now.Add(longest+maxSkew)) {
		return ErrLate
	}
	return nil
}

// mayApprove finds the key, and says whether its owner has a say: who sent the change, and with two people somebody else.
func (d *Desk) mayApprove(ctx context.Context, c *Change, keyID string) (store.Key, error) {
	if c.State != store.Parked || d.Over(c) {
		return store.Key{}, fmt.Errorf("%w: it is %s", ErrNotNow, c.State)
	}
	key, err := d.passkey(ctx, keyID)
	if err != nil {
		return key, err
	}
	return key, d.mayDecide(c, key.UserID)
}

// passkey finds a person's good key.
func (d *Desk) passkey(ctx context.Context, keyID string) (store.Key, error) {
	key, err := d.o.Store.Key(ctx, d.o.Site.ID, keyID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return key, fmt.Errorf("%w: nobody has registered it here", ErrKey)
	case err != nil:
		return key, err
	case key.Kind != "passkey":
		return key, fmt.Errorf("%w: it is no passkey", ErrKey)
	case !key.Good(d.o.Now()):
		return key, fmt.Errorf("%w: it is revoked, or does not count yet", ErrKey)
	}
	return key, nil
}

// mayDecide says whether an account's approval is one that the change still lacks.
func (d *Desk) mayDecide(c *Change, userID int64) error {
	author := userID == c.UserID
	for _, a := range c.Told.Approvals {
		if a.UserID == userID {
			return fmt.Errorf("%w: its owner has approved already", ErrKey)
		}
		author = author || a.UserID == c.UserID
	}
	if !author && len(c.Told.Approvals)+1 >= c.Policy.needs() {
		return fmt.Errorf("%w: %s sent the change and has to approve it", ErrKey, c.User)
	}
	return nil
}

// approved adds a checked approval.
func (d *Desk) approved(ctx context.Context, c *Change, a Approval) error {
	entry, err := d.take(c, a)
	if err != nil {
		return err
	}
	return d.advance(ctx, c, entry)
}

// take adds a checked approval to a change in memory, and returns its line for the log.
func (d *Desk) take(c *Change, a Approval) (store.Entry, error) {
	c.Told.Approvals = append(c.Told.Approvals, a)
	if len(c.Told.Approvals) >= c.Policy.needs() {
		c.State = store.Approved
	}
	return d.entry("approved", struct {
		ID string `json:"id"`
		Approval
	}{c.ID, a})
}

// Reject ends a change. Its text stays readable until it is forgotten.
func (d *Desk) Reject(ctx context.Context, id string) (*Change, error) {
	return d.end(ctx, id, store.Rejected, "rejected")
}

// Report ends a change that its owner did not send. All the account's other open changes end with it, and the account is
// held.
func (d *Desk) Report(ctx context.Context, id string) (*Change, error) {
	c, err := d.end(ctx, id, store.Reported, "reported")
	if err != nil {
		return c, err
	}
	d.o.Log.Error("ALARM: somebody says that a change sent by their account is not theirs", "wiki", c.Wiki, "user", c.User, "change", c.ID)
	if d.o.Reported != nil {
		d.o.Reported(c.UserID, c.User)
	}
	list, err := d.o.Store.WaitingOf(ctx, d.o.Site.ID, c.UserID, d.o.Now().Add(-d.o.Keep))
	for _, w := range list {
		if w.State == store.Parked || w.State == store.Approved {
			if _, e := d.end(ctx, w.ID, store.Rejected, "rejected"); e != nil && !errors.Is(e, ErrNotNow) {
				err = errors.Join(err, e)
			}
		}
	}
	return c, err
}

func (d *Desk) end(ctx context.Context, id string, state store.State, kind string) (*Change, error) {
	c, err := d.Change(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.State != store.Parked && c.State != store.Approved {
		return c, fmt.Errorf("%w: it is %s", ErrNotNow, c.State)
	}
	c.State = state
	entry, err := d.entry(kind, c.summary())
	if err != nil {
		return c, err
	}
	return c, d.advance(ctx, c, entry)
}

// advance writes a change back. Whoever comes second learns that the state is another one by now.
func (d *Desk) advance(ctx context.Context, c *Change, entries ...store.Entry) error {
	if err := d.noted(c); err != nil {
		return err
	}
	first, err := d.o.Store.Advance(ctx, c.Waiting, entries...)
	if err == nil && !first {
		err = fmt.Errorf("%w: somebody else was faster", ErrNotNow)
	}
	if err == nil {
		c.Version++
	}
	return err
}

// noted puts what is known about a change into its row.
func (d *Desk) noted(c *Change) error {
	notes, err := json.Marshal(c.Told)
	c.Notes, c.Changed = string(notes), d.o.Now().UTC()
	return err
}

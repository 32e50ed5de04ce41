package pending

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
)

// Bounds of what is decided together: changes, and bytes of their texts before and after.
const (
	MaxSet     = 50
	maxSetText = 6 << 20
)

// Together lists what can be decided at once with a change: those of the same account that wait as it does, oldest first,
// one for each page. left counts the others that wait.
func (d *Desk) Together(ctx context.Context, id string) (set []*Change, left int, err error) {
	first, err := d.Change(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	list, err := d.o.Store.WaitingOf(ctx, d.o.Site.ID, first.UserID, d.o.Now().Add(-d.o.Keep))
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(list, func(a, b store.Waiting) int { return a.Created.Compare(b.Created) })
	taken, size := map[string]bool{}, 0
	for _, w := range list {
		if w.State != store.Parked && w.State != store.Approved || !w.Expires.After(d.o.Now()) {
			continue
		}
		c, err := d.Change(ctx, w.ID)
		if err != nil {
			return nil, 0, err
		}
		if c.State != store.Parked {
			continue
		}
		if size += c.size(); len(set) == MaxSet || size > maxSetText && len(set) > 0 || c.touches(taken) {
			left++
			continue
		}
		set = append(set, c)
	}
	return set, left, nil
}

func (c *Change) size() (n int) {
	for i := range c.Changes {
		n += len(c.Changes[i].Old) + len(c.Changes[i].New)
	}
	return n
}

// touches says whether a change concerns a page that is taken already: made together, the second would undo the first. It
// takes the pages otherwise.
func (c *Change) touches(taken map[string]bool) bool {
	for _, p := range recordPages(c.Changes) {
		if taken[fmt.Sprint(p.NS, p.Title)] {
			return true
		}
	}
	for _, p := range recordPages(c.Changes) {
		taken[fmt.Sprint(p.NS, p.Title)] = true
	}
	return false
}

// Set returns these changes, which one account sent and each of which waits.
func (d *Desk) Set(ctx context.Context, ids []string) ([]*Change, error) {
	if len(ids) == 0 || len(ids) > MaxSet {
		return nil, fmt.Errorf("%w: a set has 1 to %d changes, this one %d", ErrTooLarge, MaxSet, len(ids))
	}
	set, taken, size := []*Change{}, map[string]bool{}, 0
	for i, id := range ids {
		c, err := d.Change(ctx, id)
		if err != nil {
			return nil, err
		}
		if size += c.size(); size > maxSetText && i > 0 {
			return nil, fmt.Errorf("%w: the texts of a set have at most %d bytes", ErrTooLarge, maxSetText)
		}
		switch {
		case slices.Contains(ids[:i], id) || c.touches(taken):
			return nil, fmt.Errorf("%w: two changes of the set concern the same page", ErrNotNow)
		case i > 0 && c.UserID != set[0].UserID:
			return nil, ErrNotYours
		case c.State != store.Parked || d.Over(c):
			return nil, fmt.Errorf("%w: change %d of the set is %s", ErrNotNow, i+1, c.State)
		}
		set = append(set, c)
	}
	return set, nil
}

// UntilSet is when the last change of a set that is shown now must be made.
func (d *Desk) UntilSet(set []*Change) time.Time {
	until := d.Until(set[0])
	for _, c := range set[1:] {
		if u := d.Until(c); u.Before(until) {
			until = u
		}
	}
	return until
}

// ShownSet is the record of a set as a page shows it at a moment, and the record of each of its changes.
func (d *Desk) ShownSet(set []*Change, until time.Time) (text string, records []string, err error) {
	r := SetRecord{Version: 1, Wiki: d.o.Site.ID, UserID: set[0].UserID, User: set[0].User, Expires: until.Unix()}
	for _, c := range set {
		record := d.shown(c, until)
		line, err := NewSetLine(c.ID, &record)
		if err != nil {
			return "", nil, err
		}
		own, err := record.Text()
		if err != nil {
			return "", nil, err
		}
		r.Changes, records = append(r.Changes, line), append(records, own)
	}
	text, err = r.Text()
	return text, records, err
}

// ApproveSet takes a passkey's signature over a set as it was shown. All of its changes are approved, or none.
func (d *Desk) ApproveSet(ctx context.Context, ids []string, until time.Time, a passkey.Assertion) ([]*Change, error) {
	set, err := d.Set(ctx, ids)
	if err != nil {
		return nil, err
	}
	key, err := d.passkey(ctx, a.KeyID)
	if err != nil {
		return nil, err
	}
	for _, c := range set {
		if err := cmp.Or(d.inTime(c, until), d.mayDecide(c, key.UserID)); err != nil {
			return nil, err
		}
	}
	text, records, err := d.ShownSet(set, until)
	if err != nil {
		return nil, err
	}
	if err := d.o.Confirm.Check(SetChallenge(text), key.Public, a); err != nil {
		return nil, err
	}
	var rows []store.Waiting
	var entries []store.Entry
	for i, c := range set {
		entry, err := d.take(c, Approval{
			Assertion: a, Kind: key.Kind, UserID: key.UserID, User: key.User, Record: records[i], Set: text, At: d.o.Now().UTC(), Until: until.UTC(),
		})
		if err != nil {
			return nil, err
		}
		if err := d.noted(c); err != nil {
			return nil, err
		}
		rows, entries = append(rows, c.Waiting), append(entries, entry)
	}
	first, err := d.o.Store.AdvanceAll(ctx, rows, entries...)
	if err == nil && !first {
		err = fmt.Errorf("%w: one of them was decided meanwhile; none was approved", ErrNotNow)
	}
	return set, err
}

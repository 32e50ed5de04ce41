package approved

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Log is what changes that went through the write door are written into; a [store.Store] is one.
type Log interface {
	Entries(ctx context.Context, wiki string, after int64, limit int) ([]store.Entry, error)
}

// byDoor is who decided about a text that two people approved before it was saved.
const byDoor = "two people at the write door"

// vouched is the name under which it is kept how far the log was read.
const vouched = "approved log"

// maxEntries bounds how much of the log is read at once.
const maxEntries = 500

// Follow takes what the write door let through with the approval of two people as approved. revision is a revision of the wiki, with
// its text. It reads the log from where the last call ended.
func (b *Book) Follow(ctx context.Context, log Log, revision func(ctx context.Context, rev int64) (wiki.Page, error), gone error) error {
	at, err := b.o.Store.Cursor(ctx, b.o.Site.ID, vouched)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	after, _ := strconv.ParseInt(at, 10, 64) // nothing is read from the beginning
	for {
		entries, err := log.Entries(ctx, b.o.Site.ID, after, maxEntries)
		if err != nil || len(entries) == 0 {
			return err
		}
		for i := range entries {
			if err := b.vouch(ctx, &entries[i], revision); err != nil && !errors.Is(err, gone) {
				return fmt.Errorf("take entry %d of the log for an approval: %w", entries[i].Seq, err)
			}
			after = entries[i].Seq
		}
		if err := b.o.Store.SetCursor(ctx, b.o.Site.ID, vouched, strconv.FormatInt(after, 10)); err != nil {
			return err
		}
	}
}

// vouch reads one entry. A rejection that came later stays.
func (b *Book) vouch(ctx context.Context, e *store.Entry, revision func(ctx context.Context, rev int64) (wiki.Page, error)) error {
	var change struct {
		Policy   string
		Revision int64
	}
	if e.Kind != string(store.Done) || json.Unmarshal([]byte(e.Body), &change) != nil || change.Policy != "two-person" || change.Revision <= 0 {
		return nil
	}
	p, err := revision(ctx, change.Revision)
	if err != nil {
		return err
	}
	tier, err := b.Tier(ctx, p.Title)
	if err != nil || tier == None {
		return err
	}
	t, err := b.keep(ctx, p)
	if err != nil || t.digest == "" {
		return err
	}
	r := store.Review{
		Wiki: b.o.Site.ID, Title: b.o.Site.Prefixed(p.Title), Digest: t.digest, State: store.ReviewApproved, RevID: p.Rev,
		Author: p.Author, Saved: p.Touched, By: byDoor, Decided: e.At,
	}
	if fresh, err := b.o.Store.SeeText(ctx, r); err != nil || fresh {
		return err
	}
	_, err = b.o.Store.DecideText(ctx, r, store.ReviewWaiting)
	return err
}

package approved

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Why a decision is not taken.
var (
	ErrNotReviewer = errors.New("this needs the rights editinterface and editsitejs")
	ErrOwn         = errors.New("somebody else than its author decides about a text")
	ErrNoReason    = errors.New("a rejection needs a reason")
	ErrDecided     = errors.New("somebody else decided meanwhile")
)

// maxReason bounds a reason, in bytes.
const maxReason = 1000

// line is what the log says of a decision.
type line struct {
	Title    string            `json:"title"`
	SHA256   store.Digest      `json:"sha256"`
	Revision int64             `json:"revision"`
	Author   string            `json:"author"`
	State    store.ReviewState `json:"state"`
	Was      store.ReviewState `json:"was"`
	By       string            `json:"by"`
	UserID   int64             `json:"user_id"`
	Reason   string            `json:"reason,omitempty"`
}

// Decide approves or rejects a text that was seen, and writes that into the log. A text that was approved can be rejected later, and
// the other way round; what is served follows at once.
func (b *Book) Decide(ctx context.Context, t wiki.Title, d store.Digest, by wiki.User, state store.ReviewState, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case !Reviews(by):
		return ErrNotReviewer
	case state != store.ReviewApproved && state != store.ReviewRejected:
		return fmt.Errorf("%q is no decision", state)
	case state == store.ReviewRejected && reason == "":
		return ErrNoReason
	case len(reason) > maxReason:
		return fmt.Errorf("a reason has at most %d bytes", maxReason)
	}
	r, err := b.o.Store.Review(ctx, b.o.Site.ID, b.o.Site.Prefixed(t), d)
	if err != nil {
		return err
	}
	if r.Author == by.Name && state == store.ReviewApproved {
		return ErrOwn
	}
	if r.State == state {
		return ErrDecided
	}
	was := r.State
	r.State, r.By, r.Reason, r.Decided = state, by.Name, reason, b.o.Now()
	body, err := json.Marshal(line{r.Title, r.Digest, r.RevID, r.Author, state, was, by.Name, by.ID, reason})
	if err != nil {
		return err
	}
	first, err := b.o.Store.DecideText(ctx, r, was, store.Entry{Wiki: r.Wiki, At: r.Decided, Kind: "review", Body: string(body)})
	if err == nil && !first {
		err = ErrDecided
	}
	if err == nil {
		b.o.Log.Info("text decided about", "wiki", r.Wiki, "page", r.Title, "revision", r.RevID, "by", by.Name, "state", string(state))
	}
	return err
}

// Review is what was said of one text of a page. A text that was never seen is [store.ErrNotFound].
func (b *Book) Review(ctx context.Context, t wiki.Title, d store.Digest) (store.Review, error) {
	return b.o.Store.Review(ctx, b.o.Site.ID, b.o.Site.Prefixed(t), d)
}

// Waiting lists what waits for reviewers, newest first.
func (b *Book) Waiting(ctx context.Context, limit int) ([]store.Review, error) {
	return b.o.Store.WaitingTexts(ctx, b.o.Site.ID, limit)
}

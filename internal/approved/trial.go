package approved

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Why somebody does not try a text.
var (
	ErrNotTester  = errors.New("only reviewers, testers and its author try a text that waits")
	ErrNotWaiting = errors.New("this text does not wait for reviewers")
	ErrTrials     = errors.New("as many texts are being tried by this account as may be")
)

// LongestTrial is how long a trial lasts at most.
const LongestTrial = 24 * time.Hour

// maxTrials bounds the texts that an account tries at a time.
const maxTrials = 20

// Reviews says whether an account may decide about texts that others wrote.
func Reviews(u wiki.User) bool { return u.ID != 0 && u.Has("editinterface") && u.Has("editsitejs") }

// Awaited says whether what waits is an account's business: it decides about it, or tests it.
func (b *Book) Awaited(u wiki.User) bool { return Reviews(u) || u.ID != 0 && b.tests(u) }

// MayTry says whether an account may run a text in its own pages before it is approved.
func (b *Book) MayTry(u wiki.User, r *store.Review) bool {
	return u.ID != 0 && r.State == store.ReviewWaiting && (r.Author == u.Name || Reviews(u) || b.tests(u))
}

func (b *Book) tests(u wiki.User) bool {
	return slices.ContainsFunc(b.o.Testers, func(g string) bool { return slices.Contains(u.Groups, g) })
}

// trialLine is what the log says of a trial.
type trialLine struct {
	Title    string       `json:"title"`
	SHA256   store.Digest `json:"sha256,omitempty"`
	Revision int64        `json:"revision,omitempty"`
	By       string       `json:"by"`
	UserID   int64        `json:"user_id"`
	Until    string       `json:"until,omitempty"` // absent: it was stopped
}

func (b *Book) entry(l trialLine) (store.Entry, error) {
	body, err := json.Marshal(l)
	return store.Entry{Wiki: b.o.Site.ID, At: b.o.Now(), Kind: "trial", Body: string(body)}, err
}

// Try lets an account's own pages have a text that waits, for a while and in place of an earlier trial of the page. Nobody else's
// pages change.
func (b *Book) Try(ctx context.Context, t wiki.Title, d store.Digest, by wiki.User, last time.Duration) error {
	title := b.o.Site.Prefixed(t)
	r, err := b.o.Store.Review(ctx, b.o.Site.ID, title, d)
	switch {
	case err != nil:
		return err
	case r.State != store.ReviewWaiting:
		return ErrNotWaiting
	case !b.MayTry(by, &r):
		return ErrNotTester
	case last <= 0 || last > LongestTrial:
		return fmt.Errorf("a trial lasts %s at most", LongestTrial)
	}
	all, err := b.o.Store.Trials(ctx, b.o.Site.ID, b.o.Now())
	if err != nil {
		return err
	}
	mine := 0
	for _, one := range all {
		if one.UserID == by.ID && one.Title != title {
			mine++
		}
	}
	if mine >= maxTrials {
		return ErrTrials
	}
	trial := store.Trial{Wiki: b.o.Site.ID, UserID: by.ID, Title: title, Digest: d, Since: b.o.Now(), Until: b.o.Now().Add(last)}
	entry, err := b.entry(trialLine{title, d, r.RevID, by.Name, by.ID, trial.Until.UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	b.o.Log.Info("somebody tries a text that waits", "wiki", trial.Wiki, "page", title, "revision", r.RevID, "user", by.Name)
	return b.o.Store.StartTrial(ctx, trial, entry)
}

// StopTrying ends an account's trial of a page. One that is over already is no error.
func (b *Book) StopTrying(ctx context.Context, t wiki.Title, by wiki.User) error {
	title := b.o.Site.Prefixed(t)
	entry, err := b.entry(trialLine{Title: title, By: by.Name, UserID: by.ID})
	if err != nil {
		return err
	}
	return b.o.Store.StopTrial(ctx, b.o.Site.ID, by.ID, title, entry)
}

// Trials lists what is tried now, whoever tries it. What has been decided about meanwhile is among it.
func (b *Book) Trials(ctx context.Context) ([]store.Trial, error) {
	return b.o.Store.Trials(ctx, b.o.Site.ID, b.o.Now())
}

// Trial is what an account tries.
type Trial struct {
	store.Trial
	Page     wiki.Title
	Revision int64
}

// TrialsOf picks from what is tried now what an account may still try: of a text that was approved or rejected meanwhile its pages get
// what everybody's get.
func (b *Book) TrialsOf(ctx context.Context, all []store.Trial, u wiki.User) (mine []Trial, err error) {
	for _, one := range all {
		if one.UserID != u.ID {
			continue
		}
		r, err := b.o.Store.Review(ctx, one.Wiki, one.Title, one.Digest)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t, err := b.o.Site.Parse(one.Title)
		if err == nil && b.MayTry(u, &r) {
			mine = append(mine, Trial{one, t, r.RevID})
		}
	}
	return mine, nil
}

// For is the book for an account that tries texts: those are served in place of what is approved, where the page is looked after
// and is there.
func (b *Book) For(trials []Trial) *Book {
	mine := *b
	mine.tried = make(map[wiki.Title]store.Digest, len(trials))
	for _, t := range trials {
		mine.tried[t.Page] = t.Digest
	}
	return &mine
}

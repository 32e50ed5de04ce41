package pending

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
)

// Bounds of what reviewers say about one change.
const (
	maxSaid     = 50   // comments
	MaxSaidText = 2000 // characters of one
)

// ErrSaid refuses a comment.
var ErrSaid = errors.New("this cannot be said")

// Verdict is what somebody who looked at a change wants.
type Verdict string

// Verdicts beside an approval.
const (
	Comment Verdict = "comment" // it waits on
	Refuse  Verdict = "reject"  // it ends
)

// Statement is what a reviewer signs: that they say this about that change.
type Statement struct {
	Version int     `json:"sallyport_statement"` // 1
	Wiki    string  `json:"wiki"`
	Change  string  `json:"change"`
	Verdict Verdict `json:"verdict"`
	Words   string  `json:"words"`
	Expires int64   `json:"expires"` // Unix seconds: it is said before then, or not at all
}

// Said is a statement that was signed.
type Said struct {
	passkey.Assertion
	UserID int64     `json:"user_id"`
	User   string    `json:"user"`
	Record string    `json:"record"` // the [Statement], as it was signed
	At     time.Time `json:"at"`

	Verdict Verdict `json:"verdict"`
	Words   string  `json:"words"`
}

// StatementChallenge is what is signed for a statement's text.
func StatementChallenge(record string) []byte {
	sum := sha256.Sum256([]byte("sallyport statement 1\n" + record))
	return sum[:]
}

// ToSay is what somebody would sign until a moment to say something about a change. Words are tidied first.
func (d *Desk) ToSay(id string, v Verdict, words string, until time.Time) (Statement, string, error) {
	words = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(words, "\ufffd")))
	s := Statement{1, d.o.Site.ID, id, v, words, until.Unix()}
	switch n := len([]rune(words)); {
	case v != Comment && v != Refuse:
		return s, "", fmt.Errorf("%w: %q is neither a comment nor a rejection", ErrSaid, v)
	case words == "":
		return s, "", fmt.Errorf("%w: there are no words", ErrSaid)
	case n > MaxSaidText || strings.ContainsRune(words, 0):
		return s, "", fmt.Errorf("%w: it has %d characters, at most %d are kept, and none may be NUL", ErrSaid, n, MaxSaidText)
	}
	text, err := json.Marshal(s)
	return s, string(text), err
}

// Say takes a signed comment, or a signed rejection with its reason, by anybody who has a passkey here.
func (d *Desk) Say(ctx context.Context, id string, v Verdict, words string, until time.Time, a passkey.Assertion) (*Change, error) {
	c, err := d.Change(ctx, id)
	if err != nil {
		return nil, err
	}
	now := d.o.Now()
	if !now.Before(until) || until.After(now.Add(d.o.Fresh+maxSkew)) {
		return c, ErrLate
	}
	s, record, err := d.ToSay(id, v, words, until)
	if err != nil {
		return c, err
	}
	key, err := d.passkey(ctx, a.KeyID)
	if err != nil {
		return c, err
	}
	if err := d.o.Confirm.Check(StatementChallenge(record), key.Public, a); err != nil {
		return c, err
	}
	return c, d.said(ctx, c, Said{a, key.UserID, key.User, record, now.UTC(), s.Verdict, s.Words})
}

// said keeps a checked statement. The same one is kept once.
func (d *Desk) said(ctx context.Context, c *Change, s Said) error {
	switch {
	case c.State != store.Parked && c.State != store.Approved || d.Over(c):
		return fmt.Errorf("%w: it is %s", ErrNotNow, c.State)
	case slices.ContainsFunc(c.Told.Said, func(b Said) bool { return b.Record == s.Record && b.UserID == s.UserID }):
		return nil
	case len(c.Told.Said) >= maxSaid && s.Verdict == Comment:
		return fmt.Errorf("%w: %d comments are all that is kept of one change", ErrSaid, maxSaid)
	}
	c.Told.Said = append(c.Told.Said, s)
	entry, err := d.entry("said", struct {
		ID string `json:"id"`
		Said
	}{c.ID, s})
	if err != nil {
		return err
	}
	entries := []store.Entry{entry}
	if s.Verdict == Refuse {
		c.State, c.Told.Outcome = store.Rejected, s.Words
		end, err := d.entry("rejected", c.summary())
		if err != nil {
			return err
		}
		entries = append(entries, end)
	}
	return d.advance(ctx, c, entries...)
}

// Of lists what an account sent in the last week, newest first, as it stands.
func (d *Desk) Of(ctx context.Context, userID int64, most int) ([]*Change, error) {
	list, err := d.o.Store.WaitingOf(ctx, d.o.Site.ID, userID, d.o.Now().Add(-keptAfter))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b store.Waiting) int { return b.Created.Compare(a.Created) })
	var all []*Change
	for _, w := range list[:min(len(list), most)] {
		c, err := d.Change(ctx, w.ID)
		if err != nil && !errors.Is(err, ErrGone) {
			return nil, err
		}
		if err == nil {
			all = append(all, c)
		}
	}
	return all, nil
}

package pending

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// Vouch is what somebody signs.
type Vouch struct {
	Version  int    `json:"sallyport_vouch"` // 1
	Wiki     string `json:"wiki"`
	Recovery string `json:"recovery"`
	UserID   int64  `json:"user_id"` // whose the key shall be
	User     string `json:"user"`
	Key      string `json:"key"`
	SHA256   string `json:"sha256"` // of its public part
	Asked    int64  `json:"asked"`  // Unix seconds
	Delay    int64  `json:"delay"`  // seconds
	Expires  int64  `json:"expires"`
	Stop     bool   `json:"stop,omitempty"` // it shall not become theirs
}

// Vouched is a [Vouch] that was signed.
type Vouched struct {
	passkey.Assertion
	UserID int64     `json:"by_id"`
	User   string    `json:"by"`
	Record string    `json:"record"`
	At     time.Time `json:"at"`
}

// VouchChallenge is what is signed for a vouch's text.
func VouchChallenge(record string) []byte {
	sum := sha256.Sum256([]byte("sallyport vouch 1\n" + record))
	return sum[:]
}

// Shown is what somebody signs until a moment to vouch for a key, or to stop it.
func (v *Vouching) Shown(r *Recovery, stop bool, until time.Time) (string, error) {
	b, err := json.Marshal(Vouch{
		1, r.Wiki, r.ID, r.UserID, r.User, r.KeyID, publicHash(r.Public), r.Created.Unix(), int64(v.Delay.Seconds()), until.Unix(), stop,
	})
	return string(b), err
}

// Vouch takes a signature of somebody who says that the key is its account's. With the last one that is needed, the key is
// kept.
func (v *Vouching) Vouch(ctx context.Context, id, words string, until time.Time, a passkey.Assertion) (*Recovery, error) {
	d := v.Desk
	r, err := v.Recovery(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.State != store.Asked || !d.o.Now().Before(r.Expires) {
		return r, fmt.Errorf("%w: it is %s", ErrNotNow, r.State)
	}
	signed, err := v.signed(ctx, r, false, until, a)
	if err != nil {
		return r, err
	}
	if subtle.ConstantTimeCompare([]byte(plain(words)), []byte(plain(d.words(id)))) != 1 {
		return r, ErrWords
	}
	if err := v.mayVouch(ctx, r, signed); err != nil {
		return r, err
	}
	r.Vouches = append(r.Vouches, *signed)
	entry, err := d.entry("vouched", r.line(signed))
	if err != nil {
		return r, err
	}
	entries := []store.Entry{entry}
	var key *store.Key
	if len(r.Vouches) >= Vouchers {
		r.State, r.Counts = store.Vouched, signed.At.Add(v.Delay).Add(time.Second).Truncate(time.Second)
		key = r.key(signed.At)
		added, err := KeyAdded(*key, recoveryOrigin+r.ID)
		if err != nil {
			return r, err
		}
		entries = append(entries, added)
		d.o.Log.Warn("two people vouched for a key", "user", r.User, "key", r.KeyID, "counts", r.Counts)
	}
	return r, v.advance(ctx, r, key, entries...)
}

func (r *Recovery) key(now time.Time) *store.Key {
	return &store.Key{
		Wiki: r.Wiki, ID: r.KeyID, Kind: "passkey", UserID: r.UserID, User: r.User, Label: r.Label, Public: r.Public,
		Added: now.Truncate(time.Second), Counts: r.Counts,
	}
}

// plain lets people write the words as they like.
func plain(words string) string {
	return strings.ToUpper(strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' {
			return -1
		}
		return c
	}, words))
}

// signed checks a signature over a wish.
func (v *Vouching) signed(ctx context.Context, r *Recovery, stop bool, until time.Time, a passkey.Assertion) (*Vouched, error) {
	d := v.Desk
	now := d.o.Now()
	if !now.Before(until) || until.After(now.Add(d.o.Fresh+maxSkew)) {
		return nil, ErrLate
	}
	key, err := d.passkey(ctx, a.KeyID)
	if err != nil {
		return nil, err
	}
	record, err := v.Shown(r, stop, until)
	if err != nil {
		return nil, err
	}
	return &Vouched{a, key.UserID, key.User, record, now.UTC()}, d.o.Confirm.Check(VouchChallenge(record), key.Public, a)
}

// mayVouch wants two others, each of whom can do whatever the account can: nobody can be vouched into more power than the
// vouchers have themselves.
func (v *Vouching) mayVouch(ctx context.Context, r *Recovery, by *Vouched) error {
	if by.UserID == r.UserID {
		return fmt.Errorf("%w: it is one of the same account; add another key with it instead", ErrVouch)
	}
	for _, before := range r.Vouches {
		if before.UserID == by.UserID {
			return fmt.Errorf("%w: its owner has vouched already", ErrVouch)
		}
	}
	users, err := v.Users(ctx, []string{r.User, by.User})
	if err != nil {
		return err
	}
	account, voucher := users[0], users[1]
	if account.ID != r.UserID || voucher.ID != by.UserID {
		return fmt.Errorf("%w: one of the accounts has another name by now", ErrVouch)
	}
	for _, right := range writedoor.DefaultPower() {
		if account.Has(right) && !voucher.Has(right) {
			return fmt.Errorf("%w: %s has the right %q, and %s does not", ErrVouch, r.User, right, by.User)
		}
	}
	can := v.brokered(voucher)
	for _, tier := range v.brokered(account) {
		if !slices.Contains(can, tier) {
			return fmt.Errorf("%w: %s may change %s, and %s may not", ErrVouch, r.User, tier, by.User)
		}
	}
	return nil
}

// Stop ends a wish, or revokes the key that came of it before it counts. Anybody who has a passkey here may: closing takes
// one person, opening takes two.
func (v *Vouching) Stop(ctx context.Context, id string, until time.Time, a passkey.Assertion) (*Recovery, error) {
	d := v.Desk
	r, err := v.Recovery(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.State == store.Stopped || r.State == store.Vouched && !d.o.Now().Before(r.Counts) {
		return r, fmt.Errorf("%w: it is %s", ErrNotNow, r.State)
	}
	signed, err := v.signed(ctx, r, true, until, a)
	if err != nil {
		return r, err
	}
	entry, err := d.entry("recovery stopped", r.line(signed))
	if err != nil {
		return r, err
	}
	d.o.Log.Error("ALARM: a key that was asked for is not to be given", "user", r.User, "recovery", r.ID, "by", signed.User)
	if r.State == store.Vouched {
		if err := v.revoke(ctx, r, signed.At); err != nil {
			return r, err
		}
	}
	r.State = store.Stopped
	return r, v.advance(ctx, r, nil, entry)
}

func (v *Vouching) revoke(ctx context.Context, r *Recovery, now time.Time) error {
	key, err := v.Desk.o.Store.Key(ctx, r.Wiki, r.KeyID)
	if err != nil || !key.Revoked.IsZero() {
		return err
	}
	key.Revoked = now.Truncate(time.Second)
	entry, err := KeyRevoked(key)
	if err != nil {
		return err
	}
	return v.Desk.o.Store.SaveKey(ctx, key, entry)
}

func (v *Vouching) advance(ctx context.Context, r *Recovery, key *store.Key, entries ...store.Entry) error {
	notes, err := json.Marshal(recoveryNotes{r.Vouches, r.Counts})
	if err != nil {
		return err
	}
	r.Notes, r.Changed = string(notes), v.Desk.o.Now().UTC()
	first, err := v.Desk.o.Store.AdvanceRecovery(ctx, r.Recovery, key, entries...)
	if err == nil && !first {
		err = fmt.Errorf("%w: somebody else was faster; open the page again", ErrNotNow)
	}
	return err
}

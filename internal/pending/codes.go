package pending

import (
	"cmp"
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"sallyport/internal/mediawiki"
	"sallyport/internal/passkey"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// A password and a one-time code (RFC 6238) stand in for a passkey where somebody has none. Both can be asked for by a page
// that only looks like ours, and nothing remains of them that could be checked later: so they are taken for little that
// matters, and the log says what they were.

// codeKind is the kind of a [store.Key] that is a shared secret.
const codeKind = "code"

// codeStep is how long a code is good, in seconds; the one before and the one after are taken as well.
const codeStep = 30

// Errors of approvals by password and code. Which of the two was wrong is not said.
var (
	ErrCode    = errors.New("the password or the code is wrong, or the code was used before")
	ErrNoCodes = errors.New("a password and a code are not enough for this")
)

// lesser are the tiers for which a password and a code are enough: nothing in them runs for anybody, or lets anybody in.
var lesser = []writedoor.Tier{
	writedoor.Interface, writedoor.DeletionTier, writedoor.ProtectionTier, writedoor.MassTier, writedoor.UnblockSelf, writedoor.OptionsTier,
}

// Lesser says whether a password and a code are enough for a change of these tiers under this policy.
func Lesser(tiers []writedoor.Tier, p Policy) bool {
	return p == Approve && len(tiers) > 0 && !slices.ContainsFunc(tiers, func(t writedoor.Tier) bool { return !slices.Contains(lesser, t) })
}

// TakesCodes says whether there are approvals by password and code at all.
func (d *Desk) TakesCodes() bool { return d.o.Password != nil }

// TakesCode says whether one is enough for this change.
func (d *Desk) TakesCode(c *Change) bool { return d.TakesCodes() && Lesser(c.Tiers, c.Policy) }

// NewCode is a secret that may become the account's until a moment, in base32 as people type it into their apps. Nothing is
// kept for it.
func (d *Desk) NewCode(invite store.Digest, until int64) string {
	return base32.StdEncoding.EncodeToString(d.mac("code", string(invite)+"\n"+strconv.FormatInt(until, 10))[:20])
}

// Attempt is a password and a code, and where they come from.
type Attempt struct {
	Password, Code string
	Prefix         string // of the address, as coarse as it is counted
}

// AddCode keeps the secret that [Desk.NewCode] made, for whom the invitation is, once they know the password and a code.
func (d *Desk) AddCode(ctx context.Context, i store.Invite, until int64, label string, counts time.Time, a Attempt) (store.Key, error) {
	if !d.TakesCodes() {
		return store.Key{}, ErrNoCodes
	}
	if err := d.attempt(ctx, i.UserID, a.Prefix); err != nil {
		return store.Key{}, err
	}
	secret := d.NewCode(i.Token, until)
	step, ok := d.step(secret, a.Code)
	if !ok {
		return store.Key{}, ErrCode
	}
	if err := d.password(ctx, i.User, a.Password); err != nil {
		return store.Key{}, err
	}
	name, err := d.id()
	if err != nil {
		return store.Key{}, err
	}
	key := store.Key{
		Wiki: i.Wiki, ID: codeKind + ":" + name, Kind: codeKind, UserID: i.UserID, User: i.User, Label: label,
		Added: d.o.Now().UTC().Truncate(time.Second), Counts: counts,
	}
	box, err := d.aead("code")
	if err != nil {
		return key, err
	}
	key.Public = box.Seal(nil, nil, []byte(secret), []byte(key.Wiki+"\n"+key.ID)) //nolint:gosec // it makes a nonce itself
	entry, err := KeyAdded(key, i.From)
	if err != nil {
		return key, err
	}
	if _, err := d.o.Store.UseStep(ctx, key.Wiki, key.ID, step); err != nil {
		return key, err
	}
	if err := d.o.Store.UseInvite(ctx, i.Wiki, i.Token, key, entry); err != nil {
		return key, err
	}
	return key, d.right(ctx, i.UserID, a.Prefix)
}

// ApproveByCode takes its sender's password and one-time code for a change, where that is enough.
func (d *Desk) ApproveByCode(ctx context.Context, id string, until time.Time, a Attempt) (*Change, error) {
	c, err := d.Change(ctx, id)
	if err != nil {
		return nil, err
	}
	if !d.TakesCode(c) {
		return c, ErrNoCodes
	}
	if c.State != store.Parked || d.Over(c) {
		return c, fmt.Errorf("%w: it is %s", ErrNotNow, c.State)
	}
	if err := d.inTime(c, until); err != nil {
		return c, err
	}
	if err := d.attempt(ctx, c.UserID, a.Prefix); err != nil {
		return c, err
	}
	key, err := d.spend(ctx, c.UserID, a.Code)
	if err != nil {
		return c, err
	}
	if err := d.password(ctx, c.User, a.Password); err != nil {
		return c, err
	}
	if err := d.right(ctx, c.UserID, a.Prefix); err != nil {
		return c, err
	}
	record, err := d.Shown(c, until)
	if err != nil {
		return c, err
	}
	d.o.Log.Warn("approved with a password and a code, which a false page could have asked for", "user", c.User, "change", c.ID)
	return c, d.approved(ctx, c, Approval{
		Assertion: passkey.Assertion{KeyID: key.ID}, Kind: codeKind, UserID: c.UserID, User: c.User, Record: record, At: d.o.Now().UTC(), Until: until.UTC(),
	})
}

func triesOf(userID int64) string { return "code of account " + strconv.FormatInt(userID, 10) }

func triesFrom(prefix string) string { return "code from " + prefix }

// attempt counts one, by account and by where it comes from.
func (d *Desk) attempt(ctx context.Context, userID int64, prefix string) error {
	if err := d.try(ctx, triesFrom(prefix), freeByPrefix); err != nil {
		return err
	}
	return d.try(ctx, triesOf(userID), freeTries)
}

// right takes an attempt back that was no guess.
func (d *Desk) right(ctx context.Context, userID int64, prefix string) error {
	return cmp.Or(d.worked(ctx, triesOf(userID), true), d.worked(ctx, triesFrom(prefix), false))
}

// spend finds the account's secret that a code belongs to, and makes the code useless from now on, whatever the password
// is: it cannot be used to try a second one.
func (d *Desk) spend(ctx context.Context, userID int64, code string) (store.Key, error) {
	keys, err := d.o.Store.Keys(ctx, d.o.Site.ID, userID)
	if err != nil {
		return store.Key{}, err
	}
	box, err := d.aead("code")
	if err != nil {
		return store.Key{}, err
	}
	for _, k := range keys {
		if k.Kind != codeKind || !k.Good(d.o.Now()) {
			continue
		}
		secret, err := box.Open(nil, nil, k.Public, []byte(k.Wiki+"\n"+k.ID))
		if err != nil {
			return k, fmt.Errorf("decrypt the secret of key %s: was the key changed? %w", k.ID, err)
		}
		step, ok := d.step(string(secret), code)
		if !ok {
			continue
		}
		fresh, err := d.o.Store.UseStep(ctx, k.Wiki, k.ID, step)
		if err == nil && !fresh {
			err = ErrCode
		}
		return k, err
	}
	return store.Key{}, ErrCode
}

// step finds the moment that a code is for, as RFC 6238 counts them.
func (d *Desk) step(secret, code string) (int64, bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := d.o.Now().Unix() / codeStep
	for _, step := range []int64{now, now - 1, now + 1} {
		ok, err := totp.ValidateCustom(code, secret, time.Unix(step*codeStep, 0).UTC(), totp.ValidateOpts{
			Period: codeStep, Skew: 0, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && ok {
			return step, true
		}
	}
	return 0, false
}

// password asks the wiki. That it does not answer is something else than that it says no.
func (d *Desk) password(ctx context.Context, user, password string) error {
	err := d.o.Password(ctx, user, password)
	var refused *mediawiki.Error
	if errors.As(err, &refused) {
		return ErrCode
	}
	return err
}

package pending

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Bounds of wishes for keys.
const (
	Vouchers       = 2              // how many people it takes
	openWishes     = 3              // of one account
	openWishesAll  = 30             // of the wiki: they are shown to reviewers
	wishLife       = 72 * time.Hour // people have to find each other
	freeWishes     = 5              // from one prefix
	recoveryOrigin = "recovery "    // begins [KeyEntry.From] of a key that people vouched for
)

// Errors of keys that people vouch for.
var (
	ErrNoAccount = errors.New("nobody here has this name, or the account can change nothing that waits for approvals")
	ErrVouch     = errors.New("this key may not vouch for that one")
	ErrWords     = errors.New("these are not the words that were shown to who asked")
)

// Vouching lets two people who hold keys say that a third one's new key is theirs, for instance because all others were
// lost. Both sign the account, the key and the moment it was asked for; the key counts after a delay, during which
// anybody with a key can stop it.
type Vouching struct {
	Desk  *Desk
	Users func(ctx context.Context, names []string) ([]wiki.User, error)
	Delay time.Duration // from the second signature until the key counts
}

// Recovery is a wish for a key, opened.
type Recovery struct {
	store.Recovery
	Vouches []Vouched
	Counts  time.Time // when the key begins to count; zero: not known yet
}

type recoveryNotes struct {
	Vouches []Vouched `json:"vouches,omitempty"`
	Counts  time.Time `json:"counts,omitzero"`
}

// recoveryLine is what the log says of a wish. Everything who is told about it needs is in it.
type recoveryLine struct {
	ID     string    `json:"id"`
	UserID int64     `json:"user_id"`
	User   string    `json:"user"`
	Key    string    `json:"new_key"` // "key" is that of who signed
	SHA256 string    `json:"new_key_sha256"`
	Asked  time.Time `json:"asked"`
	*Vouched
}

func publicHash(public []byte) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:])
}

// Account finds who somebody says they are, if a key would be of any use to them.
func (v *Vouching) Account(ctx context.Context, name string) (wiki.User, error) {
	users, err := v.Users(ctx, []string{strings.TrimSpace(name)})
	if err != nil {
		return wiki.User{}, err
	}
	if users[0].ID == 0 || !slices.ContainsFunc(writedoor.DefaultPower(), users[0].Has) && len(v.brokered(users[0])) == 0 {
		return users[0], ErrNoAccount
	}
	return users[0], nil
}

// brokered lists the tiers of which somebody's changes are made by the gateway's own account.
func (v *Vouching) brokered(u wiki.User) (tiers []writedoor.Tier) {
	if v.Desk.o.Broker == nil {
		return nil
	}
	for tier, people := range v.Desk.o.Broker.People {
		if people.names(u) {
			tiers = append(tiers, tier)
		}
	}
	return tiers
}

// Ask keeps somebody's wish for a key they made. words are theirs to tell the people who are to vouch.
func (v *Vouching) Ask(ctx context.Context, user wiki.User, made passkey.Credential, label, prefix string) (r *Recovery, words string, err error) {
	d := v.Desk
	if err := d.try(ctx, "key asked for from "+prefix, freeWishes); err != nil {
		return nil, "", err
	}
	if _, err := d.o.Store.Key(ctx, d.o.Site.ID, made.ID); !errors.Is(err, store.ErrNotFound) {
		return nil, "", fmt.Errorf("%w: it is registered already", ErrKey)
	}
	id, err := d.id()
	if err != nil {
		return nil, "", err
	}
	now := d.o.Now().UTC().Truncate(time.Second)
	r = &Recovery{Recovery: store.Recovery{
		Wiki: d.o.Site.ID, ID: id, UserID: user.ID, User: user.Name, State: store.Asked, Version: 1, KeyID: made.ID, Label: label, Public: made.Public,
		Notes: "{}", Created: now, Changed: now, Expires: now.Add(wishLife),
	}}
	entry, err := d.entry("recovery asked", r.line(nil))
	if err != nil {
		return nil, "", err
	}
	d.o.Log.Warn("a key is asked for, for which two people have to vouch", "user", user.Name, "recovery", id)
	return r, d.words(id), d.o.Store.AskRecovery(ctx, r.Recovery, openWishes, openWishesAll, entry)
}

func (r *Recovery) line(by *Vouched) recoveryLine {
	return recoveryLine{r.ID, r.UserID, r.User, r.KeyID, publicHash(r.Public), r.Created, by}
}

// words are eight letters and digits that only the page after [Vouching.Ask] shows. Who vouches types them, so that they
// have talked to whom they vouch for.
func (d *Desk) words(id string) string {
	text := base32.StdEncoding.EncodeToString(d.mac("recovery words", id)[:5])
	return text[:4] + "-" + text[4:]
}

// Recovery returns a wish as it stands.
func (v *Vouching) Recovery(ctx context.Context, id string) (*Recovery, error) {
	row, err := v.Desk.o.Store.Recovery(ctx, v.Desk.o.Site.ID, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, err
	}
	var n recoveryNotes
	if err := json.Unmarshal([]byte(row.Notes), &n); err != nil {
		return nil, fmt.Errorf("read notes of recovery %s: %w", id, err)
	}
	return &Recovery{row, n.Vouches, n.Counts}, nil
}

// Open lists the wishes that wait for people.
func (v *Vouching) Open(ctx context.Context) ([]store.Recovery, error) {
	return v.Desk.o.Store.Recoveries(ctx, v.Desk.o.Site.ID, v.Desk.o.Now(), openWishesAll)
}

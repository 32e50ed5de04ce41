package pending

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
)

// SignedHeader carries a machine's approval along with the request it is for: record, key and signature, each in unpadded
// URL-safe base64, with dots between them. Where one signature is over several changes, the set stands after it.
const SignedHeader = "X-Sallyport-Approval"

// longestSigned is how far ahead a machine may sign.
const longestSigned = time.Hour

// WriteSigned spells the value of [SignedHeader]. set is empty when the signature is over this record alone.
func WriteSigned(record, keyID string, signature []byte, set string) string {
	e := base64.RawURLEncoding
	header := e.EncodeToString([]byte(record)) + "." + e.EncodeToString([]byte(keyID)) + "." + e.EncodeToString(signature)
	if set != "" {
		header += "." + e.EncodeToString([]byte(set))
	}
	return header
}

func readSigned(header string) (a Approval, err error) {
	parts := strings.Split(header, ".")
	if len(parts) != 3 && len(parts) != 4 {
		return a, fmt.Errorf("%w: %s has three or four parts with dots between them", ErrSignature, SignedHeader)
	}
	var raw [4][]byte
	for i, part := range parts {
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return a, fmt.Errorf("%w: %s: %w", ErrSignature, SignedHeader, err)
		}
	}
	return Approval{Assertion: passkey.Assertion{KeyID: string(raw[1]), Signature: raw[2]}, Kind: "ssh", Record: string(raw[0]), Set: string(raw[3])}, nil
}

// SignedID is the id of the change that a machine's record becomes.
func SignedID(nonce string) string {
	sum := sha256.Sum256([]byte("sallyport signed 1\n" + nonce))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// ParkSigned takes a change together with its approval by a registered machine key. The record must say exactly what the
// wiki would make of the request. Each record is good once: its nonce names the change.
func (d *Desk) ParkSigned(ctx context.Context, a Arrival, header string) (*Change, error) {
	if a.Actor.ID == 0 {
		return nil, ErrNobody
	}
	approval, err := readSigned(header)
	if err != nil {
		return nil, err
	}
	p, err := d.parcel(ctx, a)
	if err != nil {
		return nil, err
	}
	until, nonce, err := d.matches(approval.Record, p, a)
	if err != nil {
		return nil, err
	}
	key, err := d.o.Store.Key(ctx, d.o.Site.ID, approval.KeyID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (key.Kind != "ssh" || key.UserID != a.Actor.ID || !key.Good(d.o.Now())) {
		return nil, fmt.Errorf("%w: %s is not a good key of %s", ErrKey, approval.KeyID, a.Actor.Name)
	}
	if err != nil {
		return nil, err
	}
	id := SignedID(nonce)
	challenge, err := approval.Signed(id)
	if err != nil {
		return nil, err
	}
	if err := passkey.CheckSSH(challenge, key.Public, approval.Signature); err != nil {
		return nil, err
	}
	approval.UserID, approval.User = key.UserID, key.User
	approval.At, approval.Until = d.o.Now().UTC().Truncate(time.Microsecond), until
	return d.parkApproved(ctx, p, a, id, approval)
}

// matches compares a record with what is really going to happen.
func (d *Desk) matches(given string, p *Parcel, a Arrival) (until time.Time, nonce string, err error) {
	var r Record
	if err := json.Unmarshal([]byte(given), &r); err != nil {
		return until, "", fmt.Errorf("%w: the record is not JSON: %w", ErrSignature, err)
	}
	until = time.Unix(r.Expires, 0).UTC()
	now := d.o.Now()
	if !now.Before(until) || until.After(now.Add(longestSigned)) || len(r.Nonce) < 16 || len(r.Nonce) > 200 {
		return until, "", fmt.Errorf("%w: the record must end within an hour, and its nonce have 16 to 200 characters", ErrLate)
	}
	own := d.record(p, a.Actor, r.Nonce, until)
	text, err := own.Text()
	if err == nil && text != given {
		err = fmt.Errorf("%w: the record says something else than the request; the request's is %s", ErrSignature, text)
	}
	return until, r.Nonce, err
}

func (d *Desk) parkApproved(ctx context.Context, p *Parcel, a Arrival, id string, approval Approval) (*Change, error) {
	sealed, err := d.seal(p, id)
	if err != nil {
		return nil, err
	}
	w := store.Waiting{
		Wiki: d.o.Site.ID, ID: id, UserID: a.Actor.ID, User: a.Actor.Name, State: store.Approved, Version: 1, Sealed: sealed,
		Created: approval.At, Changed: approval.At, Expires: approval.Until,
	}
	c := &Change{Waiting: w, Parcel: *p, Told: Notes{Approvals: []Approval{approval}}}
	if p.Policy.needs() > 1 {
		c.State, c.Expires = store.Parked, approval.At.Add(d.o.Keep)
	}
	notes, err := json.Marshal(c.Told)
	if err != nil {
		return nil, err
	}
	c.Notes = string(notes)
	parked, err := d.entry("parked", c.summary())
	if err != nil {
		return nil, err
	}
	approved, err := d.entry("approved", struct {
		ID string `json:"id"`
		Approval
	}{c.ID, approval})
	if err != nil {
		return nil, err
	}
	if _, err := d.o.Store.Waiting(ctx, w.Wiki, w.ID); err == nil {
		return nil, fmt.Errorf("%w: this record was used already", ErrSignature)
	}
	return c, d.o.Store.Park(ctx, c.Waiting, 100*d.o.Most, parked, approved)
}

// Note writes a change that does not wait to the log.
func (d *Desk) Note(ctx context.Context, a Arrival) error {
	c := &Change{Waiting: store.Waiting{UserID: a.Actor.ID, User: a.Actor.Name}, Parcel: Parcel{
		Kind: string(a.Operation.Kind), Tiers: a.Operation.Tiers, Policy: a.Policy, Sent: a.Sent,
	}}
	s := c.summary()
	for _, page := range a.Operation.Pages {
		s.Pages = append(s.Pages, RecordPage{NS: page.Title.NS, Title: page.Title.Key, ID: page.ID, Base: page.Rev, Role: string(page.Role), Before: page.Before, After: page.After})
	}
	entry, err := d.entry("noted", s)
	if err != nil {
		return err
	}
	return d.o.Store.Append(ctx, d.o.Site.ID, entry)
}

package pending

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Arrival is a change that has just been sent.
type Arrival struct {
	Operation *writedoor.Operation
	Policy    Policy
	Actor     wiki.User
	Ask       writedoor.Ask // asks the wiki as the sender
	Sent      Sender
}

// Park keeps a change until it is approved. The same change sent again is found again, as far as it has come.
func (d *Desk) Park(ctx context.Context, a Arrival) (*Change, error) {
	if a.Operation.Apart {
		return nil, ErrApart
	}
	if a.Actor.ID == 0 {
		return nil, ErrNobody
	}
	p, err := d.parcel(ctx, a)
	if err != nil {
		return nil, err
	}
	return d.keep(ctx, p, a.Actor)
}

// keep parks a parcel, or finds the same one.
func (d *Desk) keep(ctx context.Context, p *Parcel, actor wiki.User) (*Change, error) {
	digest, err := d.digest(p, actor)
	if err != nil {
		return nil, err
	}
	if c, err := d.again(ctx, actor.ID, digest); c != nil || err != nil {
		return c, err
	}
	id, err := d.id()
	if err != nil {
		return nil, err
	}
	sealed, err := d.seal(p, id)
	if err != nil {
		return nil, err
	}
	now := d.o.Now().UTC().Truncate(time.Microsecond)
	w := store.Waiting{
		Wiki: d.o.Site.ID, ID: id, UserID: actor.ID, User: actor.Name, Digest: digest, State: store.Parked, Version: 1,
		Sealed: sealed, Notes: "{}", Created: now, Changed: now, Expires: now.Add(d.o.Keep),
	}
	c := &Change{Waiting: w, Parcel: *p}
	entry, err := d.entry("parked", c.summary())
	if err != nil {
		return nil, err
	}
	return c, d.o.Store.Park(ctx, w, d.o.Most, entry)
}

// again looks among the account's changes for the same one that is still open. An account that somebody reported is held.
func (d *Desk) again(ctx context.Context, userID int64, digest store.Digest) (*Change, error) {
	now := d.o.Now()
	list, err := d.o.Store.WaitingOf(ctx, d.o.Site.ID, userID, now.Add(-max(d.o.Keep, d.o.Hold)))
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		if w.State == store.Reported && w.Changed.After(now.Add(-d.o.Hold)) {
			return nil, ErrHeld
		}
	}
	for _, w := range list {
		if w.Digest == digest && w.State.Open() && w.Expires.After(now) {
			return d.Change(ctx, w.ID)
		}
	}
	return nil, nil
}

// id is 128 random bits.
func (d *Desk) id() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(d.o.Random, b[:]); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// texts are kinds whose pages' texts must be known before anybody can agree to them. Of the others the request itself is
// shown.
var texts = []writedoor.Kind{
	writedoor.Edit, writedoor.Rollback, writedoor.Undo, writedoor.ContentModel, writedoor.Move, writedoor.RenameUser, writedoor.Delete,
	writedoor.Undelete, writedoor.Merge, writedoor.Protect, writedoor.Import,
}

// parcel computes what an operation leads to.
func (d *Desk) parcel(ctx context.Context, a Arrival) (*Parcel, error) {
	op := a.Operation
	if op.Forward == nil {
		return nil, fmt.Errorf("%w: this request cannot be written in a plain way", writedoor.ErrUncomputable)
	}
	p := &Parcel{
		Kind: string(op.Kind), Via: op.Via, Action: op.Action, Tiers: op.Tiers, Policy: a.Policy, Forward: op.Forward,
		Summary: firstOf(op.Params, "wpSummary", "summary", "wpReason", "reason", "wpNewReason"), Sent: a.Sent,
		Typed: firstOf(op.Params, "wpTextbox1", "text", "appendtext", "prependtext"),
	}
	if err := d.o.Broker.takes(ctx, op, a.Actor); err != nil {
		return nil, err
	}
	if slices.Contains(texts, op.Kind) {
		changes, err := d.o.Door.Changes(ctx, op, a.Ask)
		if err != nil {
			return nil, err
		}
		if err := unmoved(op, changes); err != nil {
			return nil, err
		}
		p.Changes, p.Permits = changes, op.Permits(changes)
		if op.Kind == writedoor.Edit {
			if p.Forward, err = op.Settle(changes[0]); err != nil {
				return nil, err
			}
		}
	}
	if op.Kind != writedoor.Edit {
		p.Request, p.Fields = requestHash(p.Forward), fields(op)
	}
	return p, nil
}

// unmoved refuses an edit that began from another revision than the current one: MediaWiki might merge, and nobody would
// have seen what comes of it.
func unmoved(op *writedoor.Operation, changes []writedoor.Change) error {
	if op.Kind != writedoor.Edit {
		return nil
	}
	key := "baserevid"
	if op.Via == "index.php" {
		key = "parentRevId"
	}
	base := op.Params.Text(key)
	if base != "" && base != fmt.Sprint(changes[0].Rev) && !(base == "0" && changes[0].ID == 0) {
		return fmt.Errorf("%w: revision %d is the current one, the edit began from %s", ErrStale, changes[0].Rev, base)
	}
	return nil
}

func requestHash(f *writedoor.Forward) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n%s\n\n", f.Method, f.Target, f.ContentType)
	h.Write(f.Body)
	return hex.EncodeToString(h.Sum(nil))
}

func firstOf(v *phpform.Values, keys ...string) string {
	for _, key := range keys {
		if text := v.Text(key); text != "" {
			return text
		}
	}
	return ""
}

// maxField bounds what is shown of a parameter, in bytes.
const maxField = 4000

// fields lists an operation's parameters for people, without what must not be read.
func fields(op *writedoor.Operation) []Field {
	var list []Field
	for key, value := range op.Params.All() {
		text := value.Text
		if value.List != nil {
			b, _ := json.Marshal(flat(value))
			text = string(b)
		}
		switch {
		case secret(key):
			text = "(not shown)"
		case len(text) > maxField:
			text = strings.ToValidUTF8(text[:maxField], "") + "…"
		}
		list = append(list, Field{key, text})
	}
	for _, f := range op.Files {
		list = append(list, Field{f.Field, "(a file)"})
	}
	return list
}

// secret knows names of parameters that hold passwords and tokens.
func secret(key string) bool {
	key = strings.ToLower(key)
	for _, part := range []string{"pass", "token", "retype", "otp", "secret"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

func flat(v phpform.Value) any {
	if v.List == nil {
		return v.Text
	}
	all := map[string]any{}
	for key, value := range v.List.All() {
		all[key] = flat(value)
	}
	return all
}

// entry is a line for the log.
func (d *Desk) entry(kind string, body any) (store.Entry, error) {
	text, err := json.Marshal(body)
	return store.Entry{Kind: kind, Body: string(text), At: d.o.Now()}, err
}

// Change returns a change as it stands.
func (d *Desk) Change(ctx context.Context, id string) (*Change, error) {
	w, err := d.o.Store.Waiting(ctx, d.o.Site.ID, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, err
	}
	c, err := d.open(w)
	if err != nil {
		return nil, err
	}
	d.lapse(c)
	return c, nil
}

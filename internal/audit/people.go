package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// wish is a key that people vouch for.
type wish struct {
	user        int64
	key, sha256 string
	asked       time.Time
	by          map[int64]vouch
	stopped     bool
}

type vouch struct {
	at    time.Time
	delay time.Duration
}

// keyOf finds the passkey that somebody signed with and that was good then.
func (v *verifier) keyOf(e *store.Entry, id string, owner int64) (*key, error) {
	k := v.keys[id]
	switch {
	case k == nil:
		return nil, fmt.Errorf("the log knows no key %s", id)
	case k.revoked || e.At.Before(k.Counts) || k.UserID != owner || k.Kind != "passkey":
		return nil, fmt.Errorf("key %s was revoked, did not count yet, is no passkey, or is not of account %d", id, owner)
	}
	return k, nil
}

// said checks a signed comment or rejection.
func (v *verifier) said(e *store.Entry) {
	var l line
	var s pending.Said
	if json.Unmarshal([]byte(e.Body), &l) != nil || json.Unmarshal([]byte(e.Body), &s) != nil {
		v.bad(e, "it cannot be read")
		return
	}
	if err := v.statement(e, l.ID, &s); err != nil {
		v.bad(e, "%v", err)
		return
	}
	v.Said++
}

func (v *verifier) statement(e *store.Entry, id string, s *pending.Said) error {
	k, err := v.keyOf(e, s.KeyID, s.UserID)
	if err != nil {
		return err
	}
	var r pending.Statement
	if err := json.Unmarshal([]byte(s.Record), &r); err != nil {
		return fmt.Errorf("the record cannot be read: %w", err)
	}
	switch {
	case r.Wiki != e.Wiki || r.Change != id || r.Verdict != s.Verdict || r.Words != s.Words || v.changes[id] == nil:
		return errors.New("what was signed is something else, or about another change")
	case e.At.After(time.Unix(r.Expires, 0)):
		return errors.New("it was signed after its time")
	}
	return v.site.Check(pending.StatementChallenge(s.Record), k.Public, s.Assertion)
}

// recoveryLine is what entries about wishes for keys have in common.
type recoveryLine struct {
	ID     string    `json:"id"`
	UserID int64     `json:"user_id"`
	Key    string    `json:"new_key"`
	SHA256 string    `json:"new_key_sha256"`
	Asked  time.Time `json:"asked"`
}

// recovery checks who vouched for a key, or stopped it.
func (v *verifier) recovery(e *store.Entry) {
	var l recoveryLine
	var s pending.Vouched
	if json.Unmarshal([]byte(e.Body), &l) != nil || l.ID == "" {
		v.bad(e, "it cannot be read")
		return
	}
	if e.Kind == "recovery asked" {
		if v.wishes[l.ID] != nil {
			v.bad(e, "it was asked before")
		}
		v.wishes[l.ID] = &wish{user: l.UserID, key: l.Key, sha256: l.SHA256, asked: l.Asked, by: map[int64]vouch{}}
		return
	}
	w := v.wishes[l.ID]
	if w == nil || json.Unmarshal([]byte(e.Body), &s) != nil {
		v.bad(e, "nobody asked for it, or it cannot be read")
		return
	}
	r, err := v.vouched(e, w, l.ID, &s)
	if err != nil {
		v.bad(e, "%v", err)
		return
	}
	v.Vouches++
	if r.Stop {
		w.stopped = true
		return
	}
	w.by[s.UserID] = vouch{e.At, time.Duration(r.Delay) * time.Second}
}

func (v *verifier) vouched(e *store.Entry, w *wish, id string, s *pending.Vouched) (r pending.Vouch, err error) {
	if err := json.Unmarshal([]byte(s.Record), &r); err != nil {
		return r, fmt.Errorf("the record cannot be read: %w", err)
	}
	k, err := v.keyOf(e, s.KeyID, s.UserID)
	if err != nil {
		return r, err
	}
	switch {
	case r.Wiki != e.Wiki || r.Recovery != id || r.UserID != w.user || r.Key != w.key || r.SHA256 != w.sha256 || r.Asked != w.asked.Unix():
		return r, errors.New("what was signed is about something else than what was asked for")
	case r.Stop != (e.Kind == "recovery stopped"):
		return r, errors.New("what was signed says the opposite")
	case e.At.After(time.Unix(r.Expires, 0)):
		return r, errors.New("it was signed after its time")
	case s.UserID == w.user && !r.Stop:
		return r, fmt.Errorf("%s vouches for a key of their own account", s.User)
	}
	return r, v.site.Check(pending.VouchChallenge(s.Record), k.Public, s.Assertion)
}

// vouchedFor checks that a key for which nobody but others stands was signed for by enough of them, and that it counts no
// sooner than they were told.
func (v *verifier) vouchedFor(e *store.Entry, k *pending.KeyEntry) {
	id, recovered := strings.CutPrefix(k.From, "recovery ")
	if !recovered {
		return
	}
	sum := sha256.Sum256(k.Public)
	w := v.wishes[id]
	switch {
	case w == nil || w.stopped:
		v.bad(e, "nobody asked for it, or it was stopped")
	case w.user != k.UserID || w.key != k.ID || w.sha256 != hex.EncodeToString(sum[:]):
		v.bad(e, "it is another key than the one that was asked for")
	case len(w.by) < pending.Vouchers:
		v.bad(e, "%d of %d people vouched for it", len(w.by), pending.Vouchers)
	default:
		for _, by := range w.by {
			if k.Counts.Before(by.at.Add(by.delay)) {
				v.bad(e, "it counts before the delay of %s is over", by.delay)
				return
			}
		}
	}
}

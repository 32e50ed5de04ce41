// Package audit reads the log again and believes nothing: every line must follow from the one before, every approval must
// be a signature, over exactly the record it shows, of a key that the log says was good then, and nothing may be sent that
// was not approved. Who has the log and the confirm origin's name can check it anywhere.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

// Report is what checking a log found.
type Report struct {
	Entries   int
	Keys      int // added in the log
	Approvals int // whose signatures hold
	Lesser    int // approvals by password and code, of which nothing remains to check
	Vouches   int // signatures for other people's keys
	Said      int // signed comments and rejections
	Sent      int // changes that were sent
	Head      string
	Problems  []string
}

// batch is how many entries are read at once.
const batch = 500

// Verify checks a wiki's log, from its first line to its last, and what the store knows beside it.
func Verify(ctx context.Context, log store.Approvals, wiki string, site passkey.Site) (*Report, error) {
	beside, err := readTables(ctx, log, wiki)
	if err != nil {
		return nil, err
	}
	said := seen{}
	v := &verifier{site: site, keys: map[string]*key{}, changes: map[string]*change{}, wishes: map[string]*wish{}}
	for after := int64(0); ; {
		entries, err := log.Entries(ctx, wiki, after, batch)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			v.chain(&entries[i])
			v.read(&entries[i])
			said.follow(&entries[i])
			after = entries[i].Seq
		}
		if len(entries) < batch {
			v.inLog = len(v.Problems)
			return &v.Report, v.compare(ctx, log, wiki, beside, said)
		}
	}
}

type key struct {
	pending.KeyEntry
	revoked bool
}

type change struct {
	id        string
	policy    pending.Policy
	user      int64
	pages     string // JSON
	tiers     []writedoor.Tier
	approvals map[int64]pending.Approval
}

type verifier struct {
	Report
	inLog   int // problems found in the log itself
	site    passkey.Site
	keys    map[string]*key
	changes map[string]*change
	wishes  map[string]*wish
}

func (v *verifier) bad(e *store.Entry, format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf("entry %d (%s): %s", e.Seq, e.Kind, fmt.Sprintf(format, args...)))
}

// chain checks an entry's place.
func (v *verifier) chain(e *store.Entry) {
	v.Entries++
	if e.Seq != int64(v.Entries) {
		v.bad(e, "entry %d is missing", v.Entries)
		v.Entries = int(e.Seq)
	}
	if e.Sum(v.Head) != e.Hash {
		v.bad(e, "it does not follow from the entry before, or was changed")
	}
	v.Head = e.Hash
}

// read checks what an entry says.
func (v *verifier) read(e *store.Entry) {
	switch e.Kind {
	case "key added":
		v.keyAdded(e)
	case "key revoked":
		var k pending.KeyEntry
		if json.Unmarshal([]byte(e.Body), &k) == nil && v.keys[k.ID] != nil {
			v.keys[k.ID].revoked = true
		}
	case "parked":
		v.parked(e)
	case "approved":
		v.approved(e)
	case "said":
		v.said(e)
	case "recovery asked", "vouched", "recovery stopped":
		v.recovery(e)
	case "sending":
		v.sent(e)
	}
}

func (v *verifier) keyAdded(e *store.Entry) {
	var k pending.KeyEntry
	if err := json.Unmarshal([]byte(e.Body), &k); err != nil || k.ID == "" {
		v.bad(e, "it names no key")
		return
	}
	if v.keys[k.ID] != nil {
		v.bad(e, "key %s was added before", k.ID)
	}
	v.vouchedFor(e, &k)
	v.keys[k.ID] = &key{KeyEntry: k}
	v.Keys++
}

// line is what entries about changes have in common.
type line struct {
	ID     string          `json:"id"`
	UserID int64           `json:"user_id"`
	Policy pending.Policy  `json:"policy"`
	Pages  json.RawMessage `json:"pages"`

	Tiers []writedoor.Tier `json:"tiers"`
}

func (v *verifier) parked(e *store.Entry) {
	var l line
	if err := json.Unmarshal([]byte(e.Body), &l); err != nil || l.ID == "" || v.changes[l.ID] != nil {
		v.bad(e, "it names no change, or one that was parked before")
		return
	}
	v.changes[l.ID] = &change{id: l.ID, policy: l.Policy, user: l.UserID, pages: string(l.Pages), tiers: l.Tiers, approvals: map[int64]pending.Approval{}}
}

func (v *verifier) approved(e *store.Entry) {
	var l line
	var a pending.Approval
	if json.Unmarshal([]byte(e.Body), &l) != nil || json.Unmarshal([]byte(e.Body), &a) != nil {
		v.bad(e, "it cannot be read")
		return
	}
	c, k := v.changes[l.ID], v.keys[a.KeyID]
	switch {
	case c == nil:
		v.bad(e, "no such change was parked: %s", l.ID)
	case k == nil:
		v.bad(e, "the log knows no key %s", a.KeyID)
	case k.revoked || e.At.Before(k.Counts) || k.UserID != a.UserID:
		v.bad(e, "key %s was revoked, did not count yet, or is not %s's", a.KeyID, a.User)
	default:
		if err := v.signature(e, c, k, &a); err != nil {
			v.bad(e, "%v", err)
			return
		}
		if k.Kind == "code" {
			v.Lesser++
		} else {
			v.Approvals++
		}
		c.approvals[a.UserID] = a
	}
}

// signature checks that exactly this change was signed, in time, with exactly this key.
func (v *verifier) signature(e *store.Entry, c *change, k *key, a *pending.Approval) error {
	var r pending.Record
	if err := json.Unmarshal([]byte(a.Record), &r); err != nil {
		return fmt.Errorf("the record cannot be read: %w", err)
	}
	pages, err := json.Marshal(r.Pages)
	if err != nil {
		return err
	}
	switch {
	case r.Wiki != e.Wiki || r.UserID != c.user:
		return fmt.Errorf("the record is about %s on %s", r.User, r.Wiki)
	case c.pages != "" && string(pages) != c.pages || c.pages == "" && len(r.Pages) > 0:
		return fmt.Errorf("the record names other pages or texts than the change")
	case e.At.After(time.Unix(r.Expires, 0)):
		return fmt.Errorf("it was signed after its time, %s", time.Unix(r.Expires, 0).UTC())
	case k.Kind == "code" && !pending.Lesser(c.tiers, c.policy):
		return fmt.Errorf("a password and a code are not enough for a change of %v", c.tiers)
	case k.Kind == "code":
		return nil
	}
	challenge, err := a.Signed(c.id)
	if err != nil {
		return err
	}
	if k.Kind == "ssh" {
		return passkey.CheckSSH(challenge, k.Public, a.Signature)
	}
	return v.site.Check(challenge, k.Public, a.Assertion)
}

func (v *verifier) sent(e *store.Entry) {
	var l line
	if err := json.Unmarshal([]byte(e.Body), &l); err != nil || v.changes[l.ID] == nil {
		v.bad(e, "no such change was parked: %s", l.ID)
		return
	}
	v.Sent++
	c := v.changes[l.ID]
	needs := 1
	if c.policy == pending.TwoPeople {
		needs = 2
	}
	good := 0
	for _, a := range c.approvals {
		if e.At.Before(a.Until) {
			good++
		}
	}
	if good < needs {
		v.bad(e, "change %s was sent with %d of %d approvals", l.ID, good, needs)
	}
	if _, own := c.approvals[c.user]; !own {
		v.bad(e, "change %s was sent without its sender's approval", l.ID)
	}
}

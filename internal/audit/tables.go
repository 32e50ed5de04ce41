package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// tables are what the store says beside the log. A log whose end was cut off is still a good log: but a store in which a
// change was made that the log only saw parked, or a key counts that the log never saw, says that something is gone, or was
// put in by hand. Tables are read before the log is, so that what happens meanwhile makes no difference.
type tables struct {
	keys    []store.Key
	changes map[string]store.State
}

// maxOwners bounds of how many accounts changes are looked at.
const maxOwners = 5000

func readTables(ctx context.Context, log store.Approvals, wiki string) (*tables, error) {
	t := &tables{changes: map[string]store.State{}}
	var err error
	if t.keys, err = log.Keys(ctx, wiki, 0); err != nil {
		return nil, err
	}
	owners := map[int64]bool{}
	for _, k := range t.keys {
		owners[k.UserID] = true
	}
	open, err := log.Queue(ctx, wiki, time.Unix(0, 0), maxOwners)
	if err != nil {
		return nil, err
	}
	for _, w := range open {
		owners[w.UserID] = true
	}
	for id := range owners {
		list, err := log.WaitingOf(ctx, wiki, id, time.Unix(0, 0))
		if err != nil {
			return nil, err
		}
		for _, w := range list {
			t.changes[w.ID] = w.State
		}
	}
	return t, nil
}

// seen is what the log has said of one change, and of one key.
type seen map[string][]string

// follow notes which kinds of entries there are about what.
func (s seen) follow(e *store.Entry) {
	var l struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(e.Body), &l) == nil && l.ID != "" {
		s[l.ID] = append(s[l.ID], e.Kind)
	}
}

// compare says what the tables know that the log does not.
func (v *verifier) compare(ctx context.Context, log store.Approvals, wiki string, t *tables, s seen) error {
	bad := func(format string, args ...any) {
		v.Problems = append(v.Problems, "beside the log: "+fmt.Sprintf(format, args...)+": the end of the log was cut off, or the store was changed by hand")
	}
	for id, state := range t.changes {
		want := string(state)
		if !slices.Contains(s[id], want) {
			bad("change %s is %s, which the log does not say", id, want)
		}
	}
	for i := range t.keys {
		k := &t.keys[i]
		in := v.keys[k.ID]
		if in == nil {
			bad("key %s of %s is not in the log", k.ID, k.User)
			continue
		}
		if why := differs(k, &in.KeyEntry); why != "" {
			bad("key %s of %s has another %s in the log", k.ID, k.User, why)
		}
		if in.revoked == k.Revoked.IsZero() {
			now, err := log.Key(ctx, wiki, k.ID) // it may have been revoked while the log was read
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if in.revoked == now.Revoked.IsZero() {
				bad("key %s of %s is revoked in one of the log and the store, and not in the other", k.ID, k.User)
			}
		}
	}
	slices.Sort(v.Problems[v.inLog:])
	return nil
}

func differs(k *store.Key, in *pending.KeyEntry) string {
	switch {
	case k.UserID != in.UserID:
		return "owner"
	case k.Kind != in.Kind:
		return "kind"
	case k.Kind != "code" && !bytes.Equal(k.Public, in.Public):
		return "public part"
	case k.Counts.Before(in.Counts):
		return "moment from which it counts"
	}
	return ""
}

// ErrHead says that a hash is not in the log.
var ErrHead = errors.New("the log does not hold this hash: its end was cut off, or all of it was written anew")

// Find looks for the entry with a hash that somebody has kept elsewhere, and returns its number.
func Find(ctx context.Context, log store.Approvals, wiki, hash string) (int64, error) {
	for after := int64(0); ; {
		entries, err := log.Entries(ctx, wiki, after, batch)
		if err != nil {
			return 0, err
		}
		for i := range entries {
			if after = entries[i].Seq; entries[i].Hash == hash {
				return after, nil
			}
		}
		if len(entries) < batch {
			return 0, ErrHead
		}
	}
}

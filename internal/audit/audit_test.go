package audit_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/audit"
	"sallyport/internal/audit/audittest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// tampered is a store in whose log somebody had a hand.
type tampered struct {
	store.Approvals
	change func([]store.Entry) []store.Entry
	keys   func([]store.Key) []store.Key
}

func (s tampered) Entries(ctx context.Context, wiki string, after int64, limit int) ([]store.Entry, error) {
	all, err := s.Approvals.Entries(ctx, wiki, 0, 1000)
	if s.change != nil {
		all = s.change(all)
	}
	all = slices.DeleteFunc(all, func(e store.Entry) bool { return e.Seq <= after })
	return all[:min(limit, len(all))], err
}

func (s tampered) Keys(ctx context.Context, wiki string, user int64) ([]store.Key, error) {
	all, err := s.Approvals.Keys(ctx, wiki, user)
	if s.keys != nil {
		all = s.keys(all)
	}
	return all, err
}

// history is a log of two changes that were made, one by two people, and one that was rejected. Its 15 entries:
// 1–3 keys, 4 parked, 5 approved, 6 sending, 7 done, 8 parked, 9 and 10 approved, 11 sending, 12 done, 13 parked,
// 14 rejected, 15 key revoked.
func history(t *testing.T) *audittest.Office {
	o := audittest.New(t)
	c := o.Park("one();", pending.Approve)
	o.Approve(audittest.Ira, c.ID)
	o.Make(c.ID)
	c = o.Park("two();", pending.TwoPeople)
	o.Approve(audittest.Ira, c.ID)
	o.Approve(audittest.Olga, c.ID)
	o.Make(c.ID)
	_, err := o.Desk.Reject(t.Context(), o.Park("three();", pending.Approve).ID)
	o.OK(err)
	o.Revoke(audittest.Mara)
	return o
}

func verify(t *testing.T, o *audittest.Office, s store.Approvals) *audit.Report {
	t.Helper()
	r, err := audit.Verify(t.Context(), s, o.Site.ID, o.At)
	o.OK(err)
	return r
}

func TestALogThatNobodyTouchedHolds(t *testing.T) {
	o := history(t)
	r := verify(t, o, o.Store)
	if len(r.Problems) > 0 || r.Entries != 15 || r.Keys != 3 || r.Approvals != 3 || r.Sent != 2 {
		t.Errorf("%+v", r)
	}
}

// rechain writes the hashes anew from an entry on, as somebody with the whole store in hand can.
func rechain(all []store.Entry, from int) []store.Entry {
	previous := ""
	for i := range all {
		if i >= from {
			all[i].Seq = int64(i + 1)
			all[i].Hash = all[i].Sum(previous)
		}
		previous = all[i].Hash
	}
	return all
}

func TestEveryHandInTheLogIsSeen(t *testing.T) {
	o := history(t)
	body := func(i int, old, now string) func([]store.Entry) []store.Entry {
		return func(all []store.Entry) []store.Entry {
			if !strings.Contains(all[i].Body, old) {
				t.Fatalf("entry %d has no %q: %s", i+1, old, all[i].Body)
			}
			all[i].Body = strings.Replace(all[i].Body, old, now, 1)
			return all
		}
	}
	then := func(first func([]store.Entry) []store.Entry, from int) func([]store.Entry) []store.Entry {
		return func(all []store.Entry) []store.Entry { return rechain(first(all), from) }
	}
	cut := func(i, n int) func([]store.Entry) []store.Entry {
		return func(all []store.Entry) []store.Entry { return slices.Delete(all, i, i+n) }
	}
	swap := func(i, j int) func([]store.Entry) []store.Entry {
		return func(all []store.Entry) []store.Entry {
			all[i], all[j] = all[j], all[i]
			all[i].Seq, all[j].Seq = all[j].Seq, all[i].Seq
			return all
		}
	}
	for name, c := range map[string]struct {
		change func([]store.Entry) []store.Entry
		want   string
	}{
		"a row was changed":               {body(3, `"user":"Ira"`, `"user":"Ina"`), "entry 4 (parked): it does not follow"},
		"only its time":                   {func(all []store.Entry) []store.Entry { all[3].At = all[3].At.Add(1e6); return all }, "entry 4 (parked): it does not follow"},
		"only its kind":                   {func(all []store.Entry) []store.Entry { all[13].Kind = "failed"; return all }, "entry 14 (failed): it does not follow"},
		"a row is gone":                   {cut(4, 1), "entry 5 is missing"},
		"the first row is gone":           {cut(0, 1), "entry 1 is missing"},
		"rows changed places":             {swap(6, 7), "it does not follow"},
		"a row was put in":                {func(all []store.Entry) []store.Entry { return slices.Insert(all, 5, all[4]) }, "it does not follow"},
		"one changed, all chained anew":   {then(body(3, `"sha256":"`, `"sha256":"0`), 3), "entry 5 (approved): the record names other pages or texts"},
		"an approval gone, chained anew":  {then(cut(9, 1), 9), "was sent with 1 of 2 approvals"},
		"its own gone, chained anew":      {then(cut(8, 1), 8), "was sent without its sender's approval"},
		"another key, chained anew":       {then(body(0, `"public":"`, `"public":"AA`), 0), "entry 5 (approved)"},
		"a key before its time":           {then(func(all []store.Entry) []store.Entry { return slices.Insert(slices.Delete(all, 0, 1), 13, all[0]) }, 0), "the log knows no key"},
		"the last row is gone":            {cut(14, 1), "is revoked in one of the log and the store"},
		"the last two rows are gone":      {cut(13, 2), "is rejected, which the log does not say"},
		"all about the last change":       {cut(12, 3), "is rejected, which the log does not say"},
		"the end of a change that's made": {cut(11, 4), "is done, which the log does not say"},
		"all of it is gone":               {cut(0, 15), "is not in the log"},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, o, tampered{Approvals: o.Store, change: c.change})
			if !slices.ContainsFunc(r.Problems, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("no problem says %q: %q", c.want, r.Problems)
			}
		})
	}
}

func TestAKeyPutIntoTheStoreByHandIsSeen(t *testing.T) {
	o := history(t)
	for name, c := range map[string]struct {
		keys func([]store.Key) []store.Key
		want string
	}{
		"a new one":            {func(k []store.Key) []store.Key { return append(k, store.Key{ID: "new", User: "Eve", UserID: 66}) }, "key new of Eve is not in the log"},
		"somebody else's":      {func(k []store.Key) []store.Key { k[0].UserID = 66; return k }, "has another owner"},
		"another public part":  {func(k []store.Key) []store.Key { k[0].Public = []byte("x"); return k }, "has another public part"},
		"it counts before":     {func(k []store.Key) []store.Key { k[0].Counts = k[0].Counts.AddDate(0, 0, -1); return k }, "has another moment"},
		"another kind of key":  {func(k []store.Key) []store.Key { k[0].Kind = "ssh"; return k }, "has another kind"},
		"nothing but the same": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, o, tampered{Approvals: o.Store, keys: c.keys})
			if c.want == "" && len(r.Problems) > 0 || c.want != "" && !strings.Contains(strings.Join(r.Problems, "\n"), c.want) {
				t.Errorf("%q", r.Problems)
			}
		})
	}
}

func TestAHeadKeptElsewhereTellsALogWrittenAnew(t *testing.T) {
	o := history(t)
	head := verify(t, o, o.Store).Head
	if seq, err := audit.Find(t.Context(), o.Store, o.Site.ID, head); err != nil || seq != 15 {
		t.Errorf("entry %d (%v)", seq, err)
	}
	o.Park("four();", pending.Approve)
	if seq, err := audit.Find(t.Context(), o.Store, o.Site.ID, head); err != nil || seq != 15 {
		t.Errorf("after another entry: %d (%v)", seq, err)
	}
	// All of the store is written anew, and nothing in it can tell: but for what somebody kept elsewhere.
	anew := tampered{Approvals: o.Store, change: func(all []store.Entry) []store.Entry {
		all[0].At = all[0].At.Add(1e6)
		return rechain(all, 0)
	}}
	if r := verify(t, o, anew); len(r.Problems) > 0 {
		t.Errorf("%q", r.Problems)
	}
	if _, err := audit.Find(t.Context(), anew, o.Site.ID, head); !errors.Is(err, audit.ErrHead) {
		t.Errorf("error %v", err)
	}
}

package pending_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

func TestAnApprovedChangeIsMadeOnceAndNothingElseIs(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	if s, err := w.make(c.ID); !errors.Is(err, pending.ErrNotNow) || s.State != store.Parked {
		t.Errorf("before the approval: %v", err)
	}
	w.ok(w.sign(w.key, c))
	if _, err := w.desk.Begin(t.Context(), c.ID, olga, w.w.ask); !errors.Is(err, pending.ErrNotYours) {
		t.Errorf("another account: %v", err)
	}
	s, err := w.make(c.ID)
	w.ok(err)
	if s.State != store.Done || s.Told.Revision != 2 {
		t.Errorf("it is %s, revision %d", s.State, s.Told.Revision)
	}
	if _, err := w.make(c.ID); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("once more: %v", err)
	}
	if n := w.w.by("Ira"); n != 1 {
		t.Errorf("%d revisions", n)
	}
	r := w.verified()
	if r.Approvals != 1 || r.Sent != 1 || r.Keys != 1 {
		t.Errorf("the log has %+v", r)
	}
}

func TestWhatIsParkedIsUnreadableInTheStore(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("a_secret_text();")
	w.ok(err)
	row, err := w.store.Waiting(t.Context(), "testwiki", c.ID)
	w.ok(err)
	if bytes.Contains(row.Sealed, []byte("secret")) || len(row.Sealed) == 0 {
		t.Errorf("kept as %q", row.Sealed)
	}
	row.Sealed[len(row.Sealed)/2] ^= 1
	row.Version = 1
	_, err = w.store.Advance(t.Context(), row)
	w.ok(err)
	if _, err := w.desk.Change(t.Context(), c.ID); err == nil {
		t.Error("a changed parcel is read")
	}
}

func TestTheSameChangeIsParkedOnce(t *testing.T) {
	w := newWorld(t)
	one, err := w.park("new();")
	w.ok(err)
	two, err := w.park("new();")
	w.ok(err)
	if one.ID != two.ID {
		t.Error("it is parked twice")
	}
	for i := range 2 {
		_, err := w.park(fmt.Sprintf("other(%d);", i))
		w.ok(err)
	}
	if _, err := w.park("fourth();"); !errors.Is(err, pending.ErrTooMany) {
		t.Errorf("the fourth: %v", err)
	}
	if _, err := w.desk.Reject(t.Context(), one.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.park("fourth();"); err != nil {
		t.Errorf("after a rejection: %v", err)
	}
}

func TestAnApprovalHoldsForWhatWasShownThenAndByWhom(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	other, err := w.park("other();")
	w.ok(err)
	until := w.desk.Until(c)
	record, err := w.desk.Shown(other, until)
	w.ok(err)
	good := w.key.Sign(w.at.Origin, w.at.Host, passkeytest.Present|passkeytest.Verified, pending.Challenge(record))
	if _, err := w.desk.Approve(t.Context(), c.ID, until, good); !errors.Is(err, pending.ErrSignature) {
		t.Errorf("the approval of another change: %v", err)
	}
	if _, err := w.desk.Approve(t.Context(), other.ID, until.Add(time.Second), good); !errors.Is(err, pending.ErrSignature) && !errors.Is(err, pending.ErrLate) {
		t.Errorf("with a later end: %v", err)
	}
	if _, err := w.desk.Approve(t.Context(), other.ID, w.w.time().Add(time.Hour), good); !errors.Is(err, pending.ErrLate) {
		t.Errorf("far ahead: %v", err)
	}
	stranger := passkeytest.New(t)
	if err := w.sign(stranger, c); !errors.Is(err, pending.ErrKey) {
		t.Errorf("a key nobody registered: %v", err)
	}
	w.add(stranger, olga)
	if err := w.sign(stranger, c); !errors.Is(err, pending.ErrKey) {
		t.Errorf("another person's key: %v", err)
	}
	w.w.pass(11 * time.Minute)
	if _, err := w.desk.Approve(t.Context(), other.ID, until, good); !errors.Is(err, pending.ErrLate) {
		t.Errorf("too late: %v", err)
	}
	w.ok(w.sign(w.key, c))
	w.w.pass(11 * time.Minute)
	if s, err := w.make(c.ID); !errors.Is(err, pending.ErrNotNow) || s.State != store.Parked {
		t.Errorf("an approval that lapsed: %v", err)
	}
	w.ok(w.sign(w.key, mustChange(w, c.ID)))
	_, err = w.make(c.ID)
	w.ok(err)
	w.verified()
}

func mustChange(w *world, id string) *pending.Change {
	c, err := w.desk.Change(w.Context(), id)
	w.ok(err)
	return c
}

func TestAPageThatChangedMeanwhileStopsTheChange(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.sign(w.key, c))
	w.w.save("Ada", "meanwhile();")
	if s, err := w.make(c.ID); !errors.Is(err, pending.ErrStale) || s.State != store.Failed || s.Typed != "new();" {
		t.Errorf("%v; %s", err, s.State)
	}
	if w.w.by("Ira") != 0 {
		t.Error("it was made")
	}
	op := edit("x();")
	op.Params.Set("baserevid", "1")
	_, err = w.desk.Park(t.Context(), pending.Arrival{Operation: op, Policy: pending.Approve, Actor: ira, Ask: w.w.ask})
	if !errors.Is(err, pending.ErrStale) {
		t.Errorf("an edit that began from an older revision: %v", err)
	}
}

func TestTwoPeopleMeansTheSenderAndSomebodyElse(t *testing.T) {
	w := newWorld(t)
	second := passkeytest.New(t)
	w.add(second, olga)
	park := func(text string) *pending.Change {
		c, err := w.desk.Park(t.Context(), pending.Arrival{Operation: edit(text), Policy: pending.TwoPeople, Actor: ira, Ask: w.w.ask})
		w.ok(err)
		return c
	}
	c := park("new();")
	w.ok(w.sign(w.key, c))
	if err := w.sign(w.key, mustChange(w, c.ID)); !errors.Is(err, pending.ErrKey) {
		t.Errorf("the same person twice: %v", err)
	}
	if _, err := w.make(c.ID); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("with one approval: %v", err)
	}
	w.w.pass(12 * time.Hour)
	w.ok(w.sign(second, mustChange(w, c.ID)))
	_, err := w.make(c.ID)
	w.ok(err)
	strangersFirst := park("newer();")
	w.ok(w.sign(second, strangersFirst))
	w.ok(w.sign(w.key, mustChange(w, strangersFirst.ID)))
	w.verified()
}

func TestAReportHoldsTheAccountForAWhile(t *testing.T) {
	w := newWorld(t)
	one, err := w.park("one();")
	w.ok(err)
	two, err := w.park("two();")
	w.ok(err)
	w.ok(w.sign(w.key, two))
	_, err = w.desk.Report(t.Context(), one.ID)
	w.ok(err)
	if got := w.state(two.ID); got != store.Rejected {
		t.Errorf("the other one is %s", got)
	}
	if _, err := w.park("three();"); !errors.Is(err, pending.ErrHeld) {
		t.Errorf("after it: %v", err)
	}
	w.w.pass(time.Hour + time.Second)
	if _, err := w.park("three();"); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	w.verified()
}

func TestHugeTextsWaitAndTooHugeOnesAreRefused(t *testing.T) {
	w := newWorld(t)
	huge := strings.Repeat("é\u202e ", 2<<20/7)
	c, err := w.park(huge)
	w.ok(err)
	if got := mustChange(w, c.ID); got.Changes[0].New != huge {
		t.Error("another text came back")
	}
	w.ok(w.sign(w.key, c))
	_, err = w.park(strings.Repeat("x", pending.MaxSealed))
	if !errors.Is(err, pending.ErrTooLarge) {
		t.Errorf("too huge: %v", err)
	}
}

func TestWhoCannotApproveIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	op := edit("x")
	op.Apart = true
	if _, err := w.desk.Park(t.Context(), pending.Arrival{Operation: op, Actor: ira, Ask: w.w.ask}); !errors.Is(err, pending.ErrApart) {
		t.Errorf("OAuth: %v", err)
	}
	a := pending.Arrival{Operation: edit("x"), Ask: w.w.ask}
	if _, err := w.desk.Park(t.Context(), a); !errors.Is(err, pending.ErrNobody) {
		t.Errorf("nobody: %v", err)
	}
}

func TestPoliciesAreTheStrictestOfTheTiersAndSpareOrdinaryPeople(t *testing.T) {
	p := pending.DefaultPolicies()
	of := func(tiers ...writedoor.Tier) *writedoor.Operation { return &writedoor.Operation{Tiers: tiers} }
	for _, c := range []struct {
		want pending.Policy
		got  pending.Policy
	}{
		{pending.Approve, p.For(of(writedoor.SiteCode, writedoor.DeletionTier), ira)},
		{pending.Log, p.For(of(writedoor.OwnCode), ira)},
		{"", p.For(of(), ira)},
		{"", p.For(of(writedoor.OptionsTier), ira)},
		{pending.Approve, p.For(of(writedoor.CredentialsTier), ira)},
		{pending.Log, p.For(of(writedoor.CredentialsTier), olga)},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	for _, bad := range []map[string]string{{"site-cod": "log"}, {"site-code": "never"}, {"none": "log"}} {
		if _, err := pending.ReadPolicies(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestALogThatWasTouchedDoesNotHold(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.sign(w.key, c))
	_, err = w.make(c.ID)
	w.ok(err)
	w.verified()
	all, err := w.store.Entries(t.Context(), "testwiki", 0, 100)
	w.ok(err)
	found := touchedLogs(t, w, all)
	if found != len(all) {
		t.Errorf("%d of %d touched logs were found out", found, len(all))
	}
}

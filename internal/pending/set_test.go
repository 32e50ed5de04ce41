package pending_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

const verified = passkeytest.Present | passkeytest.Verified

// signSet approves a set as it is shown now.
func (w *world) signSet(k *passkeytest.Key, ids []string) error {
	w.Helper()
	set, err := w.desk.Set(w.Context(), ids)
	if err != nil {
		return err
	}
	until := w.desk.UntilSet(set)
	text, _, err := w.desk.ShownSet(set, until)
	w.ok(err)
	_, err = w.desk.ApproveSet(w.Context(), ids, until, k.Sign(w.at.Origin, w.at.Host, verified, pending.SetChallenge(text)))
	return err
}

func TestOneSignatureApprovesAListedSetAndEachIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	s := many(w, 60)
	first := w.parkOn(s, 0, pending.Approve)
	for i := 1; i < 53; i++ {
		w.parkOn(s, i, pending.Approve)
	}
	w.parkOn(s, 1000, pending.Approve) // and another text of a page that is in the set already
	set, left, err := w.desk.Together(t.Context(), first.ID)
	w.ok(err)
	if len(set) != pending.MaxSet || left != 4 || set[0].ID != first.ID {
		t.Fatalf("%d changes together, %d left", len(set), left)
	}
	w.ok(w.signSet(w.key, ids(set)))
	s.save("Olga", "MediaWiki:Gadget-7.js", "meanwhile();")
	made, stale := 0, 0
	for _, c := range set {
		switch done, err := w.makeOn(s, c.ID); {
		case err == nil && done.State == store.Done:
			made++
		case errors.Is(err, pending.ErrStale):
			stale++
		default:
			t.Fatalf("%v", err)
		}
		if _, err := w.makeOn(s, c.ID); !errors.Is(err, pending.ErrNotNow) {
			t.Fatalf("once more: %v", err)
		}
	}
	if made != 49 || stale != 1 || s.by("Ira") != 49 {
		t.Errorf("%d made, %d not, %d on the wiki", made, stale, s.by("Ira"))
	}
	r := w.verified()
	if r.Approvals != 50 || r.Sent != 49 {
		t.Errorf("the log has %+v", r)
	}
	t.Logf("one signature, %d changes made, %d stale; %d entries in the log", made, stale, r.Entries)
}

func TestASetIsExactlyWhatWasShown(t *testing.T) {
	w := newWorld(t)
	s := many(w, 10)
	a, b, c := w.parkOn(s, 1, pending.Approve), w.parkOn(s, 2, pending.Approve), w.parkOn(s, 3, pending.Approve)
	until := w.desk.UntilSet([]*pending.Change{a, b})
	text, _, err := w.desk.ShownSet([]*pending.Change{a, b}, until)
	w.ok(err)
	good := w.key.Sign(w.at.Origin, w.at.Host, verified, pending.SetChallenge(text))
	for name, try := range map[string]struct {
		ids   []string
		until time.Time
	}{
		"another change in its place": {[]string{a.ID, c.ID}, until},
		"one more":                    {[]string{a.ID, b.ID, c.ID}, until},
		"one less":                    {[]string{a.ID}, until},
		"another order":               {[]string{b.ID, a.ID}, until},
		"another time":                {[]string{a.ID, b.ID}, until.Add(-time.Second)},
	} {
		if _, err := w.desk.ApproveSet(t.Context(), try.ids, try.until, good); !errors.Is(err, pending.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.desk.Approve(t.Context(), a.ID, until, good); !errors.Is(err, pending.ErrSignature) {
		t.Errorf("the set's signature for one of it: %v", err)
	}
	stranger := passkeytest.New(t)
	w.add(stranger, olga)
	for name, key := range map[string]*passkeytest.Key{"another person's key": stranger, "nobody's key": passkeytest.New(t)} {
		if err := w.signSet(key, []string{a.ID, b.ID}); !errors.Is(err, pending.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, ids := range map[string][]string{"nothing": nil, "the same twice": {a.ID, a.ID}, "too many": slices.Repeat([]string{a.ID}, 51)} {
		if _, err := w.desk.Set(t.Context(), ids); err == nil {
			t.Errorf("%s is a set", name)
		}
	}
	for _, id := range []string{a.ID, b.ID, c.ID} {
		if got := w.state(id); got != store.Parked {
			t.Errorf("one is %s", got)
		}
	}
	_, err = w.desk.ApproveSet(t.Context(), []string{a.ID, b.ID}, until, good)
	w.ok(err)
	if _, err = w.desk.ApproveSet(t.Context(), []string{a.ID, b.ID}, until, good); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("the same signature once more: %v", err)
	}
	w.verified()
}

// What was parked is encrypted with its id: a row that takes another's text cannot be read, and a set with it is refused.
func TestATextThatIsExchangedInTheStoreAfterItWasShownIsNotApproved(t *testing.T) {
	w := newWorld(t)
	s := many(w, 10)
	a, b := w.parkOn(s, 1, pending.Approve), w.parkOn(s, 2, pending.Approve)
	until := w.desk.UntilSet([]*pending.Change{a, b})
	text, _, err := w.desk.ShownSet([]*pending.Change{a, b}, until)
	w.ok(err)
	good := w.key.Sign(w.at.Origin, w.at.Host, verified, pending.SetChallenge(text))
	row, err := w.store.Waiting(t.Context(), "testwiki", a.ID)
	w.ok(err)
	other, err := w.store.Waiting(t.Context(), "testwiki", b.ID)
	w.ok(err)
	row.Sealed = other.Sealed
	_, err = w.store.Advance(t.Context(), row)
	w.ok(err)
	if _, err := w.desk.ApproveSet(t.Context(), []string{a.ID, b.ID}, until, good); err == nil {
		t.Error("it is approved")
	}
	if got := w.state(b.ID); got != store.Parked {
		t.Errorf("the other one is %s", got)
	}
}

func TestASetForTwoPeopleNeedsBoth(t *testing.T) {
	w := newWorld(t)
	second := passkeytest.New(t)
	w.add(second, olga)
	s := many(w, 10)
	list := []string{w.parkOn(s, 1, pending.TwoPeople).ID, w.parkOn(s, 2, pending.TwoPeople).ID}
	w.ok(w.signSet(w.key, list))
	if err := w.signSet(w.key, list); !errors.Is(err, pending.ErrKey) {
		t.Errorf("the same person twice: %v", err)
	}
	if _, err := w.makeOn(s, list[0]); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("with one approval: %v", err)
	}
	w.w.pass(5 * time.Hour)
	w.ok(w.sign(second, mustChange(w, list[0]))) // one by itself, the other in a set
	w.ok(w.signSet(second, list[1:]))
	for _, id := range list {
		_, err := w.makeOn(s, id)
		w.ok(err)
	}
	if r := w.verified(); r.Approvals != 4 || r.Sent != 2 {
		t.Errorf("the log has %+v", r)
	}
}

// runSet is what a person and their browser do with a set, again and again until all of it is saved.
func (w *world) runSet(s *shelf, b *bomb, n int) (done int, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(crash); !ours {
				panic(r)
			}
		}
	}()
	var open []string
	for i := range n {
		if s.has("Ira", fmt.Sprintf("MediaWiki:Gadget-%d.js", i)) {
			continue // they see it on the page
		}
		if c := w.parkOn(s, i, pending.Approve); c.State == store.Parked {
			open = append(open, c.ID)
		}
	}
	if len(open) > 0 {
		if err := w.signSet(w.key, open); err != nil {
			return 0, err
		}
	}
	list, err := w.store.WaitingOf(w.Context(), "testwiki", ira.ID, time.Time{})
	if err != nil {
		return 0, err
	}
	for _, row := range list {
		if row.State == store.Done {
			done++
			continue
		}
		sending, err := w.desk.Begin(w.Context(), row.ID, ira, s.ask)
		if err != nil {
			continue
		}
		b.tick()
		s.save(sending.User, "MediaWiki:"+sending.Changes[0].Title.Key, sending.Changes[0].New)
		b.tick()
		if err := w.desk.Finish(w.Context(), sending, pending.Reply{Status: 200}, s.ask); err == nil && sending.State == store.Done {
			done++
		}
	}
	return done, nil
}

// Whatever step the program ends at, each change of a set is made once.
func TestKilledAtEveryStepOfASetEachIsMadeOnce(t *testing.T) {
	const n = 3
	runs, crashes := 0, 0
	for first := 1; first <= 40; first++ {
		for _, second := range []int{0, 3, 11, 17, 23} {
			w := newWorld(t)
			s := newShelf()
			for try, at := range []int{first, second, 0, 0, 0, 0} {
				b := &bomb{Approvals: w.store, at: at}
				w.open(b, func(o *pending.Options) { o.Door, o.Most = s, 10 })
				if try > 0 && s.by("Ira") == n && settled(w, n) {
					break
				}
				runs++
				if _, err := w.runSet(s, b, n); err != nil && !errors.Is(err, pending.ErrNotNow) {
					t.Fatalf("crashes at %d, %d: %v", first, second, err)
				}
				if b.step == at && at > 0 {
					crashes++
				}
				w.w.pass(31 * time.Second)
			}
			if got := s.by("Ira"); got != n || !settled(w, n) {
				t.Fatalf("crashes at %d, %d: %d saves", first, second, got)
			}
			w.open(w.store, nil)
			w.verified()
		}
	}
	t.Logf("%d runs of %d changes, ended %d times on the way: each change made once", runs, n, crashes)
}

// settled says whether so many changes are done and none is open.
func settled(w *world, n int) bool {
	w.Helper()
	list, err := w.store.WaitingOf(w.Context(), "testwiki", ira.ID, time.Time{})
	w.ok(err)
	states := map[store.State]int{}
	for _, row := range list {
		states[row.State]++
	}
	return fmt.Sprint(states) == fmt.Sprint(map[store.State]int{store.Done: n})
}

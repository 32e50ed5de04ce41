package pending_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// say signs words about a change.
func (w *world) say(k *passkeytest.Key, id string, v pending.Verdict, words string) error {
	w.Helper()
	until := w.w.time().Add(5 * time.Minute).Truncate(time.Second)
	_, record, err := w.desk.ToSay(id, v, words, until)
	if err != nil {
		return err
	}
	_, err = w.desk.Say(w.Context(), id, v, words, until, k.Sign(w.at.Origin, w.at.Host, verified, pending.StatementChallenge(record)))
	return err
}

func TestReviewersCommentAndRejectWithSignatures(t *testing.T) {
	w := newWorld(t)
	second := passkeytest.New(t)
	w.add(second, olga)
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.say(second, c.ID, pending.Comment, "  why not mw.hook?\r\n\u202e<b> "))
	w.ok(w.say(w.key, c.ID, pending.Comment, "because"))
	until := w.w.time().Add(5 * time.Minute).Truncate(time.Second)
	_, record, err := w.desk.ToSay(c.ID, pending.Comment, "yes", until)
	w.ok(err)
	good := second.Sign(w.at.Origin, w.at.Host, verified, pending.StatementChallenge(record))
	if _, err := w.desk.Say(t.Context(), c.ID, pending.Refuse, "yes", until, good); !errors.Is(err, pending.ErrSignature) {
		t.Errorf("a comment taken for a rejection: %v", err)
	}
	if _, err := w.desk.Say(t.Context(), c.ID, pending.Comment, "no", until, good); !errors.Is(err, pending.ErrSignature) {
		t.Errorf("other words: %v", err)
	}
	for range 2 {
		_, err = w.desk.Say(t.Context(), c.ID, pending.Comment, "yes", until, good)
		w.ok(err)
	}
	if err := w.say(passkeytest.New(t), c.ID, pending.Comment, "me too"); !errors.Is(err, pending.ErrKey) {
		t.Errorf("nobody's key: %v", err)
	}
	for name, words := range map[string]string{"nothing": " \n", "too much": strings.Repeat("é", pending.MaxSaidText+1), "a NUL": "a\x00b"} {
		if err := w.say(second, c.ID, pending.Comment, words); !errors.Is(err, pending.ErrSaid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.ok(w.sign(w.key, mustChange(w, c.ID)))
	w.ok(w.say(second, c.ID, pending.Refuse, "not without a test"))
	now := mustChange(w, c.ID)
	if now.State != store.Rejected || now.Told.Outcome != "not without a test" || len(now.Told.Said) != 4 || now.Told.Said[0].Words != "why not mw.hook?\n\u202e<b>" || now.Told.Said[0].User != "Olga" {
		t.Errorf("it is %s: %+v", now.State, now.Told)
	}
	if _, err := w.make(c.ID); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("made after it was rejected: %v", err)
	}
	if err := w.say(second, c.ID, pending.Comment, "late"); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("after it is over: %v", err)
	}
	if mine, err := w.desk.Of(t.Context(), ira.ID, 10); err != nil || len(mine) != 1 || mine[0].State != store.Rejected {
		t.Errorf("its author sees %v, %v", mine, err)
	}
	if r := w.verified(); r.Said != 4 {
		t.Errorf("the log has %+v", r)
	}
}

func TestSoManyCommentsAreKeptAndARejectionStillGoesThrough(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	for i := range 50 {
		w.ok(w.say(w.key, c.ID, pending.Comment, fmt.Sprint(i)))
	}
	if err := w.say(w.key, c.ID, pending.Comment, "one more"); !errors.Is(err, pending.ErrSaid) {
		t.Errorf("the 51st: %v", err)
	}
	w.ok(w.say(w.key, c.ID, pending.Refuse, "enough"))
}

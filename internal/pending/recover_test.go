package pending_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"sallyport/internal/audit"
	"sallyport/internal/passkey"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

var (
	ada  = wiki.User{ID: 9, Name: "Ada", Rights: []string{"editsitejs", "userrights"}}
	bela = wiki.User{ID: 10, Name: "Bela", Rights: []string{"editsitejs", "userrights"}}
	cleo = wiki.User{ID: 11, Name: "Cleo", Rights: []string{"editsitejs"}}
)

// circle is a world whose people vouch for each other.
type circle struct {
	*world
	v    *pending.Vouching
	keys map[string]*passkeytest.Key
}

func newCircle(t *testing.T) *circle {
	c := &circle{world: newWorld(t), keys: map[string]*passkeytest.Key{}}
	all := map[string]wiki.User{"Ira": ira, "Olga": olga, "Ada": ada, "Bela": bela, "Cleo": cleo}
	for _, u := range []wiki.User{ada, bela, cleo} {
		c.keys[u.Name] = passkeytest.New(t)
		c.add(c.keys[u.Name], u)
	}
	c.v = &pending.Vouching{Desk: c.desk, Delay: 48 * time.Hour, Users: func(_ context.Context, names []string) ([]wiki.User, error) {
		users := make([]wiki.User, len(names))
		for i, name := range names {
			users[i] = all[name]
		}
		return users, nil
	}}
	return c
}

// ask asks for a fresh key of an account.
func (c *circle) ask(u wiki.User) (*pending.Recovery, string, *passkeytest.Key, error) {
	k := passkeytest.New(c.TB)
	r, words, err := c.v.Ask(c.Context(), u, passkey.Credential{ID: k.ID, Public: k.Public}, "new phone", "192.0.2.0/24")
	return r, words, k, err
}

func (c *circle) vouch(k *passkeytest.Key, r *pending.Recovery, words string) (*pending.Recovery, error) {
	c.Helper()
	until := c.w.time().Add(5 * time.Minute).Truncate(time.Second)
	record, err := c.v.Shown(r, false, until)
	c.ok(err)
	return c.v.Vouch(c.Context(), r.ID, words, until, k.Sign(c.at.Origin, c.at.Host, verified, pending.VouchChallenge(record)))
}

func (c *circle) stop(k *passkeytest.Key, r *pending.Recovery) error {
	c.Helper()
	until := c.w.time().Add(5 * time.Minute).Truncate(time.Second)
	record, err := c.v.Shown(r, true, until)
	c.ok(err)
	_, err = c.v.Stop(c.Context(), r.ID, until, k.Sign(c.at.Origin, c.at.Host, verified, pending.VouchChallenge(record)))
	return err
}

func TestTwoPeopleVouchForAThirdOnesKeyAndItCountsAfterADelay(t *testing.T) {
	c := newCircle(t)
	r, words, key, err := c.ask(ira)
	c.ok(err)
	if _, err := c.vouch(c.keys["Ada"], r, "AAAA-AAAA"); !errors.Is(err, pending.ErrWords) {
		t.Errorf("without having talked to them: %v", err)
	}
	if _, err := c.vouch(c.key, r, words); !errors.Is(err, pending.ErrVouch) {
		t.Errorf("the account's own old key: %v", err)
	}
	if _, err := c.vouch(key, r, words); !errors.Is(err, pending.ErrKey) {
		t.Errorf("the new key for itself: %v", err)
	}
	_, err = c.vouch(c.keys["Ada"], r, strings.ToLower(strings.ReplaceAll(words, "-", " ")))
	c.ok(err)
	if _, err := c.vouch(c.keys["Ada"], r, words); !errors.Is(err, pending.ErrVouch) {
		t.Errorf("the same person twice: %v", err)
	}
	if _, err := c.store.Key(t.Context(), "testwiki", key.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a key after one of two: %v", err)
	}
	now, err := c.vouch(c.keys["Bela"], r, words)
	c.ok(err)
	if now.State != store.Vouched || now.Counts.Sub(c.w.time()) < 48*time.Hour-time.Second {
		t.Errorf("it is %s and counts from %s", now.State, now.Counts)
	}
	if _, err := c.vouch(c.keys["Cleo"], r, words); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("a third one: %v", err)
	}
	ch, err := c.park("new();")
	c.ok(err)
	if err := c.sign(key, ch); !errors.Is(err, pending.ErrKey) {
		t.Errorf("during the delay: %v", err)
	}
	c.w.pass(49 * time.Hour)
	ch, err = c.park("newer();")
	c.ok(err)
	c.ok(c.sign(key, ch))
	if r := c.verified(); r.Vouches != 2 || r.Keys != 5 {
		t.Errorf("the log has %+v", r)
	}
}

func TestNobodyIsVouchedIntoMorePowerThanTheVouchersHave(t *testing.T) {
	c := newCircle(t)
	r, words, _, err := c.ask(ada)
	c.ok(err)
	if _, err := c.vouch(c.keys["Cleo"], r, words); !errors.Is(err, pending.ErrVouch) || !strings.Contains(err.Error(), "userrights") {
		t.Errorf("%v", err)
	}
	_, err = c.vouch(c.keys["Bela"], r, words)
	c.ok(err)
	if _, err := c.v.Account(t.Context(), "Olga"); !errors.Is(err, pending.ErrNoAccount) {
		t.Errorf("somebody without power: %v", err)
	}
	if _, err := c.v.Account(t.Context(), "Nobody"); !errors.Is(err, pending.ErrNoAccount) {
		t.Errorf("nobody: %v", err)
	}
}

func TestOnePersonStopsAKeyBeforeAndDuringTheDelay(t *testing.T) {
	c := newCircle(t)
	r, words, _, err := c.ask(ira)
	c.ok(err)
	_, err = c.vouch(c.keys["Ada"], r, words)
	c.ok(err)
	c.ok(c.stop(c.key, r))
	if _, err := c.vouch(c.keys["Bela"], r, words); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("after it was stopped: %v", err)
	}
	r, words, key, err := c.ask(ira)
	c.ok(err)
	for _, name := range []string{"Ada", "Bela"} {
		_, err = c.vouch(c.keys[name], r, words)
		c.ok(err)
	}
	c.w.pass(47 * time.Hour)
	c.ok(c.stop(c.keys["Cleo"], r))
	if k, err := c.store.Key(t.Context(), "testwiki", key.ID); err != nil || k.Revoked.IsZero() {
		t.Errorf("the key is %+v, %v", k, err)
	}
	c.w.pass(2 * time.Hour)
	ch, err := c.park("new();")
	c.ok(err)
	if err := c.sign(key, ch); !errors.Is(err, pending.ErrKey) {
		t.Errorf("the stopped key: %v", err)
	}
	if err := c.stop(c.key, r); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("stopped twice: %v", err)
	}
	if r := c.verified(); r.Vouches != 5 {
		t.Errorf("the log has %+v", r)
	}
}

func TestWishesAreFewAndEnd(t *testing.T) {
	c := newCircle(t)
	var last *pending.Recovery
	var words string
	for range 3 {
		var err error
		last, words, _, err = c.ask(ira)
		c.ok(err)
	}
	if _, _, _, err := c.ask(ira); !errors.Is(err, pending.ErrTooMany) {
		t.Errorf("the fourth of an account: %v", err)
	}
	if _, _, _, err := c.ask(ada); err != nil {
		t.Errorf("another account: %v", err)
	}
	if _, _, _, err := c.ask(bela); !errors.Is(err, pending.ErrTooOften) {
		t.Errorf("the sixth from one place: %v", err)
	}
	c.w.pass(73 * time.Hour)
	if _, err := c.vouch(c.keys["Ada"], last, words); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("after its time: %v", err)
	}
	if list, err := c.v.Open(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%d are open, %v", len(list), err)
	}
}

// The signature of one voucher is put into the log twice, or for another key, or the key counts at once: all found out.
func TestALogWithTooFewVouchersDoesNotHold(t *testing.T) {
	c := newCircle(t)
	r, words, _, err := c.ask(ira)
	c.ok(err)
	for _, name := range []string{"Ada", "Bela"} {
		_, err = c.vouch(c.keys[name], r, words)
		c.ok(err)
	}
	c.verified()
	all, err := c.store.Entries(t.Context(), "testwiki", 0, 100)
	c.ok(err)
	for name, forge := range map[string]func(e store.Entry) []store.Entry{
		"one voucher only": func(e store.Entry) []store.Entry {
			if e.Kind == "vouched" && strings.Contains(e.Body, `"by":"Bela"`) {
				return nil
			}
			return []store.Entry{e}
		},
		"a key that counts at once": func(e store.Entry) []store.Entry {
			var k pending.KeyEntry
			if e.Kind == "key added" && json.Unmarshal([]byte(e.Body), &k) == nil && strings.HasPrefix(k.From, "recovery ") {
				k.Counts = e.At
				body, _ := json.Marshal(k)
				e.Body = string(body)
			}
			return []store.Entry{e}
		},
		"another key": func(e store.Entry) []store.Entry {
			if e.Kind == "recovery asked" {
				e.Body = strings.Replace(e.Body, `"new_key_sha256":"`, `"new_key_sha256":"0`, 1)
			}
			return []store.Entry{e}
		},
	} {
		report, err := audit.Verify(t.Context(), fixedLog{c.store, rechained(all, forge)}, "testwiki", c.at)
		c.ok(err)
		if len(report.Problems) == 0 {
			t.Errorf("%s: the log holds", name)
		}
	}
	if report, err := audit.Verify(t.Context(), fixedLog{c.store, rechained(all, func(e store.Entry) []store.Entry { return []store.Entry{e} })}, "testwiki", c.at); err != nil || len(report.Problems) > 0 {
		t.Errorf("the log as it was: %v %v", report, err)
	}
}

// rechained is what somebody writes who can write the whole log anew.
func rechained(all []store.Entry, forge func(store.Entry) []store.Entry) (out []store.Entry) {
	hash := ""
	for _, e := range all {
		for _, f := range forge(e) {
			f.Seq = int64(len(out) + 1)
			f.Hash = f.Sum(hash)
			hash = f.Hash
			out = append(out, f)
		}
	}
	return out
}

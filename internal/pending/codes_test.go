package pending_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"sallyport/internal/mediawiki"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/writedoor"
)

const secretWord = "ira's password"

// withCodes is a world that takes passwords and codes, and Ira's secret.
func withCodes(t *testing.T) (w *world, secret string, asked *int) {
	t.Helper()
	w, asked = newWorld(t), new(int)
	w.open(w.store, func(o *pending.Options) {
		o.Most = 100
		o.Password = func(_ context.Context, user, password string) error {
			*asked++
			if user != "Ira" || password != secretWord {
				return &mediawiki.Error{Code: "wrongpassword", Info: "wrong"}
			}
			return nil
		}
	})
	until := w.w.time().Add(10 * time.Minute).Unix()
	invite := store.Invite{Wiki: "testwiki", Token: store.DigestOf("t"), UserID: ira.ID, User: ira.Name, From: "operator", Expires: w.w.time().Add(time.Hour)}
	w.ok(w.store.SaveInvite(t.Context(), invite))
	secret = w.desk.NewCode(invite.Token, until)
	_, err := w.desk.AddCode(t.Context(), invite, until, "app", w.w.time(), pending.Attempt{Password: secretWord, Code: w.code(secret, 0), Prefix: "p"})
	w.ok(err)
	w.w.pass(time.Minute)
	return w, secret, asked
}

// code is what an app shows at a moment from now.
func (w *world) code(secret string, after time.Duration) string {
	w.Helper()
	code, err := totp.GenerateCode(secret, w.w.time().Add(after))
	w.ok(err)
	return code
}

// parkTier parks a change of some tiers.
func (w *world) parkTier(text string, policy pending.Policy, tiers ...writedoor.Tier) *pending.Change {
	w.Helper()
	op := edit(text)
	op.Tiers = tiers
	c, err := w.desk.Park(w.Context(), pending.Arrival{Operation: op, Policy: policy, Actor: ira, Ask: w.w.ask})
	w.ok(err)
	return c
}

func (w *world) byCode(c *pending.Change, password, code string) error {
	_, err := w.desk.ApproveByCode(w.Context(), c.ID, w.desk.Until(c), pending.Attempt{Password: password, Code: code, Prefix: "192.0.2.0/24"})
	return err
}

func TestAPasswordAndACodeApproveWhatIsNoCodeAndNothingElse(t *testing.T) {
	w, secret, _ := withCodes(t)
	c := w.parkTier("a", pending.Approve, writedoor.Interface, writedoor.ProtectionTier)
	w.ok(w.byCode(c, secretWord, w.code(secret, 0)))
	_, err := w.make(c.ID)
	w.ok(err)
	for _, tier := range writedoor.AllTiers() {
		if pending.Lesser([]writedoor.Tier{tier}, pending.Approve) {
			continue
		}
		w.w.pass(time.Minute)
		c := w.parkTier("to "+string(tier), pending.Approve, tier, writedoor.Interface)
		if err := w.byCode(c, secretWord, w.code(secret, 0)); !errors.Is(err, pending.ErrNoCodes) {
			t.Errorf("%s: %v", tier, err)
		}
	}
	for _, tier := range []writedoor.Tier{writedoor.SiteCode, writedoor.DefaultGadget, writedoor.RawHTML, writedoor.RightsTier, writedoor.ImportTier, writedoor.Gadget, writedoor.PopularGadget,
		writedoor.OthersCode, writedoor.SiteJSON, writedoor.CredentialsTier, writedoor.Unknown, writedoor.Definition, writedoor.Script, writedoor.OwnCode} {
		if pending.Lesser([]writedoor.Tier{tier}, pending.Approve) {
			t.Errorf("%s is thought little of", tier)
		}
	}
	both := w.parkTier("both", pending.TwoPeople, writedoor.Interface)
	if err := w.byCode(both, secretWord, w.code(secret, 0)); !errors.Is(err, pending.ErrNoCodes) {
		t.Errorf("for one of two people: %v", err)
	}
	if r := w.verified(); r.Lesser != 1 || r.Approvals != 0 || r.Sent != 1 {
		t.Errorf("the log has %+v", r)
	}
	w.open(w.store, func(o *pending.Options) { o.Most = 100 })
	if err := w.byCode(w.parkTier("off", pending.Approve, writedoor.Interface), secretWord, w.code(secret, 0)); !errors.Is(err, pending.ErrNoCodes) {
		t.Errorf("where no codes are taken: %v", err)
	}
}

func TestACodeIsGoodOnceAndForAMinuteAndAHalf(t *testing.T) {
	w, secret, asked := withCodes(t)
	a, b := w.parkTier("a", pending.Approve, writedoor.Interface), w.parkTier("b", pending.Approve, writedoor.Interface)
	code := w.code(secret, 0)
	w.ok(w.byCode(a, secretWord, code))
	before := *asked
	if err := w.byCode(b, secretWord, code); !errors.Is(err, pending.ErrCode) {
		t.Errorf("used twice: %v", err)
	}
	if err := w.byCode(b, secretWord, w.code(secret, -30*time.Second)); !errors.Is(err, pending.ErrCode) {
		t.Errorf("one from before the one that was used: %v", err)
	}
	if *asked != before {
		t.Error("the wiki was asked about the password though the code was no good")
	}
	w.ok(w.byCode(b, secretWord, w.code(secret, 30*time.Second))) // a clock that is fast
	for name, after := range map[string]time.Duration{"old": -75 * time.Second, "ahead": 75 * time.Second} {
		w.w.pass(10 * time.Minute)
		c := w.parkTier(name, pending.Approve, writedoor.Interface)
		if err := w.byCode(c, secretWord, w.code(secret, after)); !errors.Is(err, pending.ErrCode) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.w.pass(10 * time.Minute)
	c := w.parkTier("c", pending.Approve, writedoor.Interface)
	w.ok(w.byCode(c, secretWord, " "+w.code(secret, -25*time.Second)[:3]+" "+w.code(secret, -25*time.Second)[3:]))
}

func TestGuessesWaitLongerAndLonger(t *testing.T) {
	w, secret, asked := withCodes(t)
	c := w.parkTier("a", pending.Approve, writedoor.Interface)
	refused, looked := 0, 0
	for range 200 {
		switch err := w.byCode(c, secretWord, "000000"); {
		case errors.Is(err, pending.ErrTooOften):
			refused++
		case errors.Is(err, pending.ErrCode):
			looked++
		default:
			t.Fatal(err)
		}
		w.w.pass(time.Minute)
		if w.desk.Over(mustChange(w, c.ID)) {
			t.Fatal("the change is over")
		}
	}
	if looked > 11 || looked+refused != 200 {
		t.Errorf("%d of 200 guesses in 200 minutes were looked at", looked)
	}
	t.Logf("%d of 200 guesses in 200 minutes were looked at", looked)
	w.w.pass(3 * time.Hour)
	w.ok(w.byCode(c, secretWord, w.code(secret, 0)))
	// A wrong password spends the code, and is a guess as well.
	c = w.parkTier("b", pending.Approve, writedoor.Interface)
	before, code := *asked, ""
	for range 10 {
		w.w.pass(31 * time.Second)
		code = w.code(secret, 0)
		if err := w.byCode(c, "guess", code); !errors.Is(err, pending.ErrCode) && !errors.Is(err, pending.ErrTooOften) {
			t.Error(err)
		}
	}
	if n := *asked - before; n > 6 {
		t.Errorf("the wiki was asked about %d passwords", n)
	}
}

func TestAnOfficeFullOfHonestPeopleIsNotSlowedDown(t *testing.T) {
	w, secret, _ := withCodes(t)
	for i := range 40 {
		w.w.pass(31 * time.Second)
		w.ok(w.byCode(w.parkTier(strings.Repeat("x", i+1), pending.Approve, writedoor.Interface), secretWord, w.code(secret, 0)))
	}
}

func TestGuessesThatComeAllAtOnceAreCounted(t *testing.T) {
	w, _, _ := withCodes(t)
	c := w.parkTier("a", pending.Approve, writedoor.Interface)
	results := make(chan error, 30)
	for range 30 {
		go func() { results <- w.byCode(c, secretWord, "000000") }()
	}
	looked := 0
	for range 30 {
		if err := <-results; errors.Is(err, pending.ErrCode) {
			looked++
		}
	}
	if looked > 3 {
		t.Errorf("%d of 30 were looked at", looked)
	}
}

func TestTheSecretIsUnreadableInTheStoreAndNotInTheLog(t *testing.T) {
	w, secret, _ := withCodes(t)
	keys, err := w.store.Keys(t.Context(), "testwiki", ira.ID)
	w.ok(err)
	found := 0
	for _, k := range keys {
		if k.Kind == "code" {
			found++
			if bytes.Contains(k.Public, []byte(secret)) || len(k.Public) < 20 {
				t.Errorf("kept as %q", k.Public)
			}
		}
	}
	if found != 1 {
		t.Errorf("%d secrets", found)
	}
	log, err := w.store.Entries(t.Context(), "testwiki", 0, 100)
	w.ok(err)
	for _, e := range log {
		if strings.Contains(e.Body, secret) || strings.Contains(e.Body, secretWord) || e.Kind == "key added" && strings.Contains(e.Body, `"kind":"code"`) && !strings.Contains(e.Body, `"public":null`) {
			t.Errorf("the log says %s", e.Body)
		}
	}
}

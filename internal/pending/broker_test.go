package pending_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/passkey/passkeytest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// hand is the gateway's own account on the model. It saves whatever it is told to: that a change is made once must not be owed
// to the wiki's checks of revisions.
type hand struct {
	*world
	before, after func() // around a save
	fails         bool   // the answer gets lost
	groups        map[string][]string
	blocked       string
	renamed       bool // Ira's name is somebody else's now
}

func (h *hand) Name() string { return "Sallyport" }

func (h *hand) Ask(ctx context.Context, params map[string]string) ([]byte, error) {
	return h.w.ask(ctx, params)
}

func (h *hand) Write(_ context.Context, v map[string]string, _, _ string) ([]byte, error) {
	if v["nocreate"] == "" || v["basetimestamp"] != "" || v["bot"] != "" || v["contentmodel"] != "javascript" {
		h.Errorf("the edit is %v", v)
	}
	if h.before != nil {
		h.before()
	}
	h.w.save("Sallyport", v["text"])
	h.w.said[h.w.revs[len(h.w.revs)-1].ID] = v["summary"]
	if h.after != nil {
		h.after()
	}
	if h.fails {
		return nil, mediawiki.ErrUnavailable
	}
	return json.Marshal(map[string]any{"edit": map[string]any{"result": "Success"}})
}

func (h *hand) standings(_ context.Context, names []string) ([]mediawiki.Standing, error) {
	ids := map[string]int64{"Ira": ira.ID, "Olga": olga.ID}
	if h.renamed {
		ids["Ira"] = 99
	}
	var all []mediawiki.Standing
	for _, name := range names {
		all = append(all, mediawiki.Standing{User: wiki.User{ID: ids[name], Name: name, Groups: h.groups[name]}, Blocked: name == h.blocked})
	}
	return all, nil
}

func newHand(t *testing.T) *hand {
	t.Helper()
	h := &hand{world: newWorld(t), groups: map[string][]string{"Ira": {"*", "editors"}, "Olga": {"editors"}}}
	h.w.said = map[int64]string{}
	h.reopen(h.store)
	return h
}

// reopen makes a desk whose broker is this hand, as after a restart.
func (h *hand) reopen(s store.Approvals) {
	h.Helper()
	h.open(s, func(o *pending.Options) {
		o.Broker = &pending.Broker{Account: h, Standings: h.standings, People: pending.Brokered{writedoor.SiteCode: {"group:editors"}}}
	})
}

// commit makes an approved change as the gateway does.
func (h *hand) commit(id string, actor wiki.User) (*pending.Sending, error) {
	s, err := h.desk.Begin(h.Context(), id, actor, h.w.ask)
	if err != nil {
		return s, err
	}
	if !h.desk.ByBroker(s.Change) {
		h.Fatal("it is the sender's to make")
	}
	_, err = h.desk.Commit(h.Context(), s)
	return s, err
}

func (h *hand) approved(text string) *pending.Change {
	h.Helper()
	c, err := h.park(text)
	h.ok(err)
	h.ok(h.sign(h.key, c))
	return c
}

func TestTheBrokerSavesWhatWasApprovedAndSaysWhoseItIs(t *testing.T) {
	h := newHand(t)
	c, err := h.park("new();")
	h.ok(err)
	if s, err := h.commit(c.ID, ira); !errors.Is(err, pending.ErrNotNow) || h.w.by("Sallyport") != 0 {
		t.Fatalf("before the approval: %v %v", s, err)
	}
	h.ok(h.sign(h.key, c))
	if _, err := h.commit(c.ID, olga); !errors.Is(err, pending.ErrNotYours) {
		t.Errorf("by somebody else: %v", err)
	}
	s, err := h.commit(c.ID, ira)
	h.ok(err)
	last := h.w.revs[len(h.w.revs)-1]
	if s.State != store.Done || s.Told.Revision != last.ID || last.User != "Sallyport" || last.Text != "new();" {
		t.Errorf("it is %s, revision %d; the wiki has %+v", s.State, s.Told.Revision, last)
	}
	if want := "because [approved by [[User:Ira]]" + pending.Mark(c.ID); h.w.said[last.ID] != want || strings.Contains(h.w.said[last.ID], c.ID) {
		t.Errorf("the summary is %q, want %q", h.w.said[last.ID], want)
	}
	if _, err := h.commit(c.ID, ira); !errors.Is(err, pending.ErrNotNow) || h.w.by("Sallyport") != 1 {
		t.Errorf("once more: %v, %d saved", err, h.w.by("Sallyport"))
	}
	h.verified()
}

func TestTheBrokerSavesOnlyForThoseWhoAreListedNow(t *testing.T) {
	for name, row := range map[string]struct {
		change func(h *hand)
		says   string
	}{
		"not in the group":    {func(h *hand) { h.groups["Ira"] = []string{"*", "sysop"} }, "none of those"},
		"blocked":             {func(h *hand) { h.blocked = "Ira" }, "blocked"},
		"the name is another": {func(h *hand) { h.renamed = true }, "no longer called Ira"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHand(t)
			c := h.approved("new();")
			row.change(h)
			if _, err := h.commit(c.ID, ira); !errors.Is(err, pending.ErrBroker) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("approved before: %v", err)
			}
			if _, err := h.park("other();"); !errors.Is(err, pending.ErrBroker) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("proposed after: %v", err)
			}
			if h.w.by("Sallyport")+h.w.by("Ira") != 0 {
				t.Error("saved")
			}
		})
	}
	h := newHand(t)
	op := edit("x")
	op.Tiers = []writedoor.Tier{writedoor.OwnCode}
	c, err := h.desk.Park(t.Context(), pending.Arrival{Operation: op, Policy: pending.Approve, Actor: olga, Ask: h.w.ask})
	if err != nil || h.desk.ByBroker(c) {
		t.Errorf("what people do by themselves: %v", err)
	}
	op = edit("x")
	op.Kind = writedoor.Delete
	if _, err := h.desk.Park(t.Context(), pending.Arrival{Operation: op, Policy: pending.Approve, Actor: ira, Ask: h.w.ask}); !errors.Is(err, pending.ErrBroker) {
		t.Errorf("a deletion: %v", err)
	}
}

// With two people the second need not wait for the first to come back.
func TestWhoeverApprovedMayHaveTheBrokerSave(t *testing.T) {
	h := newHand(t)
	second := passkeytest.New(t)
	h.add(second, olga)
	c, err := h.desk.Park(t.Context(), pending.Arrival{Operation: edit("new();"), Policy: pending.TwoPeople, Actor: ira, Ask: h.w.ask})
	h.ok(err)
	h.ok(h.sign(h.key, c))
	if _, err := h.commit(c.ID, olga); !errors.Is(err, pending.ErrNotYours) {
		t.Errorf("before the second approval: %v", err)
	}
	h.ok(h.sign(second, c))
	h.groups["Olga"] = nil
	if _, err := h.commit(c.ID, ira); !errors.Is(err, pending.ErrBroker) {
		t.Errorf("the second one is not listed: %v", err)
	}
	h.groups["Olga"] = []string{"editors"}
	_, err = h.commit(c.ID, olga)
	h.ok(err)
	if got := h.w.said[2]; !strings.Contains(got, "[approved by [[User:Ira]], [[User:Olga]]; change ") {
		t.Errorf("the summary is %q", got)
	}
}

// Somebody saves between the look and the edit, or before either.
func TestTheBrokerSavesNothingOverAnotherRevision(t *testing.T) {
	h := newHand(t)
	c := h.approved("new();")
	h.w.save("Ada", "meanwhile();")
	if s, err := h.commit(c.ID, ira); !errors.Is(err, pending.ErrStale) || s.State != store.Failed {
		t.Errorf("changed before: %v", err)
	}
	c = h.approved("newer();")
	s, err := h.desk.Begin(t.Context(), c.ID, ira, h.w.ask)
	h.ok(err)
	h.w.save("Sallyport", "another();") // for somebody else
	if _, err := h.desk.Commit(t.Context(), s); err != nil || s.State != store.Failed || !strings.Contains(s.Told.Outcome, "editconflict") {
		t.Errorf("changed since Begin: %v, %s, %q", err, s.State, s.Told.Outcome)
	}
	if n := h.w.by("Sallyport"); n != 1 {
		t.Errorf("%d saved", n)
	}
	h.verified()
}

// Two people propose the same text at the same time. An edit that the broker made for one is not taken for the other's.
func TestEditsOfTheBrokerAreToldApart(t *testing.T) {
	h := newHand(t)
	second := passkeytest.New(t)
	h.add(second, olga)
	mine := h.approved("same();")
	hers, err := h.desk.Park(t.Context(), pending.Arrival{Operation: edit("same();"), Policy: pending.Approve, Actor: olga, Ask: h.w.ask})
	h.ok(err)
	h.ok(h.sign(second, hers))
	_, err = h.desk.Begin(t.Context(), hers.ID, olga, h.w.ask) // and the program ended
	h.ok(err)
	_, err = h.commit(mine.ID, ira)
	h.ok(err)
	h.w.pass(time.Minute)
	if s, err := h.commit(hers.ID, olga); !errors.Is(err, pending.ErrStale) || s.State != store.Failed || h.state(mine.ID) != store.Done {
		t.Errorf("%v: hers is %s, mine %s", err, s.State, h.state(mine.ID))
	}
	if n := h.w.by("Sallyport"); n != 1 {
		t.Errorf("%d saved", n)
	}
}

// The program ends at every step of the store and around the edit, or the answer gets lost: the change is made once.
func TestKilledAtEveryStepTheBrokerSavesOnce(t *testing.T) {
	runs, crashes := 0, 0
	for first := 0; first <= 8; first++ {
		for second := 0; second <= 8; second++ {
			for _, lost := range []bool{false, true} {
				h := newHand(t)
				c := h.approved("new();")
				for _, at := range []int{first, second, 0, 0, 0} {
					b := &bomb{Approvals: h.store, at: at}
					h.before, h.after, h.fails = b.tick, b.tick, lost && at > 0
					h.reopen(b)
					runs++
					crashes += h.survives(c.ID)
					h.w.pass(31 * time.Second)
				}
				h.reopen(h.store)
				if got, n := h.state(c.ID), h.w.by("Sallyport"); n != 1 || got != store.Done {
					t.Fatalf("ended at %d and %d, answer lost: %v: it is %s, made %d times", first, second, lost, got, n)
				}
				h.verified()
			}
		}
	}
	t.Logf("%d runs, ended %d times on the way: each change made once", runs, crashes)
}

// survives tries to have a change made, and counts when the program ends in between.
func (h *hand) survives(id string) (crashes int) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(crash); !ours {
				panic(r)
			}
			crashes = 1
		}
	}()
	if _, err := h.commit(id, ira); err != nil && !errors.Is(err, pending.ErrNotNow) {
		h.Fatal(err)
	}
	return 0
}

// What the broker saved for an approval is known; what somebody saves with its password is not.
func TestTheBrokersEditsAreKnownByTheirRevision(t *testing.T) {
	h := newHand(t)
	c := h.approved("new();")
	_, err := h.commit(c.ID, ira)
	h.ok(err)
	known, at := h.desk.Made(), h.w.time()
	for rev, want := range map[int64]bool{2: true, 3: false} {
		got, open, err := known.Approved(t.Context(), mediawiki.Change{Type: "edit", Title: title, Rev: rev, User: "Sallyport", Time: at})
		if h.ok(err); got != want || open {
			t.Errorf("revision %d: approved is %v, open %v", rev, got, open)
		}
	}
}

func TestAListOfWhoIsWrittenWrongIsExplained(t *testing.T) {
	for _, row := range []struct {
		list map[string][]string
		want string
	}{
		{map[string][]string{"site-code": {"group:x", "user:A B"}, "site-json": {}}, ""},
		{map[string][]string{"site-cod": {"group:x"}}, `has "site-cod"`},
		{map[string][]string{"rights": {"group:x"}}, `has "rights"`},
		{map[string][]string{"gadget": {"interface-admin"}}, `write "group:NAME"`},
		{map[string][]string{"interface": {"group:x"}}, `write interface = "approve"`},
	} {
		got, err := pending.ReadBrokered(row.list, pending.DefaultPolicies())
		if msg := fmt.Sprint(err); row.want == "" && (err != nil || len(got) != 1) || !strings.Contains(msg, row.want) {
			t.Errorf("%v: %v, %v", row.list, got, err)
		}
	}
}

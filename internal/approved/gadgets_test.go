package approved

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// yard is a town where gadget 1 is made of a definition and a script.
type yard struct {
	*town
	db     *sqlstore.Store
	people map[int64]int
	needed []int64 // gadgets that popular ones need
	parts  map[wiki.Title][]int64
	copies map[wiki.Title]store.Page
	off    *switches.Keeper
}

const (
	yardDefinition = "User:Mallory/tool.gadget"
	yardScript     = "User:Mallory/tool.js"
)

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{town: newTown(t), people: map[int64]int{1: 10}, parts: map[wiki.Title][]int64{}, copies: map[wiki.Title]store.Page{}}
	db, err := sqlstore.Open(t.Context(), "")
	y.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	y.db = db
	o := y.options(db)
	y.off = &switches.Keeper{Store: db, Site: y.site, Now: o.Now, Log: slog.New(slog.DiscardHandler)}
	o.Off = y.off
	o.Audience = func(context.Context, wiki.Title) (int, bool, error) { return 0, false, nil }
	o.Gadgets = &Gadgets{
		Users: func(_ context.Context, id int64) (int, error) {
			if y.down {
				return 0, errors.New("down")
			}
			return y.people[id], nil
		},
		Crowded: func(_ context.Context, least int) (all []Crowded, err error) {
			for id, n := range y.people {
				if n >= least {
					all = append(all, Crowded{id, n})
				}
			}
			return all, nil
		},
		Needed: func(_ context.Context, ids []int64) ([]int64, error) {
			if len(ids) == 0 {
				return nil, nil
			}
			return append(ids, y.needed...), nil
		},
		With: func(_ context.Context, t wiki.Title) ([]int64, error) { return y.parts[t], nil },
		Copy: func(_ context.Context, t wiki.Title) (store.Page, bool, error) {
			c, ok := y.copies[t]
			return c, ok, nil
		},
	}
	y.Book = New(o)
	y.parts[y.title(yardDefinition)], y.parts[y.title(yardScript)] = []int64{1}, []int64{1}
	return y
}

// served is what is served of a page of a gadget that has a text now; all of the gadget is seen with it.
func (y *yard) served(gadget int64, name, text string) string {
	y.Helper()
	g, err := y.OfGadget(y.Context(), gadget)
	y.ok(err)
	d, err := y.db.SaveText(y.Context(), text)
	y.ok(err)
	y.rev++
	now := store.Page{Wiki: "w", Title: name, Digest: d, RevID: y.rev, Author: "Mallory", Saved: y.clock}
	y.copies[y.title(name)] = now
	pages, err := g.Serve(y.Context(), []store.Page{now})
	y.ok(err)
	y.ok(g.Seen(y.Context()))
	if pages[0].Digest == "" {
		return ""
	}
	if (pages[0].RevID == now.RevID) != (pages[0].Digest == now.Digest) {
		y.Errorf("text %s is told as revision %d", pages[0].Digest, pages[0].RevID)
	}
	got, err := y.db.Text(y.Context(), pages[0].Digest)
	y.ok(err)
	return got
}

func (y *yard) serves(gadget int64, name, text, want string) {
	y.Helper()
	if got := y.served(gadget, name, text); got != want {
		y.Errorf("gadget %d, with %q in %s, is served %q, want %q", gadget, text, name, got, want)
	}
}

func TestAGadgetIsTakenAsFoundWhenItBecomesPopularAndLaterTextsWait(t *testing.T) {
	y := newYard(t)
	y.people[1] = 9
	y.serves(1, yardScript, "one();", "one();")
	y.serves(1, yardScript, "two();", "two();")
	y.people[1] = 10
	y.serves(1, yardScript, "two();", "two();")
	y.serves(1, yardScript, "three();", "two();")
	y.serves(1, "User:Mallory/new.js", "fresh();", "")
	y.serves(1, yardScript, "one();", "two();") // what ran before it was popular was never approved
	y.serves(1, yardScript, "two();", "two();")
	y.approve(yardScript, "three();")
	y.serves(1, yardScript, "three();", "three();")
	y.serves(1, yardScript, "four();", "three();")
	y.clock = y.clock.Add(time.Minute)
	y.ok(y.Decide(t.Context(), y.title(yardScript), store.DigestOf("three();"), reviewer, store.ReviewRejected, "bad"))
	y.serves(1, yardScript, "three();", "two();")
	mallory := wiki.User{ID: 8, Name: "Mallory", Rights: reviewer.Rights}
	if err := y.Decide(t.Context(), y.title(yardScript), store.DigestOf("four();"), mallory, store.ReviewApproved, ""); !errors.Is(err, ErrOwn) {
		t.Errorf("the author approves: %v", err)
	}
}

func TestAGadgetThatAPopularOneNeedsIsLookedAfter(t *testing.T) {
	y := newYard(t)
	y.needed = []int64{1, 2}
	y.serves(2, "User:Mallory/lib.js", "lib();", "lib();")
	y.serves(2, "User:Mallory/lib.js", "worse();", "lib();")
	y.serves(3, "User:Mallory/alone.js", "a();", "a();")
	y.serves(3, "User:Mallory/alone.js", "b();", "b();")
	y.parts[y.title("User:Mallory/lib.js")] = []int64{2}
	if tier, err := y.Tier(t.Context(), y.title("User:Mallory/lib.js")); tier != Popular || err != nil {
		t.Errorf("by its address it is of the tier %q (%v)", tier, err)
	}
}

// Somebody asks for a new page by its address, before the gadget that has it was put together.
func TestAPageThatAPopularGadgetGotIsNotTakenAsFoundByItsAddress(t *testing.T) {
	y := newYard(t)
	y.serves(1, yardDefinition, "{}", "{}")
	y.save(yardScript, "unread();")
	pages, err := y.Look(t.Context(), []wiki.Title{y.title(yardScript)})
	if err != nil || pages[0].Serve != "" || pages[0].Tier != Popular {
		t.Errorf("%+v (%v)", pages, err)
	}
}

func TestADefinitionIsReviewedInTheTextThatTheGadgetIsMadeOf(t *testing.T) {
	y := newYard(t)
	y.serves(1, yardDefinition, "{}", "{}")
	y.serves(1, yardDefinition, `{"module":{}}`, "{}")
	p := wiki.Page{Title: y.title(yardDefinition), ID: 5, Rev: 999, Model: "wikitext", Text: "a stranger's", Author: "Stranger"}
	y.pages[p.Title] = p
	pages, err := y.Look(t.Context(), []wiki.Title{p.Title})
	y.ok(err)
	if pages[0].Now != store.DigestOf(`{"module":{}}`) || pages[0].Serve != store.DigestOf("{}") || pages[0].Tier != Popular {
		t.Errorf("%+v", pages[0])
	}
	waiting, err := y.Waiting(t.Context(), 10)
	if err != nil || len(waiting) != 1 || waiting[0].Title != yardDefinition || waiting[0].Author != "Mallory" {
		t.Errorf("%+v (%v)", waiting, err)
	}
}

func TestOfAGadgetATextThatIsSwitchedOffCountsAsRejectedWhileThereIsOneBefore(t *testing.T) {
	y := newYard(t)
	y.serves(1, yardScript, "one();", "one();")
	y.served(1, yardScript, "two();")
	y.approve(yardScript, "two();")
	y.serves(1, yardScript, "two();", "two();")
	for _, text := range []string{"two();", "one();"} {
		_, err := y.off.SwitchOff(t.Context(), switches.Switch{Wiki: "w", Target: string(store.DigestOf(text)), Kind: switches.Revision, Title: yardScript, Reason: "bad", By: "Ira"})
		y.ok(err)
		y.serves(1, yardScript, "two();", map[string]string{"two();": "one();", "one();": "two();"}[text]) // the last: the gadget is off, and says why
	}
}

func TestEveryProcessHearsThatSomethingWasDecided(t *testing.T) {
	y := newYard(t)
	other := &News{Book: y.Book, Log: y.db}
	hears := func(want bool) {
		t.Helper()
		y.ok(y.Follow(t.Context(), y.db, nil, errors.New("gone")))
		if got, err := other.Any(t.Context()); got != want || err != nil {
			t.Errorf("hears %v, want %v (%v)", got, want, err)
		}
	}
	hears(true) // it may have been decided before
	hears(false)
	y.served(1, yardScript, "one();")
	y.served(1, yardScript, "two();")
	hears(false)
	y.approve(yardScript, "two();")
	hears(true)
	hears(false)
}

func TestWhatIsPopularIsAskedAgainAndOnlyWhereTheTierIsServed(t *testing.T) {
	y := newYard(t)
	y.down = true
	if _, err := y.OfGadget(t.Context(), 1); err == nil {
		t.Error("not known who runs it, and it is served")
	}
	o := y.o
	o.Serve = []string{"gadget"}
	if ids, err := New(o).Popular(t.Context()); err != nil || len(ids) > 0 {
		t.Errorf("%v (%v)", ids, err)
	}
	y.needed = []int64{7}
	if ids, err := y.Popular(t.Context()); err != nil || !slices.Equal(ids, []int64{1, 7}) {
		t.Errorf("%v (%v)", ids, err)
	}
	y.people[1] = 9
	if ids, err := y.Popular(t.Context()); err != nil || len(ids) > 0 {
		t.Errorf("below the threshold, before it was ever looked after: %v (%v)", ids, err)
	}
}

func TestOfAGadgetATextThatWaitsIsServedToWhoTriesItAlone(t *testing.T) {
	y := newYard(t)
	y.serves(1, yardScript, "old();", "old();")
	y.serves(1, yardScript, "new();", "old();")
	mine := y.For([]Trial{{Page: y.title(yardScript), Trial: store.Trial{Digest: store.DigestOf("new();")}}})
	g, err := mine.OfGadget(t.Context(), 1)
	y.ok(err)
	now := y.copies[y.title(yardScript)]
	pages, err := g.Serve(t.Context(), []store.Page{now, {Title: yardDefinition}})
	y.ok(err)
	if pages[0] != now || pages[1].Digest != "" {
		t.Errorf("the tester is served %+v, the page has %+v", pages, now)
	}
	off := switches.Switch{Kind: switches.Revision, Target: string(now.Digest), Reason: "no", By: "Ira"}
	_, err = y.off.SwitchOff(t.Context(), off)
	y.ok(err)
	if pages, err = g.Serve(t.Context(), []store.Page{now}); err != nil || pages[0].Digest != store.DigestOf("old();") {
		t.Errorf("a text that is switched off is tried: %+v %v", pages, err)
	}
	y.serves(1, yardScript, "new();", "old();")
}

func TestWhatWasPopularIsLetGoWhenAQuarterHasLeftAndBeginsAgainAtTheThreshold(t *testing.T) {
	y := newYard(t)
	y.serves(1, yardScript, "old();", "old();")
	text := 0
	for _, step := range []struct {
		people int
		waits  bool
	}{{10, true}, {9, true}, {8, true}, {10, true}, {7, false}, {8, false}, {9, false}, {10, true}, {8, true}, {0, false}, {9, false}} {
		y.people[1] = step.people
		text++
		now := fmt.Sprintf("text%d();", text)
		if got := y.served(1, yardScript, now); (got != now) != step.waits {
			t.Errorf("step %d: with %d people it waits: %v", text, step.people, got != now)
		}
		ids, err := y.Popular(t.Context())
		if err != nil || slices.Contains(ids, 1) != step.waits {
			t.Errorf("step %d: with %d people, popular are %v (%v)", text, step.people, ids, err)
		}
	}
}

func TestAPageThatSeveralGadgetsMakePopularIsLetGoInTheSameWay(t *testing.T) {
	w := newTown(t)
	title := w.title("User:Mallory/lib.js")
	for i, step := range []struct {
		people int
		tier   Tier
	}{{9, None}, {10, Popular}, {8, Popular}, {7, None}, {9, None}, {10, Popular}} {
		w.people = step.people
		w.save("User:Mallory/lib.js", fmt.Sprintf("text%d();", i))
		pages, err := w.Look(t.Context(), []wiki.Title{title})
		w.ok(err)
		if pages[0].Tier != step.tier {
			t.Errorf("step %d: with %d people it is of the tier %q", i, step.people, pages[0].Tier)
		}
	}
}

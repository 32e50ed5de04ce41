package notice_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/audit/audittest"
	"sallyport/internal/notice"
	"sallyport/internal/notice/mail"
	"sallyport/internal/notice/mail/mailtest"
	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// box is a post that keeps what it is given.
type box struct {
	mu      sync.Mutex
	letters []mail.Letter
	answer  func(l mail.Letter) error // nil: taken
}

func (b *box) Send(_ context.Context, l mail.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.answer != nil {
		if err := b.answer(l); err != nil {
			return err
		}
	}
	b.letters = append(b.letters, l)
	return nil
}

// got lists who was sent what about.
func (b *box) got() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.letters {
		subject, _, _ := strings.Cut(l.Subject, " –")
		all = append(all, strings.TrimSuffix(l.To, "@mail.test")+": "+subject)
	}
	slices.Sort(all)
	b.letters = nil
	return all
}

type world struct {
	*audittest.Office
	box *box
	log *strings.Builder
	n   *notice.Office
}

func newWorld(t *testing.T) *world {
	w := &world{Office: audittest.New(t), box: &box{}, log: &strings.Builder{}}
	w.n = w.office(w.box)
	return w
}

// office is one as after a restart.
func (w *world) office(post notice.Post) *notice.Office {
	w.Helper()
	n, err := notice.New(notice.Options{
		Site: w.Site, Store: w.Store, Confirm: w.At.Origin, Operators: []string{"ops@mail.test"}, Post: post, Now: w.Now,
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	w.OK(err)
	return n
}

// lives gives people addresses, at once and of everything.
func (w *world) lives(all bool, people ...wiki.User) {
	w.Helper()
	for _, u := range people {
		w.OK(w.Store.SaveAddress(w.Context(), store.Address{Wiki: w.Site.ID, UserID: u.ID, User: u.Name, Address: strings.ToLower(u.Name) + "@mail.test", All: all}))
	}
}

// round follows the log and sends.
func (w *world) round(n *notice.Office) {
	w.Helper()
	w.OK(n.Look(w.Context()))
	w.OK(n.Deliver(w.Context()))
}

func (w *world) said(what string, want ...string) {
	w.Helper()
	w.round(w.n)
	slices.Sort(want)
	if diff := cmp.Diff(want, w.box.got()); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (w *world) kinds(u wiki.User) (kinds []notice.Kind) {
	w.Helper()
	list, err := w.n.Of(w.Context(), u.ID)
	w.OK(err)
	for i := range list {
		kinds = append(kinds, list[i].Kind())
	}
	return kinds
}

func TestEverybodyConcernedIsTold(t *testing.T) {
	w := newWorld(t)
	w.lives(true, audittest.Ira, audittest.Olga)
	w.said("the keys of the beginning", "ops: A key was added", "ops: A key was added", "ops: A key was added",
		"ira: A key was added", "olga: A key was added")

	two := w.Park("two people", pending.TwoPeople)
	w.said("parked", "ira: A change of yours waits")
	w.Approve(audittest.Ira, two.ID)
	w.said("the sender approves", "olga: A change waits for a second person") // Mara gave no address
	w.Approve(audittest.Olga, two.ID)
	w.said("the second person approves", "ira: Your change was approved")
	w.Make(two.ID)
	w.said("made", "ira: Your change was made")

	no := w.Park("no", pending.Approve)
	_, err := w.Desk.Reject(t.Context(), no.ID)
	w.OK(err)
	w.said("rejected", "ira: A change of yours waits", "ira: Your change was rejected")

	other, notMe := w.Park("other", pending.Approve), w.Park("not me", pending.Approve)
	_, err = w.Desk.Report(t.Context(), notMe.ID)
	w.OK(err)
	_ = other
	w.said("not me", "ira: A change of yours waits", "ira: A change of yours waits", "ira: Somebody says: this was not me",
		"olga: Somebody says: this was not me", "ops: Somebody says: this was not me", "ira: Your change was rejected")

	w.Revoke(audittest.Olga)
	w.said("revoked", "olga: A key was revoked", "ops: A key was revoked")
	w.OK(w.Store.Append(t.Context(), w.Site.ID,
		store.Entry{Kind: "unapproved", At: w.Now(), Body: `{"what":"MediaWiki:Common.js by Ada, revision 9","user":"Ada"}`},
		store.Entry{Kind: "breaker tripped", At: w.Now(), Body: `{"rule":"copies","reasons":["the same text on two pages"],"accounts":["Eve"],"pages":["User:Ira/common.js"]}`},
		store.Entry{Kind: "breaker reset", At: w.Now(), Body: `{"by":"Ada","why":"a test","harmless":true,"was":{}}`},
		store.Entry{Kind: "recovery asked", At: w.Now(), Body: `{"id":"r","user_id":8,"user":"Olga"}`},
		store.Entry{Kind: "vouched", At: w.Now(), Body: `{"id":"r","user_id":8,"user":"Olga","by":"Ira","record":"{}"}`},
		store.Entry{Kind: "noted", At: w.Now(), Body: `{"id":"x","user_id":7,"user":"Ira"}`},
		store.Entry{Kind: "unheard of", At: w.Now(), Body: `not JSON`}))
	w.said("alarms, and what nobody knows", "ira: ALARM: code changed that nobody approved", "ops: ALARM: code changed that nobody approved",
		"ira: ALARM: the outbreak breaker tripped", "ops: ALARM: the outbreak breaker tripped",
		"ira: The outbreak breaker was reset", "ops: The outbreak breaker was reset",
		"ira: Somebody asks for a new key", "olga: Somebody asks for a new key", "ops: Somebody asks for a new key",
		"olga: Somebody has vouched for a key", "ops: Somebody has vouched for a key")

	w.OK(w.Store.Append(t.Context(), w.Site.ID,
		store.Entry{Kind: "switch off", At: w.Now(), Body: `{"kind":"revision","target":"00ff","title":"User:Mara/my_tool.js","reason":"gained: much","by":"Sallyport"}`},
		store.Entry{Kind: "switch on", At: w.Now(), Body: `{"kind":"revision","target":"00ff","title":"User:Mara/my_tool.js","by":"Ada","id":1}`}))
	w.said("code is off, and on again", "ira: Code was switched off for everybody", "ops: Code was switched off for everybody")

	want := []notice.Kind{notice.SwitchedOff, notice.Recovery, notice.BreakerReset, notice.Breaker, notice.PastDoor, notice.NotMe, notice.Second, notice.KeyAdded}
	if diff := cmp.Diff(want, w.kinds(audittest.Mara)); diff != "" {
		t.Errorf("Mara, who gave no address, can read (-want +got):\n%s", diff)
	}
}

func TestWhatGoesAsItShouldIsMailedToThoseWhoAsk(t *testing.T) {
	w := newWorld(t)
	w.round(w.n)
	w.box.got()
	w.lives(false, audittest.Ira)
	c := w.Park("a", pending.Approve)
	w.Approve(audittest.Ira, c.ID)
	w.Make(c.ID)
	w.said("nothing wrong")
	if diff := cmp.Diff([]notice.Kind{notice.Made, notice.Waits, notice.KeyAdded}, w.kinds(audittest.Ira)); diff != "" {
		t.Error(diff)
	}
	_, err := w.Desk.Reject(t.Context(), w.Park("b", pending.Approve).ID)
	w.OK(err)
	w.said("a rejection", "ira: Your change was rejected")
}

func TestReadingTheLogAgainTellsNobodyTwice(t *testing.T) {
	w := newWorld(t)
	w.lives(true, audittest.Ira)
	w.Park("a", pending.Approve)
	w.said("once", "ops: A key was added", "ops: A key was added", "ops: A key was added", "ira: A key was added", "ira: A change of yours waits")
	w.OK(w.Store.SetCursor(t.Context(), w.Site.ID, "notices", "0")) // as if it was killed before the place was kept
	var wait sync.WaitGroup
	for range 3 { // and three processes at once
		wait.Go(func() {
			if err := w.office(w.box).Look(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	w.said("again")
}

func TestALetterSaysNothingOfTheChangeAndLinksToOneHost(t *testing.T) {
	w := newWorld(t)
	w.lives(true, audittest.Ira)
	w.round(w.n)
	w.box.got()
	c := w.Park("alert( 'the body of the change' )", pending.Approve)
	w.OK(w.Store.Append(t.Context(), w.Site.ID, store.Entry{
		Kind: "unapproved", At: w.Now(), Body: `{"what":"User:Eve/\u202egpj.js\r\nBcc: eve@evil.test","user":"Eve"}`,
	}, store.Entry{Kind: "unapproved", At: w.Now(), Body: `{"what":"MediaWiki:\u202eoops\u200b.js\r\nX: y","user":"Eve"}`}))
	w.round(w.n)
	for _, l := range w.box.letters {
		text := l.Subject + "\n" + l.Text
		for _, bad := range []string{"body of the change", "because", "eve@evil", "\r", "\u202e", "\u200b"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q stands in:\n%s", bad, text)
			}
		}
		for _, word := range strings.Fields(text) {
			if strings.Contains(word, "://") && !strings.HasPrefix(word, w.At.Origin+"/") {
				t.Errorf("a link to %s", word)
			}
		}
		if strings.Count(l.Subject, "\n") > 0 {
			t.Errorf("subject %q", l.Subject)
		}
	}
	if len(w.box.letters) != 5 {
		t.Fatalf("%d letters", len(w.box.letters))
	}
	if want := "Look at it: " + w.At.Origin + "/a/" + c.ID; !strings.Contains(w.box.letters[0].Text, want) {
		t.Errorf("no %q in:\n%s", want, w.box.letters[0].Text)
	}
	if text := w.box.letters[4].Text; !strings.Contains(text, "[U+202E]oops[U+200B].js[U+000D][U+000A]X: y") {
		t.Errorf("what is invisible is not shown:\n%s", text)
	}
}

func TestTheOperatorsMailboxKnowsWhereTheLogEnded(t *testing.T) {
	w := newWorld(t)
	w.round(w.n)
	entries, err := w.Store.Entries(t.Context(), w.Site.ID, 0, 10)
	w.OK(err)
	for _, e := range entries {
		want := fmt.Sprintf("Entry %d of the log has the hash %s.", e.Seq, e.Hash)
		if !slices.ContainsFunc(w.box.letters, func(l mail.Letter) bool { return strings.Contains(l.Text, want) }) {
			t.Errorf("no letter says %q", want)
		}
	}
}

func TestAFloodFillsNoMailbox(t *testing.T) {
	w := newWorld(t)
	w.round(w.n)
	w.box.got()
	var entries []store.Entry
	for i := range 100 {
		entries = append(entries, store.Entry{Kind: "unapproved", At: w.Now(), Body: fmt.Sprintf(`{"what":"%d"}`, i)})
	}
	w.OK(w.Store.Append(t.Context(), w.Site.ID, entries...))
	w.Revoke(audittest.Mara) // behind the flood
	w.OK(w.n.Look(t.Context()))
	for range 3 {
		w.OK(w.n.Deliver(t.Context()))
	}
	count, last := map[string]int{}, 0
	for _, l := range w.box.letters {
		count[l.Subject]++
		if strings.Contains(l.Text, "More of them are not mailed") {
			last++
		}
	}
	want := map[string]int{"ALARM: code changed that nobody approved – Testwiki": 10, "A key was revoked – Testwiki": 1}
	if diff := cmp.Diff(want, count); diff != "" || last != 1 {
		t.Errorf("%s, %d letters say that more follow", diff, last)
	}
	w.box.got()
	w.Pass(2 * time.Hour)
	w.OK(w.Store.Append(t.Context(), w.Site.ID, store.Entry{Kind: "unapproved", At: w.Now(), Body: `{}`}))
	w.said("an hour later", "ops: ALARM: code changed that nobody approved")
}

func TestWhatAServerRefusesForNowIsTriedAgainAndForEverIsSetAside(t *testing.T) {
	for name, c := range map[string]struct {
		answers []error
		passes  []time.Duration // before each further round
		taken   int
		aside   int
		tries   int
	}{
		"later, then taken":         {[]error{mailtest.Code(451)}, []time.Duration{time.Minute}, 1, 0, 2},
		"later, and not yet due":    {[]error{mailtest.Code(451)}, []time.Duration{time.Second}, 0, 0, 1},
		"never":                     {[]error{mailtest.Code(550)}, []time.Duration{time.Hour}, 0, 1, 1},
		"cut in the middle":         {[]error{mailtest.ErrCut}, []time.Duration{time.Minute, time.Hour}, 1, 0, 2},
		"taken without saying so":   {[]error{mailtest.ErrDeaf}, []time.Duration{time.Minute, time.Hour}, 2, 0, 2},
		"always later":              {later(100), hours(80), 0, 1, 20},
		"later, twice, twice as so": {later(2), []time.Duration{time.Minute, time.Minute, time.Minute}, 1, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.round(w.n)
			w.box.got()
			w.Revoke(audittest.Mara)
			s := mailtest.Start(t, mailtest.Options{StartTLS: true, Answers: c.answers})
			n := w.office(server(t, s))
			w.round(n)
			for _, d := range c.passes {
				w.Pass(d)
				w.OK(n.Deliver(t.Context()))
			}
			got := s.Taken()
			aside, err := w.Store.AsideNotices(t.Context(), w.Site.ID, 10)
			w.OK(err)
			if len(got) != c.taken || len(aside) != c.aside {
				t.Errorf("%d letters taken, %d set aside", len(got), len(aside))
			}
			if s.Begun() != c.tries {
				t.Errorf("%d tries, want %d", s.Begun(), c.tries)
			}
			if len(got) == 2 && id(got[0].Text) != id(got[1].Text) {
				t.Errorf("the same letter is called %q and %q", id(got[0].Text), id(got[1].Text))
			}
			if strings.Contains(w.log.String(), "mail.test") {
				t.Errorf("an address is in the program's log:\n%s", w.log)
			}
			if c.aside > 0 && !strings.Contains(w.log.String(), "mail set aside") {
				t.Error("nobody is told that mail was set aside")
			}
		})
	}
}

func later(n int) []error { return slices.Repeat([]error{mailtest.Code(451, 4, 3, 0)}, n) }

func hours(n int) []time.Duration { return slices.Repeat([]time.Duration{time.Hour}, n) }

func id(text string) string {
	_, rest, _ := strings.Cut(text, "Message-ID: ")
	id, _, _ := strings.Cut(rest, "\r\n")
	return id
}

func server(t *testing.T, s *mailtest.Server) *mail.Server {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	m, err := mail.New(mail.Options{Server: "smtp://localhost:" + port, From: "door@wiki.test", Roots: s.Roots})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOneLetterThatCannotBeSentHoldsNoOtherUp(t *testing.T) {
	w := newWorld(t)
	w.lives(true, audittest.Ira, audittest.Olga)
	w.box.answer = func(l mail.Letter) error {
		if l.To == "olga@mail.test" {
			return mail.ErrLater
		}
		return nil
	}
	w.said("the others", "ops: A key was added", "ops: A key was added", "ops: A key was added", "ira: A key was added")
}

func TestWithoutAServerNothingIsLostAndNobodyKnocksAllTheTime(t *testing.T) {
	w := newWorld(t)
	knocks := 0
	w.box.answer = func(mail.Letter) error { knocks++; return mail.ErrNoServer }
	w.OK(w.n.Look(t.Context()))
	for range 5 {
		if err := w.n.Deliver(t.Context()); err != nil && !errors.Is(err, mail.ErrNoServer) {
			t.Fatal(err)
		}
	}
	if knocks != 1 {
		t.Errorf("%d knocks at the door of a server that is not there", knocks)
	}
	w.box.answer = nil
	w.Pass(10 * time.Minute)
	w.said("it is back", "ops: A key was added", "ops: A key was added", "ops: A key was added")
}

func TestWhoIsKilledBetweenSendingAndSayingSoSendsOnceMore(t *testing.T) {
	w := newWorld(t)
	ctx, kill := context.WithCancel(t.Context())
	sent := map[string]int{}
	w.box.answer = func(l mail.Letter) error {
		sent[l.ID]++
		if len(sent) == 2 && ctx.Err() == nil {
			kill() // the server has it; nobody here hears of it
			return context.Canceled
		}
		return nil
	}
	w.OK(w.n.Look(ctx))
	if err := w.n.Deliver(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	again := w.office(w.box)
	w.round(again)
	w.Pass(time.Hour)
	w.round(again)
	w.Pass(100 * time.Hour)
	w.round(again)
	twice := 0
	for _, n := range sent {
		if n > 2 {
			t.Errorf("sent %d times", n)
		}
		if n == 2 {
			twice++
		}
	}
	if len(sent) != 3 || twice != 1 {
		t.Errorf("%d letters, %d of them twice", len(sent), twice)
	}
}

func TestWhatIsOldWhenItIsFirstSeenIsOnlyKept(t *testing.T) {
	w := newWorld(t)
	w.Pass(73 * time.Hour)
	w.said("nothing")
	if got := w.kinds(audittest.Ira); len(got) != 1 {
		t.Errorf("Ira can read %v", got)
	}
}

func TestAnAddressCountsOnceItsCodeCameBack(t *testing.T) {
	w := newWorld(t)
	w.round(w.n)
	w.box.got()
	ctx, ira := t.Context(), audittest.Ira
	if err := w.n.Ask(ctx, ira, "ira@mail.test\r\nBcc: eve@evil.test"); !errors.Is(err, notice.ErrAddress) {
		t.Error(err)
	}
	w.OK(w.n.Ask(ctx, ira, " ira@mail.test "))
	if err := w.n.Ask(ctx, ira, "other@mail.test"); !errors.Is(err, notice.ErrSoon) {
		t.Errorf("a second code at once: %v", err)
	}
	code := codeIn(w.box.letters[0].Text)
	w.box.got()
	for _, wrong := range []string{"", "AAAA AAAA AAAA", code[1:]} {
		if err := w.n.Confirm(ctx, ira, wrong); !errors.Is(err, notice.ErrCode) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if err := w.n.Confirm(ctx, audittest.Olga, code); !errors.Is(err, notice.ErrCode) {
		t.Errorf("by somebody else: %v", err)
	}
	w.OK(w.n.Confirm(ctx, ira, strings.ToLower(code)))
	if err := w.n.Confirm(ctx, ira, code); !errors.Is(err, notice.ErrCode) {
		t.Errorf("twice: %v", err)
	}
	w.OK(w.n.Choose(ctx, ira, true))
	w.Park("a", pending.Approve)
	w.said("from now on", "ira: A change of yours waits")

	w.Pass(time.Hour)
	w.OK(w.n.Ask(ctx, ira, "new@mail.test"))
	late := codeIn(w.box.letters[0].Text)
	w.Pass(2 * time.Hour)
	if err := w.n.Confirm(ctx, ira, late); !errors.Is(err, notice.ErrCode) {
		t.Errorf("too late: %v", err)
	}
	w.box.got()
	w.OK(w.n.Ask(ctx, ira, "new@mail.test"))
	w.OK(w.n.Confirm(ctx, ira, codeIn(w.box.letters[0].Text)))
	w.box.got()
	w.said("the old address", "ira: Your notices go elsewhere now")
	w.OK(w.n.Forget(ctx, ira))
	w.said("none any more", "new: Your notices go elsewhere now")
	a, err := w.n.Address(ctx, ira.ID)
	if err != nil || a.Address != "" {
		t.Errorf("%+v (%v) is left", a, err)
	}
	w.Park("b", pending.Approve)
	w.said("afterwards")
	if strings.Contains(w.log.String(), "mail.test") {
		t.Errorf("an address is in the program's log:\n%s", w.log)
	}
}

func codeIn(text string) string {
	_, rest, _ := strings.Cut(text, "The code is\n\n    ")
	code, _, _ := strings.Cut(rest, "\n")
	return code
}

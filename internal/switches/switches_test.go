package switches

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

var site = &wiki.Site{
	ID: "wiki.test", Server: "https://wiki.test",
	Namespaces: map[int]wiki.Namespace{0: {}, 2: {ID: 2, Name: "User", Canonical: "User", Subpages: true}, 8: {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"}},
}

// shared is a store that can be made not to answer.
type shared struct {
	store.Store
	down atomic.Bool
}

var errDown = errors.New("the store does not answer")

func (s *shared) SwitchedOff(ctx context.Context, wiki string) ([]store.Switch, error) {
	if s.down.Load() {
		return nil, errDown
	}
	return s.Store.SwitchedOff(ctx, wiki)
}

func newShared(t testing.TB) *shared {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &shared{Store: db}
}

func newKeeper(s *shared) *Keeper {
	return &Keeper{Store: s, Site: site, Now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler)}
}

func off(t testing.TB, k *Keeper, kind Kind, target string) Switch {
	t.Helper()
	s, err := k.SwitchOff(t.Context(), Switch{Kind: kind, Target: target, Reason: "it sends passwords away", By: "Ira"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func page(t testing.TB, name string) wiki.Title {
	t.Helper()
	title, err := site.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return title
}

func TestEachKindStopsWhatItIsAboutAndUndoingItBringsItBack(t *testing.T) {
	k := newKeeper(newShared(t))
	digest := store.DigestOf("hostile();")
	mara := Subject{Title: page(t, "User:Mara/x.js"), Digest: store.DigestOf("mara();"), Authors: []string{"Mara"}, Hosts: []string{"cdn.evil.test"}, Gadget: 12}
	common := Subject{Title: page(t, "MediaWiki:Common.js"), Digest: digest}
	nav := Subject{Module: "ext.gadget.Navbox", Authors: []string{"Ira"}}
	calm := Subject{Title: page(t, "User:Noor/y.js"), Digest: store.DigestOf("calm();"), Authors: []string{"Noor"}, Hosts: []string{"notevil.test"}, Gadget: 13}
	for _, c := range []struct {
		kind   Kind
		target string
		stops  []*Subject
	}{
		{Revision, string(digest), []*Subject{&common}},
		{Gadget, "p12", []*Subject{&mara}},
		{Gadget, "ext.gadget.Navbox", []*Subject{&nav}},
		{Author, "mara", []*Subject{&mara}},
		{Host, "https://EVIL.test:8443/x.js", []*Subject{&mara}},
		{All, "", []*Subject{&mara, &calm}},
	} {
		s := off(t, k, c.kind, c.target)
		for _, sub := range []*Subject{&mara, &common, &nav, &calm} {
			want := false
			for _, o := range c.stops {
				want = want || o == sub
			}
			if by := k.Stops(sub); (by != nil) != want || want && by.ID != s.ID {
				t.Errorf("%s %q, %+v: %+v", c.kind, c.target, sub, by)
			}
		}
		if _, err := k.Undo(t.Context(), s.ID, "Ira", ""); err != nil {
			t.Fatal(err)
		}
		for _, sub := range c.stops {
			if by := k.Stops(sub); by != nil {
				t.Errorf("%s %q is on again, and stops %+v", c.kind, c.target, sub)
			}
		}
	}
}

func TestWhatCannotBeSwitchedOffIsSaid(t *testing.T) {
	k := newKeeper(newShared(t))
	for _, s := range []Switch{
		{Kind: Revision, Target: "12"}, {Kind: Gadget, Target: ""}, {Kind: Gadget, Target: "ext.gadget."}, {Kind: Gadget, Target: "-3"}, {Kind: Author, Target: ""},
		{Kind: Author, Target: "Mara/x.js"}, {Kind: Host, Target: ""}, {Kind: Host, Target: "com"}, {Kind: Host, Target: "a b.test"}, {Kind: Host, Target: "wiki.test"}, {Kind: All, Target: "x"}, {Kind: "everything"},
	} {
		s.Reason, s.By = "why", "Ira"
		if got, err := k.SwitchOff(t.Context(), s); !errors.Is(err, ErrTarget) {
			t.Errorf("%+v: %+v, %v", s, got, err)
		}
	}
	for _, s := range []Switch{{Kind: All, By: "Ira", Reason: " \n"}, {Kind: All, Reason: "why"}} {
		if _, err := k.SwitchOff(t.Context(), s); !errors.Is(err, ErrNoReason) && !errors.Is(err, ErrNobody) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if !k.Calm() {
		t.Errorf("off: %+v", k.Active())
	}
	if _, err := k.Undo(t.Context(), 7, "Ira", ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was never off: %v", err)
	}
}

func TestOfTwoWhoSwitchAtOnceOneDoesAndTheOtherIsTold(t *testing.T) {
	s := newShared(t)
	keepers := []*Keeper{newKeeper(s), newKeeper(s)}
	for _, do := range []struct {
		why error
		act func(k *Keeper, by string) (Switch, error)
	}{
		{ErrOff, func(k *Keeper, by string) (Switch, error) {
			return k.SwitchOff(t.Context(), Switch{Kind: Author, Target: "Mara", Reason: "because of " + by, By: by})
		}},
		{ErrOn, func(k *Keeper, by string) (Switch, error) { return k.Undo(t.Context(), 1, by, "looked") }},
	} {
		var both sync.WaitGroup
		var did, told [2]Switch
		var errs [2]error
		for i, by := range []string{"Ira", "Noor"} {
			both.Go(func() {
				got, err := do.act(keepers[i], by)
				if errs[i] = err; err == nil {
					did[i] = got
				} else {
					told[i] = got
				}
			})
		}
		both.Wait()
		first := 0
		if errs[0] != nil {
			first = 1
		}
		if errs[first] != nil || !errors.Is(errs[1-first], do.why) {
			t.Fatalf("%v", errs)
		}
		if diff := cmp.Diff(did[first], told[1-first]); diff != "" {
			t.Errorf("the second is told of another switch: %s", diff)
		}
		if n := len(keepers[1-first].Active()); n != len(keepers[first].Active()) {
			t.Errorf("the second knows of %d", n)
		}
	}
	if log, err := s.Entries(t.Context(), site.ID, 0, 10); err != nil || len(log) != 2 {
		t.Errorf("%d lines in the log, %v", len(log), err)
	}
}

// wire joins keepers as a bus does.
type wire struct {
	mu   sync.Mutex
	ears []func([]byte)
}

func (w *wire) Publish(_ context.Context, _ string, data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, hear := range w.ears {
		go hear(data)
	}
	return nil
}

func (w *wire) Subscribe(_ context.Context, _ string, handle func([]byte)) (func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ears = append(w.ears, handle)
	return func() {}, nil
}

func TestWhatOneKeeperSwitchesOffIsOffAtTheOther(t *testing.T) {
	s := newShared(t)
	here, there := newKeeper(s), newKeeper(s)
	one := off(t, here, Host, "evil.test")
	if there.Calm() {
		if err := there.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if there.Find(Host, "evil.test") == nil {
		t.Error("after Sync it is not off there")
	}
	changed := make(chan struct{}, 8)
	there.Changed = func() { changed <- struct{}{} }
	ctx, stop := context.WithCancel(t.Context())
	w := &wire{}
	var all sync.WaitGroup
	for _, k := range []*Keeper{here, there} {
		all.Go(func() {
			if err := k.Listen(ctx, w); err != nil {
				t.Error(err)
			}
		})
	}
	for here.tell.Load() == nil || there.tell.Load() == nil {
		time.Sleep(time.Millisecond)
	}
	if _, err := here.Undo(ctx, one.ID, "Ira", ""); err != nil {
		t.Fatal(err)
	}
	<-changed // nobody looked by the clock: the bus said so
	if !there.Calm() {
		t.Errorf("off there: %+v", there.Active())
	}
	stop()
	all.Wait()

	ctx, stop = context.WithCancel(t.Context())
	all.Go(func() { _ = there.Run(ctx) })
	off(t, here, All, "")
	<-changed // nobody said so: it looked by itself
	if there.Stops(&Subject{Gadget: 3}) == nil {
		t.Error("all user code is off, and a gadget runs")
	}
	stop()
	all.Wait()
}

func TestWhileTheStoreDoesNotAnswerWhatIsOffStaysOff(t *testing.T) {
	s := newShared(t)
	k := newKeeper(s)
	off(t, k, Author, "Mara")
	s.down.Store(true)
	if err := k.Sync(t.Context()); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	off(t, k, Host, "evil.test") // is kept, and cannot be read back
	for _, sub := range []Subject{{Authors: []string{"Mara"}}, {Hosts: []string{"evil.test"}}} {
		if k.Stops(&sub) == nil {
			t.Errorf("%+v runs", sub)
		}
	}
	s.down.Store(false)
	if err := k.Sync(t.Context()); err != nil || len(k.Active()) != 2 {
		t.Errorf("%+v, %v", k.Active(), err)
	}
}

func TestAHostThatIsOffIsTakenOutOfPolicies(t *testing.T) {
	k := newKeeper(newShared(t))
	const policy = "default-src 'self'; img-src https: https://cdn.evil.test/x; script-src 'self' https://good.test https://*.evil.test wss://evil.test:*; connect-src *.test *"
	if got := k.Without(policy); got != policy {
		t.Errorf("while nothing is off: %q", got)
	}
	off(t, k, Host, "evil.test")
	if got, want := k.Without(policy), "default-src 'self'; img-src https:; script-src 'self' https://good.test; connect-src *"; got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if got := k.Without("img-src https://evil.test"); got != "img-src 'none'" {
		t.Errorf("of a policy with nothing else: %q", got)
	}
}

func TestHostsAreReadFromCapabilities(t *testing.T) {
	got := HostsOf([]capability.Capability{
		{Name: capability.Network, Target: "Evil.test"}, {Name: capability.Import, Target: "https://cdn.test:8443/x.js"}, {Name: capability.Import, Target: "User:Mara/x.js"},
		{Name: capability.Network, Target: "*.wild.test"}, {Name: capability.Network}, {Name: capability.Navigate, Target: "away.test"}, {Name: capability.Network, Target: "evil.test"},
	})
	if diff := cmp.Diff([]string{"evil.test", "cdn.test", "wild.test"}, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkStops(b *testing.B) {
	k := newKeeper(newShared(b))
	for _, host := range []string{"a.test", "b.test", "c.test"} {
		off(b, k, Host, host)
	}
	off(b, k, Author, "Bad")
	s := Subject{Title: wiki.Title{NS: wiki.NSUser, Key: "Mara/x.js"}, Digest: store.DigestOf("x"), Gadget: 7, Authors: []string{"Mara", "Noor"}, Hosts: []string{"a.b.c.d.good.test"}}
	b.ReportAllocs()
	for b.Loop() {
		if k.Stops(&s) != nil {
			b.Fatal("stopped")
		}
	}
}

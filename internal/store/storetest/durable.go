package storetest

import (
	"errors"
	"sync"
	"testing"

	"sallyport/internal/store"
)

// RunDurable checks what holds beyond one open store. place makes room for a new database and returns what opens it, which
// may be called several times, also at once.
func RunDurable(t *testing.T, place func(t *testing.T) (open func() (store.Store, error))) {
	t.Helper()
	for _, b := range []struct {
		name  string
		check func(t *testing.T, open func() (store.Store, error))
	}{
		{"everything is there after a restart", restarts},
		{"a closed store says so", closes},
		{"processes that start together on an empty database all open it", startsTogether},
		{"processes on one database see and count the same", shares},
	} {
		t.Run(b.name, func(t *testing.T) { b.check(t, place(t)) })
	}
}

// opened opens a store that is closed when the test ends, unless it is closed before.
func opened(t *testing.T, open func() (store.Store, error)) subject {
	t.Helper()
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return subject{Store: s, t: t, ctx: t.Context(), wiki: "wiki.example"}
}

func restarts(t *testing.T, open func() (store.Store, error)) {
	s := opened(t, open)
	p, g := s.page("User:Mara/a.js", 7, "text\x00"), s.gadget(5, "do_it")
	s.savePage(p, "text\x00")
	s.saveGadgets(g)
	s.choose(1, 5)
	s.saveAccounts(s.account("Mara", 3))
	s.ok(s.SetCursor(s.ctx, s.wiki, "changes", "9"))
	secret, err := s.Secret(s.ctx, "csrf")
	s.ok(err)
	s.ok(s.Close())

	s = opened(t, open)
	s.equal("page", s.pages(p.Title)[p.Title], p)
	text, err := s.Text(s.ctx, p.Digest)
	s.ok(err)
	s.equal("text", text, "text\x00")
	s.equal("list", s.listed(store.Query{}, 1), []store.Listed{{Gadget: g, Users: 1}})
	s.equal("choices", s.choices(1), []store.Choice{s.choice(1, 5, 0)})
	s.named("Mara", 3)
	cursor, err := s.Cursor(s.ctx, s.wiki, "changes")
	s.ok(err)
	s.equal("cursor", cursor, "9")
	again, err := s.Secret(s.ctx, "csrf")
	s.ok(err)
	s.equal("secret", again, secret)
}

func closes(t *testing.T, open func() (store.Store, error)) {
	s := opened(t, open)
	s.ok(s.Close())
	if _, err := s.Users(s.ctx, s.wiki, 5); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("reading: error %v, want one that says the store is closed", err)
	}
	if err := s.Choose(s.ctx, s.choice(1, 5, 0)); err == nil {
		t.Error("writing: accepted")
	}
}

func startsTogether(t *testing.T, open func() (store.Store, error)) {
	var mu sync.Mutex
	secrets := map[string]bool{}
	nobody := subject{t: t}
	nobody.together(6, func(int) error {
		s, err := open()
		if err != nil {
			return err
		}
		secret, err := s.Secret(t.Context(), "csrf")
		mu.Lock()
		secrets[string(secret)] = true
		mu.Unlock()
		return errors.Join(err, s.Close())
	})
	nobody.equal("secrets", len(secrets), 1)
}

func shares(t *testing.T, open func() (store.Store, error)) {
	processes := []subject{opened(t, open), opened(t, open)}
	first, second := processes[0], processes[1]
	first.saveGadgets(first.gadget(5, "do_it"))
	second.titled("User:Mara/do_it.gadget", 5)
	first.together(8, func(i int) error {
		s := processes[i%2]
		for round := range 10 {
			if err := s.Choose(s.ctx, s.choice(int64(i+1), 5, round)); err != nil {
				return err
			}
			if round < 9 {
				if err := s.Unchoose(s.ctx, s.wiki, int64(i+1), 5); err != nil {
					return err
				}
			}
		}
		return nil
	})
	first.users(5, 8)
	second.users(5, 8)
}

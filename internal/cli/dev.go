package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

type devCommand struct {
	Listen        string `help:"Where the wiki answers; port 0 takes a free one." default:"127.0.0.1:8080" placeholder:"ADDR"`
	ConfirmListen string `help:"Where approvals will be given; port 0 takes a free one." default:"127.0.0.1:8081" placeholder:"ADDR"`
	JSON          bool   `help:"Print one line of JSON about what was started, and nothing else."`
	Detonate      bool   `help:"Run the scripts as well as read them, where there is a browser." default:"true" negatable:""`
	Verbose       bool   `short:"v" help:"Log requests and changes to standard error."`
}

// Run shows the sample wiki.
func (c devCommand) Run(s streams) error {
	return c.run(s, furnish, func(ctx context.Context, d *pretending) error {
		about, err := describe(ctx, d.registry, d.wiki, d.confirm)
		if err != nil {
			return err
		}
		if about.Invitation, err = invite(ctx, d.db, d.client, d.registry.Site.ID, "Ira", d.confirm, time.Now().Add(24*time.Hour)); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.stdout).Encode(about)
		}
		about.print(s.stdout)
		return nil
	})
}

// pretending is a pretend wiki with everything in front of it.
type pretending struct {
	*joined
	pretend *fakewiki.Wiki
	db      store.Store
	wiki    string // addresses
	confirm string
}

// run starts everything in this process: the pretend wiki on a port of its own, and the doors in front of it. When all is up,
// ready tells people about it, and may go on until ctx ends.
func (c devCommand) run(s streams, furnish func(*fakewiki.Wiki) error, ready func(context.Context, *pretending) error) error {
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(s.stderr, &slog.HandlerOptions{Level: level}))
	listeners, err := listen(s.ctx, "127.0.0.1:0", c.Listen, c.ConfirmListen)
	if err != nil {
		return err
	}
	inner, door, confirm := listeners[0], listeners[1], listeners[2]

	pretend := fakewiki.New(fakewiki.Options{Name: "Pretend wiki", Lang: "en", Now: time.Now, Logger: log})
	if err := furnish(pretend); err != nil {
		return err
	}
	db, err := sqlstore.Open(s.ctx, "")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()

	work, ctx := errgroup.WithContext(s.ctx)
	work.Go(func() error { return serveHTTP(ctx, inner, pretend, log) })
	settings, err := config.Parse(nil)
	if err != nil {
		return err
	}
	settings.ConfirmListen = confirm.Addr().String()
	settings.WriteDoor.WikiOrigin = "http://" + door.Addr().String()
	all, err := join(ctx, parts{wikiURL: "http://" + inner.Addr().String(), scriptPath: "/w", store: db, door: doorOf(settings), breaker: breakerOf(settings), runs: c.Detonate, log: log})
	if err != nil {
		return err
	}
	if err := all.registry.Begin(ctx, func(int, int) {}); err != nil {
		return err
	}
	work.Go(func() error { return serveHTTP(ctx, door, all.handler, log) })
	work.Go(func() error { return serveHTTP(ctx, confirm, all.confirm, log) })
	work.Go(func() error { return all.registry.Follow(ctx) })
	work.Go(func() error { return all.office.Run(ctx) })
	work.Go(func() error { return all.board.Run(ctx) })
	work.Go(func() error { return all.breaker.run(ctx) })
	work.Go(func() error { return all.switches.Run(ctx) })
	settings.Analysis.Detonate = c.Detonate
	background, err := all.background(db, bus.Options{}, settings.Analysis, log)
	if err != nil {
		return err
	}
	work.Go(func() error { return background.run(ctx) })

	work.Go(func() error {
		return ready(ctx, &pretending{all, pretend, db, "http://" + door.Addr().String(), settings.Confirm()})
	})
	return work.Wait()
}

func listen(ctx context.Context, addrs ...string) ([]net.Listener, error) {
	var all []net.Listener
	for _, addr := range addrs {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
		if err != nil {
			for _, open := range all {
				_ = open.Close() // nothing was served on it yet
			}
			return nil, fmt.Errorf("listen: %w; another address can be given with --listen and --confirm-listen", err)
		}
		all = append(all, l)
	}
	return all, nil
}

// started is what dev says about itself; with --json it is the line on standard output.
type started struct {
	Wiki    string   `json:"wiki"`
	Confirm string   `json:"confirm"`
	People  []person `json:"people"`
	Gadgets []sample `json:"gadgets"`

	Invitation string `json:"invitation"` // where Ira makes a passkey
}

type sample struct {
	Title  string `json:"title"`
	Module string `json:"module"`
}

func describe(ctx context.Context, r *registry.Registry, wiki, confirm string) (*started, error) {
	rows, _, err := r.List(ctx, store.Query{Sort: "title"})
	if err != nil {
		return nil, err
	}
	about := &started{Wiki: wiki, Confirm: confirm, People: people}
	for _, row := range rows {
		about.Gadgets = append(about.Gadgets, sample{Title: row.Title, Module: registry.ModuleName(row.PageID)})
	}
	return about, nil
}

func (a *started) print(w io.Writer) {
	fmt.Fprintf(w, "A pretend wiki with people and gadgets. Everything is in memory and gone when you stop it.\n\n")
	fmt.Fprintf(w, "  The wiki      %s/\n  My gadgets    %s%s/\n  Approvals     %s/\n\n", a.Wiki, a.Wiki, base, a.Confirm)
	for _, p := range a.People {
		fmt.Fprintf(w, "  Log in as     %-5s password %-14s %s\n", p.Name, p.Password, p.about)
	}
	fmt.Fprintf(w, "\nLog in, open My gadgets, switch one on, and open a page.\n")
	fmt.Fprintf(w, "Or be Ira: make a passkey at %s,\nlog in on the wiki, and change MediaWiki:Common.js. Press Ctrl-C to stop.\n", a.Invitation)
}

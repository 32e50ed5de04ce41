package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/store/sqlstore"
)

type serveCommand struct {
	Config string `help:"The settings file; see: sallyport config print." required:"" type:"path"`
}

func (c serveCommand) Run(s streams) error {
	settings, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	level, err := settings.Level()
	if err != nil {
		return err
	}
	trusted, err := settings.Proxies()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(s.stderr, &slog.HandlerOptions{Level: level}))
	db, err := sqlstore.Open(s.ctx, settings.Store)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	all, err := join(s.ctx, parts{
		wikiURL: settings.Wiki.URL, scriptPath: settings.Wiki.ScriptPath, store: db,
		suffixes: settings.Gadgets.Suffixes, publishers: settings.Gadgets.Publishers, trusted: trusted, door: doorOf(settings), breaker: breakerOf(settings), runs: settings.Analysis.Detonate,
		policy: settings.Policy, origin: settings.WriteDoor.WikiOrigin, libs: settings.Libs.Folder, entry: settings.Entry, approved: settings.Approved, exposure: settings.Exposure, log: log,
	})
	if err != nil {
		return err
	}
	door, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", settings.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer door.Close()
	var approvals net.Listener
	if all.confirm != nil {
		if approvals, err = (&net.ListenConfig{}).Listen(s.ctx, "tcp", settings.ConfirmListen); err != nil {
			return fmt.Errorf("listen for approvals: %w", err)
		}
		defer approvals.Close()
	}
	fmt.Fprintf(s.stderr, "wiki       %s (%s)\nbehind     %s%s\ngadgets    pages in user space ending in %v\napprovals  %s\npolicy     %s\n",
		"http://"+door.Addr().String(), all.registry.Site.Name, settings.Wiki.URL, settings.Wiki.ScriptPath, settings.Gadgets.Suffixes, approvalsAt(settings), all.policy)
	background, err := all.background(db, bus.Options{Address: settings.Bus, Name: "serve"}, settings.Analysis, log)
	if err != nil {
		return err
	}
	var watch *watching
	if all.desk != nil {
		if watch, err = all.watch(s.ctx, db, settings, log); err != nil {
			return err
		}
	}
	collectSeldom(800)
	work, ctx := errgroup.WithContext(s.ctx)
	work.Go(func() error { return serveHTTP(ctx, door, all.handler, log) })
	if all.confirm != nil {
		work.Go(func() error { return serveHTTP(ctx, approvals, all.confirm, log) })
		work.Go(func() error { return all.desk.Tend(ctx) })
		work.Go(func() error { return all.office.Run(ctx) })
		work.Go(func() error { return watch.run(ctx) })
		work.Go(func() error { return all.breaker.run(ctx) })
	}
	work.Go(func() error { return all.keepFresh(ctx, log) })
	work.Go(func() error { return all.switches.Run(ctx) })
	work.Go(func() error { return all.entry.run(ctx) })
	work.Go(func() error { return all.approved.run(ctx) })
	work.Go(func() error { return all.exposure.run(ctx) })
	work.Go(func() error { return all.board.Run(ctx) })
	if all.policy != nil {
		work.Go(func() error { return all.policy.run(ctx) })
	}
	work.Go(func() error { return background.run(ctx) })
	err = work.Wait()
	return errors.Join(err, all.exposure.close())
}

// approvalsAt says where changes are approved.
func approvalsAt(c *config.Config) string {
	if !c.WriteDoor.Enabled {
		return "none: write_door.enabled is false, and everything passes"
	}
	return c.Confirm() + ", at " + c.ConfirmListen
}

// keepFresh reads the wiki's definitions when nothing is known yet, and follows its changes from then on.
func (j *joined) keepFresh(ctx context.Context, log *slog.Logger) error {
	for ctx.Err() == nil {
		err := j.registry.Begin(ctx, func(pages, definitions int) {
			log.Info("reading user space", "pages", pages, "definitions", definitions)
		})
		if err == nil {
			return j.registry.Follow(ctx)
		}
		log.Warn("definitions not read; again in 10 seconds", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
		}
	}
	return nil
}

// serveHTTP serves until ctx ends, then gives requests under way a moment to finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(l) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // somebody holds a connection open; the wait is over
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

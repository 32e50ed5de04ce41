package cli

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/fakewiki"
	"sallyport/internal/incident"
	"sallyport/internal/incident/outbreak"
	"sallyport/internal/store/sqlstore"
)

type dayCommand struct {
	People int    `help:"How many people there are." default:"100" placeholder:"N"`
	Seed   uint64 `help:"The same seed gives the same day." default:"1" placeholder:"N"`
}

// Run plays a day and says what of it was not made.
func (c dayCommand) Run(s streams) error {
	day, breaker, err := c.play(s.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "An ordinary day of %d people through the gateway (seed %d): %d pages read, %d writes, %d alarms.\n", c.People, c.Seed, day.Views, day.Writes, len(breaker.State().Trips))
	for _, what := range slices.Sorted(maps.Keys(day.Refused)) {
		fmt.Fprintf(s.stdout, "  %-30s %d not made\n", what, day.Refused[what])
	}
	return nil
}

func (c dayCommand) play(ctx context.Context) (*outbreak.Day, *incident.Breaker, error) {
	var day *outbreak.Day
	breaker, err := inWorld(ctx, true, true, func(w outbreak.World) (err error) {
		day, err = outbreak.Ordinary(ctx, w, c.People, c.Seed)
		return err
	})
	return day, breaker, err
}

// inWorld plays something in a pretend wiki. It listens on loopback, because the gateway reaches it as it reaches any wiki; the
// people do not: they are handed the gateway.
func inWorld(ctx context.Context, doors, stops bool, play func(outbreak.World) error) (*incident.Breaker, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	inner, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := "http://" + inner[0].Addr().String()
	clock := outbreak.NewClock(time.Date(2026, 3, 5, 15, 0, 0, 0, time.UTC))
	pretend := fakewiki.New(fakewiki.Options{Now: clock.Now, Server: address})
	db, err := sqlstore.Open(ctx, "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	work, serving := errgroup.WithContext(ctx)
	work.Go(func() error { return serveHTTP(serving, inner[0], pretend, log) })
	front, breaker, err := inFront(ctx, parts{wikiURL: address, scriptPath: "/w", store: db, log: log}, doors, stops, clock)
	if err == nil {
		err = play(outbreak.World{Wiki: pretend, Clock: clock, Front: front})
	}
	cancel()
	_ = work.Wait() // it ends because it was told to
	return breaker, err
}

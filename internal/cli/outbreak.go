package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/gateway"
	"sallyport/internal/incident"
	"sallyport/internal/incident/outbreak"
	"sallyport/internal/pending"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// replayCommands are what can be played again.
type replayCommands struct {
	Log      replayCommand   `cmd:"" default:"withargs" help:"Judge a log of detonate again."`
	Outbreak outbreakCommand `cmd:"" help:"Play an outbreak like that of March 2026 on a pretend wiki, with and without the doors."`
}

type outbreakCommand struct {
	People  int    `help:"How many people browse." default:"100" placeholder:"N"`
	Minutes int    `help:"For how long, in simulated time." default:"60" placeholder:"N"`
	Doors   string `help:"off, on, or both one after the other." enum:"off,on,both" default:"both"`
	Breaker bool   `help:"With the doors on, have the outbreak breaker as well." default:"true" negatable:""`
	Way     string `help:"incident: site code, own page, deletions. scripts: from person to person, through scripts they write for each other." enum:"incident,scripts" default:"incident"`
	Seed    uint64 `help:"The same seed gives the same run." default:"1" placeholder:"N"`
	SVG     string `name:"svg" help:"Draw the curves into a file." placeholder:"FILE"`
	Explain bool   `help:"Print what tripped the breaker, and its numbers."`
}

// Run plays it, and prints what came of it.
func (c outbreakCommand) Run(s streams) error {
	var all []outbreak.Series
	var tripped string
	for _, doors := range []string{"off", "on"} {
		if c.Doors != "both" && c.Doors != doors {
			continue
		}
		result, breaker, err := c.play(s.ctx, doors == "on")
		if err != nil {
			return err
		}
		all = append(all, outbreak.Series{Name: "doors " + doors, Result: result})
		if breaker != nil {
			tripped = c.told(breaker)
		}
	}
	if err := c.print(s.stdout, all, tripped); err != nil {
		return err
	}
	if c.SVG == "" {
		return nil
	}
	if err := os.WriteFile(c.SVG, []byte(outbreak.SVG(c.plan(), all)), 0o644); err != nil { //nolint:gosec // a picture for everybody
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}

func (c outbreakCommand) plan() outbreak.Plan {
	return outbreak.Plan{People: c.People, Minutes: c.Minutes, Seed: c.Seed, Way: outbreak.Way(c.Way)}
}

// told is what the breaker says, in short or in full.
func (c outbreakCommand) told(b *incident.Breaker) string {
	if c.Explain {
		return b.Explain()
	}
	if trips := b.State().Trips; len(trips) > 0 {
		return "The breaker tripped: " + trips[0].Reasons[0] + ".\n"
	}
	return "The breaker did not trip.\n"
}

func (c outbreakCommand) print(w io.Writer, all []outbreak.Series, tripped string) error {
	fmt.Fprintf(w, "%d people browse a pretend wiki for %d minutes; from minute 5 a script spreads (%s, seed %d).\n\n", c.People, c.Minutes, c.Way, c.Seed)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(name string, value func(*outbreak.Result) int) {
		cells := []string{name}
		for _, s := range all {
			cells = append(cells, fmt.Sprint(value(s.Result)))
		}
		fmt.Fprintln(t, strings.Join(cells, "\t")+"\t")
	}
	head := "\t"
	for _, s := range all {
		head += s.Name + "\t"
	}
	fmt.Fprintln(t, head)
	row("people infected", func(r *outbreak.Result) int { return r.Infected })
	row("own pages changed", func(r *outbreak.Result) int { return r.Carrying })
	row("site-code writes", func(r *outbreak.Result) int { return r.Site })
	row("pages deleted", func(r *outbreak.Result) int { return r.Deleted })
	row("minutes it spread", func(r *outbreak.Result) int { return r.Lasted })
	row("honest edits", func(r *outbreak.Result) int { return r.Edits })
	row("of these refused", func(r *outbreak.Result) int { return r.Refused })
	if err := t.Flush(); err != nil {
		return err
	}
	if tripped != "" {
		fmt.Fprintf(w, "\n%s", tripped)
	}
	return nil
}

// play runs one world. The wiki listens on loopback, because the gateway reaches it as it reaches any wiki; the people do
// not: they are handed the gateway.
func (c outbreakCommand) play(ctx context.Context, doors bool) (*outbreak.Result, *incident.Breaker, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	inner, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	address := "http://" + inner[0].Addr().String()
	clock := outbreak.NewClock(time.Date(2026, 3, 5, 15, 0, 0, 0, time.UTC))
	pretend := fakewiki.New(fakewiki.Options{Now: clock.Now, Server: address})
	db, err := sqlstore.Open(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	work, serving := errgroup.WithContext(ctx)
	work.Go(func() error { return serveHTTP(serving, inner[0], pretend, log) })

	world := outbreak.World{Wiki: pretend, Clock: clock}
	p := parts{wikiURL: address, scriptPath: "/w", store: db, log: log}
	var breaker *incident.Breaker
	if world.Front, breaker, err = c.front(ctx, p, doors, clock); err != nil {
		return nil, nil, err
	}
	result, err := outbreak.Play(ctx, world, c.plan())
	cancel()
	_ = work.Wait() // it ends because it was told to
	return result, breaker, err
}

// front is what stands before the wiki: the gateway alone, or with its door and a breaker. Nobody gives approvals.
func (c outbreakCommand) front(ctx context.Context, p parts, doors bool, clock *outbreak.Clock) (http.Handler, *incident.Breaker, error) {
	if !doors {
		all, err := join(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		return all.handler, nil, nil
	}
	settings, err := config.Parse(nil)
	if err != nil {
		return nil, nil, err
	}
	settings.WriteDoor.WikiOrigin = p.wikiURL
	p.door = doorOf(settings)
	all, err := join(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	policies, err := pending.ReadPolicies(settings.WriteDoor.Tiers)
	if err != nil {
		return nil, nil, err
	}
	if !c.Breaker {
		return all.handler, nil, nil
	}
	site := all.registry.Site
	breaker := incident.New(incident.Settings{}, clock.Now())
	return &outbreak.Watch{
		Next: all.handler, Who: gateway.NewWho(all.client.WhoAmI).Sent, Session: site.ID + "_session",
		Door:  &writedoor.Door{Wiki: writedoor.NewAsking(asks(all.client, ""), all.client.Site, clock.Now)},
		Waits: func(op *writedoor.Operation, actor wiki.User) bool { return policies.For(op, actor).Waits() },
		Guard: &incident.Guard{Breaker: breaker, Site: site, Now: clock.Now, Log: p.log, Text: func(ctx context.Context, t wiki.Title) (string, error) {
			pages, err := all.client.Pages(ctx, []wiki.Title{t})
			if err != nil {
				return "", err
			}
			return pages[0].Text, nil
		}},
	}, breaker, nil
}

package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"

	"sallyport/internal/config"
	"sallyport/internal/incident"
	"sallyport/internal/incident/outbreak"
)

// replayCommands are what can be played again.
type replayCommands struct {
	Log      replayCommand   `cmd:"" default:"withargs" help:"Judge a log of detonate again."`
	Outbreak outbreakCommand `cmd:"" help:"Play an outbreak like that of March 2026 on a pretend wiki, with and without the doors."`
	Day      dayCommand      `cmd:"" help:"Play an ordinary day through the gateway: nothing of it may be stopped."`
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

func (c outbreakCommand) play(ctx context.Context, doors bool) (*outbreak.Result, *incident.Breaker, error) {
	var result *outbreak.Result
	breaker, err := inWorld(ctx, doors, c.Breaker, func(w outbreak.World) (err error) {
		result, err = outbreak.Play(ctx, w, c.plan())
		return err
	})
	return result, breaker, err
}

// inFront is what stands before the wiki: the gateway alone, or what `sallyport serve` puts there. Nobody gives approvals.
func inFront(ctx context.Context, p parts, doors, stops bool, clock *outbreak.Clock) (http.Handler, *incident.Breaker, error) {
	if doors {
		settings, err := config.Parse(nil)
		if err != nil {
			return nil, nil, err
		}
		settings.WriteDoor.WikiOrigin, settings.Breaker.Enabled = p.wikiURL, stops
		p.door, p.breaker, p.now = doorOf(settings), breakerOf(settings), clock.Now
	}
	all, err := join(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	if all.breaker == nil {
		return all.handler, nil, nil
	}
	return all.handler, all.breaker.Breaker, nil
}

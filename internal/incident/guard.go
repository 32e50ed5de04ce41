package incident

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Guard tells a [Breaker] what happens at the door and in front of the scripts. It knows MediaWiki's words, the breaker does
// not.
type Guard struct {
	Breaker *Breaker
	Site    *wiki.Site
	// Text is the current text of a page, empty when there is none. It is asked only for writes that change code.
	Text func(ctx context.Context, t wiki.Title) (string, error)
	// Sources are the pages that a module of load.php is made of, for modules that are made of pages and not known by their
	// names ("site", "user"): gadgets. May be nil.
	Sources func(ctx context.Context, module string) ([]Source, error)
	Alarm   func(Trip) // called when the breaker trips; may be nil
	Usage   *Usage     // remembers which scripts were served to accounts that hold power; may be nil
	Now     func() time.Time
	Log     *slog.Logger

	sketches sketches
}

// Write is a write as it came to the door.
type Write struct {
	Operation *writedoor.Operation
	Actor     wiki.User
	Session   Session
	Approved  bool // somebody approved exactly this
	Waits     bool // it will wait for an approval
	Pressed   bool // a person sent it with the wiki's own form (pending.Sender.ByPerson)
}

// maxPages bounds how many pages of one operation are looked at.
const maxPages = 50

// Judge says whether a write may go on. When the wiki does not tell a page's text, the write counts as if all of it were new.
func (g *Guard) Judge(ctx context.Context, w Write) (Decision, error) {
	var all Decision
	for _, e := range g.events(ctx, w) {
		d := g.Breaker.Saw(e)
		if d.Trip != nil {
			g.Log.Error("breaker tripped", "wiki", g.Site.ID, "rule", string(d.Trip.Rule), "dry_run", d.Trip.DryRun, "reasons", d.Trip.Reasons)
			all.Trip = d.Trip
			g.alarm(*d.Trip)
		}
		if d.Hold && !all.Hold {
			all.Hold, all.Why = true, d.Why
		}
	}
	return all, ctx.Err()
}

func (g *Guard) alarm(t Trip) {
	if g.Alarm != nil {
		g.Alarm(t)
	}
}

// Made notes a change that was approved, and is made: it is never held, and it is part of what is ordinary for the account.
func (g *Guard) Made(actor wiki.User, s Session, kind writedoor.Kind, tier writedoor.Tier, pages []wiki.Title) {
	e := Event{Time: g.Now(), User: actor.ID, Name: actor.Name, Session: s, Kind: kind, Tier: tier, Approved: true}
	for _, t := range pages[:min(len(pages), maxPages)] {
		e.Page, e.Victim = g.Site.PrefixedText(t), g.victim(t)
		g.Breaker.Saw(e)
	}
	if len(pages) == 0 {
		g.Breaker.Saw(e)
	}
}

// Reported switches user code off for an account whose owner says that a change sent in their name is not theirs.
func (g *Guard) Reported(user int64, name string) {
	t := g.Breaker.Report(g.Now(), user, name)
	g.Log.Error("user code is off for an account", "wiki", g.Site.ID, "user", name, "reasons", t.Reasons)
	g.alarm(t)
}

// events are what a write comes to: one event for each page of code, or one for all when there is none.
func (g *Guard) events(ctx context.Context, w Write) []Event {
	op := w.Operation
	e := Event{
		Time: g.Now(), User: w.Actor.ID, Name: w.Actor.Name, Session: w.Session, Kind: op.Kind, Tier: op.Tier(),
		Approved: w.Approved, Waits: w.Waits, Pressed: w.Pressed, Bot: w.Actor.Has("bot"),
	}
	if !isCode(e.Tier) {
		return []Event{e}
	}
	var all []Event
	for _, p := range op.Pages[:min(len(op.Pages), maxPages)] {
		one := e
		one.Page, one.Victim = g.Site.PrefixedText(p.Title), g.victim(p.Title)
		if one.Victim != "" {
			one.Added = g.added(ctx, op, p)
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return []Event{e}
	}
	return all
}

// victim says who runs a page.
func (g *Guard) victim(t wiki.Title) string {
	if owner, ok := g.Site.Owner(t); ok {
		return owner
	}
	if t.NS >= 0 && t.NS%2 == 0 && t.NS != wiki.NSMain {
		return Site
	}
	return ""
}

// added sketches what an operation brings into a page. Of operations that do not hold their text, nothing is known.
func (g *Guard) added(ctx context.Context, op *writedoor.Operation, p writedoor.Page) Sketch {
	if op.Kind != writedoor.Edit || p.Role != writedoor.Edited {
		return Sketch{}
	}
	for _, key := range []string{"appendtext", "prependtext"} {
		if text := op.Params.Text(key); text != "" {
			return Read(text)
		}
	}
	text := op.Params.Text("text")
	if op.Via == "index.php" {
		text = op.Params.Text("wpTextbox1")
	}
	before := ""
	if p.ID != 0 && g.Text != nil {
		old, err := g.Text(ctx, p.Title)
		if err != nil && !errors.Is(err, context.Canceled) {
			g.Log.Warn("page not compared", "wiki", g.Site.ID, "page", g.Site.PrefixedText(p.Title), "err", err)
		}
		before = old
	}
	return Added(before, text)
}

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
	Text  func(ctx context.Context, t wiki.Title) (string, error)
	Alarm func(Trip) // called when the breaker trips; may be nil
	Now   func() time.Time
	Log   *slog.Logger
}

// Write is a write as it came to the door.
type Write struct {
	Operation *writedoor.Operation
	Actor     wiki.User
	Session   Session
	Approved  bool // somebody approved exactly this
	Waits     bool // it will wait for an approval
	Pressed   bool // Sec-Fetch-Mode: navigate and Sec-Fetch-User: ?1
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
			if all.Trip = d.Trip; g.Alarm != nil {
				g.Alarm(*d.Trip)
			}
		}
		if d.Hold && !all.Hold {
			all.Hold, all.Why = true, d.Why
		}
	}
	return all, ctx.Err()
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

// Serve notes that a session gets a page's code. It says whether the session should get nothing instead: because user code is
// off for it, or because the page carries what tripped the breaker. Sketches are dear (about 15 MB/s): keep them by revision.
func (g *Guard) Serve(s Session, user wiki.User, t wiki.Title, code Sketch) (withhold bool) {
	page := g.Site.PrefixedText(t)
	if g.Breaker.Off(s) || g.Breaker.Quarantined(page) {
		return true
	}
	owner, _ := g.Site.Owner(t)
	g.Breaker.Served(Serving{Time: g.Now(), User: user.ID, Session: s, Page: page, Owner: owner, Code: code})
	return false
}

// Pages are the pages that an address of index.php or load.php serves as scripts to somebody: what [Guard.Serve] wants to
// know of. Names of load.php's modules stand for the pages they are made of.
func Pages(site *wiki.Site, get func(key string) string) []wiki.Title {
	if get("action") == "raw" {
		if t, err := site.Parse(get("title")); err == nil && (get("ctype") == "text/javascript" || get("ctype") == "text/css") {
			return []wiki.Title{t}
		}
		return nil
	}
	if get("only") == "styles" {
		return nil
	}
	switch get("modules") {
	case "site":
		return []wiki.Title{{NS: wiki.NSMediaWiki, Key: "Common.js"}}
	case "user":
		if t, err := site.ParseIn(get("user")+"/common.js", wiki.NSUser); err == nil {
			return []wiki.Title{t}
		}
	}
	return nil
}

package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/gateway"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/web"
	"sallyport/internal/wiki"
)

// breakerParts are what it takes to stop an outbreak.
type breakerParts struct{ settings config.Breaker }

// breakerOf reads the settings; nil when nothing is to be stopped.
func breakerOf(c *config.Config) *breakerParts {
	if !c.Breaker.Enabled {
		return nil
	}
	return &breakerParts{c.Breaker}
}

// numbers are the breaker's own settings.
func (b *breakerParts) numbers() (incident.Settings, error) {
	s := incident.Settings{DryRun: b.settings.DryRun}
	return s, s.Set(b.settings.Numbers)
}

// breaking is a breaker that is joined to its store. A nil one stops nothing.
type breaking struct {
	*incident.Guard
	keeper   *incident.Keeper
	sessions *gateway.Sessions
	log      store.Approvals
}

// saveTime is how long an alarm waits for the store before what tripped is kept by the next second's try.
const saveTime = 2 * time.Second

// open makes a breaker that knows what was stopped before.
func (b *breakerParts) open(ctx context.Context, p parts, client *mediawiki.Client, reg *registry.Registry) (*breaking, error) {
	if b == nil {
		return nil, nil
	}
	set, err := b.numbers()
	if err != nil {
		return nil, err
	}
	now := p.now
	if now == nil {
		now = time.Now
	}
	site := reg.Site
	j := &breaking{log: p.store}
	j.Guard = &incident.Guard{
		Breaker: incident.New(set, now()), Site: site, Now: now, Log: p.log, Alarm: j.alarm,
		Text:    func(ctx context.Context, t wiki.Title) (string, error) { return textOf(ctx, client, t) },
		Sources: (&gadgetSources{registry: reg, client: client, texts: p.store, now: now, log: p.log}).of,
	}
	j.keeper = &incident.Keeper{Breaker: j.Breaker, Store: p.store, Wiki: site.ID, Now: now, Log: p.log}
	if err := j.keeper.Sync(ctx); err != nil {
		return nil, err
	}
	cookie, err := sessionCookie(ctx, p, site)
	if err != nil {
		return nil, err
	}
	j.sessions = gateway.NewSessions(cookie, gateway.NewWho(client.WhoAmI).Sent)
	return j, nil
}

// join puts the breaker into the door, and returns what stands before the scripts.
func (j *breaking) join(door *gateway.Door) *gateway.Shield {
	if j == nil {
		return nil
	}
	door.Guard, door.Sessions = j.Guard, j.sessions
	return gateway.NewShield(j.Guard, j.sessions, door.Write, j.Log)
}

// page is what the page about incidents asks; nil when there is nothing to say.
func (j *breaking) page() web.Breaker {
	if j == nil {
		return nil
	}
	return j
}

// State is for the page.
func (j *breaking) State() incident.State { return j.Breaker.State() }

// Quarantined says whether a page is served to nobody.
func (j *breaking) Quarantined(page string) bool { return j.Breaker.Quarantined(page) }

// Pull switches user code off for everybody, here and in every other process.
func (j *breaking) Pull(ctx context.Context, who, why string) error {
	t := j.Breaker.Pull(j.Now(), who, why)
	j.alarm(t)
	return j.keeper.Sync(ctx)
}

// reported is what is told of accounts whose owners did not send what was sent in their name.
func (j *breaking) reported() func(userID int64, user string) {
	if j == nil {
		return nil
	}
	return j.Reported
}

// alarm keeps what tripped before anybody is answered, and writes it into the wiki's log, which people are told of.
func (j *breaking) alarm(t incident.Trip) {
	ctx, cancel := context.WithTimeout(context.Background(), saveTime)
	defer cancel()
	if err := j.keeper.Sync(ctx); err != nil {
		j.Log.Error("what tripped the breaker is not kept yet", "wiki", j.Site.ID, "err", err)
	}
	if err := logIncident(ctx, j.log, j.Site.ID, "breaker tripped", t.At, t); err != nil {
		j.Log.Error("what tripped the breaker is not in the log", "wiki", j.Site.ID, "err", err)
	}
}

// logIncident writes a line into the log of what was decided.
func logIncident(ctx context.Context, log store.Approvals, wiki, kind string, at time.Time, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return log.Append(ctx, wiki, store.Entry{Kind: kind, Body: string(text), At: at})
}

// keepPause is how often a process looks what others have stopped.
const keepPause = time.Second

// run keeps the breaker and the store together until ctx ends.
func (j *breaking) run(ctx context.Context) error {
	if j == nil {
		<-ctx.Done()
		return nil
	}
	return j.keeper.Run(ctx, keepPause)
}

func textOf(ctx context.Context, client *mediawiki.Client, t wiki.Title) (string, error) {
	pages, err := client.Pages(ctx, []wiki.Title{t})
	if err != nil {
		return "", err
	}
	return pages[0].Text, nil
}

// sessionCookie asks the wiki for the name of its session cookie ($wgSessionName, or made of $wgCookiePrefix), by beginning a
// session as whoever logs in does. When it does not answer, its last word counts.
func sessionCookie(ctx context.Context, p parts, site *wiki.Site) (string, error) {
	const kept = "session-cookie"
	name, err := askSessionCookie(ctx, p.wikiURL+p.scriptPath+"/api.php")
	if err == nil && name != "" {
		return name, p.store.SetCursor(ctx, site.ID, kept, name)
	}
	old, failed := p.store.Cursor(ctx, site.ID, kept)
	if failed == nil && old != "" {
		return old, nil
	}
	usual := strings.NewReplacer("-", "_", "=", "_", ",", "_", ";", "_", " ", "_").Replace(site.ID) + "_session"
	p.log.Warn("the wiki does not say what its session cookie is called; taking the usual name", "cookie", usual, "err", err)
	return usual, failed
}

func askSessionCookie(ctx context.Context, api string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, api+"?action=query&meta=tokens&type=login&format=json", nil)
	if err != nil {
		return "", err
	}
	r, err := (&http.Client{}).Do(req)
	if err != nil {
		return "", fmt.Errorf("ask for a session: %w", err)
	}
	defer r.Body.Close()
	for _, c := range r.Cookies() {
		if strings.HasSuffix(strings.ToLower(c.Name), "session") {
			return c.Name, nil
		}
	}
	return "", nil
}

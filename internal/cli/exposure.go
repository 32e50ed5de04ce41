package cli

import (
	"context"
	"math/rand/v2"
	"time"

	"sallyport/internal/exposure"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/web"
	"sallyport/internal/wiki"
)

// exposing notes who is served what. A nil one does not.
type exposing struct {
	note *exposure.Log
	gate *gateway.Exposure
	site *wiki.Site
}

// openExposure makes it; nil when nothing is to be noted.
func openExposure(ctx context.Context, p parts, client *mediawiki.Client, site *wiki.Site, stops *breaking, entry *loadDoor) (*exposing, error) {
	if p.exposure.Days == 0 {
		return nil, nil
	}
	now := p.now
	if now == nil {
		now = time.Now
	}
	sessions, err := entry.sessions(ctx, p, client, site, stops)
	if err != nil {
		return nil, err
	}
	note := exposure.New(exposure.Options{Wiki: site.ID, Store: p.store, Days: p.exposure.Days, Part: rand.Int64, Now: now, Log: p.log})
	return &exposing{note: note, site: site, gate: gateway.NewExposure(gateway.Exposure{
		Note: note, Site: site, Sessions: sessions, Reads: readerOf(client, site), Current: client.Pages, Now: now, Log: p.log,
		Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) { return namedBy(ctx, client, rev, page) },
	})}, nil
}

// sessions are the door's, so that the wiki is asked once who somebody is; else the breaker's or its own.
func (d *loadDoor) sessions(ctx context.Context, p parts, client *mediawiki.Client, site *wiki.Site, stops *breaking) (*gateway.Sessions, error) {
	if d != nil {
		return d.gate.Sessions, nil
	}
	return sessionsOf(ctx, p, client, site, stops)
}

// around is what stands in front of everything.
func (x *exposing) around() *gateway.Exposure {
	if x == nil {
		return nil
	}
	return x.gate
}

// gadget notes the scripts of a gadget that goes out.
func (x *exposing) gadget(ctx context.Context, g *registry.Gadget) {
	for _, t := range scriptsOf(x.site, g) {
		gateway.Served(ctx, t.Title, t.Digest)
	}
}

// told is who is to be told of gadgets that go out; nil for nobody.
func (x *exposing) told() func(ctx context.Context, g *registry.Gadget) {
	if x == nil {
		return nil
	}
	return x.gadget
}

// asking answers who was served what; nil where it is not noted.
func (x *exposing) asking(p parts, client *mediawiki.Client) *exposure.Asking {
	if x == nil {
		return nil
	}
	return askingOf(p.store, client, x.site, p.exposure.Days)
}

func askingOf(db store.Exposures, client *mediawiki.Client, site *wiki.Site, days int) *exposure.Asking {
	return &exposure.Asking{Store: db, Wiki: site.ID, Days: days, Users: client.UsersByID, Powerful: web.Powerful}
}

// run keeps what is noted.
func (x *exposing) run(ctx context.Context) error {
	if x == nil {
		<-ctx.Done()
		return nil
	}
	return x.note.Run(ctx)
}

// closing is how long the last of it may take.
const closing = 10 * time.Second

// close keeps what was noted last, when nothing is served any more.
func (x *exposing) close() error {
	if x == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	return x.gate.Close(ctx)
}

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/config"
	"sallyport/internal/delivery"
	"sallyport/internal/gateway"
	"sallyport/internal/libs"
	"sallyport/internal/mediawiki"
	"sallyport/internal/notice"
	"sallyport/internal/pending"
	"sallyport/internal/registry"
	"sallyport/internal/shelf"
	"sallyport/internal/store"
	"sallyport/internal/web"
	"sallyport/internal/wiki"
)

// base is the path below which Sallyport answers on the wiki's own origin.
const base = "/sallyport"

// parts are what it takes to stand in front of one wiki.
type parts struct {
	wikiURL    string
	scriptPath string
	store      store.Store
	suffixes   []string
	publishers []string // groups whose members' gadgets are handed out; empty: everybody's
	trusted    []netip.Prefix
	door       *doorParts       // nil: nothing is held back
	breaker    *breakerParts    // nil: no outbreak is stopped
	now        func() time.Time // nil: the computer's clock
	runs       bool             // scripts are run, here or by workers
	policy     config.Policy
	origin     string // of the wiki, as people know it; empty: what the wiki says
	libs       string // folder of the mirror; empty: none
	entry      config.Entry
	approved   config.Approved
	exposure   config.Exposure
	log        *slog.Logger
}

// joined is everything, ready to serve.
type joined struct {
	handler  http.Handler
	tag      []byte       // the bootstrap, as pages get it
	confirm  http.Handler // the origin of approvals; nil without a door
	desk     *pending.Desk
	breaker  *breaking      // nil without one
	office   *notice.Office // nil without a door
	board    *accounts.Board
	policy   *policing // nil without one
	switches *switching
	entry    *loadDoor    // nil when it is off
	approved *serving     // nil when every text is served
	exposure *exposing    // nil when nobody notes it
	shelf    *shelf.Shelf // the list of scripts
	registry *registry.Registry
	client   *mediawiki.Client
	changed  chan struct{} // gets something when the wiki has changed
}

// join puts the parts together. It needs the wiki's word on its own titles; when the wiki is down, its last word is used.
func join(ctx context.Context, p parts) (*joined, error) {
	upstream, err := url.Parse(p.wikiURL)
	if err != nil {
		return nil, err
	}
	client := mediawiki.New(p.wikiURL, p.scriptPath, &http.Client{}, mediawiki.Options{Timeout: 20 * time.Second})
	site, err := siteOf(ctx, client, p)
	if err != nil {
		return nil, err
	}
	changed := make(chan struct{}, 1)
	operators, _, err := readPolicy(p.policy, wikiOrigin(p.origin, site), site)
	if err != nil {
		return nil, err
	}
	keeper, err := openRollout(ctx, p.policy, wikiOrigin(p.origin, site), client, site, p.store, p.log)
	if err != nil {
		return nil, err
	}
	if operators != nil {
		operators.Now = keeper.Sent
	}
	off, err := openSwitches(ctx, p, site)
	if err != nil {
		return nil, err
	}
	book := openBook(p, client, site, off)
	reg := registry.New(registry.Options{
		Site: site, Wiki: client, Store: p.store, Suffixes: p.suffixes, Log: p.log, Changed: func() { nudge(changed) }, Operators: operators,
		Stops: off.ofGadget, Publishers: p.publishers, Reviewed: textsOf(book), Trying: triedOf(book),
	})
	off.Changed = reg.Switched
	secret, err := p.store.Secret(ctx, "web-tokens")
	if err != nil {
		return nil, err
	}
	var stops *breaking
	if p.door != nil {
		if stops, err = p.breaker.open(ctx, p, client, reg); err != nil {
			return nil, err
		}
		p.door.reported = stops.reported()
	}
	board, err := boardOf(ctx, p, client, site)
	if err != nil {
		return nil, err
	}
	if stops != nil {
		stops.Usage = board.Ledger.Usage
	}
	entry, err := openEntry(ctx, p, client, reg, stops, board)
	if err != nil {
		return nil, err
	}
	exposed, err := openExposure(ctx, p, client, site, stops, entry)
	if err != nil {
		return nil, err
	}
	reviewed, err := openApproved(ctx, p, book, client, reg, stops)
	if err != nil {
		return nil, err
	}
	var libraries *libs.Mirror
	if p.libs != "" {
		libraries = mirror(p.libs, p.log)
	}
	var wishes store.Requests
	var keptFrom func(lang string) [3]string
	if operators != nil {
		wishes = p.store
		if keptFrom, err = web.Notice(); err != nil {
			return nil, err
		}
	}
	edits := &editor{client: client, site: site}
	pages, err := web.New(web.Options{
		Edits:    edits.edit,
		Policy:   keeper,
		Exposure: exposed.asking(p, client),
		Switches: &web.Switching{Keeper: off.Keeper, Crowd: p.store}, Requests: wishes, Mirror: libraries, Origin: wikiOrigin(p.origin, site),
		Registry: noting{reg, entry}, Site: site, Who: gateway.NewWho(client.WhoAmI).Sent, SiteGadgets: reg.SiteGadgets,
		Scripts: &web.Scripts{Newest: newest(client), History: historiesOf(client).of, Pages: client.Pages, Texts: client.Texts, Known: p.store, List: p.store, Run: p.runs, Facts: keepers{client, site, board.Report, p.log}.facts},
		Reviews: reviewed.reviews(), Judge: entry.judging(), Breaker: stops.page(), People: board.Report, Secret: secret, Log: p.log, Base: base,
	})
	if err != nil {
		return nil, err
	}
	menu, err := web.Menu()
	if err != nil {
		return nil, err
	}
	sayStopped, err := web.Stopped()
	if err != nil {
		return nil, err
	}
	words, err := web.Told()
	if err != nil {
		return nil, err
	}
	farm, err := farmOf(site, p.entry.Farm)
	if err != nil {
		return nil, err
	}
	told := delivery.Options{Told: words, Stopped: sayStopped, Served: exposed.told(), Gadgets: reg, Base: base, Menu: menu, Kept: keptFrom, Imports: imports(client, site, approvedNewest(book, newest(client)), entry, off, farm, p.log), Log: p.log}
	if p.policy.Mode == "enforce" {
		told.Held = reg.Granted
		if told.Reload, err = web.Reload(); err != nil {
			return nil, err
		}
	}
	loads := delivery.New(told)
	own := http.NewServeMux()
	own.Handle("/", pages)
	for _, path := range loads.Paths() {
		own.Handle(path, loads)
	}
	policy, err := openPolicy(ctx, p, client, reg, stops, keeper, off)
	if err != nil {
		return nil, err
	}
	if policy != nil {
		own.Handle("POST "+base+reportPath, policy.collector)
	}
	if p.libs != "" {
		own.Handle(base+"/libs/", libraries.Handler(base+"/libs/", p.log))
		own.Handle(base+"/libs", pages)
	}
	var door *gateway.Door
	var approvals http.Handler
	var desk *pending.Desk
	var shield *gateway.Shield
	var office *notice.Office
	if p.door != nil {
		if door, approvals, err = p.door.open(ctx, p, client, site, reg.SiteGadgets); err != nil {
			return nil, err
		}
		own.Handle("GET "+base+"/resume/{id}", door.Resume())
		desk, office = door.Desk, p.door.office
		shield = stops.join(door)
	}
	all := &joined{
		shelf: shelfOf(p, client, site, board.Report, suddenOf(p, client, site, off, book)), registry: reg, client: client, changed: changed, confirm: approvals, desk: desk, breaker: stops, office: office, board: board, policy: policy, switches: off, entry: entry, approved: reviewed, exposure: exposed,
		tag: loads.Tag(),
		handler: gateway.New(gateway.Options{
			Door: door, Shield: shield, Entry: entry.before(), Switches: off.gate(client, reg, reviewed), Approved: reviewed.before(), Trials: reviewed.trying(), Exposure: exposed.around(), Policy: policy.gate(),
			Upstream: upstream, Tag: loads.Tag(), Base: base, Own: own, Trusted: p.trusted, OnWrite: reg.Poke, Log: p.log,
			Link: func(lang string) (text, address string) { return menu(lang), base + "/" },
		}),
	}
	edits.gateway = all.handler
	return all, nil
}

// siteOf asks the wiki what it is. The answer is kept, so that Sallyport can start while the wiki is down.
func siteOf(ctx context.Context, client *mediawiki.Client, p parts) (*wiki.Site, error) {
	kept := p.wikiURL + p.scriptPath // its id is what we are about to learn
	site, err := client.Site(ctx)
	if err == nil {
		text, err := json.Marshal(site)
		if err != nil {
			return nil, err
		}
		return site, p.store.SetCursor(ctx, kept, "site", string(text))
	}
	if !errors.Is(err, mediawiki.ErrUnavailable) {
		return nil, err
	}
	text, old := p.store.Cursor(ctx, kept, "site")
	if old != nil || text == "" {
		return nil, fmt.Errorf("the wiki does not answer, and nothing is kept from an earlier start: %w", err)
	}
	site = &wiki.Site{}
	if p.log != nil { // commands beside serve say nothing about it
		p.log.Warn("wiki does not answer; going on with what it said last", "err", err)
	}
	return site, json.Unmarshal([]byte(text), site)
}

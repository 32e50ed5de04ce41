package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/confirm"
	"sallyport/internal/gadget"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/notice"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// doorParts are what it takes to hold changes back.
type doorParts struct {
	settings config.Door
	confirm  string // origin where approvals are given
	wiki     string // origin of the wiki, as people know it; empty: what the wiki says
	reported func(userID int64, user string)
	mail     config.Mail
	office   *notice.Office // where people are told what happens; there once the door is open
}

// doorOf reads the settings; nil when the door is to stand open.
func doorOf(c *config.Config) *doorParts {
	if !c.WriteDoor.Enabled {
		return nil
	}
	return &doorParts{settings: c.WriteDoor, confirm: c.Confirm(), wiki: c.WriteDoor.WikiOrigin, mail: c.Mail}
}

// sealKey is the key that signs grants for a sealed wiki.
func sealKey(ctx context.Context, db store.Store) (ed25519.PrivateKey, error) {
	seed, err := db.Secret(ctx, "seal")
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// parkSecret is what waiting changes are encrypted with.
func parkSecret(ctx context.Context, db store.Store, file string) ([]byte, error) {
	if file == "" {
		return db.Secret(ctx, "parked-changes")
	}
	text, err := os.ReadFile(file)
	if err == nil && len(text) < 32 {
		err = errors.New("it holds fewer than 32 bytes")
	}
	if err != nil {
		return nil, fmt.Errorf("read write_door.key_file: %w", err)
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

// desk makes the place where changes wait.
func (d *doorParts) desk(ctx context.Context, db store.Store, client *mediawiki.Client, site *wiki.Site, door *writedoor.Door, p parts) (*pending.Desk, error) {
	at, err := passkey.NewSite(d.confirm)
	if err != nil {
		return nil, err
	}
	secret, err := parkSecret(ctx, db, d.settings.KeyFile)
	if err != nil {
		return nil, err
	}
	o := pending.Options{
		Site: site, Store: db, Door: door, Confirm: at, Secret: secret, Most: d.settings.OpenChanges,
		Keep: time.Duration(d.settings.Keep), Fresh: time.Duration(d.settings.Fresh), Hold: time.Duration(d.settings.Hold), Log: p.log,
		Reported: d.reported, Ask: asks(client),
	}
	if d.settings.TOTP {
		o.Password = func(ctx context.Context, user, password string) error {
			_, err := client.Login(ctx, user, password) // what it opened is thrown away
			return err
		}
	}
	if d.settings.Sealed {
		if o.Seal, err = sealKey(ctx, db); err != nil {
			return nil, err
		}
	}
	if o.Broker, err = d.broker(ctx, client, site, p.log); err != nil {
		return nil, err
	}
	return pending.New(o)
}

// origin is the wiki as browsers know it.
func (d *doorParts) origin(site *wiki.Site) string { return wikiOrigin(d.wiki, site) }

// wikiOrigin is the setting, or else what the wiki says of itself.
func wikiOrigin(origin string, site *wiki.Site) string {
	if origin == "" {
		origin = site.Server
	}
	if strings.HasPrefix(origin, "//") {
		origin = "https:" + origin
	}
	return origin
}

// asks puts questions to api.php for the door.
func asks(client *mediawiki.Client) writedoor.Ask {
	return func(ctx context.Context, params map[string]string) ([]byte, error) {
		return client.Raw(ctx, params, "")
	}
}

// open makes the door in front of the wiki and the handler for the origin of approvals.
func (d *doorParts) open(ctx context.Context, p parts, client *mediawiki.Client, site *wiki.Site, entries func(context.Context) ([]gadget.Entry, error)) (*gateway.Door, http.Handler, error) {
	if err := config.Apart(d.origin(site), d.confirm); err != nil {
		return nil, nil, err
	}
	known := func(ctx context.Context) (*wiki.Site, error) {
		if now, err := client.Site(ctx); err == nil {
			return now, nil
		}
		return site, nil
	}
	write := &writedoor.Door{Wiki: writedoor.NewAsking(asks(client), known, time.Now), Options: writedoor.Settings{
		Definitions: definitionSuffixes(p.suffixes), Gadgets: siteGadgets(site, entries),
		Popular: popular(site, p.store, d.settings.Popular),
	}}
	desk, err := d.desk(ctx, p.store, client, site, write, p)
	if err != nil {
		return nil, nil, err
	}
	policies, err := pending.ReadPolicies(d.settings.Tiers)
	if err != nil {
		return nil, nil, err
	}
	secret, err := p.store.Secret(ctx, "confirm-challenges")
	if err != nil {
		return nil, nil, err
	}
	if d.office, err = officeOf(d.mail, p.store, site, d.confirm, p.log); err != nil {
		return nil, nil, err
	}
	pages, err := confirm.New(confirm.Options{
		Desk: desk, Store: p.store, Wiki: d.origin(site), Resume: base + "/resume/", Secret: secret,
		Delay: time.Duration(d.settings.KeyDelay), Analyse: rule.Analyse, Notices: d.office, Log: p.log,
		Composer: &pending.Composer{Desk: desk, Write: write, Policies: policies, Ask: asks(client), Users: client.Users},
	})
	if err != nil {
		return nil, nil, err
	}
	return &gateway.Door{
		Write: write, Desk: desk, Policies: policies, Who: gateway.NewWho(client.WhoAmI).Sent, Base: base, Log: p.log, Ask: client.Raw,
	}, pages, nil
}

// definitionSuffixes are the endings of user pages that define gadgets, with the components they may consist of.
func definitionSuffixes(suffixes []string) []string {
	if len(suffixes) == 0 {
		return nil
	}
	return append([]string{".vue"}, suffixes...)
}

// siteGadgets says of a page whether it belongs to a gadget of the site, and whether that runs by default.
func siteGadgets(site *wiki.Site, entries func(context.Context) ([]gadget.Entry, error)) func(context.Context, wiki.Title) (bool, bool, error) {
	return func(ctx context.Context, t wiki.Title) (is, isDefault bool, err error) {
		all, err := entries(ctx)
		if err != nil {
			return false, false, err
		}
		for _, e := range all {
			for _, page := range e.Definition.Module.Pages {
				if found, err := site.Parse(page); err == nil && found == t {
					is, isDefault = true, isDefault || e.Definition.Settings.Default
				}
			}
		}
		return is, isDefault, nil
	}
}

// popular says of a page whether it is part of a user gadget that at least so many people have switched on.
func popular(site *wiki.Site, db store.Store, many int) func(context.Context, wiki.Title) (bool, error) {
	return func(ctx context.Context, t wiki.Title) (bool, error) {
		title := site.Prefixed(t)
		ids, err := db.GadgetsUsing(ctx, site.ID, title)
		if err != nil {
			return false, err
		}
		g, err := db.GadgetByTitle(ctx, site.ID, title)
		switch {
		case err == nil:
			ids = append(ids, g.PageID)
		case !errors.Is(err, store.ErrNotFound):
			return false, err
		}
		for _, id := range ids {
			if n, err := db.Users(ctx, site.ID, id); err != nil || n >= many {
				return err == nil, err
			}
		}
		return false, nil
	}
}

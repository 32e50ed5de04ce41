package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/config"
	"sallyport/internal/delivery"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/queue"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// loadDoor is the load door, joined. A nil one lets everything through.
type loadDoor struct {
	judge  *dossier.Judge
	gate   *gateway.Entry
	reg    *registry.Registry
	file   *ruleFile
	unread chan unreadText
	log    *slog.Logger
}

// unreadText is a text that somebody wanted to run and nobody has read.
type unreadText struct {
	title wiki.Title
	text  string
}

// maxUnread bounds the texts that wait to be put into the queue. One that finds no room is wanted again soon.
const maxUnread = 64

// openEntry makes the door; nil when it is off.
func openEntry(ctx context.Context, p parts, client *mediawiki.Client, reg *registry.Registry, stops *breaking, board *accounts.Board) (*loadDoor, error) {
	if !p.entry.On() {
		return nil, nil
	}
	d := &loadDoor{reg: reg, file: &ruleFile{path: p.entry.Rules}, unread: make(chan unreadText, maxUnread), log: p.log}
	rules, _, err := d.file.read()
	if err != nil {
		return nil, err
	}
	d.judge = judgeOf(p.store, client, reg, board.Report, rules, p.entry, p.log)
	sessions, err := sessionsOf(ctx, p, client, reg.Site, stops)
	if err != nil {
		return nil, err
	}
	d.gate = gateway.NewEntry(gateway.Entry{
		Judge: d.judge, Sessions: sessions, Reads: readerOf(client, reg.Site), Current: client.Pages, Gadget: d.gadget, Wanted: d.want, Base: base, Log: p.log,
		Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) { return namedBy(ctx, client, rev, page) },
	})
	return d, nil
}

// judgeOf puts together what is known and the rules.
func judgeOf(db store.Store, client *mediawiki.Client, reg *registry.Registry, people func() *accounts.Report, rules *entry.Rules, set config.Entry, log *slog.Logger) *dossier.Judge {
	return dossier.NewJudge(dossier.New(dossier.Options{
		Site: reg.Site, Known: db, Account: client.Author, Log: log,
		Facts:    keepers{client, reg.Site, people, log}.facts,
		Audience: func(ctx context.Context, t wiki.Title) (int, bool, error) { return audience(ctx, db, reg.Site, t) },
		Review: func(ctx context.Context, t wiki.Title, d store.Digest) (entry.Review, error) {
			r, err := db.Review(ctx, reg.Site.ID, reg.Site.Prefixed(t), d)
			return reviewOf(r, err)
		},
	}), db, rules, set.Mode == "enforce")
}

// reviewOf is a review as the rules know it. A text that was taken as it was found is one that nobody has looked at.
func reviewOf(r store.Review, err error) (entry.Review, error) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return entry.Unreviewed, nil
	case err != nil:
		return entry.Unreviewed, err
	case r.State == store.ReviewWaiting:
		return entry.Waiting, nil
	case r.State == store.ReviewRejected:
		return entry.Rejected, nil
	case r.By == "":
		return entry.Unreviewed, nil
	}
	return entry.Approved, nil
}

// audience counts the people who have switched on a gadget that a page is part of.
func audience(ctx context.Context, db store.Store, site *wiki.Site, t wiki.Title) (people int, known bool, err error) {
	ids, err := db.GadgetsUsing(ctx, site.ID, site.Prefixed(t))
	for _, id := range ids {
		n, err := db.Users(ctx, site.ID, id)
		if err != nil {
			return 0, false, err
		}
		people += n
	}
	return people, len(ids) > 0, err
}

// sessionsOf are the breaker's, when there is one.
func sessionsOf(ctx context.Context, p parts, client *mediawiki.Client, site *wiki.Site, stops *breaking) (*gateway.Sessions, error) {
	if stops != nil {
		return stops.sessions, nil
	}
	cookie, err := sessionCookie(ctx, p, site)
	return gateway.NewSessions(cookie, gateway.NewWho(client.WhoAmI).Sent), err
}

// readerOf reads addresses as the wiki does.
func readerOf(client *mediawiki.Client, site *wiki.Site) *writedoor.Door {
	known := func(ctx context.Context) (*wiki.Site, error) { return site, nil }
	return &writedoor.Door{Wiki: writedoor.NewAsking(asks(client), known, time.Now)}
}

// namedBy is the page of a revision, else of a page id. One that is not there is of no page.
func namedBy(ctx context.Context, client *mediawiki.Client, rev, page int64) (wiki.Title, error) {
	if rev == 0 {
		pages, err := client.PagesByID(ctx, []int64{page})
		if err != nil || !pages[0].Exists() {
			return wiki.Title{}, err
		}
		return pages[0].Title, nil
	}
	p, err := client.Revision(ctx, rev)
	if errors.Is(err, mediawiki.ErrNoRevision) {
		err = nil
	}
	return p.Title, err
}

// before is what stands before the wiki.
func (d *loadDoor) before() *gateway.Entry {
	if d == nil {
		return nil
	}
	return d.gate
}

// judging is who decides; nil when nobody does.
func (d *loadDoor) judging() *dossier.Judge {
	if d == nil {
		return nil
	}
	return d.judge
}

// gadget lists the scripts of a gadget's module, or of "MODULE@SET": made of earlier texts that somebody stays on.
func (d *loadDoor) gadget(ctx context.Context, module string) ([]dossier.Text, error) {
	g, err := gadgetOf(ctx, d.reg, module)
	if err != nil || g == nil {
		return nil, err
	}
	return scriptsOf(d.reg.Site, g), nil
}

// scriptsOf lists the scripts of a gadget.
func scriptsOf(site *wiki.Site, g *registry.Gadget) (all []dossier.Text) {
	for _, f := range g.Files {
		t, err := site.Parse(f.Page.Title)
		if err != nil || f.Page.Digest == "" || !strings.HasSuffix(f.Name, ".js") && !strings.HasSuffix(f.Name, ".vue") {
			continue
		}
		text := dossier.Text{Title: t, Kind: entry.Gadget, Digest: f.Page.Digest}
		if t.NS == wiki.NSMediaWiki {
			text.Kind = entry.SiteCode
		}
		all = append(all, text)
	}
	return all
}

// want has a text read soon, if there is room.
func (d *loadDoor) want(t wiki.Title, text string) {
	select {
	case d.unread <- unreadText{t, text}:
	default:
	}
}

// read puts texts that nobody has read into the queue, as urgent as a new revision of a gadget: somebody is waiting.
func (d *loadDoor) read(ctx context.Context, db store.Store, q *queue.Queue, jobs func(wiki.CodeKind) []queue.Job) error {
	if d == nil {
		return nil
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case u := <-d.unread:
			if err := enqueue(ctx, db, q, jobs(wiki.UserJS), d.reg.Site, u); err != nil && ctx.Err() == nil {
				d.log.Warn("script not queued", "wiki", d.reg.Site.ID, "page", d.reg.Site.PrefixedText(u.title), "err", err)
			}
		}
	}
}

func enqueue(ctx context.Context, db store.Store, q *queue.Queue, jobs []queue.Job, site *wiki.Site, u unreadText) error {
	digest, err := db.SaveText(ctx, u.text)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		j.SHA256, j.Wiki, j.Path = digest, site.ID, site.PrefixedText(u.title)
		if _, err := q.Add(ctx, j, queue.Gadget); err != nil {
			return err
		}
	}
	return nil
}

// rulesEvery is how often the rule file is looked at.
const rulesEvery = 3 * time.Second

// run puts new rules in force when the file changes. While it has mistakes, they are said and the rules before stay.
func (d *loadDoor) run(ctx context.Context) error {
	if d == nil {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(rulesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			d.renew()
		}
	}
}

func (d *loadDoor) renew() {
	rules, changed, err := d.file.read()
	switch {
	case !changed:
	case err != nil:
		d.log.Error("rules of the load door not read; those before stay", "file", d.file.path, "err", err)
	default:
		d.judge.SetRules(rules)
		d.log.Info("rules of the load door", "file", d.file.path, "rules", rules.Len())
	}
}

// ruleFile is an operator's file of rules.
type ruleFile struct {
	path string // empty: those that come with the program
	text []byte
	err  string // of the last try to read it
}

// read returns the rules. changed is false when the file says what it said before, or cannot be opened for the same reason.
func (f *ruleFile) read() (rules *entry.Rules, changed bool, err error) {
	text := entry.Default
	if f.path != "" {
		if text, err = os.ReadFile(f.path); err != nil {
			changed = f.err != err.Error()
			f.err = err.Error()
			return nil, changed, fmt.Errorf("read entry.rules: %w", err)
		}
	}
	if f.text != nil && f.err == "" && bytes.Equal(text, f.text) {
		return nil, false, nil
	}
	f.text, f.err = text, ""
	if rules, err = entry.Read(text); err != nil {
		err = fmt.Errorf("entry.rules = %q:\n%w", f.path, err)
	}
	return rules, true, err
}

// noting remembers what people are shown when they switch a gadget on, or accept what became of it.
type noting struct {
	*registry.Registry
	door *loadDoor
}

// SwitchOn is the registry's. That what was shown could not be kept is no reason to refuse.
func (n noting) SwitchOn(ctx context.Context, userID, id int64) error {
	if err := n.Registry.SwitchOn(ctx, userID, id); err != nil || n.door == nil {
		return err
	}
	n.shown(ctx, userID, id)
	return nil
}

// Accept is the registry's.
func (n noting) Accept(ctx context.Context, userID, id int64, shown store.Digest) error {
	if err := n.Registry.Accept(ctx, userID, id, shown); err != nil || n.door == nil {
		return err
	}
	n.shown(ctx, userID, id)
	return nil
}

// shown keeps that somebody was shown the scripts of a gadget as they are.
func (n noting) shown(ctx context.Context, userID, id int64) {
	texts, err := n.door.gadget(ctx, registry.ModuleName(id))
	for _, t := range texts {
		err = errors.Join(err, n.door.judge.Agree(ctx, t, userID, false))
	}
	if err != nil {
		n.door.log.Warn("what a gadget could do when it was switched on is not kept", "wiki", n.Site.ID, "gadget", id, "err", err)
	}
}

// imports serves sallyport.import( name ) in the page.
func imports(client *mediawiki.Client, site *wiki.Site, newest func(context.Context, wiki.Title) (wiki.Page, error), door *loadDoor, off *switching, farm map[string]*delivery.Foreign, log *slog.Logger) *delivery.Imports {
	i := &delivery.Imports{
		Judge: door.judging(), Site: site, Who: gateway.NewWho(client.WhoAmI).Sent, Newest: newest, Revision: client.Revision, Served: gateway.Served,
		Stops: off.ofText, Farm: farm, Base: base, Log: log,
	}
	if door != nil {
		i.Wanted = door.want
	}
	return i
}

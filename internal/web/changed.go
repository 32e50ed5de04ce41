package web

import (
	"context"
	"encoding/json"
	"html/template"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/registry"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// change is what became of a gadget since the reader accepted it, and what they can do about that.
type change struct {
	Saved    time.Time       // when the newest of what differs was saved; zero: pages are gone
	Gained   []template.HTML // what it can do now and could not, worst first, at most three
	Rest     int             // how much more that is
	Known    bool            // both texts were read
	Unread   bool            // the new one was not
	Pages    []changedPage
	Stays    time.Time // since when the reader's pages run the earlier texts; zero: they run the newest
	Newest   string    // state of the newest, when the reader stays; "" when it is what they run
	Owner    string    // of the newest
	Problem  string    // why the newest cannot run
	Lost     []string  // pages whose earlier text is not kept
	Switches []button
}

// changedPage is a page of a gadget that differs, with the wiki's own comparison; no address for one that no longer runs.
type changedPage struct{ Title, Diff string }

// changes says what became of each gadget on the reader's own list.
func (p *pages) changes(v *visit, list []registry.Enabled) (map[int64]*change, error) {
	accepted, err := p.Registry.Accepted(v.Context(), v.me.ID)
	if err != nil {
		return nil, err
	}
	all := map[int64]*change{}
	for _, e := range list {
		a, ok := accepted[e.Choice.Gadget]
		if !ok || a.Gadget == nil && e.Stay == nil {
			continue
		}
		if all[e.Choice.Gadget], err = p.became(v, e, a); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// became describes one; nil when nothing changed, or the gadget's card says already what did.
func (p *pages) became(v *visit, e registry.Enabled, a registry.Accepted) (*change, error) {
	newest := e.Gadget
	c := &change{}
	switch {
	case e.Stay != nil:
		newest, c.Stays, c.Newest = e.Stay.Newest, e.Stay.Since, string(e.Stay.State)
	case newest == nil || newest.Key == a.Gadget.Key || e.State != registry.On && e.State != registry.Broken:
		return nil, nil
	}
	if a.Gadget != nil {
		if err := p.compare(v, c, a.Gadget, newest); err != nil {
			return nil, err
		}
	}
	d := deed{gadget: e.Choice.Gadget, owner: e.Choice.OwnerID}
	name := ""
	if newest != nil {
		c.Owner, c.Problem, name, d.owner, d.set = newest.Row.Owner, newest.Problem, newest.Row.Name, newest.Row.OwnerID, string(registry.SetOf(newest))
	}
	if newest != nil && newest.Problem == "" && c.Newest != string(registry.Denied) {
		d.to = "accept"
		c.Switches = p.button(v, d, name)
	}
	if e.Stay != nil {
		for i := range c.Switches {
			c.Switches[i].Label = p.words.HTML(v.lang, "switch-take")
		}
	} else if a.Gadget.Problem == "" {
		d.to, d.set = "stay", ""
		c.Switches = append(c.Switches, p.button(v, d, name)...)
	}
	return c, nil
}

// compare fills in what differs between the texts of a gadget. newest is nil when its page is gone.
func (p *pages) compare(v *visit, c *change, old, newest *registry.Gadget) error {
	for _, f := range old.Files {
		if f.Lost {
			c.Lost = append(c.Lost, readable(f.Title))
		}
	}
	if newest == nil {
		return nil
	}
	if old.Row.Digest != newest.Row.Digest {
		before := store.Page{PageID: old.Row.PageID, RevID: old.Row.RevID}
		c.Pages = append(c.Pages, p.changedPage(c, newest.Row.Title, before,
			store.Page{Title: newest.Row.Title, PageID: newest.Row.PageID, RevID: newest.Row.RevID, Saved: newest.Row.Saved}))
	}
	was := map[string]registry.File{}
	for _, f := range old.Files {
		was[f.Title] = f
	}
	for _, f := range newest.Files {
		if before, ok := was[f.Title]; !ok || before.Page.Digest != f.Page.Digest || before.Missing != f.Missing && !before.Lost {
			c.Pages = append(c.Pages, p.changedPage(c, f.Title, before.Page, f.Page))
		}
		delete(was, f.Title)
	}
	for _, f := range old.Files {
		if _, gone := was[f.Title]; gone {
			c.Pages = append(c.Pages, changedPage{Title: readable(f.Title)})
		}
	}
	return p.gains(v, c, old, newest)
}

// changedPage is a page that differs, with its address at the wiki's own comparison. One whose text is the same, and that is gone or
// must not run any more, has none.
func (p *pages) changedPage(c *change, title string, before, now store.Page) changedPage {
	if before.RevID != now.RevID && now.Saved.After(c.Saved) {
		c.Saved = now.Saved
	}
	one := changedPage{Title: readable(title)}
	switch {
	case now.PageID == 0, before.RevID == now.RevID:
	case before.PageID == now.PageID:
		one.Diff = p.indexURL(now.Title, map[string][]string{"oldid": {digits(before.RevID)}, "diff": {digits(now.RevID)}})
	default:
		one.Diff = p.diffURL(now.Title, now.RevID)
	}
	return one
}

// gains says what the new texts can do that the old ones could not.
func (p *pages) gains(v *visit, c *change, old, newest *registry.Gadget) error {
	if p.Scripts == nil {
		return nil
	}
	before, read, err := p.can(v.Context(), old)
	if err != nil {
		return err
	}
	now, readNow, err := p.can(v.Context(), newest)
	if err != nil {
		return err
	}
	c.Known, c.Unread = read && readNow, !readNow
	if c.Known {
		gained, _ := capability.Diff(before, now)
		c.Gained, c.Rest = p.worst(v.lang, gained)
	}
	return nil
}

// can is what the scripts of a gadget can do together, and whether all of them were read.
func (p *pages) can(ctx context.Context, g *registry.Gadget) (set capability.Set, read bool, err error) {
	read = true
	var all []capability.Capability
	for _, f := range g.Files {
		t, err := p.Site.Parse(f.Page.Title)
		if f.Missing || err != nil || f.Page.Digest == "" || !isScript(t, f.Page.Model) {
			continue
		}
		known, err := dossier.Read(ctx, p.Scripts.Known, p.Site.ID, readable(f.Page.Title), f.Page.Digest)
		if err != nil {
			return nil, false, err
		}
		read = read && known.Read.State != dossier.Waits
		all = append(all, known.Capabilities()...)
	}
	return capability.NewSet(all), read, nil
}

// earlier is what the list of scripts would say of a text that is not the page's newest.
func (p *pages) earlier(ctx context.Context, title string, page store.Page) (store.Script, error) {
	x := store.Script{Title: title, Digest: page.Digest, State: store.ScriptWaits}
	known, err := dossier.Read(ctx, p.Scripts.Known, p.Site.ID, title, page.Digest)
	if err != nil || known.Read.State == dossier.Waits {
		return x, err
	}
	s := risk.Subject{Read: known.Script}
	if known.Report != nil {
		s.Run = known.Report.Script("")
	}
	if t, err := p.Site.Parse(title); err == nil && p.Scripts.Facts != nil {
		s.Facts = p.Scripts.Facts(ctx, wiki.Page{Title: t, Model: page.Model, Rev: page.RevID, Author: page.Author, Touched: page.Saved}, known.Script)
	}
	text, err := json.Marshal(append(capability.Set{}, known.Capabilities()...))
	x.State, x.Score, x.Capabilities = store.ScriptRead, risk.Score(s).Score, string(text)
	return x, err
}

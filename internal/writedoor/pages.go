package writedoor

import (
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// maxMoved is how many subpages MediaWiki moves at once ($wgMaximumMovedPages).
const maxMoved = 100

// touch lists pages whose text stays.
func (c *classifier) touch(role Role, titles ...wiki.Title) error {
	for _, t := range titles {
		page, err := c.ask(t, c.sensitive(t))
		if err != nil {
			return err
		}
		page.Role, page.After = role, page.Before
		c.op.Pages = append(c.op.Pages, page)
	}
	return nil
}

// edits lists a page that gets another text, and perhaps another content model.
func (c *classifier) edits(t wiki.Title, model string) error {
	page, err := c.ask(t, c.sensitive(t) || isScript(model))
	if err != nil {
		return err
	}
	page.Role = Edited
	if model != "" {
		page.After = model
	}
	c.op.Pages = append(c.op.Pages, page)
	return nil
}

func (c *classifier) deletes(t wiki.Title, withTalk bool) error {
	if err := c.touch(Deleted, t); err != nil {
		return err
	}
	c.op.Pages[len(c.op.Pages)-1].After = ""
	return c.withTalk(Deleted, withTalk, t)
}

func (c *classifier) restores(t wiki.Title, withTalk bool) error {
	page, err := c.ask(t, c.sensitive(t))
	if err != nil {
		return err
	}
	page.Role = Restored
	c.op.Pages = append(c.op.Pages, page)
	return c.withTalk(Restored, withTalk, t)
}

// withTalk lists the talk page. None holds code.
func (c *classifier) withTalk(role Role, with bool, t wiki.Title) error {
	if talk, ok := talk(t); ok && with {
		c.op.Pages = append(c.op.Pages, Page{Title: talk, Role: role})
	}
	return nil
}

// moves lists both names of every page that moves. A page takes its content model along.
func (c *classifier) moves(from, to wiki.Title, withTalk, withSubpages bool) error {
	if c.op.Kind != RenameUser {
		c.op.Kind, c.op.Result = Move, FromWiki
	}
	matters := c.codeSpace(from) || c.codeSpace(to)
	if err := c.movesOne(from, to, matters); err != nil {
		return err
	}
	if fromTalk, ok := talk(from); ok && withTalk {
		if toTalk, ok := talk(to); ok {
			c.op.Pages = append(c.op.Pages, Page{Title: fromTalk, Role: MovedFrom}, Page{Title: toTalk, Role: MovedTo})
		}
	}
	if !withSubpages {
		return nil
	}
	return c.movesSubpages(from, to, matters)
}

func (c *classifier) movesOne(from, to wiki.Title, matters bool) error {
	old, err := c.ask(from, matters)
	if err != nil {
		return err
	}
	name, err := c.ask(to, matters)
	if err != nil {
		return err
	}
	c.movesPair(old, name)
	return nil
}

func (c *classifier) movesPair(old, name Page) {
	old.Role, name.Role, name.After = MovedFrom, MovedTo, old.Before
	c.op.Pages = append(c.op.Pages, old, name)
}

func (c *classifier) movesSubpages(from, to wiki.Title, matters bool) error {
	if !matters {
		c.op.Open = true // none of them can be code, so they are not looked up
		return nil
	}
	subpages, err := c.Wiki.Subpages(c.ctx, from)
	if err != nil {
		return err
	}
	c.op.Open = c.op.Open || len(subpages) > maxMoved
	subpages = subpages[:min(len(subpages), maxMoved)]
	names := make([]wiki.Title, len(subpages))
	for i, sub := range subpages {
		names[i] = wiki.Title{NS: to.NS, Key: to.Key + strings.TrimPrefix(sub.Title.Key, from.Key)}
	}
	known, err := c.Wiki.Titles(c.ctx, names, false)
	if err != nil {
		return err
	}
	for i, sub := range subpages {
		c.movesPair(sub.page(), known[i].page())
	}
	return nil
}

// merges lists a page named by id, or by title.
func (c *classifier) merges(idKey, titleKey string) error {
	id, err := c.number(idKey)
	if err != nil {
		return err
	}
	if id == 0 {
		t, err := c.textTitle(c.text(titleKey))
		if err != nil {
			return err
		}
		c.rewrite(titleKey, t)
		return c.touch(Merged, t)
	}
	page, err := c.Wiki.PageID(c.ctx, id)
	if err == nil && page.ID == 0 {
		err = unclear("there is no page with %s=%d", idKey, id)
	}
	if err != nil {
		return err
	}
	return c.touch(Merged, page.Title)
}

// ask finds out about a page, where it matters: an ordinary edit of an ordinary page costs the wiki no question.
func (c *classifier) ask(t wiki.Title, matters bool) (Page, error) {
	if !matters || t.NS < 0 {
		return Page{Title: t}, nil
	}
	known, err := c.Wiki.Titles(c.ctx, []wiki.Title{t}, false)
	if err != nil {
		return Page{}, err
	}
	return known[0].page(), nil
}

// page is a page that keeps its content model, or gets the usual one.
func (k Known) page() Page {
	page := Page{Title: k.Title, ID: k.ID, Rev: k.Rev, After: k.Model}
	if k.ID != 0 {
		page.Before = k.Model
	}
	return page
}

// codeSpace says whether a namespace may hold code, or definitions of gadgets.
func (c *classifier) codeSpace(t wiki.Title) bool {
	return t.NS == wiki.NSUser || t.NS == wiki.NSMediaWiki || c.gadgetSpace(t)
}

// gadgetSpace knows the namespaces Gadgets had before it kept definitions in the MediaWiki namespace.
func (c *classifier) gadgetSpace(t wiki.Title) bool {
	name := c.site.Wiki.Namespaces[t.NS].Canonical
	return name == "Gadget" || name == "Gadget definition"
}

// sensitive says whether a page may be code because of its name.
func (c *classifier) sensitive(t wiki.Title) bool {
	return c.codeSpace(t) && (t.NS != wiki.NSUser || t.IsSubpage())
}

func isScript(model string) bool {
	return slices.Contains([]string{wiki.ModelJavaScript, wiki.ModelCSS, wiki.ModelVue}, model)
}

package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"sallyport/internal/author"
	"sallyport/internal/gadget"
	"sallyport/internal/risk"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Edit is a page as somebody wants to save it.
type Edit struct {
	Title   wiki.Title
	Text    string
	Summary string
	Base    int64 // revision that the text was made from; 0: the page must not exist yet
}

// Sent is what became of an edit.
type Sent struct {
	Saved   bool
	Address string // where its sender approves it, when it waits
	Refused string // why it was not made, in the wiki's words
}

// sentRow is an edit with what became of it.
type sentRow struct {
	Sent
	Title string
}

// importsPage says what became of an import that was to be a gadget.
type importsPage struct {
	Title   string // of the script
	Gadget  string
	Sent    []sentRow
	Waits   bool // something does, for the reader's approval
	Some    bool // something is saved
	Refused bool // nothing, or not all, was made
}

var (
	errByHand = &fault{http.StatusConflict, "byhand"}
	errNoFree = &fault{http.StatusConflict, "nofree"}
)

// turning is the deed that a token for making a gadget of an import allows.
func turning(me wiki.User, in, title string) deed {
	return deed{user: me.ID, to: "import", set: in + "\x00" + title}
}

// takesOut says why an import cannot be taken out of a script; nil when it can.
func takesOut(site *wiki.Site, text string, page wiki.Title) error {
	_, err := without(site, text, page)
	return err
}

// without is a script without what loads a page.
func without(site *wiki.Site, text string, page wiki.Title) (string, error) {
	same := func(title string) bool {
		t, err := site.Parse(title)
		return err == nil && t == page
	}
	rest, gone, err := author.Without([]byte(text), same, "a gadget now")
	if err != nil || gone == 0 {
		return "", errByHand
	}
	for _, i := range risk.PageImports(rule.Analyse("own.js", []byte(rest))) {
		if same(i.Title) {
			return "", errByHand // it is loaded in another way as well
		}
	}
	return rest, nil
}

// turnImport makes a gadget of a script that one of the reader's own pages loads: a definition that names the script's page, and
// their own page without it. Both edits go the way that edits of the reader's go.
func (p *pages) turnImport(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	in, title := v.PostForm.Get("in"), v.PostForm.Get("title")
	if err := p.permits(v, turning(v.me, in, title)); err != nil {
		return err
	}
	own, page, err := p.bothPages(v.Context(), v.me.Name, in, title)
	if err != nil {
		return err
	}
	rest, err := without(p.Site, own.Text, page.Title)
	if err != nil {
		return err
	}
	definition := p.definitionOf(v, own.Title, page)
	at, there, err := p.freeTitle(v.Context(), v.me.Name, page.Title, definition)
	if err != nil {
		return err
	}
	body := importsPage{Title: title, Gadget: p.Site.PrefixedText(at)}
	var edits []Edit
	if !there {
		edits = append(edits, Edit{Title: at, Text: definition, Summary: p.words.Text(v.lang, "imports-summary-made", title)})
	}
	edits = append(edits, Edit{Title: own.Title, Text: rest, Summary: p.words.Text(v.lang, "imports-summary-out", title, p.Site.PrefixedText(at)), Base: own.Rev})
	for _, e := range edits {
		sent, err := p.Edits(v.Request, e)
		if err != nil {
			return err
		}
		body.Sent = append(body.Sent, sentRow{sent, p.Site.PrefixedText(e.Title)})
		body.Waits, body.Some = body.Waits || sent.Address != "", body.Some || sent.Saved
		if sent.Refused != "" { // without the gadget, the import stays
			body.Refused = true
			break
		}
	}
	return p.show(v, "imports", http.StatusOK, body)
}

// bothPages are the reader's own page and the script that it loads.
func (p *pages) bothPages(ctx context.Context, me, in, title string) (own, page wiki.Page, err error) {
	own.Title, err = p.Site.Parse(in)
	owner, _ := p.Site.Owner(own.Title)
	_, name, _ := strings.Cut(own.Title.Key, "/")
	t, bad := p.Site.Parse(title)
	if err = errors.Join(err, bad); err != nil || owner != me || !slices.Contains(wiki.OwnScripts(), name) {
		return own, page, errForm
	}
	found, err := p.Scripts.Pages(ctx, []wiki.Title{own.Title, t})
	if err != nil {
		return own, page, err
	}
	own.ID, own.Rev, own.Text, own.Model = found[0].ID, found[0].Rev, found[0].Text, found[0].Model
	if page = found[1]; !own.Exists() || !page.Exists() {
		return own, page, errNoScript
	}
	page.Title = t
	return own, page, nil
}

// definitionOf is a gadget that runs somebody's script where the reader's own page did.
func (p *pages) definitionOf(v *visit, in wiki.Title, page wiki.Page) string {
	title := p.Site.PrefixedText(page.Title)
	d := gadget.Definition{Description: p.words.Text(v.lang, "imports-description", title)}
	d.Module = gadget.Module{Pages: []string{title}, Dependencies: author.Uses([]byte(page.Text))}
	if skin := skinOf(in); skin != "" {
		d.Settings.Skins = []string{skin}
	}
	return string(d.JSON())
}

// mostNames is how many names are tried for a gadget.
const mostNames = 9

// freeTitle is where the definition goes: a title that nothing has yet, or one where this very definition is already.
func (p *pages) freeTitle(ctx context.Context, me string, script wiki.Title, definition string) (at wiki.Title, there bool, err error) {
	_, name, _ := strings.Cut(script.Key, "/")
	if name = author.Name(strings.TrimSuffix(name, ".js")); name == "" {
		name = "script"
	}
	titles := make([]wiki.Title, mostNames)
	for i := range titles {
		end := p.Suffix
		if i > 0 {
			end = "-" + digits(int64(i+1)) + end
		}
		titles[i] = wiki.Title{NS: wiki.NSUser, Key: stored(me) + "/" + name + end}
	}
	found, err := p.Scripts.Pages(ctx, titles)
	if err != nil {
		return at, false, err
	}
	for i, page := range found {
		if !page.Exists() || strings.TrimSpace(page.Text) == strings.TrimSpace(definition) {
			return titles[i], page.Exists(), nil
		}
	}
	return at, false, errNoFree
}

// unused are the gadgets that somebody wrote and has not switched on, so that they need not look for what they have just made.
func (p *pages) unused(v *visit, cards []card) ([]row, error) {
	list, _, err := p.Registry.List(v.Context(), store.Query{Owner: v.me.Name, Limit: pageRows})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(g store.Listed) bool {
		return slices.ContainsFunc(cards, func(c card) bool { return c.ID == g.PageID })
	})
	return p.rows(list, nil), nil
}

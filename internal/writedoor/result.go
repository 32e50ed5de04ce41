package writedoor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sallyport/internal/wiki"
)

// ErrUncomputable: the text that a change leads to cannot be known before it is made. What helps is to save the whole text.
var ErrUncomputable = errors.New("the resulting text cannot be known beforehand")

// Change is what an operation makes of one page.
type Change struct {
	Page
	Old  string // the text now
	New  string // the text afterwards, as MediaWiki will store it
	Gone bool   // there is no page afterwards
	Stub bool   // what stays is a redirect that MediaWiki writes
}

// Changes computes what an operation makes of its pages. ask should ask as the account that sent the request: it decides
// how signatures expand and which deleted texts may be seen. Long parameters need POST.
func (d *Door) Changes(ctx context.Context, op *Operation, ask Ask) ([]Change, error) {
	site, err := d.Wiki.Site(ctx)
	if err != nil {
		return nil, err
	}
	r := &results{Asking: &Asking{ask: ask}, ctx: ctx, site: site, op: op}
	switch op.Kind {
	case Edit, Rollback, Undo, ContentModel:
		return r.saves()
	case Move, RenameUser:
		return r.moves()
	case Delete:
		return r.each(func(c *Change) error { c.Gone = true; return nil })
	case Undelete:
		return r.each(r.restored)
	case Merge:
		return r.each(func(c *Change) error {
			from := c.Title == op.Pages[0].Title
			c.Stub, c.Gone = from && mayRedirect(c.Before), from && !mayRedirect(c.Before)
			if !c.Gone {
				c.New = c.Old
			}
			return nil
		})
	case Protect:
		return r.each(func(c *Change) error { c.New = c.Old; return nil })
	default:
		return nil, uncomputable("%s", op.Kind)
	}
}

// mayRedirect says whether pages of a content model of core can be redirects (ContentHandler::supportsRedirects). What is
// merged away of the others is deleted.
func mayRedirect(model string) bool {
	return model == wiki.ModelWikitext || model == wiki.ModelJavaScript || model == wiki.ModelCSS
}

func uncomputable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUncomputable, fmt.Sprintf(format, args...))
}

// results computes for one operation.
type results struct {
	*Asking
	ctx  context.Context
	site *Site
	op   *Operation
}

func (r *results) each(finish func(*Change) error) ([]Change, error) {
	if r.op.Open {
		return nil, uncomputable("it changes pages that it does not name")
	}
	changes := make([]Change, len(r.op.Pages))
	for i, p := range r.op.Pages {
		now, err := r.current(p.Title)
		if err != nil {
			return nil, err
		}
		changes[i] = Change{Page: p, Old: now.Text}
		changes[i].ID, changes[i].Rev, changes[i].Before = now.Page, now.RevID, now.Model
		if err := finish(&changes[i]); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// saves computes the text of the one page that is saved.
func (r *results) saves() ([]Change, error) {
	return r.each(func(c *Change) error {
		text, model, err := r.saved(c)
		if err != nil {
			return err
		}
		if model != "" {
			c.After = model
		}
		if c.After == "" {
			c.After = wiki.DefaultModel(c.Title)
		}
		if r.op.Kind == Rollback || r.op.Kind == Undo {
			c.New = text // restored as it was
			return nil
		}
		if len(r.op.Params.Text("wpTextbox1")+text) > maxText {
			return uncomputable("the text is longer than %d bytes", maxText)
		}
		c.New, err = r.transformed(c, text)
		return err
	})
}

// maxText is twice MediaWiki's own limit ($wgMaxArticleSize, 2 MiB by default).
const maxText = 4 << 20

// saved is the text that is handed to MediaWiki's saving, before its transformation.
func (r *results) saved(c *Change) (text, model string, err error) {
	p := r.op.Params
	switch {
	case r.op.Result == Uncomputable:
		return "", "", uncomputable("%s makes the text out of something else", r.op.Action)
	case r.op.Kind == ContentModel:
		return c.Old, p.Text("model"), nil
	case r.op.Kind == Rollback:
		return r.rolledBack(c)
	case r.op.Kind == Undo:
		return r.undone(c, p.Text("undo"), p.Text("undoafter"), p.Text("restore"))
	case r.op.Via == "index.php":
		text, err = r.sectioned(c, firstOf(p.Text("wpSection"), p.Text("section")), trimEnd(p.Text("wpTextbox1")))
		return text, p.Text("model"), err
	case p.Text("undo") != "" && p.Text("undo") != "0":
		return r.undone(c, p.Text("undo"), p.Text("undoafter"), "")
	}
	text, err = r.apiText(c)
	return text, p.Text("contentmodel"), err
}

// apiText is what ApiEditPage makes of text, prependtext and appendtext.
func (r *results) apiText(c *Change) (string, error) {
	p := r.op.Params
	_, prepends := p.Get("prependtext")
	_, appends := p.Get("appendtext")
	section := p.Text("section")
	text := p.Text("text")
	if prepends || appends {
		if section != "" {
			return "", uncomputable("adding to a section")
		}
		if c.ID == 0 && c.Title.NS == wiki.NSMediaWiki && wiki.DefaultModel(c.Title) == wiki.ModelWikitext {
			return "", uncomputable("adding to a message that is not a page yet")
		}
		text = p.Text("prependtext") + c.Old + p.Text("appendtext")
	}
	return r.sectioned(c, section, trimEnd(text))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// trimEnd is PHP's rtrim, which EditPage does to what a form sends.
func trimEnd(text string) string { return strings.TrimRight(text, " \t\n\r\x00\x0b") }

// moves pairs old names with new ones, as they are listed.
func (r *results) moves() ([]Change, error) {
	changes, err := r.each(func(*Change) error { return nil })
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(changes); i += 2 {
		from, to := &changes[i], &changes[i+1]
		to.New, to.After = from.Old, from.Before
		from.Stub = true
		if from.ID == 0 {
			to.New, to.After, from.Stub, from.Gone, to.Gone = to.Old, to.Before, false, true, to.ID == 0
		}
	}
	return changes, nil
}

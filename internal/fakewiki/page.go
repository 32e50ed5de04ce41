package fakewiki

import (
	"errors"
	"fmt"
	"strings"

	"sallyport/internal/wiki"
)

// Errors of the seeding methods. The HTTP side answers with MediaWiki's own codes instead.
var (
	ErrNoPage     = errors.New("there is no such page")
	ErrPageExists = errors.New("there is a page already")
	ErrNoUser     = errors.New("there is no such user")
	ErrUserExists = errors.New("there is a user of that name already")
	ErrBadTitle   = errors.New("that cannot be a page title here")
)

// edit is one change to a page's text, before it has an id.
type edit struct {
	text, author, comment string
	model                 string // empty keeps the page's, or takes the title's default
	minor, bot            bool
	quiet                 bool // leave recent changes alone, as page moves do with the revisions they add
	dummy                 bool // save although nothing changed
}

// Save writes a page as its author would, without asking for rights. A text that changes nothing adds no revision. The
// content model of a new page follows its title as in MediaWiki (MainSlotRoleHandler::getDefaultModel).
func (w *Wiki) Save(title, text, author, summary string) (wiki.Page, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.pageTitle(title)
	if err != nil {
		return wiki.Page{}, fmt.Errorf("save %q: %w", title, err)
	}
	p, _ := w.store(t, edit{text: text, author: author, comment: summary})
	return p.word(p.current()), nil
}

// Page returns the current revision of a page.
func (w *Wiki) Page(title string) (wiki.Page, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := w.pageTitle(title)
	if err != nil {
		return wiki.Page{}, false
	}
	p := w.db.byTitle[t]
	if p == nil {
		return wiki.Page{Title: t}, false
	}
	return p.word(p.current()), true
}

// Protect makes editing a page need a right, for instance "editprotected"; an empty right lifts it.
func (w *Wiki) Protect(title, right string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.existing(title)
	if err != nil {
		return fmt.Errorf("protect %q: %w", title, err)
	}
	p.Protected = right
	return nil
}

// store saves an edit and says whether it added a revision.
func (w *Wiki) store(t wiki.Title, e edit) (*page, bool) {
	now := w.now().UTC()
	p := w.db.byTitle[t]
	created := p == nil
	if created {
		w.db.LastPage++
		p = &page{ID: w.db.LastPage, Title: t}
		w.db.Pages[p.ID], w.db.byTitle[t] = p, p
	}
	text := strings.TrimRight(e.text, " \t\n\r\x00")
	model := e.model
	var parent int64
	oldLen := 0
	if created {
		if model == "" {
			model = wiki.DefaultModel(t)
		}
	} else {
		last := p.current()
		if model == "" {
			model = last.Model
		}
		if last.Text == text && last.Model == model && !e.dummy {
			return p, false
		}
		parent, oldLen = last.ID, len(last.Text)
	}
	w.db.LastRev++
	p.Touched = now
	p.Revisions = append(p.Revisions, revision{ID: w.db.LastRev, Parent: parent, Time: now, User: e.author, Comment: e.comment, Model: model, Text: text, Minor: e.minor})
	w.db.byRev[w.db.LastRev] = p
	if !e.quiet {
		kind := "edit"
		if created {
			kind = "new"
		}
		w.db.record(change{Type: kind, Title: t, Page: p.ID, Rev: w.db.LastRev, Old: parent, OldLen: oldLen, NewLen: len(text),
			User: e.author, Time: now, Comment: e.comment, Minor: e.minor, Bot: e.bot})
		if a := w.db.byName[e.author]; a != nil {
			a.Edits++
		}
	}
	return p, true
}

// existing finds a page by its title as a person writes it.
func (w *Wiki) existing(title string) (*page, error) {
	t, err := w.pageTitle(title)
	if err != nil {
		return nil, err
	}
	p := w.db.byTitle[t]
	if p == nil {
		return nil, ErrNoPage
	}
	return p, nil
}

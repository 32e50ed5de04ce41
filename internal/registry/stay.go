package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/store"
)

// ErrChanged means that a gadget is no longer what somebody was shown.
var ErrChanged = errors.New("the gadget has changed meanwhile")

// ErrNothingKept means that there is nothing that somebody could stay on.
var ErrNothingKept = errors.New("no texts of this gadget are kept that could run")

// maxKept bounds the sets that are held in memory.
const maxKept = 5_000

// Stay is why somebody's pages run other texts of a gadget than its newest.
type Stay struct {
	Since  time.Time
	Newest *Gadget // nil when the definition's page was deleted
	State  State   // what the newest would be for them
}

// Accepted is what somebody accepted of a gadget: the texts that were there when they switched it on or looked at a change.
type Accepted struct {
	store.Acceptance
	Gadget *Gadget // made of those texts
}

// textSet lists the texts of a gadget at one moment. Its JSON is kept as a text, and the digest of that names the set.
type textSet struct {
	Row   store.Gadget
	Files []File
}

// FilesOfSet lists the pages that a gadget's scripts and style sheets come from in a set of texts, as [store.Acceptance] names one; text
// is the set as it is kept. Those that the set lacks are absent.
func FilesOfSet(text string) ([]store.Page, error) {
	var s textSet
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return nil, fmt.Errorf("read a set of texts: %w", err)
	}
	var pages []store.Page
	for _, f := range s.Files {
		if !f.Missing && f.Page.Digest != "" {
			pages = append(pages, f.Page)
		}
	}
	return pages, nil
}

// setOf is the set of a gadget as it is, written down.
func setOf(g *Gadget) (string, error) {
	set := textSet{Row: g.Row, Files: make([]File, len(g.Files))}
	for i, f := range g.Files {
		f.Page.Checked = time.Time{} // when we looked is no part of what it is
		set.Files[i] = f
	}
	text, err := json.Marshal(set)
	return string(text), err
}

// SetOf names the texts a gadget is made of: the digest of what [Registry.Accept] keeps.
func SetOf(g *Gadget) store.Digest {
	if g.Kept != "" {
		return g.Kept
	}
	text, err := setOf(g)
	if err != nil {
		return "" // unreachable: it is made of strings, numbers and times
	}
	return store.DigestOf(text)
}

// Accept keeps that somebody accepts a gadget as it is, and ends a stay. shown names the texts they looked at ([SetOf]); when the
// gadget has others now the error is [ErrChanged]. A gadget that has moved to somebody else is switched on anew.
func (r *Registry) Accept(ctx context.Context, userID, id int64, shown store.Digest) error {
	g, err := r.Gadget(ctx, id)
	if err != nil {
		return err
	}
	if SetOf(g) != shown {
		return ErrChanged
	}
	c, err := r.choice(ctx, userID, id)
	if err != nil {
		return err
	}
	if c.OwnerID != g.Row.OwnerID {
		return r.SwitchOn(ctx, userID, id)
	}
	defer r.granted.Invalidate(userID)
	return r.accept(ctx, userID, g)
}

// choice finds what somebody has switched on, or says [ErrNotFound].
func (r *Registry) choice(ctx context.Context, userID, id int64) (store.Choice, error) {
	choices, err := r.store.Choices(ctx, r.Site.ID, userID)
	if err != nil {
		return store.Choice{}, err
	}
	for _, c := range choices {
		if c.Gadget == id {
			return c, nil
		}
	}
	return store.Choice{}, ErrNotFound
}

// accept keeps the texts of a gadget as those that somebody accepts.
func (r *Registry) accept(ctx context.Context, userID int64, g *Gadget) error {
	text, err := setOf(g)
	if err != nil {
		return err
	}
	set, err := r.store.SaveText(ctx, text)
	if err != nil {
		return err
	}
	return r.store.Accept(ctx, store.Acceptance{Wiki: r.Site.ID, UserID: userID, Gadget: g.Row.PageID, Set: set, At: r.now()})
}

// Stay makes somebody's pages run the texts they accepted, whatever becomes of the gadget, until [Registry.Accept] or
// [Registry.SwitchOff]. The error is [ErrNothingKept] when they accepted none, or those cannot run.
func (r *Registry) Stay(ctx context.Context, userID, id int64) error {
	if _, err := r.choice(ctx, userID, id); err != nil {
		return err
	}
	all, err := r.store.Acceptances(ctx, r.Site.ID, userID)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Gadget != id {
			continue
		}
		g, err := r.kept(ctx, a.Set)
		if err != nil {
			return err
		}
		if g.Problem != "" {
			return ErrNothingKept
		}
		if a.Stays.IsZero() {
			a.Stays = r.now()
		}
		defer r.granted.Invalidate(userID)
		return r.store.Accept(ctx, a)
	}
	return ErrNothingKept
}

// Accepted returns what somebody accepted, by gadget. Of a set that is not kept any more, Gadget is nil.
func (r *Registry) Accepted(ctx context.Context, userID int64) (map[int64]Accepted, error) {
	all, err := r.store.Acceptances(ctx, r.Site.ID, userID)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]Accepted, len(all))
	for _, a := range all {
		g, err := r.kept(ctx, a.Set)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		found[a.Gadget] = Accepted{a, g}
	}
	return found, nil
}

// Kept returns a gadget made of the texts of a set that somebody stays on, or that whoever asks tries; else [ErrNotFound].
func (r *Registry) Kept(ctx context.Context, id int64, set store.Digest) (*Gadget, error) {
	if g, err := r.tried(ctx, id); err != nil || g != nil && g.Kept == set {
		return g, err
	}
	stays, err := r.store.Stays(ctx, r.Site.ID, id, set)
	if err != nil {
		return nil, err
	}
	if !stays {
		return nil, ErrNotFound
	}
	return r.keptInService(ctx, set)
}

// keptInService is [Registry.kept] with the operators' word on those texts.
func (r *Registry) keptInService(ctx context.Context, set store.Digest) (*Gadget, error) {
	g, err := r.kept(ctx, set)
	if err != nil {
		return nil, err
	}
	return r.inService(ctx, g), nil
}

// kept puts a gadget together from the texts of a set. What it depends on is what that is now.
func (r *Registry) kept(ctx context.Context, set store.Digest) (*Gadget, error) {
	generation := r.Generation()
	if c, ok := r.keeps.GetIfPresent(set); ok && c.generation == generation {
		return r.inService(ctx, c.gadget), nil
	}
	text, err := r.store.Text(ctx, set)
	if err != nil {
		return nil, err
	}
	var s textSet
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return nil, fmt.Errorf("read the texts %s that somebody stays on: %w", set, err)
	}
	g, err := r.remake(ctx, set, s)
	if err == nil {
		r.keeps.Set(set, cached{generation, g})
	}
	return r.inService(ctx, g), err
}

func (r *Registry) remake(ctx context.Context, set store.Digest, s textSet) (*Gadget, error) {
	g := &Gadget{Row: s.Row, Module: ModuleName(s.Row.PageID), Files: s.Files, Kept: set, Problem: s.Row.Problem}
	title, err := r.Site.Parse(s.Row.Title)
	if err != nil {
		return nil, err
	}
	text, err := r.store.Text(ctx, s.Row.Digest)
	switch {
	case errors.Is(err, store.ErrNotFound):
		g.Problem = "the definition as it was is not kept any more"
		return g, nil
	case err != nil:
		return nil, err
	}
	def, mistakes := gadget.Parse([]byte(text), r.parseOptions(title))
	if p := firstError(mistakes); p != "" {
		g.Problem = p
	}
	if def == nil {
		return g, nil
	}
	g.Def, g.Styles = *def, def.EffectiveType() == gadget.TypeStyles
	for i := range g.Files {
		if err := r.stillThere(ctx, &g.Files[i]); err != nil {
			return nil, err
		}
	}
	g.Key = g.key()
	return g, r.references(ctx, g, title)
}

// stillThere says of a file whose text is gone that it is missing.
func (r *Registry) stillThere(ctx context.Context, f *File) error {
	if f.Missing {
		return nil
	}
	_, err := r.store.Text(ctx, f.Page.Digest)
	if errors.Is(err, store.ErrNotFound) {
		f.Missing, f.Lost, f.Reason = true, true, "its text as it was is not kept any more"
		return nil
	}
	return err
}

// running is a gadget as somebody's pages run it.
func (r *Registry) running(ctx context.Context, userID, id int64) (*Gadget, error) {
	all, err := r.store.Acceptances(ctx, r.Site.ID, userID)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Gadget == id && !a.Stays.IsZero() {
			return r.keptInService(ctx, a.Set)
		}
	}
	return r.Gadget(ctx, id)
}

// staying replaces what runs for those who stay on earlier texts.
func (r *Registry) staying(ctx context.Context, list []Enabled, user store.Account) error {
	all, err := r.store.Acceptances(ctx, r.Site.ID, user.UserID)
	if err != nil {
		return err
	}
	for _, a := range all {
		for i := range list {
			if e := &list[i]; e.Choice.Gadget == a.Gadget && !a.Stays.IsZero() {
				g, err := r.keptInService(ctx, a.Set)
				if err != nil {
					if ctx.Err() != nil {
						return ctx.Err()
					}
					// One set that cannot be read must not take the others down, and not bring in the texts that its reader does not want.
					r.log.Error("texts that somebody stays on not read", "wiki", r.Site.ID, "gadget", a.Gadget, "set", string(a.Set), "err", err)
					g = unread(e)
				}
				e.Stay = &Stay{Since: a.Stays, Newest: e.Gadget, State: e.State}
				e.Gadget, e.State = g, state(e.Choice, g, user)
			}
		}
	}
	return nil
}

// unread stands for a gadget whose kept texts cannot be read.
func unread(e *Enabled) *Gadget {
	g := &Gadget{Module: ModuleName(e.Choice.Gadget), Problem: "the earlier texts that you stay on cannot be read right now"}
	if e.Gadget != nil {
		g.Row = e.Gadget.Row
	}
	g.Row.PageID, g.Row.OwnerID = e.Choice.Gadget, e.Choice.OwnerID
	return g
}

package registry

import (
	"context"
	"fmt"
	"slices"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// State says what becomes of a gadget somebody has switched on.
type State string

// States of an enabled gadget. Only an On gadget runs.
const (
	On      State = "on"
	Moved   State = "moved"   // its page moved to somebody else: it rests until the reader looks at it again
	Gone    State = "gone"    // its page was deleted
	Broken  State = "broken"  // its definition cannot be used
	Stopped State = "stopped" // the operators switched it off
	Denied  State = "denied"  // the reader lacks a right it asks for
)

// Enabled is one gadget on somebody's list.
type Enabled struct {
	Choice store.Choice
	Gadget *Gadget // what runs; nil when Gone
	State  State
	Stay   *Stay // nil: the newest texts run
}

// User returns the account behind a user name, as the wiki spells it, or [ErrNoUser].
func (r *Registry) User(ctx context.Context, name string) (store.Account, error) {
	t, err := r.Site.ParseIn(name, wiki.NSUser)
	if err != nil || t.NS != wiki.NSUser || t.IsSubpage() {
		return store.Account{}, fmt.Errorf("%w: %q", ErrNoUser, name)
	}
	a, err := r.people.get(ctx, t.Text(), rightsAge)
	if err == nil && a.UserID == 0 {
		err = fmt.Errorf("%w: %q", ErrNoUser, name)
	}
	return a, err
}

// Enabled returns a person's list, in the order they switched things on. The list is public: user is anybody's name.
func (r *Registry) Enabled(ctx context.Context, user store.Account) ([]Enabled, error) {
	choices, err := r.store.Choices(ctx, r.Site.ID, user.UserID)
	if err != nil || len(choices) == 0 {
		return nil, err
	}
	ids := make([]int64, len(choices))
	for i, c := range choices {
		ids[i] = c.Gadget
	}
	gadgets, err := r.Gadgets(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Enabled, len(choices))
	for i, c := range choices {
		g := gadgets[c.Gadget]
		list[i] = Enabled{Choice: c, Gadget: g, State: state(c, g, user)}
	}
	return list, r.staying(ctx, list, user)
}

func state(c store.Choice, g *Gadget, user store.Account) State {
	switch {
	case g == nil:
		return Gone
	case g.Stopped != nil:
		return Stopped
	case g.Row.OwnerID != c.OwnerID:
		return Moved
	case g.Problem != "":
		return Broken
	}
	for _, right := range g.Def.Settings.Rights {
		if !slices.Contains(user.Rights, right) {
			return Denied
		}
	}
	return On
}

// SwitchOn puts a gadget on a person's list, as the gadget of whoever owns it now, with nothing granted: see [Registry.Grant].
func (r *Registry) SwitchOn(ctx context.Context, userID, id int64) error {
	g, err := r.Gadget(ctx, id)
	if err != nil {
		return err
	}
	if err := r.TakeBack(ctx, userID, id); err != nil {
		return err
	}
	if err := r.accept(ctx, userID, g); err != nil {
		return err
	}
	defer r.granted.Invalidate(userID)
	err = r.store.Choose(ctx, store.Choice{
		Wiki: r.Site.ID, UserID: userID, Gadget: id, OwnerID: g.Row.OwnerID, Since: r.now(),
	})
	if err == nil {
		r.look(ctx, id) // with one more, so many may run it that its texts need approval from now on
	}
	return err
}

// SwitchOff takes a gadget off a person's list, and back what it was granted.
func (r *Registry) SwitchOff(ctx context.Context, userID, id int64) error {
	defer r.granted.Invalidate(userID)
	if err := r.store.Unchoose(ctx, r.Site.ID, userID, id); err != nil {
		return err
	}
	if err := r.store.Unaccept(ctx, r.Site.ID, userID, id); err != nil {
		return err
	}
	return r.TakeBack(ctx, userID, id)
}

// List answers a gallery query, and how many gadgets match in all.
func (r *Registry) List(ctx context.Context, q store.Query) ([]store.Listed, int, error) {
	rows, total, err := r.store.List(ctx, r.Site.ID, q)
	if err != nil || q.Owner != "" { // authors find their own, with what is wrong
		return rows, total, err
	}
	all := len(rows)
	rows = r.unlisted(ctx, rows)
	return rows, total - (all - len(rows)), nil
}

// Users counts the people who have a gadget switched on.
func (r *Registry) Users(ctx context.Context, id int64) (int, error) {
	return r.store.Users(ctx, r.Site.ID, id)
}

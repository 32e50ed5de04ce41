package registry

import (
	"context"
	"fmt"

	"sallyport/internal/store"
)

// tried is a gadget made of the texts that whoever asks tries in place of those that are served; nil when they try nothing of it. It
// is kept nowhere. Like a set of earlier texts it has an address of its own, which answers to those alone who try exactly these.
func (r *Registry) tried(ctx context.Context, id int64) (*Gadget, error) {
	if r.trying == nil {
		return nil, nil
	}
	texts, err := r.trying(ctx, id)
	if err != nil || texts == nil {
		return nil, err
	}
	rows, err := r.store.Gadgets(ctx, r.Site.ID, []int64{id})
	if err != nil {
		return nil, err
	}
	row, there := rows[id]
	if !there {
		return nil, nil
	}
	if row, _, err = r.rowAsServed(ctx, texts, row); err != nil {
		return nil, err
	}
	g, err := r.madeOf(ctx, texts, row)
	if err != nil {
		return nil, err
	}
	everybodys, err := r.Gadget(ctx, id)
	if err != nil || everybodys.Key == g.Key {
		return nil, err
	}
	set, err := setOf(g)
	if err != nil {
		return nil, fmt.Errorf("name the texts of gadget %d that somebody tries: %w", id, err)
	}
	g.Kept, g.Tried = store.DigestOf(set), true
	return r.inService(ctx, g), nil
}

// forWhoeverAsks is the gadget that they try, else the one at hand.
func (r *Registry) forWhoeverAsks(ctx context.Context, g *Gadget) *Gadget {
	mine, err := r.tried(ctx, g.Row.PageID)
	switch {
	case err != nil:
		r.log.Warn("texts of a gadget that somebody tries not read", "wiki", r.Site.ID, "gadget", g.Row.PageID, "err", err)
	case mine != nil:
		return mine
	}
	return g
}

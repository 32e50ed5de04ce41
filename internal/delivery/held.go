package delivery

import (
	"context"
	"slices"

	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// held is a gadget that may use servers outside the wiki in one person's pages. A page whose policy was sent before that, or
// before it was known whose page it is, would silently keep them from it; so boot.js compares the key with what the page's own
// headers say, and shows the text.
type held struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// holds lists what a person's gadgets may use, of all of them or of some.
func (d *Delivery) holds(ctx context.Context, user store.Account, lang string, some func(*registry.Gadget) bool) []held {
	if d.held == nil {
		return nil
	}
	granted, err := d.held(ctx, user)
	if err != nil {
		d.log.Warn("what gadgets may use is not told", "err", err)
		return nil
	}
	var list []held
	for _, h := range granted.Held {
		if some(h.Gadget) {
			list = append(list, held{h.Key, d.reload(lang, h.Gadget.Row.Name)})
		}
	}
	return list
}

// holdsWanted is what one person's page should know when it asks for gadgets on demand.
func (d *Delivery) holdsWanted(ctx context.Context, req request, roots []*registry.Gadget) []held {
	if d.held == nil || req.User == "" || len(roots) == 0 {
		return nil
	}
	user, err := d.gadgets.User(ctx, req.User)
	if err != nil {
		return nil // nobody of that name: the page knows nothing more
	}
	return d.holds(ctx, user, req.Lang, func(g *registry.Gadget) bool {
		return slices.ContainsFunc(roots, func(o *registry.Gadget) bool { return o.Row.PageID == g.Row.PageID })
	})
}

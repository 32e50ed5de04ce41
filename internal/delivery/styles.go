package delivery

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"sallyport/internal/registry"
)

// styles answers ext.gadgets.userstyles: the style sheets of one named person's styles-only gadgets that hold on the page
// described in the address. It is loaded before the page is drawn, so that nothing flashes; for the same reason it is one
// answer, and says in comments what it holds.
func (d *Delivery) styles(ctx context.Context, req request) *answer {
	d.gadgets.Fresh(ctx)
	user, err := d.gadgets.User(ctx, req.User)
	if err == nil {
		var enabled []registry.Enabled
		if enabled, err = d.gadgets.Enabled(ctx, user); err == nil {
			var sheet []byte
			if sheet, err = d.earlyStyles(ctx, enabled, req); err == nil {
				return d.personal(typeStyle, sheet)
			}
		}
	}
	if !errors.Is(err, registry.ErrNoUser) {
		d.log.Error("styles of a user not read", "err", err)
	}
	return &answer{kind: typeStyle, cache: "private, no-store", body: []byte(comment("no user gadgets to be had"))}
}

func (d *Delivery) earlyStyles(ctx context.Context, enabled []registry.Enabled, req request) ([]byte, error) {
	var chosen []*registry.Gadget
	for _, e := range enabled {
		if e.State != registry.On || !e.Gadget.Styles {
			continue
		}
		if s := e.Gadget.Def.Settings; early(s) && skinAllows(s, req.Skin) && req.Page.allows(s) {
			chosen = append(chosen, e.Gadget)
		}
	}
	all, err := d.gadgets.ClosureFor(ctx, chosen, staysOf(enabled)) // a gadget whose dependencies cannot run is not styled either
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, g := range all {
		if g.Problem != "" || !slices.ContainsFunc(chosen, func(c *registry.Gadget) bool { return c.Row.PageID == g.Row.PageID }) {
			continue
		}
		m, err := d.build(ctx, g, req)
		if err != nil {
			return nil, err
		}
		b.WriteString(comment(g.Row.Title))
		b.Write(m.StylesCSS())
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

package delivery

import (
	"context"
	"fmt"

	"sallyport/internal/bundle"
	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// buildKey names the bytes of a module: everything they depend on.
type buildKey struct {
	id      int64
	content string // registry.Gadget.Key
	lang    string // only for gadgets with messages
	rtl     bool
	debug   int
}

// ready returns a gadget and its module, which is nil when the gadget has a problem.
func (d *Delivery) ready(ctx context.Context, id int64, r request) (*registry.Gadget, *bundle.Module, error) {
	g, err := d.made(ctx, id, r.Set)
	if err != nil || g.Problem != "" {
		return g, nil, err
	}
	m, err := d.build(ctx, g, r)
	return g, m, err
}

// made is a gadget of the texts that a request is for.
func (d *Delivery) made(ctx context.Context, id int64, set store.Digest) (*registry.Gadget, error) {
	if set != "" {
		return d.gadgets.Kept(ctx, id, set)
	}
	return d.gadgets.Gadget(ctx, id)
}

// build returns a gadget's module, from the cache when its content is known. The same bytes serve everybody. It fails only
// when the store does.
func (d *Delivery) build(ctx context.Context, g *registry.Gadget, r request) (*bundle.Module, error) {
	key := buildKey{id: g.Row.PageID, content: g.Key, rtl: r.RTL, debug: r.Debug}
	var messages map[string]string
	if len(g.Def.Module.Messages) > 0 {
		key.lang = r.Lang
		messages = d.gadgets.Messages(ctx, g.Def.Module.Messages, r.Lang)
		key.content += bundle.Hash(fmt.Append(nil, messages))
	}
	if m, ok := d.built.GetIfPresent(key); ok {
		return m, nil
	}
	m, err, _ := d.building.Do(fmt.Sprint(key), func() (any, error) {
		files, err := d.gadgets.Inputs(context.WithoutCancel(ctx), g)
		if err != nil {
			return nil, err
		}
		m := bundle.Build(bundle.Input{
			Module: g.Module, Package: g.Def.Settings.Package, Styles: g.Styles, Files: files,
			Messages: messages, Icons: g.Def.Module.CodexIcons, RTL: r.RTL, Debug: r.Debug,
		})
		if r.Debug > 0 {
			m.Version = "" // so that no browser keeps any of it (Module::getVersionHash)
		}
		d.built.Set(key, m)
		return m, nil
	})
	if err != nil {
		return nil, err
	}
	return m.(*bundle.Module), nil
}

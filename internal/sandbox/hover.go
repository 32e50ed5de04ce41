package sandbox

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// What people touch without wanting anything: a script that acts then acts by itself.
var (
	hoverTypes = []string{"mouseover", "mouseenter", "mousemove", "pointerover", "pointerenter", "pointermove", "mouseout", "mouseleave", "hover"}
	idleTypes  = []string{"beforeprint", "afterprint", "resize", "online", "pageshow", "touchstart", "touchmove", "touchend", "selectionchange", "orientationchange", "wheel"}
)

var (
	hears   = regexp.MustCompile(`(?i)mouse(?:over|enter|move|out|leave)|pointer(?:over|enter|move)|\bhover\b`)
	saves   = regexp.MustCompile(`\bpostEdit\b`)
	idles   = regexp.MustCompile(strings.Join(idleTypes, "|"))
	prints  = regexp.MustCompile(`(?i)matchMedia|\bprint\b`)
	content = []string{"#mw-content-text a[title]", "sup.reference", "sup.reference a", "#mw-content-text a.external", ".mw-userlink", "#mw-content-text img", "#mw-content-text td", "#firstHeading"}
)

// spot is where something can be seen.
type spot struct {
	X, Y float64
	Hit  bool
}

// brush moves the mouse over what is in the page, and over what the script waits for the mouse on.
func (v *visit) brush(ctx context.Context) error {
	if v.u == nil || !hears.MatchString(v.u.Text) {
		return nil
	}
	for _, sel := range content {
		if err := v.over(ctx, map[string]any{"do": "spot", "sel": sel}); err != nil {
			return err
		}
	}
	waiting, err := v.waiting(ctx, hoverTypes)
	for _, t := range waiting[:min(len(waiting), 6)] {
		if err == nil && t.Tag != "" {
			err = v.over(ctx, map[string]any{"do": "place", "id": t.ID})
		}
	}
	return err
}

// over moves the mouse to where the hooks say that something is.
func (v *visit) over(ctx context.Context, where map[string]any) error {
	var at *spot
	switch err := v.order(ctx, where, &at); {
	case errors.Is(err, errNoAnswer):
		return nil
	case err != nil || at == nil || !at.Hit:
		return err
	}
	if err := v.c.Mouse(ctx, "mouseMoved", at.X+1, at.Y); err != nil {
		return err
	}
	return v.c.Mouse(ctx, "mouseMoved", at.X, at.Y)
}

// happen has happen to the page what happens to pages: they are printed, resized, come back, and say that an edit was saved
// (mediawiki.action.view.postEdit).
func (v *visit) happen(ctx context.Context) error {
	if v.u == nil {
		return nil
	}
	if prints.MatchString(v.u.Text) {
		for _, media := range []string{"print", ""} {
			if err := v.c.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"media": media}, nil); err != nil {
				return err
			}
		}
	}
	if saves.MatchString(v.u.Text) {
		if err := v.c.Evaluate(ctx, `(window.mw && mw.hook && mw.hook('postEdit').fire({message: 'Your edit was saved.'}), 0)`, nil); err != nil && v.c.Err() != nil {
			return err
		}
	}
	if !idles.MatchString(v.u.Text) {
		return nil
	}
	waiting, err := v.waiting(ctx, idleTypes)
	for _, t := range waiting {
		if err == nil && t.Tag == "" {
			err = v.fire(ctx, t, slices.DeleteFunc(slices.Clone(t.Types), func(kind string) bool { return !slices.Contains(idleTypes, kind) }))
		}
	}
	if errors.Is(err, errNoAnswer) {
		return nil
	}
	return err
}

// waiting are the things that somebody listens to for one of some kinds of event.
func (v *visit) waiting(ctx context.Context, types []string) ([]target, error) {
	var targets []target
	err := v.order(ctx, map[string]any{"do": "targets"}, &targets)
	if errors.Is(err, errNoAnswer) {
		return nil, nil
	}
	return slices.DeleteFunc(targets, func(t target) bool {
		return !slices.ContainsFunc(t.Types, func(kind string) bool { return slices.Contains(types, kind) })
	}), err
}

// write is what somebody does on an edit form who has something on the clipboard.
func (v *visit) write(ctx context.Context) error {
	if v.u == nil || !editing.MatchString(v.o.page.Query) {
		return nil
	}
	focus := func(sel, then string) func() error {
		return func() error {
			return v.c.Inspect(ctx, `(() => { const x = document.querySelector(`+inJSON(sel)+`); if (x) { x.focus(); `+then+` } return 0; })()`, nil)
		}
	}
	steps := []func() error{
		func() error {
			return v.c.Inspect(ctx, `(() => { const x = document.createElement('textarea'); x.id = 'lamp-clip'; x.value = `+inJSON("“"+v.rec.secrets.Draft+"”")+`; document.body.append(x); return 0; })()`, nil)
		},
		focus("#lamp-clip", "x.select();"),
		func() error { return v.command(ctx, "c", "copy") },
		focus("#lamp-clip", "x.remove();"),
		focus("#wpTextbox1", "x.setSelectionRange(x.value.length, x.value.length);"),
		func() error { return v.command(ctx, "v", "paste") },
		func() error { return v.c.Type(ctx, " "+v.rec.secrets.Draft) },
		focus("#wpSummary", ""),
		func() error { return v.c.Type(ctx, "lamps") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return v.c.Inspect(ctx, `(document.activeElement && document.activeElement.blur(), 0)`, nil)
}

var editing = regexp.MustCompile(`\baction=(?:edit|submit)\b`)

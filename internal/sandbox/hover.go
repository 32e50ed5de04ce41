package sandbox

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What people touch without wanting anything: a script that acts then acts by itself.
var (
	hoverTypes = []string{"mouseover", "mouseenter", "mousemove", "pointerover", "pointerenter", "pointermove", "mouseout", "mouseleave", "hover"}
	idleTypes  = []string{"beforeprint", "afterprint", "resize", "online", "pageshow", "touchstart", "touchmove", "touchend", "selectionchange", "orientationchange", "wheel"}
)

var (
	hears   = regexp.MustCompile(`(?i)mouse(?:over|enter|move|out|leave)|pointer(?:over|enter|move)|\bhover\b`)
	hooksOn = regexp.MustCompile(`\bhook\s*\(`)
	saves   = regexp.MustCompile(`\bpostEdit\b`)
	idles   = regexp.MustCompile(strings.Join(idleTypes, "|"))
	prints  = regexp.MustCompile(`(?i)matchMedia|\bprint\b`)
	content = []string{"#mw-content-text a[title]", "sup.reference", "sup.reference a", "#mw-content-text a.external", ".mw-userlink", "#mw-content-text img", "#mw-content-text td", "#firstHeading"}
)

// spot is where something can be seen, and where it leads if it is a link.
type spot struct {
	X, Y float64
	Hit  bool
	To   string
}

// brush moves the mouse over what is in the page, and over what the script waits for the mouse on.
func (v *visit) brush(ctx context.Context) error {
	if v.u == nil || !hears.MatchString(v.u.Text) {
		return nil
	}
	if err := v.lacking(ctx); err != nil {
		return err
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

// lacking puts elements into the page for those that the script waits for the mouse on, wherever they may be: other pages have them.
func (v *visit) lacking(ctx context.Context) error {
	var selectors []string
	if err := v.order(ctx, map[string]any{"do": "lacking"}, &selectors); err != nil {
		if errors.Is(err, errNoAnswer) {
			return nil
		}
		return err
	}
	for _, sel := range selectors {
		one, _, _ := strings.Cut(sel, ",")
		if e, ok := elementFor(strings.TrimSpace(one), "a"); ok {
			if err := v.order(ctx, map[string]any{"do": "put", "html": e.HTML}, nil); err != nil && !errors.Is(err, errNoAnswer) {
				return err
			}
		}
	}
	return nil
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
	if hooksOn.MatchString(v.u.Text) {
		if err := v.order(ctx, map[string]any{"do": "hooks"}, nil); err != nil && !errors.Is(err, errNoAnswer) {
			return err
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
		func() error { return v.c.Type(ctx, v.writing()) },
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

var (
	hearsTyping = regexp.MustCompile(`\b(?:input|beforeinput|key(?:down|up|press)|textchange)\b`)
	countsTo    = regexp.MustCompile(`(?:[<>]=?|===?|!==?|%)\s*(\d{2,3})\b`)
)

// mostTyped bounds how many keys are pressed for a script that counts them.
const mostTyped = 400

// writing is what is typed into the text: as much as a script counts to that hears it, and the draft.
func (v *visit) writing() string {
	most := 0
	if hearsTyping.MatchString(v.u.Text) {
		for _, m := range countsTo.FindAllStringSubmatch(v.u.Text, 50) {
			if n, _ := strconv.Atoi(m[1]); n <= mostTyped {
				most = max(most, n)
			}
		}
	}
	return strings.Repeat(" lamps", most/5) + " " + v.rec.secrets.Draft
}

var editing = regexp.MustCompile(`\baction=(?:edit|submit)\b`)

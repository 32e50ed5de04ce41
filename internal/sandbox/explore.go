package sandbox

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"sallyport/internal/trace"
)

// target is something of the script's that can be pressed.
type target struct {
	ID    int
	Sel   string
	Types []string
	Tag   string
	Label string
	Input string
	Href  string
	Seen  bool
}

// maxAlike is how many things of one selector are pressed in a round: of a list of two hundred, the first few do what the others do.
const maxAlike = 8

// explore presses what the script made or listens to, round after round, for what it shows next. The wiki's own buttons are left
// alone.
func (v *visit) explore(ctx context.Context) error {
	for range v.o.explore {
		var targets []target
		if err := v.order(ctx, map[string]any{"do": "targets"}, &targets); err != nil {
			if errors.Is(err, errNoAnswer) {
				return nil
			}
			return err
		}
		alike := map[string]int{}
		fresh := slices.DeleteFunc(targets, func(t target) bool {
			if v.pressed[t.key()] {
				return true
			}
			alike[t.Sel]++
			return alike[t.Sel] > maxAlike
		})
		if len(fresh) == 0 {
			break
		}
		slices.SortStableFunc(fresh, func(a, b target) int { return cmp.Compare(a.order(), b.order()) })
		for _, t := range fresh[:min(len(fresh), 40)] {
			v.pressed[t.key()] = true
			if err := v.press(ctx, t); err != nil {
				return err
			}
		}
		if err := v.pass(ctx, time.Second); err != nil {
			return err
		}
	}
	if len(v.pressed) == 0 || v.u == nil || !waits.MatchString(v.u.Text) {
		return nil
	}
	return v.pass(ctx, afterwards)
}

// afterwards is how long a page is watched after the last thing was pressed, in its own time: for what waits until somebody stops typing.
const afterwards = 8 * time.Second

// waits finds scripts that do something later.
var waits = regexp.MustCompile(`set(?:Timeout|Interval)|debounce|throttle`)

func (t *target) key() string { return t.Sel + "\x00" + t.Label + "\x00" + strings.Join(t.Types, " ") }

// order: fields first, then what chooses, then what acts, and what closes last.
func (t *target) order() int {
	label := strings.ToLower(t.Label)
	switch {
	case strings.Contains(label, "cancel") || strings.Contains(label, "close") || label == "×" || label == "x":
		return 4
	case t.field():
		return 0
	case t.Tag == "select" || t.Input == "checkbox" || t.Input == "radio":
		return 1
	case t.Tag == "":
		return 3
	}
	return 2
}

func (t *target) field() bool {
	if t.Tag == "textarea" {
		return true
	}
	return t.Tag == "input" && !slices.Contains([]string{"button", "submit", "checkbox", "radio", "image", "reset", "file", "hidden"}, t.Input)
}

// press does to a target what a person would.
func (v *visit) press(ctx context.Context, t target) error {
	how := "click"
	switch {
	case t.Tag == "":
		how = strings.Join(t.Types, " ")
	case t.field():
		how = "type"
	case t.Input == "file":
		how = "attach"
	case t.Tag == "select":
		how = "choose"
	}
	v.rec.put(trace.Event{Kind: trace.Press, Data: trace.Data{Name: t.Sel, Text: t.Label, How: how}})
	var err error
	switch {
	case t.Tag == "":
		err = v.clickAround(ctx, t)
		if err == nil {
			err = v.fire(ctx, t, t.Types)
		}
	case how == "type":
		err = v.fillIn(ctx, t)
	case how == "attach":
		err = v.order(ctx, map[string]any{"do": "attach", "id": t.ID}, nil)
	case how == "choose":
		err = v.order(ctx, map[string]any{"do": "choose", "id": t.ID}, nil)
	default:
		err = v.click(ctx, t)
	}
	if err == nil {
		err = v.fire(ctx, t, others(t.Types))
	}
	if errors.Is(err, errNoAnswer) {
		return nil
	}
	if err == nil {
		err = v.c.Idle(ctx, 8*time.Millisecond)
	}
	return err
}

// clickAround clicks what is in the page, where the script listens to clicks on all of it.
func (v *visit) clickAround(ctx context.Context, t target) error {
	if !slices.ContainsFunc(t.Types, func(kind string) bool {
		return slices.Contains([]string{"click", "auxclick", "mousedown", "mouseup", "pointerdown", "pointerup"}, kind)
	}) {
		return nil
	}
	for _, sel := range content[:5] {
		var at *spot
		if err := v.order(ctx, map[string]any{"do": "spot", "sel": sel}, &at); err != nil {
			return err
		}
		if at == nil || !at.Hit {
			continue
		}
		if at.To != "" {
			v.rec.put(trace.Event{Kind: trace.Press, Data: trace.Data{Name: sel, How: "link", URL: at.To}})
		}
		if err := v.c.Click(ctx, at.X, at.Y); err != nil {
			return err
		}
		if err := v.c.Idle(ctx, 8*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// others are the kinds of event that a click does not bring.
func others(types []string) []string {
	return slices.DeleteFunc(slices.Clone(types), func(t string) bool {
		return slices.Contains([]string{"click", "mousedown", "mouseup", "pointerdown", "focus", "DOMContentLoaded", "load", "readystatechange", "beforeunload", "unload", "pagehide"}, t)
	})
}

// fillIn types into a field; a password field gets the run's password.
func (v *visit) fillIn(ctx context.Context, t target) error {
	text := "Harbour lights"
	switch {
	case t.Input == "password":
		text = v.rec.secrets.Password
	case t.Input == "number" || t.Input == "range":
		text = "3"
	case t.Input == "email":
		text = "somebody@mail.example"
	case t.Input == "date":
		text = "2026-11-22"
	case t.Tag == "textarea":
		text = "Harbour lights\nHarbour\n" + v.rec.secrets.Keys
	}
	return v.order(ctx, map[string]any{"do": "fill", "id": t.ID, "text": text}, nil)
}

// click clicks with the mouse where the target can be seen, and from within where it cannot.
func (v *visit) click(ctx context.Context, t target) error {
	var at *spot
	if err := v.order(ctx, map[string]any{"do": "place", "id": t.ID}, &at); err != nil {
		return err
	}
	if at != nil && at.Hit && at.X >= 0 && at.Y >= 0 {
		if at.To != "" {
			v.rec.put(trace.Event{Kind: trace.Press, Data: trace.Data{Name: t.Sel, How: "link", URL: at.To}})
		}
		return v.c.Click(ctx, at.X, at.Y)
	}
	return v.order(ctx, map[string]any{"do": "press", "id": t.ID, "type": "click"}, nil)
}

func (v *visit) fire(ctx context.Context, t target, types []string) error {
	for _, kind := range types[:min(len(types), 12)] {
		if err := v.order(ctx, map[string]any{"do": "press", "id": t.ID, "type": kind}, nil); err != nil {
			return err
		}
	}
	return nil
}

package sandbox

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"
)

// read does what somebody does who reads a page: moves the mouse, types, scrolls, copies, looks at another window and comes back.
// Nearly all of it is trusted input, and none of it asks the script for anything.
func (v *visit) read(ctx context.Context) error {
	steps := []func() error{
		func() error { return v.c.Mouse(ctx, "mouseMoved", 420, 300) },
		func() error { return v.c.Mouse(ctx, "mouseMoved", 620, 420) },
		func() error { return v.c.Type(ctx, v.decoyKeys()) },
		func() error { return v.c.Key(ctx, "Escape", 0) },
		func() error { return v.fault(ctx) },
		func() error { // a page goes on growing after it has loaded: pop-ups, notifications
			return v.c.Inspect(ctx, `document.body.append(document.createElement('div')), 0`, nil)
		},
		func() error { return v.grow(ctx) },
		func() error { return v.c.Scroll(ctx, 0, 600) },
		func() error {
			return v.c.Inspect(ctx, `(() => { const a = document.querySelector('#firstHeading') || document.body; const s = getSelection(); s.selectAllChildren(a); return 0; })()`, nil)
		},
		func() error { return v.command(ctx, "c", "copy") },
		func() error { return v.command(ctx, "v", "paste") },
		func() error { return v.write(ctx) },
		func() error { return v.pass(ctx, 500*time.Millisecond) },
		func() error { return v.c.Scroll(ctx, 0, -600) },
		func() error { return v.brush(ctx) },
		func() error { return v.happen(ctx) },
		func() error { return v.c.Hide(ctx) },
		func() error { return v.pass(ctx, 500*time.Millisecond) },
		func() error { return v.c.Show(ctx) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return v.pass(ctx, time.Second)
}

// decoyKeys is what is typed: a few times over where the script hears it, for one that waits until there is enough.
func (v *visit) decoyKeys() string {
	keys := v.rec.secrets.Keys
	if v.u != nil && hearsKeys.MatchString(v.u.Text) {
		keys = strings.Repeat(keys, 4)
	}
	return keys
}

var hearsKeys = regexp.MustCompile(`key(?:down|up|press)|beforeinput`)

// grow has a list of changes grow, as it does where the wiki shows them as they come.
func (v *visit) grow(ctx context.Context) error {
	if len(v.hook.Names) == 0 {
		return nil
	}
	err := v.order(ctx, map[string]any{"do": "grow"}, nil)
	if errors.Is(err, errNoAnswer) {
		return nil
	}
	return err
}

// goesBack finds scripts that mind how somebody came to the page, or that somebody leaves it.
var goesBack = regexp.MustCompile(`pagehide|\b(?:before)?unload\b|back_forward|\bpersisted\b|navigation\s*\??\.\s*type|getEntriesByType\(\s*['"\x60]navigation`)

// comeBack leaves for another page and comes back, as the browser's button does.
func (v *visit) comeBack(ctx context.Context) error {
	if v.u == nil || !v.o.active || !goesBack.MatchString(v.u.Text) {
		return nil
	}
	other := "https://" + v.o.host + Page{"", "Harbour", ""}.path(v.source.Site(), v.o.persona, v.s.revision, "")
	v.decoy.Expect(other)
	if err := v.c.Navigate(ctx, other); err != nil {
		return err
	}
	if err := v.c.Idle(ctx, quiet); err != nil {
		return err
	}
	v.decoy.Expect(v.url)
	if err := v.c.Back(ctx); err != nil {
		return err
	}
	return v.pass(ctx, settle)
}

// fault has something go wrong in the page.
func (v *visit) fault(ctx context.Context) error {
	err := v.order(ctx, map[string]any{"do": "fault"}, nil)
	if errors.Is(err, errNoAnswer) {
		return nil
	}
	return err
}

// command presses a key with Control, and has the browser carry out what that stands for.
func (v *visit) command(ctx context.Context, key, command string) error {
	letter := int(key[0] &^ 0x20)
	return v.c.Call(ctx, "Input.dispatchKeyEvent", map[string]any{
		"type": "rawKeyDown", "key": key, "code": "Key" + string(rune(letter)), "windowsVirtualKeyCode": letter, "modifiers": 2, "commands": []string{command},
	}, nil)
}

package browser

import (
	"context"
	"fmt"
)

// Mouse sends a mouse event at a place in CSS pixels: mouseMoved, mousePressed or mouseReleased, with the left button.
// What comes of it is trusted, as a person's input is.
func (c *Context) Mouse(ctx context.Context, kind string, x, y float64) error {
	params := object{"type": kind, "x": x, "y": y}
	if kind != "mouseMoved" {
		params["button"], params["clickCount"] = "left", 1
	}
	return c.Call(ctx, "Input.dispatchMouseEvent", params, nil)
}

// Click moves the mouse to a place and presses its left button.
func (c *Context) Click(ctx context.Context, x, y float64) error {
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		if err := c.Mouse(ctx, kind, x, y); err != nil {
			return fmt.Errorf("click at %g, %g: %w", x, y, err)
		}
	}
	return nil
}

// Scroll turns the mouse wheel over the middle of the page.
func (c *Context) Scroll(ctx context.Context, dx, dy float64) error {
	return c.Call(ctx, "Input.dispatchMouseEvent", object{
		"type": "mouseWheel", "x": c.options.Width / 2, "y": c.options.Height / 2, "deltaX": dx, "deltaY": dy,
	}, nil)
}

// keys are those that have a name; the value is Windows' number for them and the text they make.
var keys = map[string]struct {
	code int
	text string
}{
	"Enter": {13, "\r"}, "Tab": {9, ""}, "Escape": {27, ""}, "Backspace": {8, ""}, "Delete": {46, ""}, " ": {32, " "},
	"ArrowLeft": {37, ""}, "ArrowUp": {38, ""}, "ArrowRight": {39, ""}, "ArrowDown": {40, ""},
	"Home": {36, ""}, "End": {35, ""}, "PageUp": {33, ""}, "PageDown": {34, ""},
}

// Key presses a key, by its name (Enter, Escape, ArrowDown…) or its character, and lets it go. Modifiers are a sum: 1 Alt,
// 2 Control, 4 Meta, 8 Shift.
func (c *Context) Key(ctx context.Context, key string, modifiers int) error {
	params := object{"key": key, "modifiers": modifiers}
	switch k, named := keys[key]; {
	case named:
		params["code"], params["windowsVirtualKeyCode"] = key, k.code
		if k.text != "" {
			params["text"] = k.text
		}
	case len(key) == 1:
		letter := key[0] &^ 0x20
		if letter >= 'A' && letter <= 'Z' {
			params["code"], params["windowsVirtualKeyCode"] = "Key"+string(letter), int(letter)
		}
		if modifiers&^8 == 0 {
			params["text"] = key
		}
	default:
		params["text"] = key
	}
	for _, kind := range []string{"keyDown", "keyUp"} {
		params["type"] = kind
		if kind == "keyUp" {
			delete(params, "text")
		}
		if err := c.Call(ctx, "Input.dispatchKeyEvent", params, nil); err != nil {
			return fmt.Errorf("press %s: %w", key, err)
		}
	}
	return nil
}

// Type presses a key for each character.
func (c *Context) Type(ctx context.Context, text string) error {
	for _, r := range text {
		if err := c.Key(ctx, string(r), 0); err != nil {
			return err
		}
	}
	return nil
}

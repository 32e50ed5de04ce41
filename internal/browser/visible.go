package browser

import "context"

// Hide puts the page's window away: its visibilityState becomes hidden, and it loses the focus.
func (c *Context) Hide(ctx context.Context) error {
	return c.window(ctx, "minimized", false)
}

// Show brings the page back.
func (c *Context) Show(ctx context.Context) error {
	return c.window(ctx, "normal", true)
}

func (c *Context) window(ctx context.Context, state string, focus bool) error {
	if err := c.call(ctx, c.page, "Emulation.setFocusEmulationEnabled", object{"enabled": focus}, nil); err != nil {
		return err
	}
	var window struct{ WindowID int64 }
	if err := c.call(ctx, c.page, "Browser.getWindowForTarget", nil, &window); err != nil {
		return err
	}
	return c.Call(ctx, "Browser.setWindowBounds", object{"windowId": window.WindowID, "bounds": object{"windowState": state}}, nil)
}

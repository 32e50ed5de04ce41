package browser

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Call gives a command of the DevTools protocol to the page's session; params and result may be nil.
func (c *Context) Call(ctx context.Context, method string, params, result any) error {
	err := c.call(ctx, c.page, method, params, result)
	c.post.drain()
	return err
}

func (c *Context) call(ctx context.Context, t *target, method string, params, result any) error {
	if err := c.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(t.life, func() { cancel(cmp.Or(c.Err(), errTargetGone)) })()
	err := c.browser.client.call(ctx, t.session, method, params, result)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%s: %w", method, context.Cause(ctx))
	}
	return err
}

var errTargetGone = errors.New("the window or worker has gone")

// Evaluate runs an expression as the page's own script could, waits for its promise if it is one, and decodes its value into
// result, as JSON, unless that is nil. What it throws is the error. A page may have replaced what the expression calls.
func (c *Context) Evaluate(ctx context.Context, js string, result any) error {
	c.disown(js)
	return c.evaluate(ctx, c.page, object{"expression": js, "userGesture": true}, result)
}

// Inspect is Evaluate in a world of our own: the same document, but built-ins and variables that the page cannot touch.
func (c *Context) Inspect(ctx context.Context, js string, result any) error {
	c.disown(js)
	for try := 1; ; try++ {
		world, err := c.page.world(ctx)
		if err != nil {
			return err
		}
		err = c.evaluate(ctx, c.page, object{"expression": js, "contextId": world}, result)
		var refused *protocolError
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, noWorld) || try == mostWorlds {
			return err
		}
		c.page.forget(world)
	}
}

// noWorld is the browser's word for a realm whose document has gone: a page may have moved on between making one and using it.
const noWorld = "Cannot find context"

// mostWorlds bounds how often a page that keeps moving on is followed.
const mostWorlds = 5

// forget drops a realm that is no more, unless there is another by now.
func (t *target) forget(world int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ours == world {
		t.ours = 0
	}
}

// world is a realm of our own in the window's document.
func (t *target) world(ctx context.Context) (int64, error) {
	t.mu.Lock()
	world := t.ours
	t.mu.Unlock()
	if world != 0 {
		return world, nil
	}
	var made struct{ ExecutionContextID int64 }
	if err := t.context.call(ctx, t, "Page.createIsolatedWorld", object{"frameId": t.ID}, &made); err != nil {
		return 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ours = made.ExecutionContextID
	return t.ours, nil
}

func (c *Context) evaluate(ctx context.Context, t *target, params object, result any) error {
	params["awaitPromise"], params["returnByValue"] = true, true
	var answer struct {
		Result  remoteObject `json:"result"`
		Details *struct {
			Text      string        `json:"text"`
			Exception *remoteObject `json:"exception"`
		} `json:"exceptionDetails"`
	}
	err := c.call(ctx, t, "Runtime.evaluate", params, &answer)
	c.post.drain()
	switch {
	case err != nil:
		return err
	case answer.Details != nil && answer.Details.Exception != nil:
		return errors.New("evaluate: " + answer.Details.Exception.String())
	case answer.Details != nil:
		return errors.New("evaluate: " + answer.Details.Text)
	case result == nil || len(answer.Result.Value) == 0:
		return nil
	}
	return json.Unmarshal(answer.Result.Value, result)
}

// Screenshot is a picture of what is in view, as PNG.
func (c *Context) Screenshot(ctx context.Context) ([]byte, error) {
	var answer struct{ Data string }
	if err := c.Call(ctx, "Page.captureScreenshot", object{"format": "png"}, &answer); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}

// Source is the text of a script, by the ID of its Parsed event.
func (c *Context) Source(ctx context.Context, script string) (string, error) {
	for _, t := range c.all() {
		id, mine := strings.CutPrefix(script, t.prefix)
		if !mine || strings.Contains(id, "/") {
			continue
		}
		var answer struct{ ScriptSource string }
		if err := c.call(ctx, t, "Debugger.getScriptSource", object{"scriptId": id}, &answer); err != nil {
			return "", fmt.Errorf("read script %s: %w", script, err)
		}
		return answer.ScriptSource, nil
	}
	return "", fmt.Errorf("read script %s: its page or worker has gone", script)
}

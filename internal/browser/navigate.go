package browser

import (
	"context"
	"fmt"
	"time"
)

// loads knows how far the page's document has come. It belongs to its Context and is guarded by its mutex.
type loads struct {
	committed int             // documents the page has had
	loader    string          // of the current one
	parsed    map[string]bool // loaders whose document is there
	done      map[string]bool // loaders that have loaded
	changed   chan struct{}   // closed at every change
}

func (l *loads) change() {
	if l.changed != nil {
		close(l.changed)
	}
	l.changed = nil
}

func (l *loads) wait() <-chan struct{} {
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

// noted adds to a set that a page cannot make grow for ever.
func noted(set map[string]bool, loader string) map[string]bool {
	if set == nil || len(set) > 100 {
		set = map[string]bool{}
	}
	set[loader] = true
	return set
}

func (t *target) frameNavigated(p struct {
	Frame struct {
		ID       string `json:"id"`
		ParentID string `json:"parentId"`
		LoaderID string `json:"loaderId"`
		URL      string `json:"url"`
		Fragment string `json:"urlFragment"`
	} `json:"frame"`
}) {
	c := t.context
	url := p.Frame.URL + p.Frame.Fragment
	if p.Frame.ParentID == "" || t.Type == "frame" && p.Frame.ID == t.ID {
		t.mu.Lock()
		t.url, t.ours = url, 0
		t.mu.Unlock()
	}
	c.mu.Lock()
	if t == c.page && p.Frame.ParentID == "" {
		c.loads.committed++
		c.loads.loader = p.Frame.LoaderID
		c.loads.change()
	}
	c.mu.Unlock()
	e := t.event(Navigated)
	e.URL, e.Frame = url, p.Frame.ID
	c.post.put(e)
}

func (t *target) lifecycle(p struct {
	FrameID  string `json:"frameId"`
	LoaderID string `json:"loaderId"`
	Name     string `json:"name"`
}) {
	c := t.context
	c.mu.Lock()
	defer c.mu.Unlock()
	if t != c.page || p.FrameID != t.ID {
		return
	}
	switch p.Name {
	case "DOMContentLoaded":
		c.loads.parsed = noted(c.loads.parsed, p.LoaderID)
	case "load":
		c.loads.done = noted(c.loads.done, p.LoaderID)
	default:
		return
	}
	c.loads.change()
}

func (t *target) navigationRequested(p struct {
	FrameID string `json:"frameId"`
	URL     string `json:"url"`
	Reason  string `json:"reason"`
}) {
	e := t.event(Navigating)
	e.Frame, e.URL, e.Name = p.FrameID, p.URL, p.Reason
	t.context.post.put(e)
}

// Navigate opens an address in the page and waits until it, or another that it leads to, has loaded. An answer without a
// document (204, a download) leaves the page as it was and is no error. It returns [ErrSilent] when the document came up without
// instrumentation.
func (c *Context) Navigate(ctx context.Context, url string) error {
	before, err := c.depart(ctx)
	if err != nil {
		return err
	}
	var answer struct {
		LoaderID  string `json:"loaderId"`
		ErrorText string `json:"errorText"`
	}
	params := object{"url": url}
	if c.options.Referrer != "" {
		params["referrer"] = c.options.Referrer
		params["referrerPolicy"] = "unsafeUrl"
	}
	if err := c.call(ctx, c.page, "Page.navigate", params, &answer); err != nil {
		return fmt.Errorf("navigate to %s: %w", url, err)
	}
	switch {
	case answer.ErrorText == "net::ERR_ABORTED" || answer.LoaderID == "": // no document, or the same one
		c.post.drain()
		return nil
	case answer.ErrorText != "":
		return fmt.Errorf("navigate to %s: %s", url, answer.ErrorText)
	}
	if err := c.loaded(ctx, before); err != nil {
		return fmt.Errorf("navigate to %s: %w", url, err)
	}
	return c.arrive()
}

// depart takes from the document what it has to tell, and says how many there have been.
func (c *Context) depart(ctx context.Context) (committed int, err error) {
	if c.options.Coverage {
		if err := c.collect(ctx); err != nil {
			return 0, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loads.committed, nil
}

// arrive waits until what is known of the new document has been told.
func (c *Context) arrive() error {
	c.await([]*target{c.page})
	c.post.drain()
	return c.page.silent()
}

// Back goes to the document before this one, as the browser's button does, and waits until it has loaded. Where there is none it does
// nothing.
func (c *Context) Back(ctx context.Context) error {
	var history struct {
		CurrentIndex int
		Entries      []struct{ ID int }
	}
	if err := c.call(ctx, c.page, "Page.getNavigationHistory", nil, &history); err != nil {
		return fmt.Errorf("go back: %w", err)
	}
	if history.CurrentIndex < 1 || history.CurrentIndex > len(history.Entries) {
		return nil
	}
	before, err := c.depart(ctx)
	if err != nil {
		return err
	}
	if err := c.call(ctx, c.page, "Page.navigateToHistoryEntry", object{"entryId": history.Entries[history.CurrentIndex-1].ID}, nil); err != nil {
		return fmt.Errorf("go back: %w", err)
	}
	if err := c.loaded(ctx, before); err != nil {
		return fmt.Errorf("go back: %w", err)
	}
	return c.arrive()
}

// stalled is how long a document that is there may ask for nothing before it counts as loaded without its load event, which a page can
// keep from coming, for instance by starting a download.
const stalled = 300 * time.Millisecond

// loaded waits until the page has a document that is newer than so many, and has loaded it.
func (c *Context) loaded(ctx context.Context, before int) error {
	for {
		c.mu.Lock()
		l := &c.loads
		done := l.committed > before && (l.done[l.loader] || l.parsed[l.loader] && c.proxy.busy.quiet() > stalled)
		changed := l.wait()
		c.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-time.After(stalled / 4):
		case <-c.over.Done():
			return c.Err()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Idle waits until nothing has been asked for, and everything is answered, for so long.
func (c *Context) Idle(ctx context.Context, quiet time.Duration) error {
	ctx, cancel := c.bound(ctx)
	defer cancel()
	if err := c.proxy.busy.wait(ctx, quiet); err != nil {
		return fmt.Errorf("wait for quiet: %w", context.Cause(ctx))
	}
	c.post.drain()
	return c.Err()
}

// bound is a context that ends with c too.
func (c *Context) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.over, func() { cancel(c.Err()) })
	return ctx, func() { stop(); cancel(nil) }
}

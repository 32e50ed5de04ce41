package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Page is a tab in a private window.
type Page struct {
	t   testing.TB
	ctx context.Context
	log recorder
}

// NewPage opens a tab with empty cookies and storage; it closes when the test ends. When the test has failed by then, the
// page's address and console are logged. Questions a script asks in a dialog are answered with yes.
func (b *Browser) NewPage(t testing.TB) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	p := &Page{t: t, ctx: ctx}
	if err := p.record(); err != nil {
		cancel()
		t.Fatalf("open a page: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.describe())
		}
		cancel()
	})
	return p
}

// Context is for what this package has no word for: it runs chromedp's actions on this page.
func (p *Page) Context() context.Context { return p.ctx }

// Goto opens an address, waits until the page has loaded, and returns the status of the answer.
func (p *Page) Goto(url string) int {
	p.t.Helper()
	var status int
	p.try("go to "+url, func(ctx context.Context) error {
		resp, err := chromedp.Run(ctx, chromedp.NavigateResponse(url))
		if resp != nil {
			status = int(resp.Status)
		}
		return err
	})
	return status
}

// Reload opens the page's address again.
func (p *Page) Reload() int {
	p.t.Helper()
	return p.Goto(p.URL())
}

// URL is the page's address.
func (p *Page) URL() string {
	p.t.Helper()
	return Eval[string](p, "location.href")
}

// Eval evaluates a JavaScript expression, waits for its promise if it is one, and returns its value.
func Eval[T any](p *Page, expr string) T {
	p.t.Helper()
	var value T
	p.try("evaluate "+expr, func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// WaitFor waits until a JavaScript expression is true. It may throw, and the page may be replaced by another, meanwhile.
func (p *Page) WaitFor(expr string) {
	p.t.Helper()
	p.try("wait for "+expr, func(ctx context.Context) error {
		for last := error(nil); ; {
			yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expr+")"))
			if yes && err == nil {
				return nil
			}
			if err != nil && ctx.Err() == nil {
				last = err
			}
			select {
			case <-ctx.Done():
				return errors.Join(ctx.Err(), last)
			case <-time.After(15 * time.Millisecond):
			}
		}
	})
}

// Click clicks, as a person with a mouse, on the first element a CSS selector finds, once it is visible.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// ClickTo clicks and waits until another page, the one the click leads to, has loaded.
func (p *Page) ClickTo(selector string) {
	p.t.Helper()
	p.try("click "+selector, func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
		return err
	})
}

// Type replaces what is in a field by what a person would type there.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.do("clear "+selector, chromedp.Clear(chromedp.CSS(selector), chromedp.NodeVisible))
	p.do("type into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press sends keys to whatever has the focus, for instance kb.Tab of package chromedp/kb.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do("press keys", chromedp.KeyEvent(keys))
}

// Text is the visible text of the first element a CSS selector finds, once it is there.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	quoted := fmt.Sprintf("document.querySelector(%q)", selector)
	p.WaitFor(quoted)
	return Eval[string](p, quoted+".innerText")
}

// Screenshot writes a picture of the whole page as PNG. Chromium is told to look beyond the window only where there is something: it
// moves a page to the right that is written from right to left and fits into the window.
func (p *Page) Screenshot(path string) {
	p.t.Helper()
	p.try("take a screenshot", func(ctx context.Context) error {
		m, err := chromedp.Call(ctx, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return err
		}
		all, window := m.CSSContentSize, m.CSSLayoutViewport
		beyond := all.Width > float64(window.ClientWidth) || all.Height > float64(window.ClientHeight)
		shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &beyond,
		})
		if err != nil {
			return err
		}
		return os.WriteFile(path, shot.Data, 0o600)
	})
}

// Viewport sets the size of the page in CSS pixels.
func (p *Page) Viewport(width, height int64) {
	p.t.Helper()
	p.do("resize", chromedp.EmulateViewport(width, height))
}

// Cookies are the cookies the page's address is sent, in the form of a Cookie header.
func (p *Page) Cookies() string {
	p.t.Helper()
	var pairs []string
	p.try("read cookies", func(ctx context.Context) error {
		answer, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{})
		for _, c := range answer.Cookies {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
		return err
	})
	return strings.Join(pairs, "; ")
}

// SetCookie gives the page's window a cookie for an address.
func (p *Page) SetCookie(url, name, value string) {
	p.t.Helper()
	p.try("set a cookie", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: url})
		return err
	})
}

func (p *Page) do(what string, action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.try(what, func(ctx context.Context) error { return chromedp.Do(ctx, action) })
}

// try does something within patience, or ends the test.
func (p *Page) try(what string, do func(ctx context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := do(ctx); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// sayYes answers a dialog. It must not keep the reader of events waiting.
func (p *Page) sayYes() {
	go func() {
		_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}()
}

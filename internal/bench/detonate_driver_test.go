package bench

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"sallyport/internal/browser"
)

// driver runs the stub page once; it may be called by several goroutines at a time.
type driver struct {
	name string
	run  func(ctx context.Context) error
	stop func()
}

// sealed runs in contexts of one sealed browser.
func sealed(b *testing.B, handler http.Handler) driver {
	b.Helper()
	s, err := browser.Start(b.Context(), browser.Options{})
	if err != nil {
		b.Skipf("no sealed browser: %v", err)
	}
	return driver{
		name: "Sallyport, contexts of one browser, level " + string(s.Isolation().Level),
		run:  func(ctx context.Context) error { return runSealed(ctx, s, handler) },
		stop: func() { _ = s.Close() },
	}
}

// sealedAnew starts a sealed browser for every run.
func sealedAnew(handler http.Handler) driver {
	proof := &browser.Proof{}
	return driver{
		name: "(a) a fresh headless shell a run",
		run: func(ctx context.Context) error {
			s, err := browser.Start(ctx, browser.Options{Proof: proof})
			if err != nil {
				return err
			}
			defer s.Close()
			return runSealed(ctx, s, handler)
		},
		stop: func() {},
	}
}

func runSealed(ctx context.Context, s *browser.Browser, handler http.Handler) error {
	c, err := s.NewContext(ctx, browser.ContextOptions{Handler: handler, Scripts: []string{hooks}})
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Navigate(ctx, stubHost+"/"); err != nil {
		return err
	}
	var got string
	err = c.Evaluate(ctx, finished, &got)
	if err := wantDone(got, err); err != nil {
		return err
	}
	return c.Close()
}

// stock is chromedp as its documentation has it, over its pipe, with requests answered through the Fetch domain. A path is that of the
// browser; anew starts one for every run.
func stock(b *testing.B, name, path string, anew bool, handler http.Handler) driver {
	b.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	quiet := func(string, ...any) {}
	alone := chromedp.WithErrorf(quiet)
	allocator, stop := chromedp.NewExecAllocator(b.Context(), options...)
	if anew {
		return driver{name: name, stop: stop, run: func(context.Context) error {
			ctx, cancel := chromedp.NewContext(allocator, alone)
			defer cancel()
			return runStock(ctx, handler)
		}}
	}
	first, cancel := chromedp.NewContext(allocator, alone)
	if err := chromedp.Do(first); err != nil {
		b.Skipf("no chromedp: %v", err)
	}
	return driver{name: name, stop: func() { cancel(); stop() }, run: func(context.Context) error {
		ctx, cancel := chromedp.NewContext(first, chromedp.WithNewBrowserContext())
		defer cancel()
		return runStock(ctx, handler)
	}}
}

func runStock(ctx context.Context, handler http.Handler) error {
	if err := answerWith(ctx, handler); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, runtime.AddBinding, runtime.AddBindingParams{Name: "emit"}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	script := page.AddScriptToEvaluateOnNewDocumentParams{Source: "(" + hooks + ")(emit)"}
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, script); err != nil {
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(stubHost+"/")); err != nil {
		return err
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](finished, chromedp.EvalAwaitPromise))
	return wantDone(got, err)
}

// answerWith has every request of a page answered by the handler.
func answerWith(ctx context.Context, handler http.Handler) error {
	if err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*cdpfetch.EventRequestPaused); ok {
			go fulfil(ctx, handler, e)
		}
	}); err != nil {
		return err
	}
	_, err := chromedp.Call(ctx, cdpfetch.Enable, cdpfetch.EnableParams{})
	return err
}

// fulfil answers a paused request from the handler.
func fulfil(ctx context.Context, handler http.Handler, e *cdpfetch.EventRequestPaused) {
	var body bytes.Buffer
	for _, part := range e.Request.PostDataEntries {
		body.Write(part.Bytes)
	}
	r, err := http.NewRequestWithContext(ctx, e.Request.Method, e.Request.URL, &body)
	if err != nil {
		return // the page waits for an answer in vain, as it would for a broken server's
	}
	for name, value := range e.Request.Headers {
		if text, ok := value.(string); ok {
			r.Header.Set(name, text)
		}
	}
	r.Header.Set("Sec-Fetch-Dest", destination(e))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	answer := cdpfetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: int64(w.Code), Body: w.Body.Bytes()}
	for name := range w.Header() {
		answer.ResponseHeaders = append(answer.ResponseHeaders, &cdpfetch.HeaderEntry{Name: name, Value: w.Header().Get(name)})
	}
	_, _ = chromedp.Call(ctx, cdpfetch.FulfillRequest, answer)
}

// destination is what the browser says to servers and hides from those who intercept.
func destination(e *cdpfetch.EventRequestPaused) string {
	switch e.ResourceType {
	case network.ResourceTypeDocument:
		return "document"
	case network.ResourceTypeScript:
		return "script"
	case network.ResourceTypeStylesheet:
		return "style"
	case network.ResourceTypeImage:
		return "image"
	case network.ResourceTypeFont:
		return "font"
	case network.ResourceTypePing:
		return "ping"
	}
	return "empty"
}

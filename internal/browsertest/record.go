package browsertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Message is a line of the console.
type Message struct {
	Kind string // "log", "warning", "error", "exception", …
	Text string
	URL  string // of the script, when known
}

// Request is something the page asked for.
type Request struct {
	Method, URL string
	Type        string // "Document", "Script", "Stylesheet", "XHR", "Fetch", …
	Status      int    // 0 while there is no answer, and when there is none
	Failed      string // why there is none, for instance "net::ERR_BLOCKED_BY_CLIENT"
	FromCache   bool
	Gesture     bool // a person's action led to it
}

type recorder struct {
	mu       sync.Mutex
	messages []Message
	requests []*Request
	open     map[network.RequestID]*Request
	marks    int
}

func (p *Page) record() error {
	p.log.open = map[network.RequestID]*Request{}
	if err := chromedp.Listen(p.ctx, p.event); err != nil {
		return err
	}
	console := chromedp.Console(p.ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			p.log.mu.Lock()
			p.log.messages = append(p.log.messages, Message{Kind: string(m.Type), Text: m.Text, URL: m.URL})
			p.log.mu.Unlock()
		}
	}()
	return nil
}

func (p *Page) event(ev any) {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if r := p.log.open[ev.RequestID]; r != nil && ev.RedirectResponse != nil {
			r.Status = int(ev.RedirectResponse.Status)
		}
		r := &Request{Method: ev.Request.Method, URL: ev.Request.URL, Type: string(ev.Type), Gesture: ev.HasUserGesture}
		p.log.requests = append(p.log.requests, r)
		p.log.open[ev.RequestID] = r
	case *network.EventResponseReceived:
		if r := p.log.open[ev.RequestID]; r != nil {
			r.Status, r.FromCache = int(ev.Response.Status), ev.Response.FromDiskCache
		}
	case *network.EventRequestServedFromCache:
		if r := p.log.open[ev.RequestID]; r != nil {
			r.FromCache = true
		}
	case *network.EventLoadingFailed:
		if r := p.log.open[ev.RequestID]; r != nil {
			r.Failed = ev.ErrorText
		}
	case *page.EventJavascriptDialogOpening:
		p.sayYes()
	}
}

// Requests lists what the page has asked for, in order; a redirect is a request of its own.
func (p *Page) Requests() []Request {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	requests := make([]Request, len(p.log.requests))
	for i, r := range p.log.requests {
		requests[i] = *r
	}
	return requests
}

// Forget empties the lists of requests and messages.
func (p *Page) Forget() {
	p.messages()
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.log.messages, p.log.requests = nil, nil
}

// Console lists what has been written to the console, exceptions nobody caught and the browser's own remarks included.
func (p *Page) Console() []Message { return p.messages() }

// Problems lists the console's errors and exceptions.
func (p *Page) Problems() []Message {
	return slices.DeleteFunc(p.messages(), func(m Message) bool { return m.Kind != "error" && m.Kind != "exception" })
}

// messages returns the console's lines after making sure that none is under way: a line of its own has come through.
func (p *Page) messages() []Message {
	p.log.mu.Lock()
	p.log.marks++
	mark := fmt.Sprintf("browsertest mark %d", p.log.marks)
	p.log.mu.Unlock()
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	_ = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("void console.debug(%q)", mark)))
	for ctx.Err() == nil && !p.log.has(mark) {
		time.Sleep(2 * time.Millisecond)
	}
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.log.messages = slices.DeleteFunc(p.log.messages, func(m Message) bool { return strings.HasPrefix(m.Text, "browsertest mark ") })
	return slices.Clone(p.log.messages)
}

func (r *recorder) has(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.messages, func(m Message) bool { return m.Text == text })
}

// describe is for the log of a failed test.
func (p *Page) describe() string {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	address, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href"))
	var b strings.Builder
	fmt.Fprintf(&b, "the page is at %s; its console:\n", address)
	for _, m := range p.messages() {
		fmt.Fprintf(&b, "  %s: %.500s %s\n", m.Kind, m.Text, m.URL)
	}
	for _, r := range p.Requests() {
		if r.Failed != "" || r.Status >= 400 {
			fmt.Fprintf(&b, "  %s %s: %d %s\n", r.Method, r.URL, r.Status, r.Failed)
		}
	}
	return b.String()
}

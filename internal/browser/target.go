package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// autoAttach is asked of the browser and of every session: what starts is stopped until its instrumentation is in place.
var autoAttach = object{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}

// target is one session of a context.
type target struct {
	Target
	context *Context
	session string
	top     bool   // a window: the first page or a popup
	prefix  string // of the IDs of its scripts: the browser numbers them by process

	ready  chan struct{}   // closed when the browser has confirmed that the target runs
	life   context.Context // over when it has gone
	leave  context.CancelFunc
	turn   chan struct{} // full while somebody moves its time
	pacing sync.Once

	mu     sync.Mutex
	url    string
	realms map[int64]*realm
	ours   int64         // isolated world in a window's current document, 0: none
	helper string        // worker: remote object that moves its timers
	moving chan struct{} // closed when virtual time has moved as far as it was told
}

// realm is a global object in which scripts run.
type realm struct {
	url   string
	frame string
	heard bool
}

type targetInfo struct {
	TargetID         string `json:"targetId"`
	Type             string `json:"type"`
	URL              string `json:"url"`
	OpenerID         string `json:"openerId"`
	BrowserContextID string `json:"browserContextId"`
}

// attached takes in a new target, and starts it when its instrumentation is in place. One that belongs to no context, and a
// worker too many, stays stopped; a window too many is closed.
func (b *Browser) attached(params json.RawMessage) {
	var p struct {
		SessionID  string     `json:"sessionId"`
		TargetInfo targetInfo `json:"targetInfo"`
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	b.mu.Lock()
	c := b.contexts[p.TargetInfo.BrowserContextID]
	b.mu.Unlock()
	if c == nil {
		return
	}
	t := &target{
		Target:  Target{ID: p.TargetInfo.TargetID, Type: kindOf(p.TargetInfo)},
		context: c, session: p.SessionID, url: p.TargetInfo.URL, top: p.TargetInfo.Type == "page",
		ready: make(chan struct{}), turn: make(chan struct{}, 1), realms: map[int64]*realm{},
	}
	if c.has(t.ID) { // a service worker is told of by the browser and by its page; one session is enough
		b.client.send(p.SessionID, "Runtime.runIfWaitingForDebugger", nil, nil)
		return
	}
	t.life, t.leave = context.WithCancel(c.over)
	admitted := c.admit(t)
	if !admitted && !t.top {
		return // it stays stopped for ever
	}
	b.mu.Lock()
	b.sessions[p.SessionID] = t
	b.mu.Unlock()
	t.setUp()
	if !admitted { // whoever opens a window waits for it, so that it must come up before it goes
		b.client.send("", "Target.closeTarget", object{"targetId": t.ID}, nil)
	}
}

func kindOf(i targetInfo) string {
	switch i.Type {
	case "page":
		if i.OpenerID != "" {
			return "popup"
		}
		return "page"
	case "iframe":
		return "frame"
	case "worker":
		return "worker"
	case "shared_worker":
		return "shared worker"
	case "service_worker":
		return "service worker"
	}
	return "other"
}

func (b *Browser) detached(params json.RawMessage) {
	var p struct {
		SessionID string `json:"sessionId"`
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	b.mu.Lock()
	t := b.sessions[p.SessionID]
	delete(b.sessions, p.SessionID)
	b.mu.Unlock()
	if t != nil {
		t.context.leave(t)
	}
}

func (t *target) send(method string, params any) {
	t.context.browser.client.send(t.session, method, params, nil)
}

// setUp gives the target its instrumentation and lets it run. All commands go out at once; they are carried out in order.
func (t *target) setUp() {
	c := t.context
	t.send("Target.setAutoAttach", autoAttach)
	t.send("Runtime.enable", nil)
	t.send("Runtime.addBinding", object{"name": c.binding})
	t.send("Network.enable", object{"maxPostDataSize": 65536})
	t.send("Network.overrideNetworkState", object{ // without figures it does nothing
		"offline": c.options.Offline, "latency": 1, "downloadThroughput": 12_500_000, "uploadThroughput": 12_500_000, "connectionType": "ethernet",
	})
	t.send("Debugger.enable", nil)
	t.send("Debugger.setSkipAllPauses", object{"skip": true})
	t.send("Debugger.setAsyncCallStackDepth", object{"maxDepth": 8}) // who asked, behind promises and timers
	if c.options.Coverage {
		t.send("Profiler.enable", nil)
		t.send("Profiler.startPreciseCoverage", object{"callCount": true, "detailed": false})
	}
	switch {
	case t.top || t.Type == "frame":
		t.setUpDocument()
	case t.Type != "other":
		t.setUpWorker()
	}
	c.browser.client.send(t.session, "Runtime.runIfWaitingForDebugger", nil, func(json.RawMessage, error) { close(t.ready) })
}

func (t *target) setUpDocument() {
	c, o := t.context, t.context.options
	t.send("Page.enable", nil)
	t.send("Page.setLifecycleEventsEnabled", object{"enabled": true})
	t.send("Page.addScriptToEvaluateOnNewDocument", object{"source": c.prelude, "runImmediately": true})
	t.send("Emulation.setUserAgentOverride", object{"userAgent": o.UserAgent, "acceptLanguage": languages(o.Locale), "platform": "Linux x86_64"})
	if o.Locale != ownLocale { // each of these costs the renderer a little, and most runs want what the browser has
		t.send("Emulation.setLocaleOverride", object{"locale": o.Locale})
	}
	if o.Timezone != ownTimezone {
		t.send("Emulation.setTimezoneOverride", object{"timezoneId": o.Timezone})
	}
	t.send("Emulation.setFocusEmulationEnabled", object{"enabled": true})
	if !t.top {
		return
	}
	t.send("Emulation.setDeviceMetricsOverride", object{"width": o.Width, "height": o.Height, "deviceScaleFactor": 1, "mobile": false})
	if !o.Clock.IsZero() {
		t.send("Emulation.setVirtualTimePolicy", object{"policy": "pauseIfNetworkFetchesPending", "initialVirtualTime": float64(o.Clock.UnixMilli()) / 1000, "budget": 1})
		t.keepTime()
	}
}

// setUpWorker runs the instrumentation in a worker, which has no documents to wait for.
func (t *target) setUpWorker() {
	c := t.context
	t.send("Emulation.setUserAgentOverride", object{"userAgent": c.options.UserAgent, "acceptLanguage": languages(c.options.Locale), "platform": "Linux x86_64"})
	c.browser.client.send(t.session, "Runtime.evaluate", object{"expression": c.workerPrelude}, func(raw json.RawMessage, err error) {
		var answer struct {
			Result struct {
				ObjectID string `json:"objectId"`
			} `json:"result"`
		}
		if err == nil && json.Unmarshal(raw, &answer) == nil {
			t.mu.Lock()
			t.helper = answer.Result.ObjectID
			t.mu.Unlock()
		}
	})
}

// languages is what a browser of a locale sends as Accept-Language.
func languages(locale string) string {
	if len(locale) > 2 && locale[2] == '-' {
		return locale + "," + locale[:2]
	}
	return locale
}

// event fills in what all events of this target have in common.
func (t *target) event(k Kind) Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Event{Kind: k, At: time.Since(t.context.began), Target: t.Target, Document: t.url}
}

// silent returns ErrSilent when a realm has not said hello. A target that does not run yet has nothing to say.
func (t *target) silent() error {
	select {
	case <-t.ready:
	default:
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.realms {
		if !r.heard {
			return fmt.Errorf("%w: %s %s", ErrSilent, t.Type, r.url)
		}
	}
	return nil
}

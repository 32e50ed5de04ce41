package browser

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// handle takes one event of the target's session. It runs on the reading goroutine and waits for nothing.
func (t *target) handle(method string, params json.RawMessage) {
	c := t.context
	if c.post.flooded() {
		c.exceed("flood", "the page made the browser report too much")
		return
	}
	take := handlers[method]
	if take != nil {
		take(t, params)
	}
}

// handlers are the events that mean something to us. The table is never written to.
var handlers = map[string]func(*target, json.RawMessage){
	"Runtime.executionContextCreated":    with((*target).realmCreated),
	"Runtime.executionContextDestroyed":  with((*target).realmDestroyed),
	"Runtime.executionContextsCleared":   func(t *target, _ json.RawMessage) { t.realmsCleared() },
	"Runtime.bindingCalled":              with((*target).bindingCalled),
	"Runtime.consoleAPICalled":           with((*target).consoleCalled),
	"Runtime.exceptionThrown":            with((*target).exceptionThrown),
	"Debugger.scriptParsed":              with((*target).scriptParsed),
	"Debugger.scriptFailedToParse":       with((*target).scriptBroken),
	"Network.requestWillBeSent":          with((*target).requestWillBeSent),
	"Network.loadingFailed":              with((*target).loadingFailed),
	"Network.webSocketCreated":           with((*target).webSocketCreated),
	"Network.webTransportCreated":        with((*target).webTransportCreated),
	"Page.frameNavigated":                with((*target).frameNavigated),
	"Page.lifecycleEvent":                with((*target).lifecycle),
	"Page.frameRequestedNavigation":      with((*target).navigationRequested),
	"Page.javascriptDialogOpening":       with((*target).dialogOpening),
	"Page.downloadWillBegin":             with((*target).downloadBegins),
	"Inspector.targetCrashed":            func(t *target, _ json.RawMessage) { t.crashed() },
	"Emulation.virtualTimeBudgetExpired": func(t *target, _ json.RawMessage) { t.moved() },
}

// with decodes an event's parameters; what does not decode is dropped.
func with[P any](take func(*target, P)) func(*target, json.RawMessage) {
	return func(t *target, raw json.RawMessage) {
		var p P
		if json.Unmarshal(raw, &p) == nil {
			take(t, p)
		}
	}
}

type realmInfo struct {
	Context struct {
		ID      int64  `json:"id"`
		Origin  string `json:"origin"`
		AuxData struct {
			IsDefault bool   `json:"isDefault"`
			FrameID   string `json:"frameId"`
		} `json:"auxData"`
	} `json:"context"`
}

func (t *target) realmCreated(p realmInfo) {
	if !p.Context.AuxData.IsDefault && (t.top || t.Type == "frame") {
		return // an isolated world of ours
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.realms[p.Context.ID] = &realm{url: p.Context.Origin, frame: p.Context.AuxData.FrameID}
}

type realmID struct {
	ID int64 `json:"executionContextId"`
}

func (t *target) realmDestroyed(p realmID) {
	t.mu.Lock()
	r := t.realms[p.ID]
	delete(t.realms, p.ID)
	t.mu.Unlock()
	t.context.lost(t, r)
}

func (t *target) realmsCleared() {
	t.mu.Lock()
	left := t.realms
	t.realms = map[int64]*realm{}
	t.mu.Unlock()
	for _, r := range left {
		t.context.lost(t, r)
	}
}

// lost notes a realm that went without having been heard of.
func (c *Context) lost(t *target, r *realm) {
	select {
	case <-t.ready:
	default:
		return // it never ran
	}
	if r == nil || r.heard {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = append(c.silent, fmt.Errorf("%w: %s %s", ErrSilent, t.Type, r.url))
}

type binding struct {
	Name    string `json:"name"`
	Payload string `json:"payload"`
	Realm   int64  `json:"executionContextId"`
}

// bindingCalled hears the prelude: its first letter says hello, an event of a hook, or a script that threw.
func (t *target) bindingCalled(p binding) {
	if p.Name != t.context.binding || p.Payload == "" {
		return
	}
	t.mu.Lock()
	r := t.realms[p.Realm]
	if r == nil {
		r = &realm{}
		t.realms[p.Realm] = r
	}
	first, text := p.Payload[0], p.Payload[1:]
	if first == 'h' {
		r.heard = true
		r.url = cmp.Or(text, t.url) // a worker does not know its own yet
	}
	url, frame := r.url, r.frame
	t.mu.Unlock()
	e := t.event(Hook)
	e.Document, e.Frame, e.Text = url, frame, text
	switch first {
	case 'h':
		e.Kind, e.URL, e.Text = Hello, url, ""
	case 'x':
		e.Kind, e.Name = Exception, "instrumentation"
	}
	t.context.post.put(e)
}

type stackTrace struct {
	Description string `json:"description"`
	CallFrames  []struct {
		FunctionName string `json:"functionName"`
		ScriptID     string `json:"scriptId"`
		URL          string `json:"url"`
		LineNumber   int    `json:"lineNumber"`
		ColumnNumber int    `json:"columnNumber"`
	} `json:"callFrames"`
	Parent *stackTrace `json:"parent"`
}

// maxStack bounds the places of one stack.
const maxStack = 64

// places are a stack's, with the IDs of scripts as this target has them.
func (t *target) places(s *stackTrace) []Place {
	var all []Place
	for ; s != nil && len(all) < maxStack; s = s.Parent {
		for _, f := range s.CallFrames {
			all = append(all, Place{Function: f.FunctionName, Script: t.prefix + f.ScriptID, URL: f.URL, Line: f.LineNumber + 1, Column: f.ColumnNumber + 1})
		}
	}
	return all[:min(len(all), maxStack)]
}

type remoteObject struct {
	Type                string          `json:"type"`
	Value               json.RawMessage `json:"value"`
	UnserializableValue string          `json:"unserializableValue"`
	Description         string          `json:"description"`
}

func (o remoteObject) String() string {
	var text string
	switch {
	case o.Type == "string" && json.Unmarshal(o.Value, &text) == nil:
		return text
	case o.Description != "":
		return o.Description
	case o.UnserializableValue != "":
		return o.UnserializableValue
	case len(o.Value) > 0:
		return string(o.Value)
	}
	return o.Type
}

func (t *target) consoleCalled(p struct {
	Type       string         `json:"type"`
	Args       []remoteObject `json:"args"`
	StackTrace *stackTrace    `json:"stackTrace"`
}) {
	words := make([]string, len(p.Args))
	for i, a := range p.Args {
		words[i] = a.String()
	}
	e := t.event(Console)
	e.Name, e.Text, e.Stack = p.Type, strings.Join(words, " "), t.places(p.StackTrace)
	t.context.post.put(e)
}

func (t *target) exceptionThrown(p struct {
	Details struct {
		Text       string        `json:"text"`
		Line       int           `json:"lineNumber"`
		Column     int           `json:"columnNumber"`
		ScriptID   string        `json:"scriptId"`
		URL        string        `json:"url"`
		StackTrace *stackTrace   `json:"stackTrace"`
		Exception  *remoteObject `json:"exception"`
	} `json:"exceptionDetails"`
}) {
	d := p.Details
	e := t.event(Exception)
	e.Text, e.Stack = d.Text, t.places(d.StackTrace)
	if d.Exception != nil {
		e.Text = strings.TrimSpace(strings.TrimPrefix(d.Text, "Uncaught") + " " + d.Exception.String())
	}
	if len(e.Stack) == 0 {
		e.Stack = []Place{{Script: t.prefix + d.ScriptID, URL: d.URL, Line: d.Line + 1, Column: d.Column + 1}}
	}
	t.context.post.put(e)
}

func (t *target) crashed() {
	t.context.post.put(t.event(Crash))
	t.context.mu.Lock()
	mine := t == t.context.page
	t.context.mu.Unlock()
	if mine {
		t.context.end(fmt.Errorf("%w: %w", ErrEnded, ErrCrashed))
	}
}

func (t *target) dialogOpening(p struct {
	URL           string `json:"url"`
	Message       string `json:"message"`
	Type          string `json:"type"`
	DefaultPrompt string `json:"defaultPrompt"`
}) {
	c := t.context
	e := t.event(Dialog)
	e.Name, e.Text, e.Document = p.Type, p.Message, p.URL
	c.post.put(e)
	answer := func() {
		accept, text := true, p.DefaultPrompt
		if c.options.Dialog != nil {
			accept, text = c.options.Dialog(p.Type, p.Message, p.DefaultPrompt)
		}
		t.send("Page.handleJavaScriptDialog", object{"accept": accept, "promptText": text})
	}
	if c.options.Dialog == nil {
		answer()
		return
	}
	go answer()
}

func (t *target) downloadBegins(p struct {
	URL  string `json:"url"`
	Name string `json:"suggestedFilename"`
}) {
	e := t.event(Download)
	e.URL, e.Name = p.URL, p.Name
	t.context.post.put(e)
}

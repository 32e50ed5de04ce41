package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// errGone says that the browser's pipe has closed.
var errGone = errors.New("the browser has ended")

// protocolError is a command's refusal by the browser.
type protocolError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *protocolError) Error() string { return e.Message }

// object is a command's parameters.
type object map[string]any

type message struct {
	ID      int64           `json:"id"`
	Session string          `json:"sessionId"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   *protocolError  `json:"error"`
}

type command struct {
	ID      int64  `json:"id"`
	Session string `json:"sessionId,omitempty"`
	Method  string `json:"method"`
	Params  any    `json:"params,omitempty"`
}

// reply receives a command's answer on the reading goroutine: it must not wait for another.
type reply func(result json.RawMessage, err error)

// client speaks the DevTools protocol: all sessions on one pipe, commands without waiting for one another's answers.
type client struct {
	pipe  *pipe
	event func(session, method string, params json.RawMessage) // on the reading goroutine
	gone  chan struct{}                                        // closed when the pipe has

	mu      sync.Mutex
	last    int64
	waiting map[int64]reply // nil once gone
}

func newClient(p *pipe, event func(session, method string, params json.RawMessage)) *client {
	return &client{pipe: p, event: event, gone: make(chan struct{}), waiting: map[int64]reply{}}
}

// run reads until the browser closes the pipe.
func (c *client) run() {
	for {
		raw, err := c.pipe.read()
		if err != nil {
			break
		}
		var m message
		if json.Unmarshal(raw, &m) != nil {
			continue // nothing of ours can be in it
		}
		if m.Method != "" {
			c.event(m.Session, m.Method, m.Params)
			continue
		}
		c.mu.Lock()
		done := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if done != nil {
			done(m.Result, asError(m.Error))
		}
	}
	c.mu.Lock()
	left := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	close(c.gone)
	for _, done := range left {
		done(nil, errGone)
	}
}

func asError(e *protocolError) error {
	if e == nil {
		return nil
	}
	return e
}

// send gives a command to the browser and returns; done may be nil. Commands of one session arrive in order.
func (c *client) send(session, method string, params any, done reply) {
	if done == nil {
		done = func(json.RawMessage, error) {}
	}
	c.mu.Lock()
	if c.waiting == nil {
		c.mu.Unlock()
		done(nil, errGone)
		return
	}
	c.last++
	id := c.last
	c.waiting[id] = done
	c.mu.Unlock()
	raw, err := json.Marshal(command{ID: id, Session: session, Method: method, Params: params})
	if err == nil {
		err = c.pipe.write(raw)
	}
	if err == nil {
		return
	}
	c.mu.Lock()
	_, mine := c.waiting[id]
	delete(c.waiting, id)
	c.mu.Unlock()
	if mine {
		done(nil, err)
	}
}

// call gives a command and waits for its answer, which goes into result unless that is nil.
func (c *client) call(ctx context.Context, session, method string, params, result any) error {
	type answer struct {
		raw json.RawMessage
		err error
	}
	answered := make(chan answer, 1)
	c.send(session, method, params, func(raw json.RawMessage, err error) { answered <- answer{raw, err} })
	select {
	case a := <-answered:
		if a.err == nil && result != nil {
			a.err = json.Unmarshal(a.raw, result)
		}
		if a.err != nil {
			return fmt.Errorf("%s: %w", method, a.err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

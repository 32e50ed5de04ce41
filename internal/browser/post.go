package browser

import (
	"fmt"
	"sync"
	"time"
	"unicode/utf8"
)

// flood is how many times the limit of events a context may have before it is ended.
const flood = 50

// post delivers a context's events in order, one at a time, away from whoever makes them. Of each kind it delivers so many and
// counts the rest.
type post struct {
	deliver func(Event)
	limits  Limits

	mu      sync.Mutex
	changed *sync.Cond
	queue   []*letter
	busy    bool // one is being delivered
	closed  bool
	count   map[Kind]int
	total   int
	done    chan struct{}
}

// letter is an event that may still wait for a part of it.
type letter struct {
	event  Event
	sealed bool
}

func newPost(deliver func(Event), limits Limits) *post {
	if deliver == nil {
		deliver = func(Event) {}
	}
	p := &post{deliver: deliver, limits: limits, count: map[Kind]int{}, done: make(chan struct{})}
	p.changed = sync.NewCond(&p.mu)
	go p.run()
	return p
}

// put sends an event.
func (p *post) put(e Event) {
	p.reserve(e, true)
}

// later keeps an event's place in the order until seal is called with the rest of it. Nil: it is one too many.
func (p *post) later(e Event) (seal func(func(*Event))) {
	l := p.reserve(e, false)
	if l == nil {
		return nil
	}
	unanswered := time.AfterFunc(2*time.Second, func() { // its target may have gone
		p.mu.Lock()
		defer p.mu.Unlock()
		l.sealed = true
		p.changed.Broadcast()
	})
	return func(fill func(*Event)) {
		unanswered.Stop()
		p.mu.Lock()
		defer p.mu.Unlock()
		if l.sealed {
			return
		}
		fill(&l.event)
		l.event.Text = cut(l.event.Text, p.limits.Text)
		l.sealed = true
		p.changed.Broadcast()
	}
}

func (p *post) reserve(e Event, sealed bool) *letter {
	e.Text = cut(e.Text, p.limits.Text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count[e.Kind]++
	p.total++
	n := p.count[e.Kind]
	if p.closed || n > p.limits.Events+1 {
		return nil
	}
	if n == p.limits.Events+1 {
		e, sealed = Event{Kind: Limit, At: e.At, Target: e.Target, Name: "events", Text: fmt.Sprintf("more than %d events %q", n-1, e.Kind)}, true
	}
	l := &letter{event: e, sealed: sealed}
	p.queue = append(p.queue, l)
	p.changed.Broadcast()
	return l
}

// flooded says whether there were so many events that the context should end.
func (p *post) flooded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total > flood*p.limits.Events
}

func (p *post) counts() map[Kind]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make(map[Kind]int, len(p.count))
	for k, n := range p.count {
		all[k] = n
	}
	return all
}

func (p *post) run() {
	defer close(p.done)
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for !p.closed && (len(p.queue) == 0 || !p.queue[0].sealed) {
			p.changed.Wait()
		}
		if len(p.queue) == 0 {
			return
		}
		l := p.queue[0]
		p.queue, p.busy = p.queue[1:], true
		p.mu.Unlock()
		p.deliver(l.event)
		p.mu.Lock()
		p.busy = false
		p.changed.Broadcast()
	}
}

// drain waits until everything put so far has been delivered.
func (p *post) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed && (len(p.queue) > 0 || p.busy) {
		p.changed.Wait()
	}
}

// close delivers what there is and ends.
func (p *post) close() {
	p.mu.Lock()
	p.closed = true
	p.changed.Broadcast()
	p.mu.Unlock()
	<-p.done
}

// cut shortens a text to at most n bytes, between two characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

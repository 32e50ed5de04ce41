package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// pulseScript is what a target is asked to see whether it still yields.
const pulseScript = "0"

// watch ends the context when its time is over, and ends loops that never yield.
func (c *Context) watch() {
	wall := time.NewTimer(c.limits.Wall)
	defer wall.Stop()
	tick := time.NewTicker(max(c.limits.Loop/4, 10*time.Millisecond))
	defer tick.Stop()
	pulses := map[*target]*pulse{}
	for {
		select {
		case <-c.over.Done():
			return
		case <-wall.C:
			c.exceed("wall", fmt.Sprintf("it ran for %s", c.limits.Wall))
			c.stopScripts()
			return
		case <-tick.C:
			c.feel(pulses)
		}
	}
}

// pulse is a question to a target and when it was asked.
type pulse struct {
	asked    time.Time
	answered chan struct{}
	stopped  bool
}

// feel asks every target whether it still yields. One that has not answered for long has its script ended; one that goes on all the same
// is crashed.
func (c *Context) feel(pulses map[*target]*pulse) {
	for _, t := range c.all() {
		p := pulses[t]
		if p != nil {
			select {
			case <-p.answered:
				p = nil
			default:
			}
		}
		switch {
		case p == nil:
			p = &pulse{asked: time.Now(), answered: make(chan struct{})}
			pulses[t] = p
			answered := p.answered
			c.browser.client.send(t.session, "Runtime.evaluate", object{"expression": pulseScript, "silent": true}, func(json.RawMessage, error) { close(answered) })
		case !p.stopped && time.Since(p.asked) > c.limits.Loop:
			p.stopped = true
			e := t.event(Limit)
			e.Name, e.Text = "loop", fmt.Sprintf("a script did not yield for %s", c.limits.Loop)
			c.post.put(e)
			t.send("Runtime.terminateExecution", nil)
		case p.stopped && time.Since(p.asked) > c.limits.Loop+max(c.limits.Loop, patience):
			pulses[t] = &pulse{asked: time.Now(), answered: make(chan struct{}), stopped: true}
			t.send("Page.crash", nil)
		case p.stopped:
			t.send("Runtime.terminateExecution", nil) // a deep recursion may swallow the first
		}
	}
}

// patience is how long a script that was ended may take to end: a busy machine is no reason to crash the page.
const patience = 5 * time.Second

// stopScripts ends whatever runs in the context.
func (c *Context) stopScripts() {
	for _, t := range c.all() {
		t.send("Runtime.terminateExecution", nil)
	}
}

// watchMemory kills the largest page when the browser's processes together have more than they may. To look for processes and to weigh
// them is dear; what they have with what they share is cheap to know, and as long as that is little, they have little.
func (b *Browser) watchMemory(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var family []int
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-b.client.gone:
			return
		case <-tick.C:
			if n%2 == 0 {
				family = descendants(b.process.cmd.Process.Pid)
			}
			if resident(family) <= b.limits.Memory {
				continue
			}
			if total, largest := b.weigh(); total > b.limits.Memory && largest != 0 {
				b.overweight(total, largest)
			}
		}
	}
}

// Memory is what the browser's processes have for themselves, in bytes.
func (b *Browser) Memory() int64 {
	total, _ := b.weigh()
	return total
}

// weigh returns the memory of all processes and the number of the renderer that has most.
func (b *Browser) weigh() (total int64, largest int) {
	var most int64
	for _, pid := range descendants(b.process.cmd.Process.Pid) {
		own := memory(pid)
		total += own
		if own > most && strings.Contains(commandLine(pid), "--type=renderer") {
			most, largest = own, pid
		}
	}
	return total, largest
}

// overweight kills a renderer; the browser tells its contexts by a crash.
func (b *Browser) overweight(total int64, pid int) {
	b.log.Warn("killed a page that used too much memory", "bytes", total)
	b.mu.Lock()
	for _, c := range b.contexts {
		c.post.put(Event{Kind: Limit, At: time.Since(c.began), Name: "memory", Text: fmt.Sprintf("the browser's processes had %d bytes; its largest page was killed", total)})
	}
	b.mu.Unlock()
	killProcess(pid)
}

package rule

import (
	"net/url"
	"regexp"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// workerHost is the host of somebody else to which the code of a worker sends what it is given, where the script has that code as a
// text: "" for none.
func (p *Pass) workerHost(worker js.Node) string {
	made := p.origin(worker)
	if p.Kind(made) == js.Dot { // shared.port
		made = p.origin(p.Object(made))
	}
	if p.Kind(made) != js.New {
		return ""
	}
	switch p.Graph.NameOf(p.Callee(made)) {
	case "Worker", "SharedWorker":
	default:
		return ""
	}
	code := p.blobText(p.Arg(made, 0))
	if code == 0 {
		code = p.Arg(made, 0)
	}
	for _, t := range p.Graph.Str(code).Texts {
		text := written(t)
		if code == p.Arg(made, 0) {
			plain, err := url.PathUnescape(text)
			if !strings.HasPrefix(text, "data:") || err != nil {
				continue
			}
			text = plain
		}
		if !sender.MatchString(text) {
			continue
		}
		for _, m := range anyAddress.FindAllString(text, 16) {
			for _, host := range p.foreign(plainly(m)) {
				return host
			}
		}
	}
	return ""
}

var (
	sender     = regexp.MustCompile(`fetch|XMLHttpRequest|sendBeacon|WebSocket|EventSource|importScripts`)
	anyAddress = regexp.MustCompile(`(?:https?|wss?)://[^"'\x60\s\\)<>]+`)
)

// posted reports secrets that are handed to such a worker.
func (p *Pass) posted(c *flow.Call) {
	if c.Arg(0) == 0 || c.Object == 0 {
		return
	}
	if host := p.workerHost(c.Object); host != "" {
		p.leaks(c.Node, c.Arg(0), c.Where, "fetch", host)
	}
}

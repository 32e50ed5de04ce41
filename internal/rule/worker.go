package rule

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// workerCode are the texts that become workers and modules by way of an address made for them. They are read like any script.
func (p *Pass) workerCode() []flow.Document {
	var out []flow.Document
	for c := range p.Graph.EachCall() {
		sink := "import"
		if c.Is("Worker", "SharedWorker") {
			sink = c.Method
		} else if p.Kind(c.Node) != js.ImportCall {
			continue
		}
		for _, t := range p.codeAt(c.Arg(0)) {
			if text, ok := t.Const(); ok {
				out = append(out, flow.Document{Text: text, Node: c.Arg(0), Sink: sink})
			}
		}
	}
	return out
}

// readAt says whether all the code that an address holds is read as a part of the script.
func (p *Pass) readAt(address js.Node) bool {
	texts := p.codeAt(address)
	for _, t := range texts {
		if _, ok := t.Const(); !ok {
			return false
		}
	}
	return len(texts) > 0
}

// codeAt are the texts that an address holds by itself: one of a Blob, or one like data:text/javascript,…
func (p *Pass) codeAt(address js.Node) []flow.Text {
	if text := p.blobText(address); text != 0 {
		return p.Graph.Str(text).Texts
	}
	var out []flow.Text
	for _, t := range p.Graph.Str(address).Texts {
		if !strings.HasPrefix(t.Prefix(), "data:") {
			continue
		}
		if whole, ok := t.Const(); ok {
			t = flow.Text{{Text: dataText(whole)}}
		}
		out = append(out, t)
	}
	return out
}

// dataText is what a data: URL holds, as far as it can be read.
func dataText(address string) string {
	kind, text, _ := strings.Cut(address, ",")
	if strings.HasSuffix(kind, ";base64") {
		plain, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return ""
		}
		return string(plain)
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// workerHost is the host of somebody else to which the code of a worker sends a message that it is given, where the script has that
// code as a text: "" for none.
func (p *Pass) workerHost(worker, message js.Node) string {
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
	for _, t := range p.codeAt(p.Arg(made, 0)) {
		text := written(t)
		if !sender.MatchString(text) {
			continue
		}
		for _, m := range anyAddress.FindAllString(text, 16) {
			for _, host := range p.foreign(plainly(m)) {
				return host
			}
		}
		for _, f := range p.Graph.Obj(message).Fields { // it is told where to send
			if host := p.receiver(f.Value); host != "" {
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
	if host := p.workerHost(c.Object, c.Arg(0)); host != "" {
		p.leaks(c.Node, c.Arg(0), c.Where, "fetch", host)
	}
}

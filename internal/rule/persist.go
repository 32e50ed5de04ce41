package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var persist = &Rule{
	Name:     "persist",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `stays after you switch it off

Code put into ResourceLoader's store in the browser, a service worker, or code kept in storage and run on the next page
outlives the script's removal. A function of the browser or of MediaWiki that is replaced sees everything that other
scripts, and you, do.`,
	Capabilities: []capability.Name{capability.Persist},
	Run: func(p *Pass) {
		for c := range p.Graph.EachCall() {
			p.persistCall(c)
		}
		for a := range p.Graph.EachAssign() {
			p.persistAssign(a)
		}
		p.rewrites()
		p.keptMarkup()
		for _, r := range p.runs() {
			for _, f := range p.Graph.Taint(r.code) {
				if f.Source == flow.FromStorage && f.Unsafe&(flow.InJS|flow.Data) != 0 {
					p.stays(r.node, "code kept in storage", "runs code that is kept in the browser or in your options").flow(p, f)
				}
			}
		}
	},
}

// reported lets a flow be added to a finding.
type reported struct{ *finding.Finding }

func (r reported) flow(p *Pass, f flow.Flow) { p.Way(r.Finding, f) }

func (p *Pass) stays(n js.Node, where, message string) reported {
	p.Can(n, capability.Capability{Name: capability.Persist, Target: where})
	return reported{p.Report(n, finding.High, "%s", message)}
}

func (p *Pass) persistCall(c *flow.Call) {
	switch {
	case c.Is("navigator.serviceWorker.register"):
		p.stays(c.Node, "service worker", "registers a service worker: it stands between the wiki and every page from now on")
	case c.Is("localStorage.setItem", "mw.storage.set", "mw.storage.setObject") && p.isStoreKey(c.Arg(0)):
		p.stays(c.Node, "module store", "writes into the module store: ResourceLoader will run what it finds there")
	case c.Is("mw.loader.implement", "mw.loader.impl") && len(c.Args) > 1 && p.takesPlace(c.Arg(0)) && !p.registers(c.Arg(0)):
		p.stays(c.Node, "module store", "defines a module under a name of its choice: it can take the place of another one, and is kept in the module store")
	case c.Is("mw.loader.store.set", "mw.loader.store.add", "mw.loader.store.requestUpdate"):
		p.stays(c.Node, "module store", "writes into the module store: ResourceLoader will run what it finds there")
	case c.Is("Object.defineProperty") && hookable(p.Graph.NameOf(c.Arg(0))+"."+p.Graph.Str(c.Arg(1)).Pattern()):
		p.stays(c.Node, "hook", "replaces "+p.Graph.NameOf(c.Arg(0))+"."+p.Graph.Str(c.Arg(1)).Pattern())
	}
}

// takesPlace says whether a module's name may be one that the wiki uses.
func (p *Pass) takesPlace(n js.Node) bool {
	name, known := p.Graph.Str(n).Const()
	if !known {
		return true
	}
	for _, prefix := range []string{"ext.", "mediawiki", "jquery", "oojs", "site", "user", "skins.", "startup", "vue", "codex", "@wikimedia"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.Contains(name, "@")
}

// isStoreKey says whether a key of local storage may be that of the module store: by its text, or because the script
// looks for such keys.
func (p *Pass) isStoreKey(n js.Node) bool {
	known := false
	for _, t := range p.Graph.Str(n).Texts {
		if t.Contains(storeKey) {
			return true
		}
		known = known || t.Prefix() != ""
	}
	return !known && (p.speaksOf(storeKey) || p.seeksStore())
}

// seeksStore says whether the script looks for the module store by a pattern, and changes what it finds there. Whoever only throws
// modules out changes none.
func (p *Pass) seeksStore() bool {
	sought := false
	p.each(func(n js.Node) { sought = sought || strings.Contains(p.Str(n), storeKey) }, js.Regexp)
	if !sought {
		return false
	}
	for a := range p.Graph.EachAssign() {
		left := p.Left(a.Node)
		if p.Kind(a.Node) != js.Assign || p.Kind(left) != js.Index {
			continue
		}
		if name, _ := p.KeyName(p.origin(p.Object(left))); name == "items" {
			return true
		}
	}
	return false
}

// speaksOf says whether a word stands in a text of the script, however it is put together.
func (p *Pass) speaksOf(word string) bool {
	found := false
	p.each(func(n js.Node) {
		for _, t := range p.Graph.Str(n).Texts {
			found = found || t.Contains(word)
		}
	}, js.String, js.Template, js.Binary)
	return found
}

// storeKey begins the keys of mw.loader.store (resources/src/startup/mediawiki.loader.js).
const storeKey = "MediaWikiModuleStore"

func (p *Pass) persistAssign(a *flow.Assign) {
	switch {
	case strings.HasPrefix(a.Target, "mw.loader.store"):
		p.stays(a.Node, "module store", "writes into the module store: ResourceLoader will run what it finds there")
	case p.Graph.NameOf(a.Object) == "localStorage" && p.indexKey(a) != 0 && p.isStoreKey(p.indexKey(a)), strings.Contains(a.Property, storeKey):
		p.stays(a.Node, "module store", "writes into the module store: ResourceLoader will run what it finds there")
	case hookable(a.Target) && !p.fillsGap(a) && !p.local(a.Node):
		if p.onlyWatches(a.Value) {
			p.Report(a.Node, finding.Low, "replaces %s to know when it is called", a.Target)
			return
		}
		p.stays(a.Node, "hook", "replaces "+a.Target+": it sees and can change what other scripts do")
	}
}

func (p *Pass) indexKey(a *flow.Assign) js.Node {
	if left := p.Left(a.Node); p.Kind(left) == js.Index {
		return p.Right(left)
	}
	return 0
}

// local says whether a write declares a variable that is no property of window.
func (p *Pass) local(n js.Node) bool {
	return p.Kind(n) == js.Declarator && p.Op(p.parent(n)) != js.OpVar
}

// hookable are functions through which everything on a page passes.
func hookable(target string) bool {
	switch target {
	case "fetch", "XMLHttpRequest", "XMLHttpRequest.prototype.open", "XMLHttpRequest.prototype.send", "XMLHttpRequest.prototype.setRequestHeader",
		"navigator.sendBeacon", "$.ajax", "$.post", "$.get", "WebSocket", "WebSocket.prototype.send",
		"HTMLFormElement.prototype.submit", "EventTarget.prototype.addEventListener", "Storage.prototype.setItem", "Storage.prototype.getItem",
		"mw.loader.load", "mw.loader.using", "mw.loader.getScript", "mw.loader.implement", "importScript", "mw.Api", "mw.ForeignApi", "mw.user.tokens.get", "$.fn.val", "$.ajaxTransport":
		return true
	}
	return strings.HasPrefix(target, "mw.Api.prototype.") || strings.HasPrefix(target, "mw.ForeignApi.prototype.") || strings.HasPrefix(target, "mw.Rest.prototype.")
}

// fillsGap says whether an assignment gives an old browser what it lacks: if ( !window.fetch ) { window.fetch = … }
func (p *Pass) fillsGap(a *flow.Assign) bool {
	for up := p.parent(a.Node); up != 0; up = p.parent(up) {
		if k := p.Kind(up); k == js.If || k == js.Logical || k == js.Cond {
			test := p.Test(up)
			if k == js.Logical {
				test = p.Left(up)
			}
			if strings.Contains(p.Source(test), a.Property) {
				return true
			}
		}
	}
	value := p.Source(a.Value)
	return p.Kind(a.Value) == js.Logical && strings.Contains(value, a.Property)
}

// registers says whether the script itself registers the module of that name. mw.loader refuses names that are taken, so it takes
// nobody's place (resources/src/startup/mediawiki.loader.js).
func (p *Pass) registers(n js.Node) bool {
	name, _ := p.Graph.Str(n).Const()
	name, _, _ = strings.Cut(name, "@")
	if name == "" {
		return false
	}
	for c := range p.Graph.EachCall() {
		if !c.Is("mw.loader.register") {
			continue
		}
		for _, own := range p.registered(c) {
			if own == name {
				return true
			}
		}
	}
	return false
}

// registered are the names that a call registers: register( name, … ) and register( [ [ name, … ], … ] ).
func (p *Pass) registered(c *flow.Call) []string {
	out := p.Graph.Str(c.Arg(0)).Consts()
	list := p.origin(c.Arg(0))
	if p.Kind(list) != js.Array {
		return out
	}
	for _, row := range p.List(list) {
		if row = p.origin(row); p.Kind(row) == js.Array && len(p.List(row)) > 0 {
			out = append(out, p.Graph.Str(p.List(row)[0]).Consts()...)
		}
	}
	return out
}

// keptMarkup reports code, and markup that runs code, that is put into the browser's storage, a cookie or an option: whatever
// puts it into a page later runs it.
func (p *Pass) keptMarkup() {
	for c := range p.Graph.EachCall() {
		if c.Is("localStorage.setItem", "mw.storage.set", "mw.storage.setObject", "mw.cookie.set", "sessionStorage.setItem") || c.Method == "saveOption" {
			p.keepsCode(c.Node, c.Arg(1))
		}
	}
	for a := range p.Graph.EachAssign() {
		if strings.HasPrefix(a.Target, "localStorage.") || a.Target == "document.cookie" {
			p.keepsCode(a.Node, a.Value)
		}
	}
}

func (p *Pass) keepsCode(at, value js.Node) {
	if value == 0 {
		return
	}
	for _, t := range p.Graph.Str(value).Texts {
		if text := written(t); handler.MatchString(text) || loads(text) {
			p.stays(at, "code kept in storage", "keeps code, or markup that runs code, in the browser or in your options")
			return
		}
	}
}

var handler = regexp.MustCompile(`(?i)<[a-z][^<>]*\son[a-z]{3,}\s*=|<script`)

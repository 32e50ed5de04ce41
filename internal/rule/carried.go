package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/hosting"
	"sallyport/internal/js"
)

// Addresses that carry secrets to somebody else without a request of the script's own: a link that the reader is to follow, a font,
// a picture in a style.

// carried reports secrets in such addresses.
func (p *Pass) carried() {
	for a := range p.Graph.EachAssign() {
		switch {
		case a.Property == "href" && loadedBy(a.Tag, a.Property, a.Target) == "" && !p.followed(a.Object):
			p.linked(a.Node, a.Value, a.Where)
			if a.Adds && p.picksOutside(a.Object) {
				p.takenAlong(a.Node, linkTarget, []js.Node{a.Value}, a.Where)
			}
		case a.Property != "backgroundImage" && a.Property != "content" && loadsPictures(a.Property):
			p.pictured(a.Node, a.Value, a.Where)
		}
	}
	for c := range p.Graph.EachCall() {
		switch {
		case c.Is("FontFace"):
			p.pictured(c.Node, c.Arg(1), c.Where)
		case setsAttribute(c) && len(c.Args) == 2:
			if name, _ := p.Graph.Str(c.Arg(0)).Const(); name == "href" && c.Tag != "link" && p.tagOf(c.Object) != "link" {
				p.linked(c.Node, c.Arg(1), c.Where)
			}
		}
	}
}

// linked is a link to a page of somebody else. Whoever follows it takes what its address says along.
func (p *Pass) linked(at, address js.Node, w flow.Where) {
	host := p.receiver(address)
	base, parts := p.addressParts(address)
	if host == "" && base != 0 {
		host = p.receiver(base)
	}
	if host == "" && (p.leadsOut(address) || base != 0 && p.leadsOut(base)) {
		host = linkTarget
	}
	if host == "" {
		return
	}
	p.takenAlong(at, host, append(parts, address), w)
}

// linkTarget is the host of a link that stands on the page.
const linkTarget = "the site that a link of the page leads to"

// takenAlong reports the first secret among the parts of an address.
func (p *Pass) takenAlong(at js.Node, host string, parts []js.Node, w flow.Where) {
	for _, n := range parts {
		if s := p.secretIn(n, w, ""); s.severity >= finding.High && s.word != draft {
			p.Way(p.Report(at, s.severity, "puts %s into a link that leads to %s", s.word, host), s.Flow)
			return
		}
	}
}

// leadsOut says whether an address is that of a link of the page which the script picked because it leads to another site.
func (p *Pass) leadsOut(address js.Node) bool {
	found := false
	p.Walk(p.origin(address), func(n js.Node) bool {
		if p.Kind(n) == js.Dot && p.Name(n) == "href" {
			found = found || p.picksOutside(p.Object(n))
		}
		return !found && p.Kind(n) != js.Function
	})
	return found
}

// picksOutside says whether an element is one that a selector for links to other sites finds: of its own, or of the listener or loop
// that hands the element in.
func (p *Pass) picksOutside(n js.Node) bool {
	if outside.MatchString(p.words(n)) {
		return true
	}
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) != js.Call {
			continue
		}
		for _, a := range p.Args(up) {
			if s, _ := p.Graph.Str(a).Const(); p.Kind(a) != js.Function && outside.MatchString(s) {
				return true
			}
		}
		if p.Kind(p.Callee(up)) == js.Dot && outside.MatchString(p.words(p.Object(p.Callee(up)))) {
			return true
		}
	}
	return false
}

// outside knows selectors for links to other sites.
var outside = regexp.MustCompile(`\ba?\.(?:external|extiw)\b|\[\s*href\s*\^=\s*["']?(?:https?:)?//|\[\s*rel\s*[~*^$]?=\s*["']?nofollow`)

// pictured is a text whose url( … ) the browser fetches.
func (p *Pass) pictured(at, text js.Node, w flow.Where) {
	for _, t := range p.Graph.Str(text).Texts {
		if cut(t, "url(") == nil {
			continue
		}
		if host := p.receiver(text); host != "" {
			p.leaks(at, text, w, "image", host)
			return
		}
	}
}

// leakToWiki looks at what a call of mw.ForeignApi takes to a wiki that is somebody else's. The token of that wiki itself is no
// secret there.
func (p *Pass) leakToWiki(r request) {
	made := p.origin(p.Object(p.Callee(r.node)))
	if p.Kind(made) != js.New {
		return
	}
	switch p.Graph.NameOf(p.Callee(made)) {
	case "mw.ForeignApi", "mw.ForeignRest":
	default:
		return
	}
	host := p.receiver(p.Arg(made, 0))
	if host == "" {
		return
	}
	for _, n := range r.q.all() {
		s := p.secretIn(n, r.Where, r.how)
		if s.severity < finding.High || s.Source == flow.FromToken && p.Graph.NameOf(p.Callee(s.Origin)) != "mw.user.tokens.get" {
			continue
		}
		p.tellLeak(r.node, s, host)
	}
}

// basis reports what makes other addresses lead to somebody else's server: the base of the page, an import map, a source of modules
// whose name is put together.
func (p *Pass) basis() {
	for a := range p.Graph.EachAssign() {
		if a.Tag == "base" && a.Property == "href" {
			p.based(a.Node, a.Value)
		}
	}
	for c := range p.Graph.EachCall() {
		switch {
		case setsAttribute(c) && len(c.Args) == 2 && (c.Tag == "base" || p.tagOf(c.Object) == "base"):
			if name, _ := p.Graph.Str(c.Arg(0)).Const(); name == "href" {
				p.based(c.Node, c.Arg(1))
			}
		case (c.Method == "attr" || c.Method == "prop") && len(c.Args) == 1 && p.tagOf(c.Object) == "base",
			c.Is("$") && len(c.Args) > 1 && p.tagOf(c.Node) == "base",
			c.Is("Object.assign") && len(c.Args) > 1 && p.madeTag(c.Arg(0)) == "base":
			for _, n := range p.Graph.Obj(c.Args[len(c.Args)-1]).All("href") {
				p.based(c.Node, n)
			}
		case c.Is("mw.loader.addSource") && len(p.addedSources(c)) == 0:
			p.hiddenSource(c)
		}
	}
	if p.writesOut("importmap") {
		for _, r := range p.runs() {
			if r.sink == "script element" {
				p.mapped(r)
			}
		}
	}
}

// based is the address that the page's relative addresses begin with from now on.
func (p *Pass) based(at, address js.Node) {
	for _, host := range p.foreign(p.Graph.Str(address)) {
		p.Can(at, capability.Capability{Name: capability.Import, Target: host, Certainty: capability.Likely})
		p.Report(at, finding.High, "makes the relative addresses of the page, those of scripts too, lead to %s", host)
		return
	}
	for _, t := range p.Graph.Str(address).Texts {
		if unknown(t) && strings.Contains(t.Suffix(), ".") {
			p.Report(at, finding.Medium, "makes the relative addresses of the page lead to a server whose name it puts together")
			return
		}
	}
}

// mapped is an import map: it says which server the name of a module stands for.
func (p *Pass) mapped(r running) {
	found := ""
	look := func(n js.Node) bool {
		if k := p.Kind(n); found == "" && (k == js.String || k == js.Template || k == js.Binary) {
			a := p.Graph.Str(n)
			for _, t := range a.Texts {
				for _, m := range quotedAddress.FindAllStringSubmatch(`"`+written(t)+`"`, 16) {
					for _, host := range p.foreign(plainly(m[1])) {
						found = host
					}
				}
			}
		}
		return found == ""
	}
	p.Walk(p.origin(r.code), func(n js.Node) bool {
		if p.Kind(n) == js.Ident {
			if o := p.origin(n); o != n {
				p.Walk(o, look)
			}
		}
		return look(n)
	})
	if found != "" {
		p.Can(r.node, capability.Capability{Name: capability.Import, Target: found, Certainty: capability.Likely})
		p.Report(r.node, mapSeverity(found), "makes names of modules stand for code of %s", found)
	}
}

// hiddenSource is a source of modules whose server's name is not known from the text.
func (p *Pass) hiddenSource(c *flow.Call) {
	for _, u := range p.sourceAddresses(c) {
		for _, t := range p.Graph.Str(u).Texts {
			if host, absolute := t.Host(); absolute && strings.HasPrefix(host, "<") && !p.own(host) {
				p.Can(c.Node, capability.Capability{Name: capability.Import, Target: spell(t), Certainty: capability.Likely})
				p.Report(c.Node, finding.High, "takes modules from a server whose name it puts together")
				return
			}
		}
	}
	told := false
	p.each(func(n js.Node) { // it goes a way that is not followed, and has to begin somewhere
		if s := p.Str(n); !told && strings.Contains(s, "load.php") {
			for _, host := range p.foreign(plainly(s)) {
				told = true
				p.Can(c.Node, capability.Capability{Name: capability.Import, Target: s, Certainty: capability.Likely})
				p.Report(c.Node, finding.High, "takes modules from %s, which is not the wiki's", host)
			}
		}
	}, js.String, js.TemplateText)
}

var quotedAddress = regexp.MustCompile(`["'\x60]((?:https?:)?//[^"'\x60\\\s]+)`)

// mapSeverity is lower for servers whose code many people look at.
func mapSeverity(host string) finding.Severity {
	if hosting.Libraries(host) || hosting.Open(host) != "" {
		return finding.Medium
	}
	return finding.High
}

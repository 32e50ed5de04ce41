package rule

import (
	"slices"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var massAction = &Rule{
	Name:     "mass-action",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `does the same to many pages or people, without asking

Deleting, blocking or editing one after the other through a list does damage faster than anybody can look. A mass tool shows
its list and starts on a click.`,
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			if !massive[w.action] && !small[w.action] || w.mine() || !p.repeats(&w) {
				continue
			}
			itself := finding.Critical
			switch w.action {
			case "patrol":
				itself = finding.High
			case "thank":
				itself = finding.High
			case "watch":
				itself = finding.Medium
				if len(w.q["unwatch"]) > 0 {
					itself = finding.High // what else it does is not noticed then
				}
			}
			if s := w.weigh(itself, min(itself, finding.Medium), finding.Note); s > finding.Note {
				p.Report(w.node, s, "%s again and again, %s: %s", actionWord(w.action), w.when(), orUnknown(w.target()))
			}
		}
	},
}

// repeats says whether a write is made for each of many. A function that calls itself may just try again: then
// what is written to has to change from time to time.
func (p *Pass) repeats(w *write) bool {
	if p.inside(w.node, "setInterval") || p.eachOf(w.node) {
		return true
	}
	if len(w.q["unwatch"]) > 0 && slices.ContainsFunc(w.q.nodes("titles"), p.several) {
		return true
	}
	if !w.InLoop {
		return false
	}
	for _, n := range w.q.nodes("title", "from", "user", "pageid", "target", "filename", "revid", "rcid") {
		if p.varies(n) {
			return true
		}
	}
	return false
}

// several says whether a parameter holds many pages: a list that was mapped, or one put together to a text.
func (p *Pass) several(n js.Node) bool {
	switch name, _ := p.KeyName(p.Callee(p.origin(n))); name {
	case "filter", "get", "join", "keys", "map", "slice", "toArray":
		return true
	}
	return len(p.Graph.Elements(n)) > 1
}

// eachOf says whether a node stands in a loop, or in a function given to forEach and its like.
func (p *Pass) eachOf(n js.Node) bool {
	for up := p.parent(n); up != 0; up = p.parent(up) {
		switch p.Kind(up) {
		case js.While, js.DoWhile, js.For, js.ForIn, js.ForOf:
			return true
		case js.Call:
			switch name, _ := p.KeyName(p.Callee(up)); name {
			case "forEach", "each", "map", "filter", "some", "every", "reduce":
				return p.Start(n) > p.End(p.Callee(up))
			}
		}
	}
	return false
}

// varies says whether a value is another one each time: taken off a list, at a place in it, or handed in.
func (p *Pass) varies(n js.Node) bool {
	found := false
	p.Walk(p.origin(n), func(c js.Node) bool {
		o := p.origin(c)
		switch p.Kind(o) {
		case js.Dot:
			o = p.chain(o)
		case js.Index:
			_, fixed := p.KeyName(o)
			found = found || !fixed
		}
		switch p.Kind(o) {
		case js.Call:
			name, _ := p.KeyName(p.Callee(o))
			found = found || name == "pop" || name == "shift" || name == "splice"
		case js.Ident:
			b := p.Tree.Binding(o)
			found = found || b != 0 && p.Bindings[b].Kind == js.Param
		}
		return !found
	})
	return found
}

var massive = words("edit move delete undelete protect block unblock userrights upload import rollback emailuser changecontentmodel " +
	"revisiondelete patrol visualeditoredit discussiontoolsedit globalblock globaluserrights massmessage mergehistory createaccount")

// small are changes that do harm in numbers alone.
var small = words("thank watch")

// matters says whether a write changes more than the person's own pages, or what runs as that person.
func (w *write) matters() bool { return !w.mine() || len(w.of(ownCode)) > 0 }

// mine says whether all the pages are the person's own. To be without them, or to find them elsewhere, is no small thing even so.
func (w *write) mine() bool {
	switch w.action {
	case "delete", "move", "protect", "revisiondelete":
		return false
	}
	for _, t := range w.titles {
		if k := kindOf(t); k != ownPage && k != ownCode {
			return false
		}
	}
	return len(w.titles) > 0
}

// actionWord says what an action of api.php does.
func actionWord(action string) string {
	switch action {
	case "edit", "visualeditoredit", "discussiontoolsedit":
		return "edits pages"
	case "delete", "move", "protect", "undelete":
		return action + "s pages"
	case "block", "unblock", "globalblock":
		return action + "s people"
	case "userrights", "globaluserrights":
		return "changes rights"
	case "emailuser":
		return "sends e-mail"
	case "rollback":
		return "rolls back edits"
	case "upload":
		return "uploads files"
	case "patrol", "review":
		return "marks changes as seen"
	case "import":
		return "imports pages"
	case "thank":
		return "thanks people"
	case "watch":
		return "changes the watch list"
	case "abusefilter":
		return "changes an abuse filter"
	}
	return "calls action=" + action
}

func orUnknown(s string) string {
	if s == "" {
		return "<" + string(flow.SomeText) + ">"
	}
	return s
}

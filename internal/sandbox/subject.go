package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/decoy"
	"sallyport/internal/gate"
	"sallyport/internal/trace"
)

// Script is a script to be run.
type Script struct {
	Path   string // as the caller names it: it stands in reports
	Title  string // the page it is kept on; "" for one made from the path
	Author string // who keeps it; "" for the owner of the page
	Text   string
}

// subject is a script that has been read for what it waits for.
type subject struct {
	Script
	sum       string
	self      *trace.Self
	constants gate.Constants
	gates     []gate.Gate
	functions []gate.Function
	index     map[[2]int]int // of functions, by their place
	source    *gate.Script
	modules   []string
	shim      string
	wrapped   bool
	together  *companions
	demand    *demand
	people    []decoy.Persona // those it asks for by name
	others    []decoy.Persona // those whom pages are about that it asks for
	wanted    decoy.Persona   // somebody with all groups it asks for
}

func (box *Sandbox) read(s Script) *subject {
	if s.Title == "" {
		s.Title = titleOf(s.Path)
	}
	if space, rest, ok := strings.Cut(s.Title, ":"); s.Author == "" && ok && strings.EqualFold(space, "user") {
		s.Author, _, _ = strings.Cut(rest, "/")
	}
	sum := sha256.Sum256([]byte(s.Text))
	u := &subject{Script: s, sum: hex.EncodeToString(sum[:]), self: trace.NewSelf(s.Title, s.Text), index: map[[2]int]int{}}
	u.together = box.companionsOf(s)
	whole := s.Text + "\n" + u.together.text()
	u.modules, u.shim, u.wrapped = append(needs(whole), u.together.modules...), decoy.Shim(whole), wrapped(s.Text)
	u.source = gate.Read([]byte(s.Text), gate.Options{Name: s.Title})
	u.constants = u.source.Constants()
	u.gates = u.source.Gates()
	u.functions = u.source.Functions()
	for i, f := range u.functions {
		u.index[[2]int{f.Start, f.End}] = i
	}
	u.demand = demandOf(u, box.o.Now)
	for _, name := range u.demand.users {
		if name != u.Author {
			u.people = append(u.people, u.demand.matched(name, box))
		}
	}
	for _, name := range u.demand.others {
		if name != u.Author {
			u.others = append(u.others, u.demand.matched(name, box))
		}
	}
	if len(u.demand.groups) > 0 || len(u.demand.edits) > 0 {
		u.wanted = u.demand.matched("Piet "+box.word, box)
		u.wanted.Key, u.wanted.Known = wantedKey(u.demand), false
	}
	return u
}

// wantedKey is how reports call somebody who is in the groups that a script asks for.
func wantedKey(d *demand) string {
	if len(d.groups) == 0 {
		return "editor with many edits"
	}
	return strings.Join(d.groups[:min(len(d.groups), 3)], "+")
}

var titlePath = regexp.MustCompile(`(?i)(^|/)(User|MediaWiki)(:|%3A|_|/)([^/].*)$`)

// titleOf guesses the page from a path: "User/Mara/x.js", "MediaWiki:Gadget-x.js"; anything else is kept by somebody made up.
func titleOf(file string) string {
	file = strings.ReplaceAll(strings.ReplaceAll(file, "\\", "/"), "%2F", "/")
	if m := titlePath.FindStringSubmatch(file); m != nil {
		return strings.ReplaceAll(m[2]+":"+m[4], "_", " ")
	}
	name := strings.TrimLeft(path.Base(file), ".-")
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("#<>[]|{}:", r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
	if !strings.HasSuffix(name, ".js") {
		name += ".js"
	}
	return "User:Skript Keeper/" + name
}

// needs are the modules a script counts on, by what it says: on a wiki its loader, or what others loaded, would have seen to them.
func needs(text string) []string {
	out := []string{"mediawiki.util", "mediawiki.user", "mediawiki.page.ready"}
	for _, n := range moduleWords {
		if strings.Contains(text, n.word) && !slices.Contains(out, n.module) {
			out = append(out, n.module)
		}
	}
	return out
}

var moduleWords = []struct{ word, module string }{
	{"mw.Api", "mediawiki.api"}, {"mediaWiki.Api", "mediawiki.api"}, {"ForeignApi", "mediawiki.ForeignApi"}, {"mw.Rest", "mediawiki.api"}, {"mw.Title", "mediawiki.Title"}, {"mw.Uri", "mediawiki.Uri"},
	{"mw.cookie", "mediawiki.cookie"}, {"mw.storage", "mediawiki.storage"}, {"mw.notif", "mediawiki.notification"}, {"mw.language", "mediawiki.language"}, {"jqueryMsg", "mediawiki.jqueryMsg"},
	{"parseDom", "mediawiki.jqueryMsg"}, {"OO.", "oojs"}, {"OO.ui", "oojs-ui-core"}, {"OO.ui", "oojs-ui-widgets"}, {"OO.ui", "oojs-ui-windows"}, {".dialog(", "jquery.ui"}, {".autocomplete(", "jquery.ui"},
	{".sortable(", "jquery.ui"}, {".draggable(", "jquery.ui"}, {"$.ui", "jquery.ui"}, {"textSelection", "jquery.textSelection"}, {"suggestions(", "jquery.suggestions"}, {"makeCollapsible", "jquery.makeCollapsible"},
	{"tablesorter", "jquery.tablesorter"}, {"$.client", "jquery.client"}, {"mw.widgets", "mediawiki.widgets"}, {"Vue.", "vue"}, {"moment(", "moment"}, {"mw.RegExp", "mediawiki.util"}, {"mw.user.options", "user.options"},
	{"mw.confirmCloseWindow", "mediawiki.confirmCloseWindow"}, {"mw.Debug", "mediawiki.debug"}, {"mw.toolbar", "mediawiki.toolbar"}, {"mw.inspect", "mediawiki.inspect"}, {"byteLength", "mediawiki.String"}, {"mw.experiments", "mediawiki.experiments"},
}

package trace

import "strings"

// Classes of pages: see [Data].
const (
	siteCode  = "site-js"
	gadget    = "gadget"
	otherCode = "other-user-js"
	ownCode   = "own-js"
)

// puts are the changes that put text into a page (ApiMain::$Modules and common extensions).
var puts = set("edit move import undelete visualeditoredit discussiontoolsedit changecontentmodel rollback mergehistory upload filerevert flow wbeditentity")

func set(s string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(s) {
		all[word] = true
	}
	return all
}

// codeWrites are the writes that put text into pages of some classes.
func (p *Pass) codeWrites(classes string) []*Event {
	var out []*Event
	want := set(classes)
	for _, e := range p.Of(PageWrite) {
		if want[e.Data.Class] && (puts[e.Data.Action] || e.Data.Action == "") {
			out = append(out, e)
		}
	}
	return out
}

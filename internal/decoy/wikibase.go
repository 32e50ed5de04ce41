package decoy

import (
	"encoding/json"
	"net/http"
	"strings"
)

// item is the only thing that the decoy's Wikidata knows, under whatever id it is asked for.
const item = "Q2512"

// wikibase answers the reads of a Wikibase repository, which most of the wikis that scripts are written for have beside them, and says
// whether the request was one.
func (d *Decoy) wikibase(w http.ResponseWriter, a *ask, r *reading) bool {
	var body any
	switch r.action {
	case "wbgetentities":
		body = object{"entities": d.entities(r), "success": 1}
	case "wbsearchentities":
		body = object{"searchinfo": object{"search": r.get("search")}, "search": []object{{"id": item, "title": item, "label": pageOfItem, "description": "lamps at a harbour"}}, "success": 1}
	case "wbgetclaims":
		body = object{"claims": object{}}
	default:
		return false
	}
	text, err := json.Marshal(body)
	if err != nil {
		return false
	}
	kind := "application/json; charset=utf-8"
	if call := callback(a); call != "" {
		kind, text = "text/javascript; charset=utf-8", []byte("/**/"+call+"("+string(text)+")")
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text)
	return true
}

const pageOfItem = "Harbour lights"

// entities are those asked for: by their ids, or one for each title.
func (d *Decoy) entities(r *reading) map[string]object {
	out := map[string]object{}
	ids := strings.FieldsFunc(r.get("ids"), func(c rune) bool { return c == '|' || c == '\x1f' })
	if len(ids) == 0 {
		ids = []string{item}
	}
	for _, id := range ids[:min(len(ids), 50)] {
		links := object{}
		for _, site := range []string{"enwiki", "dewiki", "commonswiki", d.site.ID} {
			links[site] = object{"site": site, "title": pageOfItem, "badges": []string{}, "url": d.server() + "/wiki/Harbour_lights"}
		}
		word := func(text string) object { return object{"en": object{"language": "en", "value": text}} }
		out[id] = object{
			"type": "item", "id": id, "title": id, "pageid": 2512, "ns": 0, "lastrevid": 90210, "labels": word(pageOfItem), "descriptions": word("lamps at a harbour"),
			"aliases": object{}, "claims": object{}, "sitelinks": links,
		}
	}
	return out
}

// withItems gives the pages of an answer the item that stands for them, where page properties are asked for.
func withItems(query map[string]json.RawMessage, get func(string) string) bool {
	if !strings.Contains("|"+get("prop")+"|", "|pageprops|") || get("ppprop") != "" && !strings.Contains(get("ppprop"), "wikibase_item") {
		return false
	}
	return eachPage(query, func(page object) bool {
		if page["pageprops"] != nil || page["missing"] != nil || page["invalid"] != nil {
			return false
		}
		page["pageprops"] = object{"wikibase_item": item}
		return true
	})
}

package decoy

import (
	"encoding/json"
	"slices"
	"strings"
)

// neighbours are the wikis that a wiki links to by a prefix, besides itself.
var neighbours = [][2]string{
	{"c", "https://commons.wikimedia.org/wiki/$1"}, {"commons", "https://commons.wikimedia.org/wiki/$1"}, {"d", "https://www.wikidata.org/wiki/$1"}, {"de", "https://de.wikipedia.org/wiki/$1"},
	{"m", "https://meta.wikimedia.org/wiki/$1"}, {"mw", "https://www.mediawiki.org/wiki/$1"}, {"species", "https://species.wikimedia.org/wiki/$1"}, {"wikt", "https://en.wiktionary.org/wiki/$1"},
}

// interwiki gives the list of prefixes (siteinfo's interwikimap) other wikis, and whatever the script takes for one: administrators put any
// address there, so that code from behind a prefix is code from anywhere.
func (d *Decoy) interwiki(means *reading, query map[string]json.RawMessage) bool {
	if !slices.Contains(strings.Split(means.get("siprop"), "|"), "interwikimap") {
		return false
	}
	var rows []map[string]any
	_ = json.Unmarshal(query["interwikimap"], &rows) // one that is missing is empty
	had := map[string]bool{}
	for _, row := range rows {
		if prefix, ok := row["prefix"].(string); ok {
			had[prefix] = true
		}
	}
	add := func(prefix, url string) {
		if !had[prefix] {
			had[prefix] = true
			rows = append(rows, map[string]any{"prefix": prefix, "url": url})
		}
	}
	for _, n := range neighbours {
		add(n[0], n[1])
	}
	for _, prefix := range d.v.Prefixes {
		add(prefix, "https://"+strings.Trim(prefix, "-.")+".prefix.example/$1")
	}
	query["interwikimap"] = encode(rows)
	return true
}

package sandbox

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// standsBetween finds scripts that may put themselves between other scripts and the wiki.
var standsBetween = regexp.MustCompile(`\bajax(?:Prefilter|Setup|Send|Success|Complete|Transport)\b|dataFilter|(?:Api|Rest|XMLHttpRequest|Response)(?:\?*\.|\s*\[\s*['"\x60])prototype\b|\b(?:Api|XMLHttpRequest|fetch|ajax|getJSON)\s*=[^=]|new\s+Proxy\b`)

// saysNothing are strings that are neither names nor titles.
var saysNothing = regexp.MustCompile(`^[a-z0-9_.\-#$]*$|[<>{}[\]|=;/\n]|^[^A-Z]`)

var quoted = regexp.MustCompile(`'([^'\\\n]{2,60})'|"([^"\\\n]{2,60})"`)

// witnessFor are changes of whoever and whatever the script may want nobody to see: code for everybody, people's own code, and those whom it
// names.
func witnessFor(u *subject) *decoy.Witness {
	rows := []decoy.Row{
		{User: "Henk Visser", Title: "Harbour lights"}, {User: "Old Salt", Title: "MediaWiki:Common.js"}, {User: "Marleen K", Title: "MediaWiki:Gadget-lamps.js"},
		{User: "Henk Visser", Title: "User:Henk Visser/common.js"}, {User: "192.0.2.44", Title: "Foghorn"}, {User: u.Author, Title: u.Title},
	}
	for _, name := range namesQuoted(u.Text) {
		row := decoy.Row{User: name, Title: "Lighthouse"}
		if len(rows) < 40 && !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	return &decoy.Witness{Word: decoy.Word(18), Rows: rows}
}

// witness asks for a list and saves a page, the way another script would, and tells what did not come back.
func (v *visit) witness(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	list := url.Values{"action": {"query"}, "list": {"recentchanges"}, "rcprop": {"title|ids|user|comment|timestamp"}, "rclimit": {"50"}, "formatversion": {"2"}, "lamp": {v.asks.Word}}
	var got []decoy.Row
	if err := v.c.Evaluate(ctx, `mw.loader.using('mediawiki.api').then(() => new mw.Api().get(`+plainly(list)+`)).then((r) => r.query.recentchanges.map((c) => ({User: c.user, Title: c.title})))`, &got); err == nil {
		for _, row := range v.asks.Rows {
			if !slices.Contains(got, row) {
				v.rec.put(trace.Event{Kind: trace.Conceal, Data: trace.Data{Name: trace.AlteredAnswer, Text: row.User + " at " + row.Title, Seen: "hook"}})
			}
		}
	}
	for _, edit := range []url.Values{v.asks.Edit(), v.asks.EditCode()} { // the decoy sees what comes of them
		_ = v.c.Evaluate(ctx, `new mw.Api().postWithToken('csrf', `+plainly(edit)+`).then(() => 0, () => 0)`, nil)
	}
}

// plainly are parameters as mw.Api takes them.
func plainly(values url.Values) string {
	out := map[string]string{}
	for name := range values {
		out[name] = values.Get(name)
	}
	return inJSON(out)
}

package decoy

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lists are the API's lists of pages, with the beginning of their parameters' names. Where the wiki has nothing to put into one, the
// decoy has: a script that goes through a list does nothing on an empty one.
var lists = map[string]string{
	"random": "rn", "backlinks": "bl", "embeddedin": "ei", "imageusage": "iu", "exturlusage": "eu", "alllinks": "al", "alltransclusions": "at", "allredirects": "ar",
	"categorymembers": "cm", "search": "sr", "prefixsearch": "ps", "pageswithprop": "pwp", "querypage": "qp", "watchlist": "wl", "watchlistraw": "wr", "usercontribs": "uc",
	"recentchanges": "rc", "allrevisions": "arv", "protectedtitles": "pt", "logevents": "le", "allimages": "ai", "filearchive": "fa",
}

// changes are those of the lists that tell of changes, not only of pages.
var changes = words("watchlist usercontribs recentchanges allrevisions")

// generators are lists of what pages hold, which only serve as generators here.
var generators = map[string]string{"links": "pl", "templates": "tl", "linkshere": "lh", "transcludedin": "ti", "redirects": "rd", "fileusage": "fu", "revisions": "rv"}

// inhabitants are pages of the pretend wiki, by their namespace.
var inhabitants = map[int][]string{
	0:  {"Harbour", "Lighthouse", "Breakwater", "Pilot boat", "Tide table", "Foghorn", "Harbour office", "Harbour lights"},
	1:  {"Talk:Harbour lights"},
	2:  {"User:Old Salt", "User:Henk Visser", "User:Marleen K"},
	3:  {"User talk:Old Salt", "User talk:Henk Visser", "User talk:Marleen K"},
	4:  {"Wikipedia:Village pump"},
	8:  {"MediaWiki:Common.js", "MediaWiki:Common.css", "MediaWiki:Sitenotice"},
	10: {"Template:Lamp"},
	12: {"Help:Editing"},
	14: {"Category:Lamps", "Category:Harbours"},
}

// maxRefills is how often in a run a list is filled: who empties one until nothing is left comes to an end.
const maxRefills = 8

// plenty puts pages into the lists, and behind the generators, that the wiki left empty. The answer is the Action API's, in JSON.
func (d *Decoy) plenty(a *ask, means *reading, body []byte) []byte {
	body = d.generate(a, means, body)
	var answer map[string]json.RawMessage
	if json.Unmarshal(body, &answer) != nil || answer == nil || answer["error"] != nil {
		return body
	}
	query := map[string]json.RawMessage{}
	if raw := answer["query"]; raw != nil && json.Unmarshal(raw, &query) != nil {
		return body
	}
	filled := d.interwiki(means, query)
	filled = d.withDeleted(query, means.get) || filled
	for _, name := range strings.Split(means.get("list"), "|") {
		prefix, ok := lists[name]
		if !ok || !bare(query[name]) || !d.refills(name) {
			continue
		}
		rows := d.rows(name, prefix, means.get)
		switch name {
		case "watchlistraw": // stands beside what was asked for (ApiQueryWatchlistRaw)
			answer[name] = rows
		case "querypage":
			query[name] = encode(object{"name": means.get("qppage"), "results": rows})
		default:
			query[name] = rows
		}
		filled = true
	}
	if !filled {
		return body
	}
	answer["query"] = encode(query)
	return encode(answer)
}

// eachPage goes through the pages of an answer, in either of the forms that they come in, and says whether one of them was changed.
func eachPage(query map[string]json.RawMessage, change func(page object) bool) bool {
	var list []object
	byID := map[string]object{}
	if json.Unmarshal(query["pages"], &list) != nil && json.Unmarshal(query["pages"], &byID) != nil {
		return false
	}
	for _, page := range byID {
		list = append(list, page)
	}
	changed := false
	for _, page := range list {
		changed = change(page) || changed
	}
	if !changed {
		return false
	}
	if len(byID) > 0 {
		query["pages"] = encode(byID)
	} else {
		query["pages"] = encode(list)
	}
	return true
}

// withDeleted gives the pages of an answer a text that was deleted, for those who may see such (ApiQueryDeletedRevisions).
func (d *Decoy) withDeleted(query map[string]json.RawMessage, get func(string) string) bool {
	if !strings.Contains("|"+get("prop")+"|", "|deletedrevisions|") {
		return false
	}
	const text = "A lamp that somebody wanted gone: " + fewPlaceholder
	return eachPage(query, func(page object) bool {
		page["deletedrevisions"] = []object{{
			"revid": 90100, "parentid": 0, "user": "Henk Visser", "comment": "start", "timestamp": d.now().Add(-72 * time.Hour).UTC().Format(time.RFC3339),
			"*": text, "content": text, "slots": object{"main": object{"contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": text, "*": text}},
		}}
		return true
	})
}

// bare says whether a list is missing, or has nothing in it.
func bare(list json.RawMessage) bool { return len(list) == 0 || string(list) == "[]" }

// refills counts how often a list was filled in this run, and says whether it may be once more.
func (d *Decoy) refills(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.filled[name]++
	return d.filled[name] <= maxRefills
}

// turn is how often a list was filled before.
func (d *Decoy) turn(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return max(d.filled[name]-1, 0)
}

// wanted are the titles for a list: of the namespace asked for, as many as asked for, beginning elsewhere each time.
func (d *Decoy) wanted(name, prefix string, get func(string) string) []string {
	space, err := strconv.Atoi(strings.Split(get(prefix+"namespace"), "|")[0])
	all := inhabitants[space]
	if err != nil || len(all) == 0 {
		all = inhabitants[0]
	}
	n, err := strconv.Atoi(get(prefix + "limit"))
	switch {
	case err == nil:
	case name == "random" && get(prefix+"limit") == "":
		n = 1
	default:
		n = len(all)
	}
	from := d.turn(name) % len(all)
	all = slices.Concat(all[from:], all[:from])
	return all[:max(1, min(n, len(all)))]
}

// rows are a list, as the API gives it.
func (d *Decoy) rows(name, prefix string, get func(string) string) json.RawMessage {
	rows := d.pagesOf(d.wanted(name, prefix, get))
	for i := range rows {
		row := rows[i]
		if name == "random" {
			row["id"] = row["pageid"]
		}
		if name == "logevents" {
			d.log(row, i, get)
		}
		if changes[name] {
			row["type"], row["user"], row["userid"], row["comment"], row["tags"], row["minor"], row["bot"] = "edit", "Henk Visser", 77, "measured again", []string{}, false, false
			row["revid"], row["old_revid"], row["parentid"], row["rcid"] = 90300+i, 90200+i, 90200+i, 70300+i
			row["oldlen"], row["newlen"], row["size"], row["top"] = 240, 260, 260, true
			row["timestamp"] = d.now().Add(-time.Duration(i+1) * time.Hour).UTC().Format(time.RFC3339)
		}
	}
	return encode(rows)
}

// log makes a row of what somebody did, in the log of the kind that is asked for.
func (d *Decoy) log(row object, i int, get func(string) string) {
	people := inhabitants[2]
	who := strings.TrimPrefix(people[i%len(people)], "User:")
	kind := firstOf(get("letype"), "move")
	row["logid"], row["user"], row["userid"], row["comment"] = 8100+i, who, 70+i, "as agreed"
	row["type"], row["action"], row["params"] = kind, firstOf(get("leaction"), kind), object{}
	row["timestamp"] = d.now().Add(-time.Duration(i+1) * time.Hour).UTC().Format(time.RFC3339)
}

// pagesOf are the rows of pages, with the ids that the source has for them.
func (d *Decoy) pagesOf(titles []string) []object {
	var answer struct {
		Query struct {
			Pages []struct {
				PageID int `json:"pageid"`
				NS     int `json:"ns"`
				Title  string
			}
		}
	}
	_ = json.Unmarshal(d.query(url.Values{"titles": {strings.Join(titles, "|")}}), &answer) // a recorded wiki may not know
	ids := map[string]int{}
	for _, p := range answer.Query.Pages {
		ids[p.Title] = p.PageID
	}
	var rows []object
	for i, title := range titles {
		space := 0
		if t, err := d.site.ParseText(title); err == nil {
			space = t.NS
		}
		id := ids[title]
		if id == 0 {
			id = 4712 + i
		}
		rows = append(rows, object{"pageid": id, "ns": space, "title": title})
	}
	return rows
}

// query asks the source itself, as the persona of the run.
func (d *Decoy) query(q url.Values) []byte {
	q.Set("action", "query")
	q.Set("format", "json")
	if q.Get("formatversion") == "" {
		q.Set("formatversion", "2")
	}
	b := &buffer{header: http.Header{}}
	d.v.Source.Serve(b, background(d.server()+d.site.ScriptPath+"/api.php?"+q.Encode()), d.look(d.server()))
	return b.body.Bytes()
}

// generate asks again, with titles in place of a generator that had none.
func (d *Decoy) generate(a *ask, means *reading, body []byte) []byte {
	name := means.get("generator")
	prefix := lists[name] + generators[name]
	if prefix == "" || !strings.HasSuffix(a.URL.Path, "/api.php") {
		return body
	}
	var answer struct {
		Query struct{ Pages json.RawMessage }
	}
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	found := answer.Query.Pages
	if generators[name] != "" && bytes.Count(found, []byte(`"title"`)) <= 1+strings.Count(means.get("titles"), "|") {
		found = nil // the pages themselves, for want of the generator
	}
	if len(found) > 2 || !d.refills(name) {
		return body
	}
	q := a.URL.Query()
	if a.Method == http.MethodPost {
		posted, err := url.ParseQuery(string(a.body))
		if err != nil {
			return body
		}
		for key, values := range posted {
			q[key] = values
		}
	}
	for _, key := range []string{"generator", "titles", "pageids", "revids", "continue", "list"} {
		q.Del(key)
	}
	if q.Get("formatversion") == "" {
		q.Set("formatversion", "1")
	}
	q.Set("titles", strings.Join(d.wanted(name, "g"+prefix, means.get), "|"))
	return d.query(q)
}

// encode is a value as JSON; what is encoded here can be.
func encode(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}

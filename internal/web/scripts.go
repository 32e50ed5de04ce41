package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/internal/risk"
	"sallyport/internal/store"
)

// scriptsPage is every script of the wiki, those first that should worry its people most.
type scriptsPage struct {
	People                bool // the reader is told who runs what
	Hidden                bool // they would be, in a window of its own
	Picture               *riskPicture
	Graph                 *loadGraph // nil when nothing is loaded, and in a part of the list
	Rows                  []scriptRow
	Total, From, To       int
	Sort                  string
	By                    map[string]string
	Previous, Next        string
	CSV, JSON, SARIF      string
	MostRows, MostSources int // of a table, and of an export of findings
}

// scriptRow is a script in the list.
type scriptRow struct {
	store.Script
	URL   string
	Level string
	Why   *riskRow // the first reason of the score
}

// mostHosts is how many hosts a line names before it counts the rest.
const mostHosts = 2

// Named are the hosts that are named.
func (r scriptRow) Named() []string { return r.Hosts[:min(len(r.Hosts), mostHosts)] }

// Rest is how many more there are.
func (r scriptRow) Rest() int { return max(0, len(r.Hosts)-mostHosts) }

// listsScripts says whether there is a page about all of them.
func (p *pages) listsScripts() bool { return p.Scripts != nil && p.Scripts.List != nil }

// seesAudience says whether a reader is told who runs which script: it says whom to attack. Scripts of the wiki are told
// nothing of it, whoever runs them.
func (p *pages) seesAudience(v *visit) bool { return mayLook(v) == nil && v.door == byPerson }

// askScripts reads a query from an address.
func askScripts(q url.Values, people bool) store.ScriptQuery {
	words := q.Get("search")
	ask := store.ScriptQuery{Words: words[:min(len(words), maxWords)], Sort: "risk", Limit: pageRows}
	if s := q.Get("sort"); s == "hosts" || s == "changed" || s == "title" || s == "people" && people {
		ask.Sort = s
	}
	if n, err := strconv.Atoi(q.Get("offset")); err == nil && n > 0 && n < 1<<31 {
		ask.Offset = n
	}
	return ask
}

// scripts shows every script of the wiki.
func (p *pages) scripts(v *visit) error {
	body := scriptsPage{People: p.seesAudience(v), MostRows: mostRows, MostSources: mostSources, By: map[string]string{}}
	body.Hidden = !body.People && mayLook(v) == nil
	q := askScripts(v.URL.Query(), body.People)
	rows, total, err := p.Scripts.List.ListScripts(v.Context(), p.Site.ID, q)
	if err != nil {
		return err
	}
	for _, x := range rows {
		x.State = p.scriptState(x)
		row, err := p.scriptRow(v.lang, x)
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, row)
	}
	if body.People {
		if body.Picture, err = p.riskPicture(v); err != nil {
			return err
		}
	}
	if q.Offset == 0 && q.Words == "" {
		if body.Graph, err = p.loadGraph(v); err != nil {
			return err
		}
	}
	body.Total, body.From, body.To, body.Sort = total, q.Offset+1, q.Offset+len(rows), q.Sort
	for _, s := range []string{"risk", "people", "hosts", "changed", "title"} {
		body.By[s] = p.scriptsURL(v, "", "sort", s, "offset", "")
	}
	if q.Offset > 0 {
		body.Previous = p.scriptsURL(v, "", "offset", strconv.Itoa(max(0, q.Offset-pageRows)))
	}
	if body.To < total {
		body.Next = p.scriptsURL(v, "", "offset", strconv.Itoa(body.To))
	}
	body.CSV, body.JSON = p.scriptsURL(v, ".csv", "offset", ""), p.scriptsURL(v, ".json", "offset", "")
	body.SARIF = p.scriptsURL(v, ".sarif", "offset", "")
	return p.show(v, "scripts", http.StatusOK, body)
}

func (p *pages) scriptRow(lang string, x store.Script) (scriptRow, error) {
	row := scriptRow{Script: x, URL: p.scriptURL(x.Title), Level: string(risk.LevelOf(x.Score))}
	if x.Reason == "" {
		return row, nil
	}
	var first risk.Reason
	if err := json.Unmarshal([]byte(x.Reason), &first); err != nil {
		return row, fmt.Errorf("read why %q is risky: %w", x.Title, err)
	}
	row.Why = &p.riskOf(lang, risk.Assessment{Reasons: []risk.Reason{first}}).Reasons[0]
	return row, nil
}

// scriptOff is the state of a script that the breaker keeps back, whatever else is known of it.
const scriptOff = "off"

func (p *pages) scriptState(x store.Script) string {
	if p.Breaker != nil && p.Breaker.Quarantined(x.Title) {
		return scriptOff
	}
	return x.State
}

// scriptsURL is this address with some parameters changed; an empty value removes one.
func (p *pages) scriptsURL(v *visit, suffix string, changes ...string) string {
	return withQuery(p.Base+"/scripts"+suffix, v.URL.Query(), changes...)
}

// Bounds of what is handed out at once, the first in the order asked for.
const (
	mostRows    = 20_000 // lines of a table
	mostSources = 2_000  // scripts whose findings are exported
)

// eachScript goes through the lines that an address asks for, from its offset on, and says how many match in all.
func (p *pages) eachScript(v *visit, most int, do func(store.Script) error) (total int, err error) {
	q := askScripts(v.URL.Query(), p.seesAudience(v))
	for end := q.Offset + most; q.Offset < end; {
		q.Limit = min(500, end-q.Offset)
		rows, all, err := p.Scripts.List.ListScripts(v.Context(), p.Site.ID, q)
		if err != nil {
			return 0, err
		}
		total = all
		for _, x := range rows {
			if err := do(x); err != nil {
				return 0, err
			}
		}
		if q.Offset += len(rows); len(rows) < q.Limit {
			break
		}
	}
	return total, nil
}

func (p *pages) scriptsCSV(v *visit) error {
	people := p.seesAudience(v)
	head := []string{"title", "author", "changed", "revision", "state", "score", "level", "why", "hosts"}
	if people {
		head = append(head, "people", "powerful")
	}
	table := [][]string{head}
	_, err := p.eachScript(v, mostRows, func(x store.Script) error {
		why, err := firstReason(x)
		row := []string{
			x.Title, x.Author, stamp(x.Saved), digits(x.Rev), p.scriptState(x), strconv.Itoa(x.Score), string(risk.LevelOf(x.Score)), why, strings.Join(x.Hosts, " "),
		}
		if people {
			row = append(row, count(x.People), count(x.Powerful))
		}
		table = append(table, row)
		return err
	})
	if err != nil {
		return err
	}
	return v.csv(table)
}

// count is a number that may not be known.
func count(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func firstReason(x store.Script) (string, error) {
	var first risk.Reason
	if x.Reason == "" {
		return "", nil
	}
	if err := json.Unmarshal([]byte(x.Reason), &first); err != nil {
		return "", fmt.Errorf("read why %q is risky: %w", x.Title, err)
	}
	return first.Says, nil
}

type scriptJSON struct {
	Title    string   `json:"title"`
	Author   string   `json:"author,omitempty"`
	Changed  string   `json:"changed"`
	Revision int64    `json:"revision"`
	SHA256   string   `json:"sha256"`
	State    string   `json:"state"`
	Score    int      `json:"score"`
	Level    string   `json:"level"`
	Why      string   `json:"why,omitempty"`
	Hosts    []string `json:"hosts"`
	People   *int     `json:"people,omitempty"`
	Powerful *int     `json:"powerful,omitempty"`
}

func (p *pages) scriptsJSON(v *visit) error {
	people, all := p.seesAudience(v), []scriptJSON{}
	total, err := p.eachScript(v, mostRows, func(x store.Script) error {
		why, err := firstReason(x)
		row := scriptJSON{
			x.Title, x.Author, stamp(x.Saved), x.Rev, string(x.Digest), p.scriptState(x), x.Score, string(risk.LevelOf(x.Score)), why, orEmpty(x.Hosts), nil, nil,
		}
		if people && x.People >= 0 {
			row.People = &x.People
		}
		if people && x.Powerful >= 0 {
			row.Powerful = &x.Powerful
		}
		all = append(all, row)
		return err
	})
	if err != nil {
		return err
	}
	return v.json(map[string]any{"schema": "sallyport.scripts/1", "wiki": p.Site.ID, "total": total, "scripts": all})
}

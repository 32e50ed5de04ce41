package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
)

const (
	pageRows = 50     // rows of a page of the gallery
	maxRows  = 500    // rows the store gives at once
	maxTable = 10_000 // rows of a .csv or .json
	maxWords = 200    // bytes of a search
)

// allPage is the gallery.
type allPage struct {
	Rows           []row
	Total          int
	From, To       int // of the rows shown, from 1
	Sort           string
	By             map[string]string // addresses that sort by a heading
	Previous, Next string
	CSV, JSON      string
	Site           []siteRow
	SiteUnknown    bool
	Special        string // the wiki's own page about its gadgets
}

// row is one gadget of the gallery.
type row struct {
	Name, URL, Description, Owner string
	Users                         int
	Saved                         time.Time
	State                         string // of the reader's own choice; broken whosever choice; else empty
}

type siteRow struct {
	ID, Section string
	Default     bool
	Rights      []string
}

// ask reads a gallery query from an address.
func ask(q url.Values) store.Query {
	words := q.Get("search")
	ask := store.Query{Words: words[:min(len(words), maxWords)], Owner: q.Get("owner"), Sort: "users", Limit: pageRows}
	if s := q.Get("sort"); s == "title" || s == "saved" {
		ask.Sort = s
	}
	if n, err := strconv.Atoi(q.Get("offset")); err == nil && n > 0 && n < 1<<31 {
		ask.Offset = n
	}
	return ask
}

// all shows every user gadget of the wiki, and below it the wiki's own.
func (p *pages) all(v *visit) error {
	q := ask(v.URL.Query())
	list, total, err := p.Registry.List(v.Context(), q)
	if err != nil {
		return err
	}
	mine, err := p.mine(v)
	if err != nil {
		return err
	}
	body := allPage{Rows: p.rows(list, mine), Total: total, Sort: q.Sort, From: q.Offset + 1, To: q.Offset + len(list)}
	body.By = map[string]string{}
	for _, s := range []string{"title", "users", "saved"} {
		body.By[s] = p.allURL(v, "", "sort", s, "offset", "")
	}
	if q.Offset > 0 {
		body.Previous = p.allURL(v, "", "offset", strconv.Itoa(max(0, q.Offset-pageRows)))
	}
	if body.To < total {
		body.Next = p.allURL(v, "", "offset", strconv.Itoa(q.Offset+pageRows))
	}
	body.CSV, body.JSON = p.allURL(v, ".csv", "offset", ""), p.allURL(v, ".json", "offset", "")
	if q.Offset == 0 {
		body.Special = p.Site.Path(special("Gadgets"))
		body.Site, body.SiteUnknown = p.siteRows(v)
	}
	return p.show(v, "all", http.StatusOK, body)
}

// mine is what the reader has switched on.
func (p *pages) mine(v *visit) (map[int64]registry.State, error) {
	if v.me.ID == 0 {
		return nil, nil
	}
	list, err := p.Registry.Enabled(v.Context(), v.account(p.Site))
	if err != nil {
		return nil, err
	}
	mine := map[int64]registry.State{}
	for _, e := range list {
		mine[e.Choice.Gadget] = e.State
	}
	return mine, nil
}

func (p *pages) rows(list []store.Listed, mine map[int64]registry.State) []row {
	rows := make([]row, len(list))
	for i, g := range list {
		rows[i] = row{
			Name: g.Name, URL: p.gadgetURL(g.PageID), Description: g.Description, Owner: g.Owner, Users: g.Users,
			Saved: g.Saved, State: string(mine[g.PageID]),
		}
		if g.Problem != "" {
			rows[i].State = string(registry.Broken)
		}
		if p.Switches != nil && p.Switches.Stops(&switches.Subject{Gadget: g.PageID, Digest: g.Digest, Authors: []string{g.Owner}}) != nil {
			rows[i].State = string(registry.Stopped)
		}
	}
	return rows
}

// allURL is this address with some parameters changed; an empty value removes one.
func (p *pages) allURL(v *visit, suffix string, changes ...string) string {
	q := v.URL.Query()
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "" {
			q.Del(changes[i])
			continue
		}
		q.Set(changes[i], changes[i+1])
	}
	address := p.Base + "/gadgets" + suffix
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// siteRows lists the wiki's own gadgets; unknown says that the wiki did not tell.
func (p *pages) siteRows(v *visit) (rows []siteRow, unknown bool) {
	if p.SiteGadgets == nil {
		return nil, false
	}
	entries, err := p.SiteGadgets(v.Context())
	if err != nil {
		p.Log.Warn("site gadgets not read", "wiki", p.Site.ID, "err", err)
		return nil, true
	}
	for _, e := range entries {
		if e.Definition.Settings.Hidden {
			continue
		}
		rows = append(rows, siteRowOf(e))
	}
	return rows, false
}

func siteRowOf(e gadget.Entry) siteRow {
	s := e.Definition.Settings
	return siteRow{ID: e.ID, Section: s.Section, Default: s.Default, Rights: s.Rights}
}

type listedJSON struct {
	ID          int64  `json:"id"`
	Module      string `json:"module"`
	Title       string `json:"title"`
	Name        string `json:"name"`
	Owner       string `json:"owner"`
	Users       int    `json:"users"`
	Saved       string `json:"saved,omitempty"`
	Description string `json:"description,omitempty"`
	Problem     string `json:"problem,omitempty"`
}

// everything reads the whole answer to a query, up to maxTable rows.
func (p *pages) everything(v *visit) (rows []listedJSON, total int, err error) {
	q := ask(v.URL.Query())
	q.Limit = maxRows
	for len(rows) < maxTable {
		list, n, err := p.Registry.List(v.Context(), q)
		if err != nil {
			return nil, 0, err
		}
		for _, g := range list {
			rows = append(rows, listedJSON{
				ID: g.PageID, Module: "ext.usergadget.p" + digits(g.PageID), Title: readable(g.Title), Name: g.Name,
				Owner: g.Owner, Users: g.Users, Saved: stamp(g.Saved), Description: g.Description, Problem: g.Problem,
			})
		}
		total = n
		if q.Offset += len(list); len(list) == 0 || q.Offset >= n {
			return rows, total, nil
		}
	}
	v.w.Header().Set("Link", "<"+p.allURL(v, "."+formatOf(v), "offset", strconv.Itoa(q.Offset))+`>; rel="next"`)
	return rows, total, nil
}

func formatOf(v *visit) string {
	_, format := splitFormat(v.URL.Path)
	return format
}

func (p *pages) allJSON(v *visit) error {
	rows, total, err := p.everything(v)
	if err != nil {
		return err
	}
	if rows == nil {
		rows = []listedJSON{}
	}
	return v.json(map[string]any{"schema": "sallyport/gadgets/1", "wiki": p.Site.ID, "total": total, "gadgets": rows})
}

func (p *pages) allCSV(v *visit) error {
	rows, _, err := p.everything(v)
	if err != nil {
		return err
	}
	table := [][]string{{"id", "module", "title", "name", "owner", "users", "saved", "description", "problem"}}
	for _, r := range rows {
		table = append(table, []string{
			digits(r.ID), r.Module, r.Title, r.Name, r.Owner, strconv.Itoa(r.Users), r.Saved, r.Description, r.Problem,
		})
	}
	return v.csv(table)
}

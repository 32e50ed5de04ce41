package fakewiki

import (
	"cmp"
	"slices"
	"strconv"

	"sallyport/internal/wiki"
)

// query is one action=query: the pages it is about, and how far each list got.
type query struct {
	*apiCall
	w      *Wiki
	out    object
	pages  []target
	resume object // what "continue" will say; nil when everything was told
	// partial says that more is to be told of these very pages, so that the batch is not complete.
	partial bool
}

// target is one page a query is about.
type target struct {
	title   wiki.Title
	page    *page
	revs    []int64 // asked for by revids: those revisions, not the current one
	invalid string  // the text that is no title
	nobody  int64   // the page id that nothing has
}

// Limits of titles, page ids and rows (ApiBase::LIMIT_SML1 and its siblings).
const (
	smallLimit, smallLimitHigh = 50, 500
	bigLimit, bigLimitHigh     = 500, 5000
)

func queryProps() map[string]func(*query) error {
	return map[string]func(*query) error{"info": (*query).info, "revisions": (*query).revisions, "categories": (*query).categories}
}

func queryMetas() map[string]func(*query) error {
	return map[string]func(*query) error{"userinfo": (*query).userInfo, "siteinfo": (*query).siteInfo, "tokens": (*query).tokens,
		"authmanagerinfo": (*query).authManagerInfo, "allmessages": (*query).allMessages}
}

func queryLists() map[string]func(*query) error {
	return map[string]func(*query) error{"allusers": (*query).allUsers, "users": (*query).users, "recentchanges": (*query).recentChanges,
		"allpages": (*query).allPages, "search": (*query).search, "categorymembers": (*query).categoryMembers,
		"usercontribs": (*query).userContribs, "logevents": (*query).logEvents, "gadgets": (*query).gadgets}
}

func (w *Wiki) apiQuery(c *apiCall) error {
	q := &query{apiCall: c, w: w, out: object{}}
	if err := q.resolve(); err != nil {
		return err
	}
	for _, kind := range []struct {
		param   string
		modules map[string]func(*query) error
	}{{"prop", queryProps()}, {"list", queryLists()}, {"meta", queryMetas()}} {
		for _, name := range c.list(kind.param) {
			run, ok := kind.modules[name]
			if !ok {
				c.warn("query", "Unrecognized value for parameter \""+kind.param+"\": "+name)
				continue
			}
			if err := run(q); err != nil {
				return err
			}
		}
	}
	if !q.partial {
		c.result["batchcomplete"] = true
	}
	if q.resume != nil {
		c.result["continue"] = q.resume
	}
	if len(q.out) > 0 {
		c.result["query"] = q.out
	}
	return nil
}

// more notes where a list stopped.
func (q *query) more(name, value string) {
	if q.resume == nil {
		q.resume = object{"continue": "-||"}
	}
	q.resume[name] = value
}

// resolve reads titles, pageids, revids or a generator into q.pages and makes one row for each.
func (q *query) resolve() error {
	high := q.user.Has("apihighlimits")
	for _, name := range []string{"titles", "pageids", "revids"} {
		limit := smallLimit
		if high {
			limit = smallLimitHigh
		}
		if n := len(q.list(name)); n > limit {
			return &apiError{"toomanyvalues", "Too many values supplied for parameter \"" + name + "\". The limit is " + strconv.Itoa(limit) + ".",
				object{"parameter": name, "limit": limit, "lowlimit": smallLimit, "highlimit": smallLimitHigh}}
		}
	}
	switch {
	case q.text("titles") != "":
		q.byTitles()
	case q.text("pageids") != "":
		q.byIDs()
	case q.text("revids") != "":
		q.byRevisions()
	case q.text("generator") != "":
		if err := q.generate(); err != nil {
			return err
		}
	default:
		return nil
	}
	if q.flag("redirects") || q.has("redirects") {
		q.followRedirects()
	}
	q.rows()
	return nil
}

func (q *query) byTitles() {
	var normalized []object
	seen := map[wiki.Title]bool{}
	for _, text := range q.list("titles") {
		t, err := q.w.site.ParseText(text)
		if err != nil {
			q.pages = append(q.pages, target{invalid: text})
			continue
		}
		if name := q.w.prefixed(t); name != text {
			normalized = append(normalized, object{"fromencoded": false, "from": text, "to": name})
		}
		if !seen[t] {
			seen[t] = true
			q.pages = append(q.pages, target{title: t, page: q.w.db.byTitle[t]})
		}
	}
	if normalized != nil {
		q.out["normalized"] = normalized
	}
}

func (q *query) byIDs() {
	for _, text := range q.list("pageids") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			q.warn("query", "Invalid value for integer parameter \"pageids\": "+text)
			continue
		}
		q.addID(id)
	}
}

func (q *query) addID(id int64) {
	if slices.ContainsFunc(q.pages, func(t target) bool { return t.page != nil && t.page.ID == id }) {
		return
	}
	if p := q.w.db.Pages[id]; p != nil {
		q.pages = append(q.pages, target{title: p.Title, page: p})
	} else {
		q.pages = append(q.pages, target{nobody: id})
	}
}

func (q *query) byRevisions() {
	bad := object{}
	for _, text := range q.list("revids") {
		id, err := strconv.ParseInt(text, 10, 64)
		p := q.w.db.byRev[id]
		if err != nil || p == nil {
			bad[text] = object{"revid": id, "missing": true}
			continue
		}
		if i := slices.IndexFunc(q.pages, func(t target) bool { return t.page == p }); i >= 0 {
			q.pages[i].revs = append(q.pages[i].revs, id)
		} else {
			q.pages = append(q.pages, target{title: p.Title, page: p, revs: []int64{id}})
		}
	}
	if len(bad) > 0 {
		q.out["badrevids"] = bad
	}
}

// maxRedirects bounds how far a chain of redirects, which may be a circle, is followed.
const maxRedirects = 10

func (q *query) followRedirects() {
	var followed []object
	kept := q.pages[:0]
	for _, t := range q.pages {
		for range maxRedirects {
			if t.page == nil {
				break
			}
			to, ok := q.w.redirectTarget(t.page)
			if !ok {
				break
			}
			if from := q.w.prefixed(t.title); !slices.ContainsFunc(followed, func(o object) bool { return o["from"] == from }) {
				followed = append(followed, object{"from": from, "to": q.w.prefixed(to)})
			}
			t = target{title: to, page: q.w.db.byTitle[to]}
		}
		if t.page == nil || !slices.ContainsFunc(kept, func(k target) bool { return k.page == t.page }) {
			kept = append(kept, t)
		}
	}
	q.pages = kept
	if followed != nil {
		q.out["redirects"] = followed
	}
}

// rows makes the page objects that the prop modules fill, one a page: first those that are not there, then the others by
// id. Nobody may count on the order in which they were asked for.
func (q *query) rows() {
	if len(q.pages) == 0 {
		return
	}
	slices.SortStableFunc(q.pages, func(a, b target) int { return cmp.Compare(a.rank(), b.rank()) })
	rows := make(pageRows, len(q.pages))
	for i, t := range q.pages {
		rows[i] = q.row(t)
	}
	q.out["pages"] = rows
}

func (t *target) rank() int64 {
	switch {
	case t.page != nil:
		return t.page.ID
	case t.invalid != "":
		return -1
	case t.title.NS < 0:
		return -2
	}
	return -3
}

func (q *query) row(t target) object {
	switch {
	case t.invalid != "":
		return object{"title": t.invalid, "invalid": true, "invalidreason": "The requested page title is not a valid title."}
	case t.nobody != 0:
		return object{"pageid": t.nobody, "missing": true}
	}
	o := object{"ns": t.title.NS, "title": q.w.prefixed(t.title)}
	switch {
	case t.page != nil:
		o["pageid"] = t.page.ID
	case t.title.NS < 0:
		o["special"] = true
	default:
		o["missing"] = true
	}
	return o
}

// each calls f for every page that exists, with its row.
func (q *query) each(f func(t target, row object)) {
	rows, _ := q.out["pages"].(pageRows)
	for i, t := range q.pages {
		if t.page != nil {
			f(t, rows[i])
		}
	}
}

// limit reads a row limit: a number, "max", or 10.
func (q *query) limit(name string) int {
	most := bigLimit
	if q.user.Has("apihighlimits") {
		most = bigLimitHigh
	}
	text := q.text(name)
	if text == "max" {
		return most
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		n = 10
	}
	return min(n, most)
}

// idOf is a page's id, 0 for none, for rows that name a page that may be gone.
func idOf(p *page) int64 {
	if p == nil {
		return 0
	}
	return p.ID
}

// byText orders titles as MediaWiki's page_title index does: by bytes.
func byText(a, b *page) int { return cmp.Compare(a.Title.Key, b.Title.Key) }

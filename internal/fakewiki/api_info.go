package fakewiki

import (
	"time"

	"sallyport/internal/wiki"
)

// stamp is a time as the API writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// info is prop=info (ApiQueryInfo).
func (q *query) info() error {
	rows, _ := q.out["pages"].(pageRows)
	for i, t := range q.pages {
		if t.invalid != "" || t.nobody != 0 || t.title.NS < 0 {
			continue
		}
		row := rows[i]
		row["contentmodel"] = q.w.modelOf(t.title)
		row["pagelanguage"], row["pagelanguagehtmlcode"], row["pagelanguagedir"] = q.w.site.Lang, q.w.site.Lang, q.w.direction()
		if p := t.page; p != nil {
			row["touched"] = stamp(p.Touched)
			row["lastrevid"] = p.current().ID
			row["length"] = len(p.current().Text)
			if _, ok := q.w.redirectTarget(p); ok {
				row["redirect"] = true
			}
			if len(p.Revisions) == 1 {
				row["new"] = true
			}
		}
		q.extraInfo(t.title, row)
	}
	return nil
}

func (q *query) extraInfo(t wiki.Title, row object) {
	if q.asks("inprop", "url") && q.has("inprop") {
		row["fullurl"] = q.w.site.URL(t)
		row["canonicalurl"] = q.w.site.URL(t)
		row["editurl"] = q.w.site.Server + q.w.pageQuery(t, "action", "edit")
	}
	if q.asks("inprop", "displaytitle") {
		row["displaytitle"] = escape(q.w.prefixed(t))
	}
	if q.asks("inprop", "protection") {
		levels := []object{}
		if p := q.w.db.byTitle[t]; p != nil && p.Protected != "" {
			levels = append(levels, object{"type": "edit", "level": "sysop", "expiry": "infinity"})
		}
		row["protection"], row["restrictiontypes"] = levels, []string{"edit", "move"}
	}
	if actions := q.list("intestactions"); len(actions) > 0 {
		may := object{}
		for _, action := range actions {
			may[action] = q.w.may(&q.user, action, t)
		}
		row["actions"] = may
	}
}

// may answers intestactions.
func (w *Wiki) may(u *wiki.User, action string, t wiki.Title) bool {
	switch action {
	case "edit", "create":
		return w.mayEdit(u, t, w.modelOf(t)) == nil
	case "move":
		return u.Has("move") && w.mayEdit(u, t, w.modelOf(t)) == nil
	case "delete":
		return w.mayDelete(u, t) == nil
	}
	return u.Has(action)
}

// direction is which way the wiki's language is written.
func (w *Wiki) direction() string {
	if w.site.RTL {
		return "rtl"
	}
	return "ltr"
}

// categories is prop=categories.
func (q *query) categories() error {
	q.each(func(t target, row object) {
		var list []object
		for _, c := range q.w.categoriesOf(t.page) {
			list = append(list, object{"ns": c.NS, "title": q.w.prefixed(c)})
		}
		if list != nil {
			row["categories"] = list
		}
	})
	return nil
}

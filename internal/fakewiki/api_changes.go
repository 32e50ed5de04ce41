package fakewiki

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// span is which part of the changes a listing wants: start, end, direction, and where it stopped the last time.
type span struct {
	start, end time.Time
	newer      bool
	after      int64 // the change to go on from, 0 for the first
	limit      int
}

// span reads the parameters of a listing, for instance rcstart, rcend, rcdir, rclimit and rccontinue.
func (q *query) span(prefix string) (span, error) {
	s := span{start: when(q.text(prefix + "start")), end: when(q.text(prefix + "end")), newer: q.text(prefix+"dir") == "newer", limit: q.limit(prefix + "limit")}
	if text := q.text(prefix + "continue"); text != "" {
		_, id, ok := strings.Cut(text, "|")
		n, err := strconv.ParseInt(id, 10, 64)
		if !ok || err != nil {
			return s, apiErrorf("badcontinue", "Invalid continue param. You should pass the original value returned by the previous query.")
		}
		s.after = n
	}
	return s, nil
}

// pick walks changes in the direction of the span and hands each that fits to keep, which says whether it was wanted.
func (q *query) pick(changes []change, s span, name string, want func(*change) bool, row func(*change) object) []object {
	rows := []object{}
	for i := range changes {
		c := &changes[len(changes)-1-i]
		if s.newer {
			c = &changes[i]
		}
		if s.after != 0 && (s.newer && c.ID < s.after || !s.newer && c.ID > s.after) || outside(c.Time, s.start, s.end, s.newer) || !want(c) {
			continue
		}
		if len(rows) == s.limit {
			q.more(name+"continue", c.Time.UTC().Format("20060102150405")+"|"+strconv.FormatInt(c.ID, 10))
			break
		}
		rows = append(rows, row(c))
	}
	return rows
}

// recentChanges is list=recentchanges (ApiQueryRecentChanges).
func (q *query) recentChanges() error {
	s, err := q.span("rc")
	if err != nil {
		return err
	}
	spaces := q.list("rcnamespace")
	want := func(c *change) bool {
		return q.asks("rctype", c.Type, "edit", "new", "log") &&
			(spaces == nil || slices.Contains(spaces, strconv.Itoa(c.Title.NS))) &&
			(!q.has("rcuser") || q.text("rcuser") == c.User) && (!q.has("rcexcludeuser") || q.text("rcexcludeuser") != c.User) &&
			(!q.has("rctitle") || q.text("rctitle") == q.w.prefixed(c.Title)) &&
			(!q.asks("rcshow", "!bot") || !c.Bot) && (!q.asks("rcshow", "bot") || c.Bot)
	}
	q.out["recentchanges"] = q.pick(q.w.db.Changes, s, "rc", want, q.recentChange)
	return nil
}

func (q *query) recentChange(c *change) object {
	o := object{"type": c.Type}
	asks := func(prop string) bool { return q.asks("rcprop", prop, "title", "timestamp", "ids") }
	if asks("title") {
		o["ns"], o["title"] = c.Title.NS, q.w.prefixed(c.Title)
	}
	if asks("ids") {
		o["pageid"], o["revid"], o["old_revid"], o["rcid"] = c.Page, c.Rev, c.Old, c.ID
	}
	q.who(o, c.User, asks("user"), asks("userid"))
	if asks("flags") {
		o["bot"], o["new"], o["minor"] = c.Bot, c.Type == "new", c.Minor
	}
	if asks("sizes") {
		o["oldlen"], o["newlen"] = c.OldLen, c.NewLen
	}
	if asks("timestamp") {
		o["timestamp"] = stamp(c.Time)
	}
	if asks("comment") {
		o["comment"] = c.Comment
	}
	if asks("parsedcomment") {
		o["parsedcomment"] = escape(c.Comment)
	}
	if asks("tags") {
		o["tags"] = []string{}
	}
	if asks("loginfo") && c.Type == "log" {
		o["logid"], o["logtype"], o["logaction"], o["logparams"] = c.Log, c.LogType, c.LogAction, logParams(c)
	}
	return o
}

func logParams(c *change) object {
	params := object{}
	for k, v := range c.LogParams {
		params[k] = v
	}
	return params
}

// logEvents is list=logevents (ApiQueryLogEvents).
func (q *query) logEvents() error {
	s, err := q.span("le")
	if err != nil {
		return err
	}
	want := func(c *change) bool {
		return c.Type == "log" && (!q.has("letype") || q.text("letype") == c.LogType) &&
			(!q.has("leaction") || q.text("leaction") == c.LogType+"/"+c.LogAction) &&
			(!q.has("leuser") || q.text("leuser") == c.User) && (!q.has("letitle") || q.text("letitle") == q.w.prefixed(c.Title))
	}
	q.out["logevents"] = q.pick(q.w.db.Changes, s, "le", want, q.logEvent)
	return nil
}

func (q *query) logEvent(c *change) object {
	o := object{}
	asks := func(prop string) bool {
		return q.asks("leprop", prop, "ids", "title", "type", "user", "timestamp", "comment", "details")
	}
	if asks("ids") {
		o["logid"], o["pageid"], o["logpage"] = c.Log, c.Page, c.Page
	}
	if asks("title") {
		o["ns"], o["title"] = c.Title.NS, q.w.prefixed(c.Title)
	}
	if asks("type") {
		o["type"], o["action"] = c.LogType, c.LogAction
	}
	if asks("details") {
		o["params"] = logParams(c)
	}
	q.who(o, c.User, asks("user"), asks("userid"))
	if asks("timestamp") {
		o["timestamp"] = stamp(c.Time)
	}
	if asks("comment") {
		o["comment"] = c.Comment
	}
	return o
}

// userContribs is list=usercontribs (ApiQueryUserContribs).
func (q *query) userContribs() error {
	names := q.list("ucuser")
	switch {
	case names == nil && q.has("ucuser"):
		return apiErrorf("paramempty_ucuser", "Parameter \"ucuser\" may not be empty.")
	case names == nil && !q.has("ucuserprefix"):
		return apiErrorf("missingparam", "One of the parameters \"ucuser\", \"ucuserids\" and \"ucuserprefix\" is required.")
	}
	for i, name := range names {
		if canonical, ok := q.w.userName(name); ok {
			names[i] = canonical
		}
	}
	s, err := q.span("uc")
	if err != nil {
		return err
	}
	spaces := q.list("ucnamespace")
	want := func(c *change) bool {
		by := slices.Contains(names, c.User) || q.has("ucuserprefix") && strings.HasPrefix(c.User, q.text("ucuserprefix"))
		return by && (spaces == nil || slices.Contains(spaces, strconv.Itoa(c.Title.NS)))
	}
	q.out["usercontribs"] = q.pick(q.w.edits(), s, "uc", want, func(c *change) object {
		o := object{"user": c.User, "pageid": c.Page, "revid": c.Rev, "parentid": c.Old, "ns": c.Title.NS, "title": q.w.prefixed(c.Title),
			"timestamp": stamp(c.Time), "new": c.Old == 0, "minor": c.Minor, "top": q.w.db.byRev[c.Rev].current().ID == c.Rev, "comment": c.Comment, "size": c.NewLen}
		if a := q.w.db.byName[c.User]; a != nil {
			o["userid"] = a.ID
		}
		return o
	})
	return nil
}

// edits are all revisions of all pages in the form of changes, oldest first.
func (w *Wiki) edits() []change {
	var all []change
	for _, p := range w.db.Pages {
		for _, r := range p.Revisions {
			all = append(all, change{ID: r.ID, Title: p.Title, Page: p.ID, Rev: r.ID, Old: r.Parent, NewLen: len(r.Text), User: r.User, Time: r.Time, Comment: r.Comment, Minor: r.Minor})
		}
	}
	slices.SortFunc(all, func(a, b change) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

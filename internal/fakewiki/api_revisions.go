package fakewiki

import (
	"crypto/sha1" //nolint:gosec // MediaWiki names revisions by SHA-1; it guards nothing here
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// revisions is prop=revisions (ApiQueryRevisions): the current revision of each page, the ones asked for by revids, or
// with rvlimit and its like the history of one page.
func (q *query) revisions() error {
	listing := q.has("rvlimit") || q.has("rvstartid") || q.has("rvendid") || q.has("rvuser") || q.has("rvstart") || q.has("rvend") || q.has("rvdir")
	if listing && len(q.pages) > 1 {
		return apiErrorf("invalidparammix", "\"titles\", \"pageids\" or a generator was used to supply multiple pages, but the rvlimit, rvstartid, rvendid, rvdir=newer, rvuser, rvexcludeuser, rvstart, and rvend parameters may only be used on a single page.")
	}
	q.each(func(t target, row object) {
		var list []object
		for _, r := range q.chosen(t, listing) {
			list = append(list, q.revision(r))
		}
		if list != nil {
			row["revisions"] = list
		}
	})
	return nil
}

func (q *query) chosen(t target, listing bool) []*revision {
	if !listing {
		if t.revs == nil {
			return []*revision{t.page.current()}
		}
		var list []*revision
		for _, id := range t.revs {
			list = append(list, t.page.revision(id))
		}
		return list
	}
	return q.history(t.page)
}

// history lists one page's revisions, newest first unless rvdir=newer.
func (q *query) history(p *page) []*revision {
	var list []*revision
	for i := range p.Revisions {
		list = append(list, &p.Revisions[i])
	}
	newer := q.text("rvdir") == "newer"
	if !newer {
		slices.Reverse(list)
	}
	start, end := q.id("rvstartid"), q.id("rvendid")
	if _, id, ok := strings.Cut(q.text("rvcontinue"), "|"); ok {
		start, _ = strconv.ParseInt(id, 10, 64)
	}
	since, until := when(q.text("rvstart")), when(q.text("rvend"))
	limit := q.limit("rvlimit")
	var kept []*revision
	for _, r := range list {
		before, after := r.ID < start, end != 0 && r.ID > end
		if !newer {
			before, after = start != 0 && r.ID > start, r.ID < end
		}
		if before || after || outside(r.Time, since, until, newer) || q.has("rvuser") && r.User != q.text("rvuser") {
			continue
		}
		if len(kept) == limit {
			q.more("rvcontinue", r.Time.UTC().Format("20060102150405")+"|"+strconv.FormatInt(r.ID, 10))
			q.resume["continue"], q.partial = "||", true
			break
		}
		kept = append(kept, r)
	}
	return kept
}

// when reads a timestamp of the API: ISO 8601 or MediaWiki's fourteen digits; the zero time for anything else.
func when(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "20060102150405", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) < 14 && n > 0 {
		return time.Unix(n, 0)
	}
	return time.Time{}
}

// outside says whether a time lies beyond a start and an end, either of which may be zero. Listings run from new to old
// unless newer is set, and so do their starts and ends. Fractions of a second do not count: MediaWiki stores none.
func outside(t, start, end time.Time, newer bool) bool {
	if !newer {
		start, end = end, start
	}
	t = t.Truncate(time.Second)
	return !start.IsZero() && t.Before(start) || !end.IsZero() && t.After(end)
}

func (q *query) revision(r *revision) object {
	o := object{}
	asks := func(prop string) bool {
		return q.asks("rvprop", prop, "ids", "timestamp", "flags", "comment", "user")
	}
	if asks("ids") {
		o["revid"], o["parentid"] = r.ID, r.Parent
	}
	if asks("flags") {
		o["minor"] = r.Minor
	}
	q.who(o, r.User, asks("user"), asks("userid"))
	if asks("timestamp") {
		o["timestamp"] = stamp(r.Time)
	}
	if asks("size") {
		o["size"] = len(r.Text)
	}
	if asks("comment") {
		o["comment"] = r.Comment
	}
	if asks("parsedcomment") {
		o["parsedcomment"] = escape(r.Comment)
	}
	if asks("sha1") {
		o["sha1"] = sum(r.Text)
	}
	if asks("tags") {
		o["tags"] = []string{}
	}
	q.slots(o, r, asks)
	return o
}

func (q *query) slots(o object, r *revision, asks func(string) bool) {
	slot := o
	if q.has("rvslots") {
		slot = object{}
	}
	if asks("contentmodel") || asks("content") {
		slot["contentmodel"], slot["contentformat"] = r.Model, formatOf(r.Model)
	}
	if asks("content") {
		slot["content"] = content(r.Text)
	}
	if asks("slotsha1") {
		slot["sha1"] = sum(r.Text)
	}
	if asks("slotsize") {
		slot["size"] = len(r.Text)
	}
	if q.has("rvslots") {
		o["slots"] = object{"main": slot}
	}
}

// who names a person in a row of a listing, with "anon" for those without an account.
func (q *query) who(o object, name string, user, userid bool) {
	a := q.w.db.byName[name]
	if user {
		o["user"] = name
	}
	if (user || userid) && a == nil {
		o["anon"] = true
	}
	if userid {
		o["userid"] = int64(0)
		if a != nil {
			o["userid"] = a.ID
		}
	}
}

// formatOf is the serialisation format of a content model.
func formatOf(model string) string {
	switch model {
	case "javascript", "vue":
		return "text/javascript"
	case "css":
		return "text/css"
	case "json":
		return "application/json"
	case "text":
		return "text/plain"
	}
	return "text/x-wiki"
}

func sum(text string) string {
	h := sha1.Sum([]byte(text)) //nolint:gosec // see the import
	return hex.EncodeToString(h[:])
}

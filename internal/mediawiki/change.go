package mediawiki

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/wiki"
)

const (
	// overlap is how far each reading goes back behind the newest change seen. A change carries the time at which its
	// request began and is listed when that request has ended, so changes do not appear in the order of their times.
	overlap = 20 * time.Second
	// maxChanges is how many new changes one call returns; the next call goes on.
	maxChanges = 5000
	// maxSeen bounds a cursor.
	maxSeen = 20_000
)

// Change is a row of recent changes: an edit, a new page, or a log entry.
type Change struct {
	ID      int64  // rcid
	Type    string // "edit", "new" or "log"
	Title   wiki.Title
	PageID  int64 // of the page after the change; 0 when it has none
	Rev     int64
	OldRev  int64
	User    string // empty when hidden
	Time    time.Time
	LogType string // for instance "move", "delete", "renameuser", "rights", "protect", "newusers"
	Action  string // for instance "move", "move_redir", "delete", "restore"

	Target  *wiki.Title // where a page was moved to
	OldUser string      // the name of a renamed account before
	NewUser string      // and after
}

// Cursor is a position in recent changes: the time of the newest change seen, and the ids of the changes seen around it.
// It is text, for a store to keep.
type Cursor string

// Time is when the newest change seen was made; zero for the empty cursor. Wikis forget changes after some time ($wgRCMaxAge,
// 90 days by default): who comes back later has missed some.
func (c Cursor) Time() time.Time {
	t, _ := c.read()
	return t
}

func (c Cursor) read() (newest time.Time, seen map[int64]bool) {
	when, ids, _ := strings.Cut(string(c), " ")
	newest, err := time.Parse(time.RFC3339, when)
	if err != nil {
		return time.Time{}, map[int64]bool{}
	}
	seen = map[int64]bool{}
	for text := range strings.SplitSeq(ids, ",") {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			seen[id] = true
		}
	}
	return newest, seen
}

// cursor writes a position: of what was seen, what the next reading will see again.
func cursor(newest time.Time, seen map[int64]time.Time) Cursor {
	var ids []int64
	for id, at := range seen {
		if !at.Before(newest.Add(-overlap)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	ids = ids[max(0, len(ids)-maxSeen):]
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return Cursor(newest.UTC().Format(time.RFC3339) + " " + strings.Join(texts, ","))
}

type changeRow struct {
	Type      string
	NS        int
	Title     string // absent when hidden
	PageID    int64
	RevID     int64
	OldRevID  int64 `json:"old_revid"`
	RCID      int64
	User      string
	Timestamp time.Time
	LogType   string
	LogAction string
	LogParams json.RawMessage
}

// RecentChanges returns what changed since the cursor, oldest first, each change once, and the cursor to go on from.
// The empty cursor stands a few seconds before the newest change; who wants to know a wiki as it is takes a cursor first
// and looks at the pages then. Pages that are deleted by now are only seen in their log entries, and people under the
// names they have now.
func (c *Client) RecentChanges(ctx context.Context, since Cursor) ([]Change, Cursor, error) {
	newest, before := since.read()
	if newest.IsZero() {
		var err error
		if newest, err = c.newestChange(ctx); err != nil || newest.IsZero() {
			return nil, since, err
		}
	}
	v := recentChanges("newer", "max")
	v["rcstart"] = newest.Add(-overlap).UTC().Format(time.RFC3339)
	seen := map[int64]time.Time{}
	var changes []Change
	err := query(ctx, c, v, func(a *changeList) error {
		for i := range a.RecentChanges {
			row := &a.RecentChanges[i]
			if _, again := seen[row.RCID]; !again && !before[row.RCID] && row.Title != "" {
				changes = append(changes, row.change())
			}
			seen[row.RCID] = row.Timestamp
			if row.Timestamp.After(newest) {
				newest = row.Timestamp
			}
		}
		if len(changes) >= maxChanges {
			return errStop
		}
		return nil
	})
	if err != nil {
		return nil, since, fmt.Errorf("read recent changes: %w", err)
	}
	return changes, cursor(newest, seen), nil
}

type changeList struct{ RecentChanges []changeRow }

func recentChanges(direction, limit string) values {
	return values{
		"list": "recentchanges", "rctype": "edit|new|log", "rcprop": "title|ids|timestamp|user|loginfo",
		"rcdir": direction, "rclimit": limit,
	}
}

// newestChange is the time of the newest change listed, or zero when none is.
func (c *Client) newestChange(ctx context.Context) (at time.Time, err error) {
	err = query(ctx, c, recentChanges("older", "1"), func(a *changeList) error {
		for i := range a.RecentChanges {
			at = a.RecentChanges[i].Timestamp
		}
		return errStop
	})
	return at, err
}

func (r *changeRow) change() Change {
	ch := Change{
		ID: r.RCID, Type: r.Type, Title: title(r.NS, r.Title), PageID: r.PageID, Rev: r.RevID, OldRev: r.OldRevID,
		User: r.User, Time: r.Timestamp, LogType: r.LogType, Action: r.LogAction,
	}
	var p struct {
		NS      int    `json:"target_ns"`
		Target  string `json:"target_title"`
		OldUser string
		NewUser string
	}
	if len(r.LogParams) > 0 && r.LogParams[0] == '{' { // PHP writes an empty one as a list
		if json.Unmarshal(r.LogParams, &p) != nil {
			return ch // parameters of an unknown log entry, in a shape of its own
		}
	}
	ch.OldUser, ch.NewUser = p.OldUser, p.NewUser
	if p.Target != "" {
		target := title(p.NS, p.Target)
		ch.Target = &target
	}
	return ch
}

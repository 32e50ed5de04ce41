package pending

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

const (
	watchPause = 5 * time.Second
	// watchGrace is how long the log may lag behind the wiki: a change is listed there before the desk has asked about it.
	watchGrace = 20 * time.Second
	logBatch   = 500
)

// Watcher compares what the wiki says has changed with what was approved, and raises an alarm about code that got in some
// other way: past the gateway, or by a way nobody thought of.
type Watcher struct {
	Desk    *Desk
	Changes func(ctx context.Context, since mediawiki.Cursor) ([]mediawiki.Change, mediawiki.Cursor, error)
	Cursor  func(ctx context.Context) (string, error)
	Keep    func(ctx context.Context, cursor string) error
	Pause   time.Duration // between two looks; 5 s by default

	at       mediawiki.Cursor // of the wiki's changes, read so far
	kept     mediawiki.Cursor // and kept
	seq      int64            // of the log, read so far
	approved map[int64]bool
	moved    map[wiki.Title]time.Time // pages of approved changes that are no edits
	open     []mediawiki.Change       // not approved as far as the log says; too young for an alarm
}

// Run looks until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	defaults(&w.Pause, watchPause)
	for {
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.Desk.o.Log.Warn("changes not compared with approvals", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.Pause):
		}
	}
}

// Look reads what is new on the wiki and in the log, once.
func (w *Watcher) Look(ctx context.Context) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	changes, next, err := w.Changes(ctx, w.at)
	if err != nil {
		return err
	}
	w.at = next
	for _, c := range changes {
		if w.matters(c) {
			w.open = append(w.open, c)
		}
	}
	if err := w.readLog(ctx); err != nil {
		return err
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	if len(w.open) > 0 || w.at == w.kept {
		return nil // what is not settled is read again after a restart
	}
	w.kept = w.at
	return w.Keep(ctx, string(w.at))
}

// begin goes on where an earlier process stopped.
func (w *Watcher) begin(ctx context.Context) error {
	if w.approved != nil {
		return nil
	}
	cursor, err := w.Cursor(ctx)
	if err == nil {
		w.at, w.kept = mediawiki.Cursor(cursor), mediawiki.Cursor(cursor)
		w.approved, w.moved = map[int64]bool{}, map[wiki.Title]time.Time{}
	}
	return err
}

// matters says whether a change put code in place that runs for others. Deletions and protections take away.
func (w *Watcher) matters(c mediawiki.Change) bool {
	if c.Type != "log" {
		return w.runs(c.Title, c.User)
	}
	switch c.LogType {
	case "move":
		return c.Target != nil && w.runs(*c.Target, c.User)
	case "import", "contentmodel", "merge":
		return w.runs(c.Title, c.User)
	case "delete":
		return c.Action == "restore" && w.runs(c.Title, c.User)
	}
	return false
}

func (w *Watcher) runs(t wiki.Title, user string) bool {
	kind := wiki.Code(t, wiki.DefaultModel(t))
	if kind.User() {
		owner, ok := w.Desk.o.Site.Owner(t)
		return !ok || owner != user
	}
	return kind.Site() || t.NS == wiki.NSMediaWiki && strings.HasPrefix(t.Key, "Gadgets-definition")
}

// readLog takes in what was made since the last look.
func (w *Watcher) readLog(ctx context.Context) error {
	for {
		entries, err := w.Desk.o.Store.Entries(ctx, w.Desk.o.Site.ID, w.seq, logBatch)
		if err != nil {
			return err
		}
		for _, e := range entries {
			w.seq = e.Seq
			var s summary
			if e.Kind != string(store.Done) || json.Unmarshal([]byte(e.Body), &s) != nil {
				continue
			}
			w.approved[s.Revision] = true
			for _, p := range s.Pages {
				w.moved[wiki.Title{NS: p.NS, Key: p.Title}] = e.At
			}
		}
		if len(entries) < logBatch {
			return nil
		}
	}
}

// settle drops what was approved, and raises an alarm about the rest once the log has had its time.
func (w *Watcher) settle(ctx context.Context) error {
	var young []mediawiki.Change
	for _, c := range w.open {
		switch {
		case w.wasApproved(c):
		case w.Desk.o.Now().Sub(c.Time) < watchGrace:
			young = append(young, c)
		default:
			if err := w.alarm(ctx, c); err != nil {
				return err
			}
		}
	}
	w.open = young
	return nil
}

func (w *Watcher) wasApproved(c mediawiki.Change) bool {
	if c.Type != "log" {
		return w.approved[c.Rev]
	}
	title := c.Title
	if c.Target != nil {
		title = *c.Target
	}
	at, ok := w.moved[title]
	return ok && at.Sub(c.Time).Abs() < sendWindow
}

// sendWindow is how far apart a change's time on the wiki and in the log may be.
const sendWindow = 5 * time.Minute

func (w *Watcher) alarm(ctx context.Context, c mediawiki.Change) error {
	site := w.Desk.o.Site
	what := fmt.Sprintf("%s by %s, revision %d", site.PrefixedText(c.Title), c.User, c.Rev)
	if c.Target != nil {
		what = fmt.Sprintf("%s moved to %s by %s", site.PrefixedText(c.Title), site.PrefixedText(*c.Target), c.User)
	}
	w.Desk.o.Log.Error("ALARM: code changed that nobody approved", "wiki", site.ID, "change", what)
	entry, err := w.Desk.entry("unapproved", map[string]any{"what": what, "title": site.Prefixed(c.Title), "user": c.User, "revision": c.Rev, "type": c.Type, "log": c.LogType})
	if err != nil {
		return err
	}
	return w.Desk.o.Store.Append(ctx, site.ID, entry)
}

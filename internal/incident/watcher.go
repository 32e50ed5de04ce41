package incident

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// Changes tells what changed on a wiki, and what its pages are; [mediawiki.Client] does.
type Changes interface {
	RecentChanges(ctx context.Context, since mediawiki.Cursor) ([]mediawiki.Change, mediawiki.Cursor, error)
	Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	Revision(ctx context.Context, rev int64) (wiki.Page, error)
}

// Approvals says whether somebody approved that a page has this revision, or that a log entry's action was made.
type Approvals interface {
	Approved(ctx context.Context, c mediawiki.Change) (bool, error)
}

// Writer puts a page back; [mediawiki.Session] does, as an account that may.
type Writer interface {
	Edit(ctx context.Context, t wiki.Title, text, summary string) (rev int64, err error)
}

// Watcher reads recent changes and looks for changes of code that nobody approved: made past the gateway, or by a way that
// nobody foresaw. It is used by one goroutine.
type Watcher struct {
	Site      *wiki.Site
	Changes   Changes
	Approvals Approvals
	// Watched says whether changes of such a page by such a person need an approval. Nil means [Watched].
	Watched func(site *wiki.Site, t wiki.Title, model, user string) bool
	Writer  Writer        // puts pages back; nil: alarms alone
	Grace   time.Duration // how long an approval may take to be noted after the change; 10 seconds by default
	Most    int           // how often a page is put back within an hour, before somebody has to look; 3 by default
	Alarm   func(Finding)
	Now     func() time.Time
	Log     *slog.Logger

	cursor  mediawiki.Cursor
	waiting []mediawiki.Change // not approved yet
	ours    []int64            // revisions that putting back made
	undone  map[wiki.Title][]time.Time
}

// Finding is a change of code without an approval.
type Finding struct {
	Change mediawiki.Change
	What   string // in words
	Undone int64  // the revision that put it back; 0 when it stands
	Why    string // why it stands; empty when it was put back
}

// maxOurs bounds how many revisions of its own a watcher remembers.
const maxOurs = 1000

// Watched wants approvals for everything that runs for others: the site's scripts, style sheets, messages with HTML and
// settings, gadgets, and a person's scripts when another person changes them.
func Watched(site *wiki.Site, t wiki.Title, model, user string) bool {
	code := wiki.Code(t, model)
	owner, _ := site.Owner(t)
	return code.Site() || code.User() && owner != user
}

// Begin sets where to read on; the empty cursor begins now.
func (w *Watcher) Begin(c mediawiki.Cursor) { w.cursor = c }

// Look reads what changed since the last time, and returns the position to keep. After an error the same changes are read
// again.
func (w *Watcher) Look(ctx context.Context) (mediawiki.Cursor, error) {
	changes, next, err := w.Changes.RecentChanges(ctx, w.cursor)
	if err != nil {
		return w.cursor, err
	}
	found, err := w.watched(ctx, changes)
	if err != nil {
		return w.cursor, err
	}
	w.cursor = next
	all := append(w.waiting, found...)
	w.waiting = nil
	for i, c := range all {
		ok, err := w.Approvals.Approved(ctx, c)
		switch {
		case err != nil:
			w.waiting = append(w.waiting, all[i:]...)
			return w.cursor, fmt.Errorf("look up the approval of %s: %w", w.Site.PrefixedText(c.Title), err)
		case ok:
		case w.Now().Sub(c.Time) < w.grace():
			w.waiting = append(w.waiting, c)
		default:
			w.tell(w.judge(ctx, c))
		}
	}
	return w.cursor, nil
}

func (w *Watcher) grace() time.Duration {
	if w.Grace == 0 {
		return 10 * time.Second
	}
	return w.Grace
}

// watched picks the changes that need an approval.
func (w *Watcher) watched(ctx context.Context, changes []mediawiki.Change) ([]mediawiki.Change, error) {
	is := w.Watched
	if is == nil {
		is = Watched
	}
	models, err := w.models(ctx, changes)
	if err != nil {
		return nil, err
	}
	var found []mediawiki.Change
	for _, c := range changes {
		if c.Type == "log" && !touchesPages(c.LogType) || w.isOurs(c.Rev) {
			continue
		}
		if is(w.Site, c.Title, models[c.Title], c.User) || c.Target != nil && is(w.Site, *c.Target, models[*c.Target], c.User) {
			found = append(found, c)
		}
	}
	return found, nil
}

// touchesPages knows the logs whose entries change what a page holds or whether it is there.
func touchesPages(logType string) bool {
	switch logType {
	case "move", "delete", "import", "merge", "contentmodel":
		return true
	}
	return false
}

// models asks for the content models of pages that their names do not give away. A page that is gone has the model that its
// name gives it.
func (w *Watcher) models(ctx context.Context, changes []mediawiki.Change) (map[wiki.Title]string, error) {
	models := map[wiki.Title]string{}
	var ask []wiki.Title
	for _, c := range changes {
		titles := []wiki.Title{c.Title}
		if c.Target != nil {
			titles = append(titles, *c.Target)
		}
		for _, t := range titles {
			if _, known := models[t]; !known {
				models[t] = wiki.DefaultModel(t)
				if t.NS == wiki.NSMediaWiki || t.NS == wiki.NSUser && t.IsSubpage() {
					ask = append(ask, t)
				}
			}
		}
	}
	pages, err := w.Changes.Pages(ctx, ask)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		if p.ID != 0 {
			models[p.Title] = p.Model
		}
	}
	return models, nil
}

func (w *Watcher) isOurs(rev int64) bool {
	for _, r := range w.ours {
		if r == rev && rev != 0 {
			return true
		}
	}
	return false
}

func (w *Watcher) tell(f Finding) {
	w.Log.Error("code changed without an approval", "wiki", w.Site.ID, "page", w.Site.PrefixedText(f.Change.Title), "revision", f.Change.Rev,
		"user", f.Change.User, "undone", f.Undone, "stands_because", f.Why)
	if w.Alarm != nil {
		w.Alarm(f)
	}
}

// judge makes a finding of a change, and puts the page back where that is wanted and can be done without losing anything.
func (w *Watcher) judge(ctx context.Context, c mediawiki.Change) Finding {
	f := Finding{Change: c, What: fmt.Sprintf("%s changed %s (revision %d) at %s, and nobody approved it", c.User, w.Site.PrefixedText(c.Title), c.Rev, c.Time.UTC().Format("2006-01-02 15:04:05"))}
	if c.Type == "log" {
		f.What = fmt.Sprintf("%s: %s of %s at %s, and nobody approved it", c.User, c.LogType, w.Site.PrefixedText(c.Title), c.Time.UTC().Format("2006-01-02 15:04:05"))
	}
	rev, err := w.putBack(ctx, c)
	if f.Undone = rev; err != nil {
		f.Why = err.Error()
	}
	return f
}

// putBack writes the text of before. A page that was new is emptied, because whoever reverts may not delete.
func (w *Watcher) putBack(ctx context.Context, c mediawiki.Change) (int64, error) {
	switch {
	case w.Writer == nil:
		return 0, fmt.Errorf("by the settings, nothing is put back")
	case c.Type == "log":
		return 0, fmt.Errorf("a %s is not put back by itself", c.LogType)
	case !w.mayAgain(c.Title):
		return 0, fmt.Errorf("the page was put back too often within an hour; somebody has to look")
	}
	now, err := w.Changes.Pages(ctx, []wiki.Title{c.Title})
	if err != nil {
		return 0, err
	}
	if now[0].Rev != c.Rev {
		return 0, fmt.Errorf("the page has changed since: revision %d is the current one", now[0].Rev)
	}
	text := ""
	if c.OldRev != 0 {
		old, err := w.Changes.Revision(ctx, c.OldRev)
		if err != nil {
			return 0, err
		}
		text = old.Text
	}
	rev, err := w.Writer.Edit(ctx, c.Title, text, fmt.Sprintf("Put back: revision %d by %s changed code and was not approved", c.Rev, c.User))
	if err != nil {
		return 0, err
	}
	w.ours = append(w.ours, rev)
	w.ours = w.ours[max(0, len(w.ours)-maxOurs):]
	return rev, nil
}

// mayAgain keeps a watcher from fighting with somebody, or with another of its kind.
func (w *Watcher) mayAgain(t wiki.Title) bool {
	most := w.Most
	if most == 0 {
		most = 3
	}
	if w.undone == nil || len(w.undone) > maxOurs {
		w.undone = map[wiki.Title][]time.Time{}
	}
	var lately []time.Time
	for _, at := range w.undone[t] {
		if w.Now().Sub(at) < time.Hour {
			lately = append(lately, at)
		}
	}
	if len(lately) >= most {
		return false
	}
	w.undone[t] = append(lately, w.Now())
	return true
}

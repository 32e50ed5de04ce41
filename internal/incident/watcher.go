package incident

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
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

// Approvals says whether somebody approved that a page has this revision, or that a log entry's action was made. open means
// that this is not known yet.
type Approvals interface {
	Approved(ctx context.Context, c mediawiki.Change) (yes, open bool, err error)
}

// Writer puts a page back, as an account that may.
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
	Account string        // as which Writer writes; what it wrote is never put back
	Grace   time.Duration // how long an approval may take to be noted after the change; 10 seconds by default
	Most    int           // how often a page is put back within an hour, before somebody has to look; 3 by default
	Alarm   func(Finding)
	Now     func() time.Time
	Log     *slog.Logger

	cursor  mediawiki.Cursor
	settled mediawiki.Cursor   // up to where nothing waits
	waiting []mediawiki.Change // not approved yet
	ours    []int64            // revisions that putting back made
	before  map[int64]int64    // revisions that nobody approved, and those they came after
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
	return code.Site() || code.User() && owner != user || t.NS == wiki.NSMediaWiki && strings.HasPrefix(t.Key, "Gadgets-definition")
}

// Begin sets where to read on; the empty cursor begins now.
func (w *Watcher) Begin(c mediawiki.Cursor) { w.cursor, w.settled = c, c }

// longest is how long it may take until it is known whether a change was approved. Then it counts as not approved.
const longest = 10 * time.Minute

// Look reads what changed since the last time, and returns the position to keep: what is not judged yet is read again after a
// restart. After an error the same changes are read again.
func (w *Watcher) Look(ctx context.Context) (mediawiki.Cursor, error) {
	changes, next, err := w.Changes.RecentChanges(ctx, w.cursor)
	if err != nil {
		return w.settled, err
	}
	found, err := w.watched(ctx, changes)
	if err != nil {
		return w.settled, err
	}
	w.cursor = next
	all := append(w.waiting, found...)
	w.waiting = nil
	for i, c := range all {
		ok, open, err := w.Approvals.Approved(ctx, c)
		age := w.Now().Sub(c.Time)
		switch {
		case err != nil:
			w.waiting = append(w.waiting, all[i:]...)
			return w.settled, fmt.Errorf("look up the approval of %s: %w", w.Site.PrefixedText(c.Title), err)
		case ok:
		case age < w.grace() || open && age < longest:
			w.waiting = append(w.waiting, c)
		default:
			w.tell(w.judge(ctx, c))
		}
	}
	if len(w.waiting) == 0 {
		w.settled = w.cursor
	}
	return w.settled, nil
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
	w.remember(c)
	rev, err := w.putBack(ctx, c)
	if f.Undone = rev; err != nil {
		f.Why = err.Error()
	}
	return f
}

// remember keeps what an unapproved revision came after, so that nothing is put back to another unapproved one.
func (w *Watcher) remember(c mediawiki.Change) {
	if w.before == nil || len(w.before) > maxOurs {
		w.before = map[int64]int64{}
	}
	if c.Type != "log" {
		w.before[c.Rev] = c.OldRev
	}
}

// good is the newest revision before one that is not known to be unapproved.
func (w *Watcher) good(rev int64) int64 {
	for range maxOurs {
		older, bad := w.before[rev]
		if !bad {
			break
		}
		rev = older
	}
	return rev
}

// putBack writes the text of before. A page that was new is emptied, because whoever reverts may not delete.
func (w *Watcher) putBack(ctx context.Context, c mediawiki.Change) (int64, error) {
	switch {
	case w.Writer == nil:
		return 0, fmt.Errorf("by the settings, nothing is put back")
	case c.User == w.Account:
		return 0, fmt.Errorf("the account that puts pages back made the change itself; somebody has to look")
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
	if rev := w.good(c.Rev); rev != 0 {
		old, err := w.Changes.Revision(ctx, rev)
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

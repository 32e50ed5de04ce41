package fakewiki

import (
	"fmt"
	"slices"
)

// Delete removes a page as somebody. Its id is not given out again.
func (w *Wiki) Delete(title, who string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.existing(title)
	if err != nil {
		return fmt.Errorf("delete %q: %w", title, err)
	}
	w.remove(p, who, "")
	return nil
}

func (w *Wiki) remove(p *page, who, reason string) int64 {
	w.archive(p)
	w.db.recordLog("delete", "delete", change{Title: p.Title, User: who, Time: w.now().UTC(), Comment: reason})
	return w.db.LastLog
}

// archive takes a page out of sight, as MediaWiki moves its rows to the archive table. Its edits leave recent changes.
func (w *Wiki) archive(p *page) {
	delete(w.db.Pages, p.ID)
	delete(w.db.byTitle, p.Title)
	for _, r := range p.Revisions {
		delete(w.db.byRev, r.ID)
	}
	w.db.Deleted[p.ID] = p
	w.db.Changes = slices.DeleteFunc(w.db.Changes, func(c change) bool { return c.Page == p.ID && c.Type != "log" })
}

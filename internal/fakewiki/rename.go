package fakewiki

import (
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// RenameUser gives an account another name and moves its pages along, leaving redirects, as Special:RenameUser does
// with its default boxes ticked. The user id stays.
func (w *Wiki) RenameUser(old, new string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.accountNamed(old)
	if a == nil {
		return fmt.Errorf("rename user %q: %w", old, ErrNoUser)
	}
	name, ok := w.userName(new)
	if !ok {
		return fmt.Errorf("rename user %q to %q: %w", old, new, ErrBadTitle)
	}
	if w.db.byName[name] != nil {
		return fmt.Errorf("rename user %q to %q: %w", old, new, ErrUserExists)
	}
	before := a.Name
	delete(w.db.byName, before)
	a.Name, w.db.byName[name] = name, a
	w.reattribute(before, name)
	w.db.recordLog("renameuser", "renameuser", change{Title: userPage(before), User: name, Time: w.now().UTC(),
		LogParams: map[string]any{"olduser": before, "newuser": name, "edits": a.Edits}})
	for _, p := range w.pagesOf(before) {
		to := p.Title
		to.Key = userPage(name).Key + strings.TrimPrefix(p.Title.Key, userPage(before).Key)
		if w.db.byTitle[to] != nil {
			continue // Special:RenameUser reports such pages and leaves them
		}
		if err := w.move(p.Title, to, name, "Automatically moved page while renaming the user", true); err != nil {
			return fmt.Errorf("rename user %q: move %q: %w", old, w.prefixed(p.Title), err)
		}
	}
	return nil
}

// reattribute puts the new name under everything the account did, as MediaWiki's actor table does by itself.
func (w *Wiki) reattribute(before, after string) {
	for _, p := range w.db.Pages {
		for i := range p.Revisions {
			if p.Revisions[i].User == before {
				p.Revisions[i].User = after
			}
		}
	}
	for i := range w.db.Changes {
		if w.db.Changes[i].User == before {
			w.db.Changes[i].User = after
		}
	}
}

// pagesOf lists a user's pages and subpages in the user and user talk namespaces.
func (w *Wiki) pagesOf(name string) []*page {
	var found []*page
	for _, root := range []wiki.Title{userPage(name), otherSide(userPage(name))} {
		if p := w.db.byTitle[root]; p != nil {
			found = append(found, p)
		}
		found = append(found, w.below(root)...)
	}
	return found
}

// below lists the subpages of a page, by title.
func (w *Wiki) below(root wiki.Title) []*page {
	var found []*page
	for _, p := range w.db.Pages {
		if p.Title.NS == root.NS && strings.HasPrefix(p.Title.Key, root.Key+"/") {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, byText)
	return found
}

package registry

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// tooLongAgo is how old a kept position may be. Wikis forget changes after a while ($wgRCMaxAge, 90 days by default).
const tooLongAgo = 60 * 24 * time.Hour

// Begin makes sure that the definitions are known that stood on the wiki before [Registry.Follow] begins. Where an
// earlier run left a position in recent changes there is nothing to do; else it reads the titles of all pages in user
// space. report is told how many pages were looked at, and how many definitions were among them.
func (r *Registry) Begin(ctx context.Context, report func(pages, definitions int)) error {
	kept, err := r.store.Cursor(ctx, r.Site.ID, cursorName)
	if err != nil {
		return fmt.Errorf("read the position in recent changes: %w", err)
	}
	if kept != "" && r.now().Sub(mediawiki.Cursor(kept).Time()) < tooLongAgo {
		return nil
	}
	// The position is taken before reading, so that nothing falls between.
	_, position, err := r.wiki.RecentChanges(ctx, "")
	if err != nil {
		return err
	}
	if err := r.sync(ctx, report); err != nil {
		return err
	}
	return r.store.SetCursor(ctx, r.Site.ID, cursorName, string(position))
}

// sync reads every definition of the wiki once.
func (r *Registry) sync(ctx context.Context, report func(pages, definitions int)) error {
	var seen, found int
	return r.wiki.AllPages(ctx, wiki.NSUser, func(pages []wiki.Page) error {
		var definitions []wiki.Title
		for _, p := range pages {
			if gadget.IsDefinition(p.Title, r.suffixes) && !strings.HasPrefix(p.Title.Key, "/") {
				definitions = append(definitions, p.Title)
			}
		}
		seen += len(pages)
		found += len(definitions)
		report(seen, found)
		if len(definitions) == 0 {
			return nil
		}
		return r.Refresh(ctx, definitions)
	})
}

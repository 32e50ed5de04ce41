package cli

import (
	"context"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/shelf"
	"sallyport/internal/wiki"
)

// shelfOf keeps the list of the wiki's scripts; sudden, unless nil, is told of new texts.
func shelfOf(p parts, client *mediawiki.Client, site *wiki.Site, people func() *accounts.Report, sudden *incident.Sudden) *shelf.Shelf {
	s := &shelf.Shelf{
		Site: site, Store: p.store, Now: time.Now, Log: p.log,
		Facts:    keepers{client, site, people, p.log}.facts,
		Audience: func(ctx context.Context, t wiki.Title) (int, bool, error) { return audience(ctx, p.store, site, t) },
	}
	if sudden != nil {
		s.Changed = sudden.Changed
	}
	return s
}

package gateway

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/wiki"
)

// currentPages are pages as they are, or were a moment ago.
type currentPages struct {
	ask  func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) // in the order asked
	kept *otter.Cache[wiki.Title, wiki.Page]
}

// maxCurrent bounds the pages that are kept.
const maxCurrent = 2048

// newCurrentPages keeps a page's text for a while as the current one.
func newCurrentPages(ask func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error), keep time.Duration) currentPages {
	return currentPages{ask, otter.Must(&otter.Options[wiki.Title, wiki.Page]{
		MaximumSize: maxCurrent, ExpiryCalculator: otter.ExpiryWriting[wiki.Title, wiki.Page](keep),
	})}
}

// of returns them in no order.
func (c currentPages) of(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	var pages []wiki.Page
	var missing []wiki.Title
	for _, t := range titles {
		if p, ok := c.kept.GetIfPresent(t); ok {
			pages = append(pages, p)
		} else {
			missing = append(missing, t)
		}
	}
	if len(missing) == 0 {
		return pages, nil
	}
	found, err := c.ask(ctx, missing)
	for i, p := range found {
		p.Title = missing[i]
		c.kept.Set(p.Title, p)
		pages = append(pages, p)
	}
	return pages, err
}

package queue

import (
	"context"
	"fmt"
	"strings"

	"sallyport/internal/wiki"
)

// backlog adds what is there, unless that was done with the same jobs. It looks at its start alone: processes that do not agree
// about the jobs would go on for ever.
func (w *Watch) backlog(ctx context.Context) error {
	jobs := w.jobs()
	before, err := w.Texts.Cursor(ctx, w.Site.ID, jobsName)
	if err != nil || before == jobs {
		return err
	}
	if err := w.everything(ctx); err != nil {
		return err
	}
	return w.Texts.SetCursor(ctx, w.Site.ID, jobsName, jobs)
}

// jobs names what is done with a script, which is all that is done with anything.
func (w *Watch) jobs() string {
	var all []string
	for _, j := range w.Jobs(wiki.SiteJS) {
		all = append(all, fmt.Sprintf("%s %s %s", j.Kind, j.Tier, j.Version))
	}
	if w.List != nil {
		all = append(all, listed)
	}
	return strings.Join(all, "; ")
}

// everything adds the current revisions of all code pages.
func (w *Watch) everything(ctx context.Context) error {
	w.Log.Info("reading all code pages", "wiki", w.Site.ID)
	for _, ns := range []int{wiki.NSMediaWiki, wiki.NSUser} {
		err := w.Wiki.AllPages(ctx, ns, func(pages []wiki.Page) error {
			var titles []wiki.Title
			for _, p := range pages {
				titles = append(titles, p.Title)
			}
			if err := w.room(ctx); err != nil {
				return err
			}
			return w.pages(ctx, titles, nil, wasThere)
		})
		if err != nil {
			return err
		}
	}
	w.Log.Info("all code pages read", "wiki", w.Site.ID)
	return nil
}

func wasThere(context.Context, wiki.Title) Rank { return Backlog }

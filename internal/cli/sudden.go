package cli

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/entry"
	"sallyport/internal/exposure"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// suddenOf switches off popular scripts whose new text is sudden; nil without a breaker. book is nil when every text is served.
func suddenOf(p parts, client *mediawiki.Client, site *wiki.Site, off *switching, book *approved.Book) *incident.Sudden {
	if p.breaker == nil {
		return nil
	}
	now := p.now
	if now == nil {
		now = time.Now
	}
	set := p.breaker.settings
	listed := p.policy.Allow["script-src"]
	return incident.NewSudden(incident.Sudden{
		Site: site, Popular: set.Popular, Gains: set.Gains, SiteCode: set.SiteCode, DryRun: set.DryRun, Off: off.Keeper, Now: now, Log: p.log,
		People: func(ctx context.Context, title string, most int) (int, error) {
			return exposure.Popular(ctx, p.store, site.ID, title, now().AddDate(0, 0, -p.exposure.Days), now(), most)
		},
		Instead: func(ctx context.Context, t wiki.Title, d store.Digest) (bool, error) {
			if book == nil {
				return false, nil
			}
			return book.FallsBack(ctx, t, d)
		},
		Approved: func(ctx context.Context, t wiki.Title, d store.Digest) (bool, error) {
			said, err := reviewOf(p.store.Review(ctx, site.ID, site.Prefixed(t), d))
			return said == entry.Approved, err
		},
		Began: func(ctx context.Context, t wiki.Title) (time.Time, error) {
			past, err := client.History(ctx, t, 50)
			if err != nil || len(past) == 0 {
				return time.Time{}, err
			}
			return past[len(past)-1].Saved, nil
		},
		Listed: func(host string) bool {
			return slices.ContainsFunc(listed, func(source string) bool { return hostOf(source) == strings.ToLower(host) })
		},
	})
}

// hostOf is the host of a source in a policy that names one; empty for any other.
func hostOf(source string) string {
	if !strings.Contains(source, "://") {
		source = "https://" + source
	}
	u, err := url.Parse(source)
	if err != nil || strings.Contains(u.Host, "*") {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

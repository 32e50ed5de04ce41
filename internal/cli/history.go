package cli

import (
	"context"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/web"
	"sallyport/internal/wiki"
)

// Bounds of what is asked for one picture of a page's history, in bytes: longer revisions have no digest, and so count as not read.
const (
	maxPast    = 1 << 20
	maxAllPast = 6 << 20
)

// histories tells of the revisions of pages. A revision never changes its text, so each is fetched once.
type histories struct {
	client  *mediawiki.Client
	digests *otter.Cache[int64, store.Digest] // by revision
}

func historiesOf(client *mediawiki.Client) histories {
	return histories{client, otter.Must(&otter.Options[int64, store.Digest]{MaximumSize: 50_000})}
}

// of is for [web.Scripts.History].
func (h histories) of(ctx context.Context, t wiki.Title, most int) ([]web.Revision, error) {
	past, err := h.client.History(ctx, t, most)
	if err != nil {
		return nil, err
	}
	all := make([]web.Revision, len(past))
	var unknown []int64
	room := maxAllPast
	for i, p := range past {
		all[i] = web.Revision{ID: p.Rev, Author: p.Author, Saved: p.Saved}
		if _, known := h.digests.GetIfPresent(p.Rev); !known && p.Bytes <= min(maxPast, room) {
			unknown = append(unknown, p.Rev)
			room -= p.Bytes
		}
	}
	texts, err := h.client.Texts(ctx, unknown)
	if err != nil {
		return nil, err
	}
	for rev, text := range texts {
		h.digests.Set(rev, store.DigestOf(text))
	}
	for i := range all {
		all[i].Digest, _ = h.digests.GetIfPresent(all[i].ID)
	}
	return all, nil
}

package mediawiki

import (
	"context"
	"strconv"
	"time"

	"sallyport/internal/wiki"
)

// Past is a revision of a page, without its text.
type Past struct {
	Rev    int64
	Author string // empty when hidden
	Saved  time.Time
	Bytes  int // of the text
}

// History lists the revisions of a page, newest first, at most limit of them; none for a page that does not exist.
func (c *Client) History(ctx context.Context, t wiki.Title, limit int) ([]Past, error) {
	site, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	var all []Past
	v := values{"prop": "revisions", "rvprop": "ids|timestamp|user|size", "rvlimit": strconv.Itoa(limit), "titles": site.PrefixedText(t)}
	err = query(ctx, c, v, func(set *pageSet) error {
		for _, row := range set.Pages {
			for _, r := range row.Revisions {
				all = append(all, Past{r.RevID, r.User, r.Timestamp, r.Size})
			}
		}
		return errStop
	})
	return all, err
}

// Texts returns the texts of revisions, by id. Those that are hidden or deleted are absent.
func (c *Client) Texts(ctx context.Context, revs []int64) (map[int64]string, error) {
	ids := make([]string, len(revs))
	for i, rev := range revs {
		ids[i] = strconv.FormatInt(rev, 10)
	}
	found := map[int64]string{}
	for joined := range batches(ids) {
		v := values{"prop": "revisions", "rvslots": "main", "rvprop": "ids|content", "revids": joined}
		err := query(ctx, c, v, func(set *pageSet) error {
			for _, row := range set.Pages {
				for _, r := range row.Revisions {
					if main := &r.Slots.Main; !main.TextHidden && !main.TextMissing {
						found[r.RevID] = main.Content
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

package writedoor

import (
	"context"
	"fmt"

	"sallyport/internal/phpform"
)

// Query reads what an address asks MediaWiki for, as MediaWiki reads it: of several values of a parameter the last, and of
// index.php the title and the action that stand in the path over all others. via is "index.php", "api.php", "rest.php" or
// another file's kind.
func (d *Door) Query(ctx context.Context, target string) (via string, q *phpform.Values, err error) {
	site, err := d.Wiki.Site(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("ask the wiki what it is: %w", err)
	}
	r, err := d.read(site, Request{Method: "GET", Target: target})
	if err != nil {
		return "", nil, err
	}
	return r.entry.String(), r.data, nil
}

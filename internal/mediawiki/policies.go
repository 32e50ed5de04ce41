package mediawiki

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// plainPage is a page that every wiki has and that holds nothing (SpecialBlankpage).
const plainPage = "/index.php?title=Special:BlankPage"

// PagePolicies are the Content-Security-Policy headers that the wiki itself sends with a page, to somebody without an account. Those
// that only report are left out. MediaWiki sends the same with all its pages ($wgCSPHeader; OutputPage::sendOutput), but for nonces.
func (c *Client) PagePolicies(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.api, "/api.php")+plainPage, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for the wiki's own policy: %w", err)
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for the wiki's own policy: %w", c.transport(ctx, err))
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // so that the connection can be used again
	if resp.StatusCode >= http.StatusInternalServerError {
		return nil, fmt.Errorf("ask for the wiki's own policy: %w: it says %s", ErrUnavailable, resp.Status)
	}
	return resp.Header.Values("Content-Security-Policy"), nil
}

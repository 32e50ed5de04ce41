package mediawiki

import (
	"context"
	"encoding/json"
	"maps"
)

// Raw asks a question that changes nothing with the given cookies and returns the answer's JSON; long questions go by POST.
// It is for packages that read answers themselves.
func (c *Client) Raw(ctx context.Context, params map[string]string, cookies string) ([]byte, error) {
	var body json.RawMessage
	err := c.ask(ctx, values(maps.Clone(params)), cookies, &body)
	return body, err
}

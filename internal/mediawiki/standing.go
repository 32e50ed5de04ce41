package mediawiki

import (
	"context"

	"sallyport/internal/wiki"
)

// Standing is what a wiki says about an account right now.
type Standing struct {
	wiki.User      // without rights
	Blocked   bool // from all pages or some
}

// Standings asks about accounts, without anybody's session. A name nobody has registered has ID 0.
func (c *Client) Standings(ctx context.Context, names []string) ([]Standing, error) {
	found := map[string]Standing{}
	for joined := range batches(names) {
		v := values{"list": "users", "usprop": "groups|blockinfo", "ususers": joined}
		type answer struct {
			Users []struct {
				userRow
				BlockID int64
			}
		}
		err := query(ctx, c, v, func(a *answer) error {
			for _, u := range a.Users {
				found[u.Name] = Standing{wiki.User{ID: u.UserID, Name: u.Name, Groups: u.Groups, Temp: u.Temp}, u.BlockID != 0}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	all := make([]Standing, len(names))
	for i, name := range names {
		all[i] = found[name]
		all[i].Name = name
	}
	return all, nil
}

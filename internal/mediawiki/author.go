package mediawiki

import (
	"context"
	"time"

	"sallyport/internal/wiki"
)

// Author is what a wiki says about an account whose text is about to run.
type Author struct {
	wiki.User
	Since   time.Time // when the account was made; zero when the wiki does not know, as of its first years
	Blocked bool      // from all pages or some
}

// Author asks about one account, without anybody's session (ApiQueryUsers). A name nobody has registered has ID 0.
func (c *Client) Author(ctx context.Context, name string) (Author, error) {
	a := Author{User: wiki.User{Name: name}}
	type answer struct {
		Users []struct {
			userRow
			Registration *time.Time
			BlockID      int64
		}
	}
	v := values{"list": "users", "usprop": "groups|rights|registration|blockinfo", "ususers": name}
	err := query(ctx, c, v, func(got *answer) error {
		for _, u := range got.Users {
			a.User = wiki.User{ID: u.UserID, Name: u.Name, Groups: u.Groups, Rights: u.Rights, Temp: u.Temp}
			a.Blocked = u.BlockID != 0
			if u.Registration != nil {
				a.Since = *u.Registration
			}
		}
		return nil
	})
	return a, err
}

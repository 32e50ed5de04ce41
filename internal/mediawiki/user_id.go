package mediawiki

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// idsAtOnce is how many accounts one question names (ApiBase::LIMIT_SML1).
const idsAtOnce = 50

// UsersByID returns accounts with their groups and rights. Numbers that no account has are absent.
func (c *Client) UsersByID(ctx context.Context, ids []int64) (map[int64]wiki.User, error) {
	found := make(map[int64]wiki.User, len(ids))
	for part := range slices.Chunk(ids, idsAtOnce) {
		var list []string
		for _, id := range part {
			if id > 0 {
				list = append(list, strconv.FormatInt(id, 10))
			}
		}
		if len(list) == 0 {
			continue
		}
		v := values{"list": "users", "usprop": "groups|rights", "ususerids": strings.Join(list, "|")}
		type answer struct{ Users []userRow }
		err := query(ctx, c, v, func(a *answer) error {
			for _, u := range a.Users {
				if u.UserID != 0 && u.Name != "" {
					found[u.UserID] = wiki.User{ID: u.UserID, Name: u.Name, Groups: u.Groups, Rights: u.Rights, Temp: u.Temp}
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

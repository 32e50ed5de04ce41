package mediawiki

import (
	"context"

	"sallyport/internal/wiki"
)

type userRow struct {
	ID, UserID     int64
	Name           string
	Anon, Temp     bool
	Groups, Rights []string
}

// Users returns accounts with their groups and rights, in the order asked. A name nobody has registered, an address and
// what cannot be a name have ID 0 and the name asked for.
func (c *Client) Users(ctx context.Context, names []string) ([]wiki.User, error) {
	if len(names) == 0 {
		return nil, nil
	}
	site, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	canonical := make([]string, len(names))
	for i, name := range names {
		if t, err := site.ParseIn(name, wiki.NSUser); err == nil && t.NS == wiki.NSUser {
			canonical[i] = t.Text()
		}
	}
	found := map[string]wiki.User{}
	for joined := range batches(canonical) {
		v := values{"list": "users", "usprop": "groups|rights", "ususers": joined}
		type answer struct{ Users []userRow }
		err := query(ctx, c, v, func(a *answer) error {
			for _, u := range a.Users {
				if u.UserID != 0 {
					found[u.Name] = wiki.User{ID: u.UserID, Name: u.Name, Groups: u.Groups, Rights: u.Rights, Temp: u.Temp}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	users := make([]wiki.User, len(names))
	for i, name := range names {
		users[i] = wiki.User{Name: name}
		if u, ok := found[canonical[i]]; ok {
			users[i] = u
		}
	}
	return users, nil
}

// WhoAmI asks whose session a browser's Cookie header belongs to, by sending it on. Nobody logged in has ID 0; so has
// somebody who may not read a wiki that is closed to readers. The cookies appear in no error.
func (c *Client) WhoAmI(ctx context.Context, cookies string) (wiki.User, error) {
	v := values{"action": "query", "meta": "userinfo", "uiprop": "groups|rights"}
	var answer struct {
		Query struct{ UserInfo userRow }
	}
	err := c.ask(ctx, v, cookies, &answer)
	if Refused(err, "readapidenied") {
		return wiki.User{}, nil
	}
	u := answer.Query.UserInfo
	return wiki.User{ID: u.ID, Name: u.Name, Groups: u.Groups, Rights: u.Rights, Temp: u.Temp}, err
}

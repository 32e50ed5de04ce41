package mediawiki

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"

	"sallyport/internal/wiki"
)

// Account is an account of the gateway's own, which writes. It logs in at the first need, and again when the wiki has
// forgotten its session. Every request says whose it is (assertuser), so that nothing is ever saved without a name, or
// under another one. It is safe for concurrent use.
type Account struct {
	c      *Client
	name   string // as revisions name it
	login  string // as it logs in; "Name@label" for a bot password
	secret string
	bearer bool // secret is an access token of an owner-only OAuth 2 consumer

	mu    sync.Mutex
	token string // for writes; empty when it is not logged in
}

// Account describes the gateway's own account by its name and what it logs in with: a bot password (the name is then
// "Name@label", or the password "label@password", both as Special:BotPasswords shows them), or the access token of an
// owner-only OAuth 2 consumer. Nothing is asked yet. The secret appears in no error.
func (c *Client) Account(site *wiki.Site, name, secret string) (*Account, error) {
	plain, _, _ := strings.Cut(name, "@")
	t, err := site.ParseIn(plain, wiki.NSUser)
	if err != nil || t.NS != wiki.NSUser || t.IsSubpage() {
		return nil, fmt.Errorf("%q is not the name of an account", plain)
	}
	secret = strings.TrimSpace(secret)
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return nil, fmt.Errorf("log in as %q: one line with a bot password or an access token is needed", name)
	}
	own := *c.http
	own.Jar = &jar{cookies: map[string]string{}}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := &Account{
		c:    &Client{base: c.base, api: c.api, http: &own, options: c.options},
		name: t.Text(), login: name, secret: secret, bearer: strings.HasPrefix(secret, "eyJ") && strings.Count(secret, ".") == 2,
	}
	a.c.site.Store(site)
	if a.bearer {
		a.c.bearer = secret
	}
	return a, nil
}

// Name is the account's name as the wiki writes it beside its edits.
func (a *Account) Name() string { return a.name }

// Ask asks a question that changes nothing, as the account.
func (a *Account) Ask(ctx context.Context, params map[string]string) ([]byte, error) {
	return a.again(ctx, func(string) ([]byte, error) {
		var body json.RawMessage
		err := a.c.ask(ctx, a.own(params), "", &body)
		return body, err
	})
}

// Write posts an action with the account's token and one further header, and returns the answer's JSON. It is sent a second
// time only when the wiki says that the session is none, which is before it looks at anything else.
func (a *Account) Write(ctx context.Context, params map[string]string, header, value string) ([]byte, error) {
	return a.again(ctx, func(token string) ([]byte, error) {
		v := a.own(params)
		v["token"] = token
		var body json.RawMessage
		err := (&Session{c: a.c}).With(header, value).post(ctx, v, &body)
		return body, err
	})
}

// Rights are the account's own, as far as its password or token gives them.
func (a *Account) Rights(ctx context.Context) (wiki.User, error) {
	var answer struct {
		Query struct{ UserInfo userRow }
	}
	body, err := a.Ask(ctx, map[string]string{"action": "query", "meta": "userinfo", "uiprop": "groups|rights"})
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	u := answer.Query.UserInfo
	return wiki.User{ID: u.ID, Name: u.Name, Groups: u.Groups, Rights: u.Rights}, err
}

// own adds whose request it is.
func (a *Account) own(params map[string]string) values {
	v := values(maps.Clone(params))
	v["assert"], v["assertuser"] = "user", a.name
	return v
}

// again does something while logged in, once more when the wiki says that it was not.
func (a *Account) again(ctx context.Context, do func(token string) ([]byte, error)) ([]byte, error) {
	for try := 0; ; try++ {
		token, err := a.ready(ctx)
		if err != nil {
			return nil, err
		}
		body, err := do(token)
		if try > 0 || !forgotten(err) {
			return body, err
		}
		a.leave(token)
	}
}

// forgotten knows what a wiki says about a session that has ended.
func forgotten(err error) bool {
	return Refused(err, "assertuserfailed") || Refused(err, "assertnameduserfailed") || Refused(err, "badtoken")
}

// leave gives a session up that was good for nothing, unless somebody else has a new one by now.
func (a *Account) leave(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token == token {
		a.token = ""
	}
}

// ready logs in when that is needed, and returns the token for writes.
func (a *Account) ready(ctx context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token != "" {
		return a.token, nil
	}
	if !a.bearer {
		if err := a.enter(ctx); err != nil {
			return "", fmt.Errorf("log in as %q: %w", a.login, err)
		}
	}
	var answer struct {
		Query struct{ Tokens struct{ CSRFToken string } }
	}
	v := a.own(map[string]string{"action": "query", "meta": "tokens", "type": "csrf"})
	if err := a.c.ask(ctx, v, "", &answer); err != nil {
		return "", fmt.Errorf("log in as %q: %w", a.login, err)
	}
	a.token = answer.Query.Tokens.CSRFToken
	if a.token == "" {
		return "", fmt.Errorf("log in as %q: %w: it gives no token", a.login, ErrUnavailable)
	}
	return a.token, nil
}

// enter logs in (action=login, which is what bot passwords are for).
func (a *Account) enter(ctx context.Context) error {
	a.c.http.Jar.(*jar).empty()
	s := &Session{c: a.c}
	token, err := s.token(ctx, "login")
	if err != nil {
		return err
	}
	var answer struct {
		Login struct {
			Result, LgUserName string
			Reason             json.RawMessage
		}
	}
	v := values{"action": "login", "lgname": a.login, "lgpassword": a.secret, "lgtoken": token}
	if err := s.post(ctx, v, &answer); err != nil {
		return err
	}
	switch l := answer.Login; {
	case l.Result != "Success":
		return &Error{Code: "login-" + l.Result, Info: reason(l.Reason)}
	case l.LgUserName != a.name:
		return errors.New("the wiki calls this account " + l.LgUserName + "; write its name so in the settings")
	}
	return nil
}

// reason reads what action=login says, in either format of errors.
func reason(text json.RawMessage) string {
	var plain string
	var coded struct{ Text string }
	if json.Unmarshal(text, &plain) == nil {
		return plain
	}
	_ = json.Unmarshal(text, &coded) // says nothing otherwise
	return coded.Text
}

package mediawiki

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"sallyport/internal/wiki"
)

// Session is an account that is logged in: it writes. It is safe for concurrent use, one write after the other.
type Session struct {
	c             *Client
	header, value string // sent along with writes; see [Session.With]
}

// Login starts a session with a name and a password, as a person does on Special:UserLogin (action=clientlogin). An
// account with a second factor cannot be used.
func (c *Client) Login(ctx context.Context, name, password string) (*Session, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	own := *c.http
	own.Jar = jar
	s := &Session{c: &Client{base: c.base, api: c.api, http: &own, options: c.options}}
	s.c.site.Store(c.site.Load())
	token, err := s.token(ctx, "login")
	if err != nil {
		return nil, fmt.Errorf("log in as %q: %w", name, err)
	}
	var answer struct {
		ClientLogin struct{ Status, Message, MessageCode string }
	}
	v := values{
		"action": "clientlogin", "loginreturnurl": c.base + "/", "logintoken": token,
		"username": name, "password": password,
	}
	if err := s.post(ctx, v, &answer); err != nil {
		return nil, fmt.Errorf("log in as %q: %w", name, err)
	}
	if l := answer.ClientLogin; l.Status != "PASS" {
		return nil, fmt.Errorf("log in as %q: %w", name, &Error{Code: l.MessageCode, Info: l.Status + ": " + l.Message})
	}
	return s, nil
}

// Cookies are the session's cookies as a browser would send them, for [Client.WhoAmI] and for requests of a test.
func (s *Session) Cookies() string {
	address, err := url.Parse(s.c.api)
	if err != nil {
		return ""
	}
	var pairs []string
	for _, cookie := range s.c.http.Jar.Cookies(address) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}

// With is the same session whose writes carry a header, for what stands in front of the wiki.
func (s *Session) With(header, value string) *Session { return &Session{s.c, header, value} }

// Client asks as this account.
func (s *Session) Client() *Client { return s.c }

// Edit saves a page as a whole and returns the id of its current revision afterwards. The same text again saves nothing.
func (s *Session) Edit(ctx context.Context, t wiki.Title, text, summary string) (rev int64, err error) {
	var answer struct {
		Edit struct {
			Result   string
			NoChange bool
			NewRevID int64
		}
	}
	err = s.write(ctx, t, values{"action": "edit", "text": text, "summary": summary}, "title", &answer)
	if err != nil {
		return 0, err
	}
	if answer.Edit.Result != "Success" {
		return 0, fmt.Errorf("edit %s: %w", t.Key, &Error{Code: "edit-" + answer.Edit.Result, Info: "not saved"})
	}
	if answer.Edit.NoChange {
		heads, err := s.c.Heads(ctx, []wiki.Title{t})
		if err != nil {
			return 0, err
		}
		return heads[0].Rev, nil
	}
	return answer.Edit.NewRevID, nil
}

// Move moves a page, leaving a redirect.
func (s *Session) Move(ctx context.Context, from, to wiki.Title, reason string) error {
	site, err := s.c.known(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, from, values{"action": "move", "to": site.PrefixedText(to), "reason": reason}, "from", &struct{}{})
}

// Delete deletes a page.
func (s *Session) Delete(ctx context.Context, t wiki.Title, reason string) error {
	return s.write(ctx, t, values{"action": "delete", "reason": reason}, "title", &struct{}{})
}

// write posts an action on a page with a fresh token. A token that went stale in between is replaced once.
func (s *Session) write(ctx context.Context, t wiki.Title, v values, key string, into any) error {
	site, err := s.c.known(ctx)
	if err != nil {
		return err
	}
	v[key] = site.PrefixedText(t)
	for range 2 {
		if v["token"], err = s.token(ctx, "csrf"); err == nil {
			err = s.post(ctx, v, into)
		}
		if !Refused(err, "badtoken") {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", v["action"], v[key], err)
	}
	return nil
}

func (s *Session) token(ctx context.Context, kind string) (string, error) {
	type answer struct{ Tokens map[string]string }
	token := ""
	err := query(ctx, s.c, values{"meta": "tokens", "type": kind}, func(a *answer) error {
		token = a.Tokens[kind+"token"]
		return errStop
	})
	if err == nil && token == "" {
		err = errors.New("the wiki gives no " + kind + " token")
	}
	return token, err
}

func (s *Session) post(ctx context.Context, v values, into any) error {
	ctx, cancel := context.WithTimeout(ctx, s.c.options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.c.api, strings.NewReader(v.encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.header != "" {
		req.Header.Set(s.header, s.value)
	}
	return s.c.do(req, into)
}

package mediawiki

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// longURL is where questions become POST requests: servers commonly take 8 KB of address.
const longURL = 2000

// values are the parameters of a question. A bar separates several.
type values map[string]string

// envelope is around every answer (formatversion 2). Older wikis know only the single error.
type envelope struct {
	Errors []struct{ Code, Text string }
	Error  *struct{ Code, Info string }
}

func (e *envelope) refusal() error {
	if len(e.Errors) > 0 {
		return &Error{Code: e.Errors[0].Code, Info: e.Errors[0].Text}
	}
	if e.Error != nil {
		return &Error{Code: e.Error.Code, Info: e.Error.Info}
	}
	return nil
}

// ask sends a question that changes nothing and decodes the answer.
func (c *Client) ask(ctx context.Context, v values, cookies string, into any) error {
	query := v.encode()
	method, address, body := http.MethodGet, c.api+"?"+query, ""
	if len(address) > longURL {
		method, address, body = http.MethodPost, c.api, query
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask the wiki: %w", err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Promise-Non-Write-API-Action", "true") // may be answered by a replica
	}
	if cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
	if err := c.do(req, into); err != nil {
		return fmt.Errorf("ask %s for %s: %w", c.api, v.subject(), err)
	}
	return nil
}

// do sends a request and decodes the answer, sorting out everything that is not one.
func (c *Client) do(req *http.Request, into any) error {
	req.Header.Set("User-Agent", c.options.UserAgent)
	req.Header.Set("Accept", "application/json")
	if c.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.transport(req.Context(), err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.options.MaxBody+1))
	if int64(len(body)) > c.options.MaxBody {
		return fmt.Errorf("%w: more than %d bytes", ErrTooLong, c.options.MaxBody)
	}
	if err != nil {
		return c.transport(req.Context(), err)
	}
	return c.decode(resp, body, into)
}

func (c *Client) decode(resp *http.Response, body []byte, into any) error {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	isJSON := kind == "application/json"
	if isJSON && bytes.Contains(body, []byte(`"error`)) {
		var e envelope
		if json.Unmarshal(body, &e) == nil && e.refusal() != nil {
			return e.refusal()
		}
	}
	switch {
	case resp.StatusCode >= 500, resp.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w: it says %s", ErrUnavailable, resp.Status)
	case !isJSON && kind == "text/html":
		return fmt.Errorf("%w: the wiki at %s answered with HTML (%s); is script_path right?", ErrNotAPI, c.base, resp.Status)
	case !isJSON:
		return fmt.Errorf("%w: the wiki at %s answered with %q (%s); is script_path right?", ErrNotAPI, c.base, kind, resp.Status)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: it says %s", ErrNotAPI, resp.Status)
	case !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")):
		return fmt.Errorf("%w: the answer is no JSON object", ErrNotAPI)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: the answer of %d bytes cannot be read: %w", ErrUnavailable, len(body), err)
	}
	return nil
}

// transport describes a failure below HTTP. What url.Error adds is dropped: addresses of questions are long. When the
// asker went away the wiki is not to blame.
func (c *Client) transport(ctx context.Context, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func (v values) encode() string {
	q := url.Values{"format": {"json"}, "formatversion": {"2"}, "errorformat": {"plaintext"}, "errorlang": {"en"}}
	for key, value := range v {
		q.Set(key, value)
	}
	return q.Encode()
}

// subject says in an error what was asked, without the long lists.
func (v values) subject() string {
	for _, key := range []string{"list", "meta", "prop"} {
		if v[key] != "" {
			return v[key]
		}
	}
	return "action=" + v["action"]
}

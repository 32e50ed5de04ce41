package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/web"
	"sallyport/internal/wiki"
)

// editor saves pages for a reader, as if their own browser had: each edit goes through the gateway itself, with the reader's session,
// so that the write door, the breaker and the wiki judge it as they judge any other.
type editor struct {
	client  *mediawiki.Client
	site    *wiki.Site
	gateway http.Handler
}

// edit is for [web.Options.Edits].
func (e *editor) edit(r *http.Request, one web.Edit) (sent web.Sent, err error) {
	token, err := e.token(r.Context(), r.Header.Get("Cookie"))
	if err != nil {
		return sent, err
	}
	form := url.Values{
		"action": {"edit"}, "title": {e.site.PrefixedText(one.Title)}, "text": {one.Text}, "summary": {one.Summary}, "token": {token},
		"assert": {"user"}, "format": {"json"}, "formatversion": {"2"},
	}
	if one.Base == 0 {
		form.Set("createonly", "1")
	} else {
		form.Set("nocreate", "1")
		form.Set("baserevid", strconv.FormatInt(one.Base, 10))
	}
	answer := &heard{header: http.Header{}}
	e.gateway.ServeHTTP(answer, e.request(r, form.Encode()))
	return readSent(answer)
}

// request is the edit as the reader's browser would have sent it: with what says who they are, and that a person pressed a button.
func (e *editor) request(r *http.Request, body string) *http.Request {
	out := r.Clone(r.Context())
	out.Method, out.URL, out.RequestURI = http.MethodPost, &url.URL{Path: e.site.ScriptPath + "/api.php"}, e.site.ScriptPath+"/api.php"
	out.Body, out.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	out.TransferEncoding, out.Form, out.PostForm, out.MultipartForm = nil, nil, nil, nil
	for _, name := range []string{"Accept-Encoding", "Content-Encoding", "If-None-Match", "If-Modified-Since", "Range"} {
		out.Header.Del(name)
	}
	out.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	out.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return out
}

func (e *editor) token(ctx context.Context, cookies string) (string, error) {
	body, err := e.client.Raw(ctx, map[string]string{"action": "query", "meta": "tokens", "format": "json", "formatversion": "2"}, cookies)
	if err != nil {
		return "", err
	}
	var answer struct {
		Query struct{ Tokens struct{ CSRFToken string } }
	}
	if err = json.Unmarshal(body, &answer); err == nil && len(answer.Query.Tokens.CSRFToken) < len(`+\`)+1 {
		err = errors.New("the wiki gives no token to this session")
	}
	return answer.Query.Tokens.CSRFToken, err
}

// maxHeard bounds an answer to an edit, in bytes.
const maxHeard = 1 << 20

// heard keeps an answer.
type heard struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heard) Header() http.Header { return h.header }

func (h *heard) WriteHeader(status int) {
	if h.status == 0 && status >= http.StatusOK {
		h.status = status
	}
}

func (h *heard) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	if room := maxHeard - h.body.Len(); len(p) > room {
		h.body.Write(p[:max(0, room)])
		return len(p), nil
	}
	return h.body.Write(p)
}

// readSent reads what became of an edit.
func readSent(h *heard) (sent web.Sent, err error) {
	var answer struct {
		Edit  struct{ Result string }
		Error *struct {
			Code, Info string
			Sallyport  *struct{ Address string }
		}
	}
	if err = json.Unmarshal(h.body.Bytes(), &answer); err != nil {
		return sent, fmt.Errorf("read what became of an edit, status %d: %w", h.status, err)
	}
	switch bad := answer.Error; {
	case bad == nil:
		if sent.Saved = answer.Edit.Result == "Success"; !sent.Saved {
			sent.Refused = "The wiki did not save it: " + answer.Edit.Result
		}
	case bad.Code == gateway.NeedsApproval && bad.Sallyport != nil:
		sent.Address = bad.Sallyport.Address
	default:
		sent.Refused = bad.Info
	}
	return sent, nil
}

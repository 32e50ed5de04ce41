package outbreak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// person is somebody with a browser.
type person struct {
	*run
	name       string
	privileged bool
	cookies    map[string]string
	next       time.Time // when they open their next page
}

func (p *person) own(page string) string { return "User:" + p.name + "/" + page }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// host is what the browser takes for the wiki's name. Nothing is resolved: requests go to the handler.
const host = "wiki.test"

// send makes a request, as the browser of this person.
func (p *person) send(ctx context.Context, method, path string, form url.Values, mode string) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+host+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.RequestURI, r.RemoteAddr = path, "192.0.2.1:1"
	r.Header.Set("Sec-Fetch-Mode", mode)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if mode == "navigate" {
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Sec-Fetch-Dest", "document")
		r.Header.Set("Sec-Fetch-User", "?1")
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // of a request
	}
	a := &answer{status: http.StatusOK, header: http.Header{}}
	p.Front.ServeHTTP(a, r)
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		p.cookies[c.Name] = c.Value
	}
	return a, ctx.Err()
}

// api asks api.php; what it refuses is not an error.
func (p *person) api(ctx context.Context, v url.Values, into any) error {
	v.Set("format", "json")
	v.Set("formatversion", "2")
	a, err := p.send(ctx, http.MethodPost, "/w/api.php", v, "cors")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(a.body.Bytes(), into); err != nil {
		return fmt.Errorf("%s asks %s: status %d: %w", p.name, v.Get("action"), a.status, err)
	}
	return nil
}

type token struct {
	Query struct{ Tokens map[string]string }
}

func (p *person) token(ctx context.Context, kind string) (string, error) {
	var t token
	err := p.api(ctx, url.Values{"action": {"query"}, "meta": {"tokens"}, "type": {kind}}, &t)
	return t.Query.Tokens[kind+"token"], err
}

func (p *person) login(ctx context.Context) error {
	p.cookies = map[string]string{}
	token, err := p.token(ctx, "login")
	if err != nil {
		return err
	}
	var answer struct{ Login struct{ Result string } }
	err = p.api(ctx, url.Values{"action": {"login"}, "lgname": {p.name}, "lgpassword": {password}, "lgtoken": {token}}, &answer)
	if err == nil && answer.Login.Result != "Success" {
		err = fmt.Errorf("%s cannot log in: %s", p.name, answer.Login.Result)
	}
	return err
}

// write makes a change with api.php and says whether it was made.
func (p *person) write(ctx context.Context, v url.Values) (bool, error) {
	token, err := p.token(ctx, "csrf")
	if err != nil {
		return false, err
	}
	v.Set("token", token)
	var answer struct{ Error *struct{ Code string } }
	err = p.api(ctx, v, &answer)
	return answer.Error == nil, err
}

// loads are the pages that a script names.
var loads = regexp.MustCompile(`User:[A-Za-z0-9 ]+/[a-z]+\.js`)

// visit opens a page, with what it loads, and runs what the model stands for where that came along.
func (p *person) visit(ctx context.Context) error {
	p.Visits++
	article := p.articles[p.r.IntN(len(p.articles))]
	if _, err := p.send(ctx, http.MethodGet, "/wiki/"+strings.ReplaceAll(article, " ", "_"), nil, "navigate"); err != nil {
		return err
	}
	p.Clock.set(p.Clock.Now().Add(300 * time.Millisecond))
	code, err := p.scripts(ctx)
	if err != nil {
		return err
	}
	if strings.Contains(code, mark) {
		if err := p.infect(ctx); err != nil {
			return err
		}
	}
	if p.r.IntN(20) > 0 {
		return nil
	}
	return p.edit(ctx, article)
}

// edit saves a page with the ordinary form, as a person does.
func (p *person) edit(ctx context.Context, title string) error {
	return p.save(ctx, title, "Words by "+p.name+", "+p.Clock.Now().Format("20060102150405"))
}

// save writes a text into the form and presses its button.
func (p *person) save(ctx context.Context, title, text string) error {
	token, err := p.token(ctx, "csrf")
	if err != nil {
		return err
	}
	at := p.Clock.Now().Format("20060102150405")
	a, err := p.send(ctx, http.MethodPost, "/w/index.php?title="+url.QueryEscape(title)+"&action=submit", url.Values{
		"wpTextbox1": {text}, "wpEditToken": {token}, "wpUnicodeCheck": {"ℳ𝒲♥𝓊𝓃𝒾𝒸ℴ𝒹ℯ"}, "wpStarttime": {at}, "wpEdittime": {at},
		"wpSave": {"Save changes"}, "wpUltimateParam": {"1"},
	}, "navigate")
	p.Edits++
	if err == nil && a.status != http.StatusFound {
		p.Refused++
	}
	return err
}

// scripts loads the site's script, one's own, and what these name.
func (p *person) scripts(ctx context.Context) (string, error) {
	a, err := p.send(ctx, http.MethodGet, "/w/load.php?lang=en&modules=site&only=scripts&skin=vector", nil, "no-cors")
	if err != nil {
		return "", err
	}
	text := a.body.String()
	own, err := p.raw(ctx, p.own("common.js"))
	if err != nil {
		return "", err
	}
	text += own
	seen := map[string]bool{}
	for _, page := range loads.FindAllString(text, -1) {
		if seen[page] {
			continue
		}
		seen[page] = true
		more, err := p.raw(ctx, page)
		if err != nil {
			return "", err
		}
		text += more
	}
	return text, nil
}

func (p *person) raw(ctx context.Context, page string) (string, error) {
	q := url.Values{"title": {page}, "action": {"raw"}, "ctype": {"text/javascript"}}
	a, err := p.send(ctx, http.MethodGet, "/w/index.php?"+q.Encode(), nil, "no-cors")
	if err != nil || a.status != http.StatusOK {
		return "", err
	}
	return a.body.String(), nil
}

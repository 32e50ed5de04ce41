package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/violation"
	"sallyport/internal/wiki"
)

// Bounds of what people may ask for.
const (
	openPerAccount = 5
	openPerWiki    = 1000
	shownRequests  = 50
)

var (
	errTooMany   = &fault{http.StatusTooManyRequests, "toomany"}
	errUnheardOf = &fault{http.StatusConflict, "unheardof"}
)

// blockedPage tells a reader why a script of theirs was kept from a server, and what can be done. The address of the page is
// all that is known about what happened in their browser: it holds no page they read, and nothing is kept unless they ask.
type blockedPage struct {
	Host, Directive string
	Script          template.HTML // empty when it is not known
	Gadget          *registry.Gadget
	Asks            bool // the address names a server that can be asked for
	Heard           bool // somebody's browser has reported it
	Row             keptRow
	Line            string // for the gadget's definition
	Barred          bool   // the wiki's own policy blocks it, too: what is granted here does not help
	Mirror          bool
	Asked           bool // the reader has asked for it, and that is open
	People          int  // that ask for it
	Token           string
	ScriptName      string // as the form sends it
	Mine            []requestRow
}

// subject is what a request would be about.
type subject struct {
	host, directive, script string
	gadget                  *registry.Gadget
	row                     violation.Row
	heard                   bool
}

func (p *pages) blocked(v *visit) error {
	q := v.URL.Query()
	body := blockedPage{Host: q.Get("host"), Mirror: p.Mirror != nil}
	s, err := p.subject(v, q)
	if err != nil {
		return err
	}
	if s != nil {
		body.Asks, body.Host, body.Directive, body.Heard = true, s.host, s.directive, s.heard
		if at, ok := server(s.host); ok {
			body.Barred = p.bars(v, s.directive, at)
		}
		body.Row, body.Gadget, body.ScriptName, body.Script = p.keptRow(v.Context(), s.row), s.gadget, s.script, p.scriptName(v.Context(), s.script)
		if s.gadget != nil {
			body.Line = declaration(s.directive, s.host)
		}
	}
	if v.me.ID == 0 {
		return p.show(v, "blocked", http.StatusOK, body)
	}
	mine, err := p.Requests.RequestsOf(v.Context(), p.Site.ID, v.me.ID, shownRequests)
	if err != nil {
		return err
	}
	for _, r := range mine {
		body.Mine = append(body.Mine, p.requestRow(v.Context(), r))
		if s != nil && r.State == store.RequestOpen && r.Host == s.host && r.Directive == s.directive && r.Script == s.script {
			body.Asked, body.People = true, r.People
		}
	}
	if s != nil && s.heard && !body.Asked && v.door == byPerson {
		body.Token = p.tokens.mint(asking(v, s), v.Request)
	}
	return p.show(v, "blocked", http.StatusOK, body)
}

// subject reads what an address or a form names. It is nil when that is nothing that can be asked for. A script counts only
// when a report names it too, so that nobody is led to ask for another one; when none is named, it is the one gadget of the
// reader's that was reported.
func (p *pages) subject(v *visit, q url.Values) (*subject, error) {
	at, ok := server(q.Get("host"))
	s := &subject{directive: asked(q.Get("directive"))}
	if !ok || s.directive == "" {
		return nil, nil
	}
	s.host = at.String()
	rows, err := p.kept(v.Context(), store.About{Blocked: s.host})
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r violation.Row) bool { return r.Directive != s.directive })
	s.heard = len(rows) > 0
	script := p.named(v.Context(), q.Get("script"))
	if script == "" {
		if script, err = p.mineAmong(v, rows); err != nil {
			return nil, err
		}
	}
	if i := slices.IndexFunc(rows, func(r violation.Row) bool { return r.Source == script }); i >= 0 {
		s.script, s.row = script, rows[i]
	} else if s.heard {
		s.row = violation.Fold(rows, func(k *violation.Key) { k.Source, k.ReportOnly = "", false })[0]
	}
	if s.gadget, err = p.gadgetOf(v.Context(), s.script); err != nil {
		return nil, err
	}
	return s, nil
}

// named is a script as reports name it, of what a link says: the notice in a page knows gadgets by their page id.
func (p *pages) named(ctx context.Context, text string) string {
	id, ok := registry.ID("ext.usergadget." + text)
	if !ok {
		return text
	}
	g, err := p.Registry.Gadget(ctx, id)
	if err != nil {
		return ""
	}
	return readable(g.Row.Title)
}

// mineAmong names the one gadget of the reader's among those that were reported.
func (p *pages) mineAmong(v *visit, rows []violation.Row) (string, error) {
	if v.me.ID == 0 || len(rows) == 0 {
		return "", nil
	}
	list, err := p.Registry.Enabled(v.Context(), v.account(p.Site))
	if err != nil {
		return "", err
	}
	var found []string
	for _, e := range list {
		if e.Gadget == nil {
			continue
		}
		name := readable(e.Gadget.Row.Title)
		if slices.ContainsFunc(rows, func(r violation.Row) bool { return r.Source == name }) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", nil
	}
	return found[0], nil
}

// gadgetOf finds the gadget that is named as a script; nil for another script.
func (p *pages) gadgetOf(ctx context.Context, script string) (*registry.Gadget, error) {
	if !strings.Contains(script, ":") || strings.Contains(script, "://") {
		return nil, nil
	}
	g, err := p.Registry.ByTitle(ctx, stored(script))
	if errors.Is(err, registry.ErrNotFound) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return g, err
}

// declaration is what an author adds to a definition, so that readers are asked for the server.
func declaration(directive, host string) string {
	text, err := json.Marshal(map[string]any{"csp": map[string]any{directive: map[string]string{host: "…"}}})
	if err != nil {
		return ""
	}
	return `"settings": ` + string(text)
}

// asking is the deed that a token for a request allows.
func asking(v *visit, s *subject) deed {
	return deed{user: v.me.ID, to: strings.Join([]string{"ask", s.host, s.directive, s.script}, "\x00")}
}

// ask puts a request into the queue, for a person who sent the form.
func (p *pages) ask(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	s, err := p.subject(v, v.PostForm)
	switch {
	case err != nil:
		return err
	case s == nil:
		return errForm
	}
	if err := p.permits(v, asking(v, s)); err != nil {
		return err
	}
	if !s.heard {
		return errUnheardOf
	}
	r := store.Request{
		Wiki: p.Site.ID, UserID: v.me.ID, User: v.me.Name, Directive: s.directive, Host: s.host, Script: s.script,
		Why: words(v.PostForm.Get("why")), Asked: p.Now().UTC(),
	}
	if s.gadget != nil {
		r.Gadget = s.gadget.Row.PageID
	}
	r.ID = p.requestID(&r)
	entry, err := requestEntry("host asked", &r, v.me.Name, p.Now(), wiki.User{})
	if err != nil {
		return err
	}
	_, _, err = p.Requests.Ask(v.Context(), r, store.Limits{Account: openPerAccount, Wiki: openPerWiki}, entry)
	if errors.Is(err, store.ErrTooMany) {
		return errTooMany
	}
	if err != nil {
		return err
	}
	q := url.Values{"host": {s.host}, "directive": {s.directive}, "script": {s.script}}
	return v.redirect(p.Base + "/blocked?" + q.Encode())
}

// fromPerson refuses a form unless a person who is logged in sent it from a page of ours, and reads it.
func fromPerson(v *visit) error {
	switch {
	case v.door == unknown:
		return errOld
	case !sends(v.Request):
		return errScript
	case v.down != nil:
		return errWikiDown
	case v.me.ID == 0:
		return errNobody
	}
	if err := v.ParseForm(); err != nil {
		return errForm
	}
	return nil
}

// permits refuses a form whose token does not fit the deed.
func (p *pages) permits(v *visit, d deed) error {
	ok, expired := p.tokens.fits(v.PostForm.Get("token"), d, v.Request)
	switch {
	case expired:
		return errExpired
	case !ok:
		return errToken
	}
	return nil
}

// words is what somebody typed, made fit to be kept.
func words(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))
	if r := []rune(text); len(r) > 250 {
		text = string(r[:250]) + "…"
	}
	return text
}

// requestID names a request so that nobody can guess it.
func (p *pages) requestID(r *store.Request) string {
	mac := hmac.New(sha256.New, p.Secret)
	mac.Write(binary.BigEndian.AppendUint64([]byte("request id\x00"), uint64(r.Asked.UnixNano())))
	fmt.Fprintf(mac, "%d\x00%s\x00%s\x00%s", r.UserID, r.Host, r.Directive, r.Script)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:10]))
}

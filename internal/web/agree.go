package web

import (
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// agreePage asks a reader about one text of a script that did not run because a rule of the wiki's wants their word first. The word
// is for exactly this text.
type agreePage struct {
	Title, URL, Digest string
	Action             entry.Action // what becomes of it now
	Because            string       // in the operators' words
	Asked              bool         // they have agreed
	Read               bool         // somebody's analysis has read it
	Can, Gained        []template.HTML
	Risk               *riskPart
	Token              string
}

var aDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// asksFirst shows what a script can do, and asks.
func (p *pages) asksFirst(v *visit) error {
	t, err := p.scriptNamed(v.URL.Query())
	if err != nil {
		return err
	}
	verdict, err := p.Judge.Decide(v.Context(), t, v.me, false)
	if err != nil {
		return err
	}
	script := &verdict.File.Script
	body := agreePage{
		Title: script.Title, URL: p.scriptURL(script.Title), Digest: string(t.Digest), Action: verdict.Action, Because: verdict.Says, Asked: verdict.Asked,
		Read: script.Read,
	}
	for _, c := range script.Capabilities {
		body.Can = append(body.Can, p.words.Can(v.lang, c, isolate))
	}
	for _, c := range verdict.Use.Gained {
		body.Gained = append(body.Gained, p.words.Can(v.lang, c, isolate))
	}
	if script.Read {
		body.Risk = p.riskOf(v.lang, verdict.File.Risk)
	}
	if verdict.Action == entry.Confirm && v.me.ID != 0 && v.door == byPerson {
		body.Token = p.tokens.mint(agreeing(v.me, body.Title, body.Digest), v.Request)
	}
	return p.show(v, "agree", http.StatusOK, body)
}

// scriptNamed is the text that an address or a form names.
func (p *pages) scriptNamed(q url.Values) (dossier.Text, error) {
	t, err := p.Site.Parse(q.Get("title"))
	digest := q.Get("digest")
	if err != nil || t == (wiki.Title{}) || !aDigest.MatchString(digest) {
		return dossier.Text{}, errNoScript
	}
	return dossier.Text{Title: t, Digest: store.Digest(digest)}, nil
}

// agreeing is the deed that a token for a yes allows.
func agreeing(me wiki.User, title, digest string) deed {
	return deed{user: me.ID, to: strings.Join([]string{"agree", title, digest}, "\x00")}
}

// saidYes keeps a reader's yes.
func (p *pages) saidYes(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	t, err := p.scriptNamed(v.PostForm)
	if err != nil {
		return errForm
	}
	title := p.Site.PrefixedText(t.Title)
	if err := p.permits(v, agreeing(v.me, title, string(t.Digest))); err != nil {
		return err
	}
	verdict, err := p.Judge.Decide(v.Context(), t, v.me, false)
	if err != nil {
		return err
	}
	if verdict.Action == entry.Confirm {
		if err := p.Judge.Agree(v.Context(), t, v.me.ID, true); err != nil {
			return err
		}
	}
	return v.redirect(p.Base + "/agree?" + url.Values{"title": {title}, "digest": {string(t.Digest)}}.Encode())
}

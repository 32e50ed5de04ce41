package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"time"

	"sallyport/internal/diff"
	"sallyport/internal/message"
	"sallyport/internal/narrow"
	"sallyport/internal/switches"
)

//go:embed pages codex
var assets embed.FS

//go:embed i18n/*.json
var messages embed.FS

// look is every page in one language, by its name.
type look map[string]*template.Template

// view is what every template gets.
type view struct {
	Lang, Dir     string
	Style         string // address of the style sheet
	Base          string
	SiteName      string
	Home, LogIn   string // addresses on the wiki
	Page          string // name of the page, to mark it in the navigation
	Me            string // the reader's name; empty for nobody
	Down          bool   // the wiki did not say who is asking
	Search        string
	MayNotSwitch  string // key of the message that says why there are no switches; empty when there are
	SuggestsLogin bool
	SeesPeople    bool // the reader holds power, and may see who else does
	Decides       bool // the reader may decide what people ask for
	ListsScripts  bool // there is a page about all scripts
	SeesReviews   bool // the reader decides about texts that wait, or tests them
	SeesSwitches  bool // the reader may see what is switched off
	SeesPolicy    bool // the reader is an operator, and there are pages about the policy
	Body          any
}

// readLooks parses every page once for every language: what a template says depends on the language alone.
func (p *pages) readLooks() (map[string]look, error) {
	names, err := fs.ReadDir(assets, "pages")
	if err != nil {
		return nil, err
	}
	looks := map[string]look{}
	for _, code := range p.words.Languages() {
		l := look{}
		frame, err := template.New("frame").Funcs(p.vocabulary(code)).ParseFS(assets, "pages/frame/*.html")
		if err != nil {
			return nil, err
		}
		for _, dir := range names {
			if dir.Name() == "frame" {
				continue
			}
			page, err := template.Must(frame.Clone()).ParseFS(assets, path.Join("pages", dir.Name(), "*.html"))
			if err != nil {
				return nil, err
			}
			l[dir.Name()] = page
		}
		looks[code] = l
	}
	return looks, nil
}

// vocabulary is what templates can say in one language.
func (p *pages) vocabulary(lang string) template.FuncMap {
	return template.FuncMap{
		"msg":    func(key string, params ...any) template.HTML { return p.words.HTML(lang, key, params...) },
		"says":   func(s narrow.Saying) template.HTML { return p.says(lang, s) },
		"person": p.personLink,
		"page":   p.pageLink,
		"name":   isolate,
		"code":   code,
		"asks":   newAsks,
		"shown":  visible,
		"parts":  func(parts []diff.Part) template.HTML { return p.words.Parts(lang, parts) },
		"moment": func(t time.Time) template.HTML { return p.words.Moment(lang, t) },
		"date":   func(t time.Time) template.HTML { return p.words.Date(lang, t) },
		"number": func(n int) string { return p.words.Number(lang, n) },
	}
}

// show renders a page. Nothing is sent before all of it is there.
func (p *pages) show(v *visit, name string, status int, body any) error {
	lang := p.words.Base(v.lang)
	t, ok := p.looks[lang][name]
	if !ok {
		return fmt.Errorf("there is no template for page %q", name)
	}
	why, login := p.mayNotSwitch(v)
	data := view{
		Lang: lang, Dir: p.words.Dir(lang), Style: p.styles.address(p.Base, p.words.Dir(lang)), Base: p.Base, SiteName: p.Site.Name,
		Home: p.Site.Path(p.mainPage()), LogIn: p.logIn(), Page: name, Me: v.me.Name, Down: v.down != nil,
		Search: v.URL.Query().Get("search"), MayNotSwitch: why, SuggestsLogin: login, SeesPeople: p.seesPeople(v), Decides: p.Requests != nil && mayDecide(v) == nil, Body: body,
		SeesReviews:  p.reviewsTexts() && p.Reviews.Awaited(v.me),
		SeesSwitches: p.Switches != nil && switches.MaySee(v.me),
		SeesPolicy:   p.Policy != nil && mayLook(v) == nil, ListsScripts: p.listsScripts(),
	}
	if v.me.ID == 0 {
		data.Me = ""
	}
	if lang == message.ShowKeys {
		data.Lang = message.Fallback
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "frame.html", data); err != nil {
		return fmt.Errorf("render page %q: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", data.Lang)
	v.w.WriteHeader(status)
	_, err := v.w.Write(b.Bytes())
	if err != nil {
		p.Log.Debug("reader went away", "path", v.URL.Path, "err", err)
	}
	return nil
}

// mayNotSwitch is the message that says why a page has no switches, and whether logging in would help.
func (p *pages) mayNotSwitch(v *visit) (key string, login bool) {
	switch {
	case v.down != nil:
		return "no-switch-down", false
	case v.me.ID == 0:
		return "no-switch-anonymous", true
	case v.door == unknown:
		return "no-switch-old", false
	case v.door == byScript:
		return "no-switch-script", false
	default:
		return "", false
	}
}

// redirect sends the reader to another of our pages after a form.
func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.Request, to, http.StatusSeeOther)
	return nil
}

package gateway

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"sallyport/internal/message"
)

//go:embed door.html
var doorTemplate embed.FS

//go:embed i18n/*.json
var doorMessages embed.FS

var doorWords = sync.OnceValues(func() (*message.Catalog, error) { return message.Read(doorMessages) })

// doorPage is what a person sees on the wiki's own origin. A script there could draw the same, so nothing is decided here.
type doorPage struct {
	Title string // key of a message
	Code  string // as programs get it; "CODE-do" without "sallyport-" is the key of what happened and what to do
	Info  string // the same in English and exactly, as programs get it; empty: the message says it all
	Link  string
	Text  string
	Lines []doorLine // what came of several changes
}

// page shows it in the language that the reader's browser prefers. What is exact is known in English only, and says so.
func (d *Door) page(w http.ResponseWriter, r *http.Request, status int, p doorPage) {
	var b bytes.Buffer
	site := ""
	if d.Desk != nil {
		site = d.Desk.Site().Lang
	}
	lang, err := p.write(&b, r.Header.Get("Accept-Language"), site)
	if err != nil {
		d.Log.Error("page not shown", "err", err)
		http.Error(w, p.Info, status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func (p doorPage) write(b *bytes.Buffer, accept, site string) (lang string, err error) {
	words, err := doorWords()
	if err != nil {
		return "", err
	}
	lang = words.Base(words.Choose("", accept, site))
	t, err := template.New("door").Funcs(template.FuncMap{
		"msg": func(key string, params ...any) template.HTML { return words.HTML(lang, key, params...) },
	}).ParseFS(doorTemplate, "door.html")
	if err != nil {
		return "", err
	}
	what := words.HTML(lang, strings.TrimPrefix(p.Code, "sallyport-")+"-do")
	if p.Info != "" && lang == message.Fallback {
		what, p.Info = template.HTML(template.HTMLEscapeString(p.Info)), "" //nolint:gosec // G203: escaped
	}
	origin := template.HTML(`<strong><bdi dir="ltr">` + template.HTMLEscapeString(p.Link) + "</bdi></strong>") //nolint:gosec // G203: escaped
	return lang, t.ExecuteTemplate(b, "door.html", map[string]any{
		"Lang": lang, "Dir": words.Dir(lang), "Title": p.Title, "What": what, "Info": p.Info, "Link": p.Link, "Address": origin, "Text": p.Text, "Lines": p.Lines,
	})
}

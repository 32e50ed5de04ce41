package confirm

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"sallyport/internal/message"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// maxForm bounds what a form sends, in bytes.
const maxForm = 128 << 10

// visit is one request.
type visit struct {
	*http.Request
	w     http.ResponseWriter
	words *message.Catalog
	lang  string
}

// trouble is an answer in words: the messages "error-KEY" and "error-KEY-do".
type trouble struct {
	status int
	key    string
	detail string // in English; empty for none
}

func (t *trouble) Error() string { return t.key }

func oops(status int, key string) *trouble { return &trouble{status: status, key: key} }

// because adds what an error says beyond the kind of error it is.
func (t *trouble) because(err, kind error) *trouble {
	t.detail = strings.TrimPrefix(strings.TrimPrefix(err.Error(), kind.Error()), ": ")
	return t
}

// visit makes a page of what answers a request; an error becomes a page too.
func (c *origin) visit(answer func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxForm)
		if r.URL.Path == "/compose" {
			most = maxText
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		v := &visit{r, w, c.words, c.language(r.Header.Get("Accept-Language"))}
		if err := answer(v); err != nil {
			t := troubleOf(err)
			if t.status >= http.StatusInternalServerError {
				c.Log.Error("page not shown", "path", r.URL.Path, "err", err)
			}
			body := troublePage{v.say("error-" + t.key + "-do"), t.detail}
			if err := c.show(v, t.status, "trouble", "error-"+t.key, body); err != nil {
				http.Error(w, c.words.Text(v.lang, "error-ours"), t.status)
			}
		}
	}
}

type troublePage struct {
	What   template.HTML
	Detail string
}

// troubleOf finds the words for an error.
func troubleOf(err error) *trouble {
	var t *trouble
	switch {
	case errors.As(err, &t):
		return t
	case errors.Is(err, pending.ErrGone), errors.Is(err, store.ErrNotFound):
		return oops(http.StatusNotFound, "gone")
	case errors.Is(err, pending.ErrLate):
		return oops(http.StatusConflict, "late")
	case errors.Is(err, pending.ErrKey):
		return oops(http.StatusForbidden, "key").because(err, pending.ErrKey)
	case errors.Is(err, pending.ErrSignature):
		return oops(http.StatusForbidden, "signature").because(err, pending.ErrSignature)
	case errors.Is(err, pending.ErrNotNow):
		return oops(http.StatusConflict, "notnow").because(err, pending.ErrNotNow)
	case errors.Is(err, pending.ErrCode):
		return oops(http.StatusForbidden, "code")
	case errors.Is(err, pending.ErrNoCodes):
		return oops(http.StatusForbidden, "nocodes")
	case errors.Is(err, pending.ErrTooOften):
		return oops(http.StatusTooManyRequests, "often").because(err, pending.ErrTooOften)
	case errors.Is(err, pending.ErrVouch):
		return oops(http.StatusForbidden, "vouch").because(err, pending.ErrVouch)
	case errors.Is(err, pending.ErrWords):
		return oops(http.StatusForbidden, "words")
	case errors.Is(err, pending.ErrNoAccount):
		return oops(http.StatusNotFound, "noaccount")
	case errors.Is(err, pending.ErrSaid):
		return oops(http.StatusBadRequest, "said").because(err, pending.ErrSaid)
	case errors.Is(err, pending.ErrTooMany):
		return oops(http.StatusTooManyRequests, "toomany")
	case errors.Is(err, pending.ErrNotYours), errors.Is(err, pending.ErrTooLarge):
		return oops(http.StatusBadRequest, "form")
	default:
		return oops(http.StatusInternalServerError, "ours")
	}
}

// view is what every page gets.
type view struct {
	Lang, Dir     string
	Title         template.HTML
	Style, Script string
	Origin        template.HTML
	Site          string
	Body          any
}

// show renders a page under a title, the key of a message.
func (c *origin) show(v *visit, status int, page, title string, body any) error {
	t, ok := c.pages[v.lang][page]
	if !ok {
		return fmt.Errorf("there is no page %q in %q", page, v.lang)
	}
	var b bytes.Buffer
	err := t.ExecuteTemplate(&b, "frame.html", view{
		Lang: v.lang, Dir: c.words.Dir(v.lang), Title: v.say(title),
		Style: c.static["confirm.css"].path, Script: c.static["confirm.js"].path,
		Origin: plain(c.Desk.Confirm().Origin + "/"), Site: c.Desk.Site().Name, Body: body,
	})
	if err != nil {
		return fmt.Errorf("render page %q: %w", page, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.lang)
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the reader went away
	return nil
}

// tell answers with two messages alone: "KEY", the title, and "KEY-do", which takes the parameters.
func (c *origin) tell(v *visit, key string, params ...any) error {
	return c.show(v, http.StatusOK, "told", key, v.say(key+"-do", params...))
}

// readPages parses every page once for every language: what a template says depends on the language alone.
func (c *origin) readPages() (map[string]map[string]*template.Template, error) {
	looks := map[string]map[string]*template.Template{}
	for _, lang := range c.words.Languages() {
		frame, err := template.New("").Funcs(c.vocabulary(lang)).ParseFS(files, "pages/frame.html", "pages/parts.html")
		if err != nil {
			return nil, err
		}
		looks[lang] = map[string]*template.Template{}
		for _, name := range []string{"home", "change", "invited", "keys", "queue", "compose", "ask", "told", "trouble", "set", "say", "recover", "recovery", "code", "notices"} {
			page, err := template.Must(frame.Clone()).ParseFS(files, "pages/"+name+".html")
			if err != nil {
				return nil, err
			}
			looks[lang][name] = page
		}
	}
	return looks, nil
}

// home leads to what there is here.
func (c *origin) home(v *visit) error {
	return c.show(v, http.StatusOK, "home", "home-title", struct{ Composes, Notices, Vouches bool }{c.Composer != nil, c.Notices != nil, c.vouching != nil})
}

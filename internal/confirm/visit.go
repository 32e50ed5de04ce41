package confirm

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// maxForm bounds what a form sends, in bytes.
const maxForm = 128 << 10

// visit is one request.
type visit struct {
	*http.Request
	w http.ResponseWriter
}

// trouble is an answer in words.
type trouble struct {
	status int
	title  string
	What   string
}

func (t *trouble) Error() string { return t.title + ": " + t.What }

func oops(status int, title, what string) error { return &trouble{status, title, what} }

// visit makes a page of what answers a request; an error becomes a page too.
func (c *origin) visit(answer func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxForm)
		if r.URL.Path == "/compose" {
			most = maxText
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		v := &visit{r, w}
		if err := answer(v); err != nil {
			t := c.troubleOf(err)
			if t.status >= http.StatusInternalServerError {
				c.Log.Error("page not shown", "path", r.URL.Path, "err", err)
			}
			if err := c.show(v, t.status, "trouble", t.title, t); err != nil {
				http.Error(w, t.What, t.status)
			}
		}
	}
}

// troubleOf finds the words for an error.
func (c *origin) troubleOf(err error) *trouble {
	var t *trouble
	switch {
	case errors.As(err, &t):
		return t
	case errors.Is(err, pending.ErrGone), errors.Is(err, store.ErrNotFound):
		return &trouble{http.StatusNotFound, "There is nothing here any more", "It was decided or forgotten, or it never was. Nothing was changed."}
	case errors.Is(err, pending.ErrLate):
		return &trouble{http.StatusConflict, "That took too long", "What you looked at may have changed since. Nothing was changed; open the page again."}
	case errors.Is(err, pending.ErrKey):
		return &trouble{http.StatusForbidden, "This key may not approve that", err.Error() + ". Nothing was changed."}
	case errors.Is(err, pending.ErrSignature):
		return &trouble{http.StatusForbidden, "The signature does not hold", err.Error() + ". Nothing was changed; open the page again and try once more."}
	case errors.Is(err, pending.ErrNotNow):
		return &trouble{http.StatusConflict, "Not now", err.Error() + "."}
	default:
		return &trouble{http.StatusInternalServerError, "Something went wrong here", "Nothing was changed by this. Try again; if it stays so, tell the operators the time."}
	}
}

// view is what every page gets.
type view struct {
	Title, Style, Script string
	Origin, Site         string
	Body                 any
}

func (c *origin) show(v *visit, status int, page, title string, body any) error {
	t, ok := c.pages[page]
	if !ok {
		return fmt.Errorf("there is no page %q", page)
	}
	var b bytes.Buffer
	err := t.ExecuteTemplate(&b, "frame.html", view{
		Title: title, Style: c.static["confirm.css"].path, Script: c.static["confirm.js"].path,
		Origin: c.Desk.Confirm().Origin, Site: c.Desk.Site().Name, Body: body,
	})
	if err != nil {
		return fmt.Errorf("render page %q: %w", page, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the reader went away
	return nil
}

func (c *origin) readPages() (map[string]*template.Template, error) {
	frame, err := template.New("").Funcs(template.FuncMap{
		"marked": func(text string) []part { return marked(text, false) }, "why": why, "stands": stands,
	}).ParseFS(files, "pages/frame.html", "pages/parts.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range []string{"home", "change", "invited", "keys", "queue", "compose", "ask", "told", "trouble"} {
		page, err := template.Must(frame.Clone()).ParseFS(files, "pages/"+name+".html")
		if err != nil {
			return nil, err
		}
		pages[name] = page
	}
	return pages, nil
}

func (c *origin) home(v *visit) error { return c.show(v, http.StatusOK, "home", "Approvals", nil) }

package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"sallyport/internal/approved"
	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// errChanging is for pages that change faster than they can be looked at.
var errChanging = errors.New("the pages changed while the answer was made, several times")

// raw answers a page's text as a script or a style sheet.
func (a *Approved) raw(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values) error {
	title, old, err := a.title(r.Context(), q)
	if err != nil {
		return err
	}
	tier := approved.None
	if title != (wiki.Title{}) {
		if tier, err = a.Book.Tier(r.Context(), title); err != nil {
			return err
		}
	}
	if tier == approved.None {
		next.ServeHTTP(w, r)
		return nil
	}
	out := r.Clone(r.Context())
	out.Method = http.MethodGet
	whole(out)
	answer, err := fetched(next, out)
	if err != nil {
		return err
	}
	digest, code := answer.code()
	if !code || answer.status != http.StatusOK {
		send(w, r, answer)
		return nil
	}
	if t := trialOf(r.Context()); !old && t.tries(title) {
		pages, err := t.book.Look(r.Context(), []wiki.Title{title})
		if err != nil {
			return err
		}
		return a.instead(unkept(w), r, answer.header, pages[0])
	}
	fine, err := a.Book.Allows(r.Context(), title, digest)
	if err != nil {
		return err
	}
	if !fine && !old { // it may be seen for the first time
		pages, err := a.Book.Look(r.Context(), []wiki.Title{title})
		if err != nil {
			return err
		}
		if fine = pages[0].Serve == digest; !fine {
			return a.instead(w, r, answer.header, pages[0])
		}
	}
	if fine {
		send(w, r, answer)
		return nil
	}
	withheld(r.Context())
	h := answer.header
	h.Set("Cache-Control", "private, no-cache")
	text := "/* This revision was not approved. */\n"
	if kind, _ := json.Marshal(a.Book.Site().PrefixedText(title)); !isStyle(h) {
		text += "throw new Error( 'Sallyport: this revision was not approved: ' + " + string(kind) + " );\n"
	}
	send(w, r, altered(h, []byte(text)))
	return nil
}

// instead answers with the approved text.
func (a *Approved) instead(w http.ResponseWriter, r *http.Request, h http.Header, p approved.Page) error {
	text, err := a.Book.Text(r.Context(), p.Serve)
	if err != nil {
		return err
	}
	h.Set("Cache-Control", "private, no-cache")
	send(w, r, altered(h, []byte(text)))
	return nil
}

// title is the page whose text an address serves, and whether it names one revision. MediaWiki takes the
// page of a revision or of a page id over the title (MediaWiki::parseTitle).
func (a *Approved) title(ctx context.Context, q *phpform.Values) (t wiki.Title, old bool, err error) {
	var ids [2]int64
	for i, key := range []string{"oldid", "curid"} {
		if text := q.Text(key); text != "" {
			if ids[i], err = strconv.ParseInt(text, 10, 64); err != nil || ids[i] < 0 {
				return wiki.Title{}, false, fmt.Errorf("%s = %.40q: only PHP could read that as a number", key, text)
			}
		}
	}
	if rev, page := ids[0], ids[1]; rev > 0 || page > 0 {
		t, err = a.Named(ctx, rev, page)
		return t, rev > 0, err
	}
	if t, err = a.Book.Site().Parse(q.Text("title")); err != nil {
		return wiki.Title{}, false, nil
	}
	return t, false, nil
}

func isStyle(h http.Header) bool {
	return strings.Contains(strings.ToLower(h.Get("Content-Type")), "css")
}

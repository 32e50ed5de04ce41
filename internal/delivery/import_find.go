package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Bounds of an import, in bytes and in redirects that are followed.
const (
	maxImport    = 10 << 20 // what is longer nobody has read
	maxName      = 1024
	maxRedirects = 3
)

// wish is what a name asks for.
type wish struct {
	title    wiki.Title
	site     *wiki.Site // whose title it is
	from     *Foreign   // nil: a page of this wiki
	revision int64
	digest   string // the beginning of one; empty: any text
}

func (w *wish) pinned() bool { return w.revision > 0 || w.digest != "" }

// name is the title as people of this wiki read it.
func (w *wish) name() string {
	if w.from != nil {
		return w.from.Name + ":" + w.site.PrefixedText(w.title)
	}
	return w.site.PrefixedText(w.title)
}

// here is the title under which this wiki knows the page: of another wiki's, one that begins with that wiki's name.
func (w *wish) here() wiki.Title {
	if w.from != nil {
		return wiki.Title{Key: strings.ReplaceAll(w.name(), " ", "_")}
	}
	return w.title
}

var (
	aHash     = regexp.MustCompile(`^[0-9a-f]{16,64}$`)
	anAddress = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//`)
	// aRedirect is a script that MediaWiki writes when a script is moved (JavaScriptContentHandler::makeRedirectContent).
	aRedirect = regexp.MustCompile(`^/\* #REDIRECT \*/mw\.loader\.load\("[^"]*[?&]title=([^"&\\]+)\\u0026action=raw\\u0026ctype=text/javascript"\);\s*$`)
)

// read takes a name apart.
func (i *Imports) read(ctx context.Context, name string) (w wish, err error) {
	if len(name) > maxName {
		return w, failed("name", "a name has no more than %d characters", maxName)
	}
	if anAddress.MatchString(name) {
		return w, failed("farm", "%q is an address: only pages are imported, of this wiki or of one that its operators named", name)
	}
	title, pin, pinned := strings.Cut(name, "@")
	if pinned {
		rev, err := strconv.ParseInt(pin, 10, 64)
		switch {
		case err == nil && rev > 0 && len(pin) < 16:
			w.revision = rev
		case aHash.MatchString(pin):
			w.digest = pin
		default:
			return w, failed("name", "%q: after the @ comes a revision, or 16 digits or more of the text's SHA-256", name)
		}
	}
	if !slices.ContainsFunc([]string{".js", ".css", ".json"}, func(end string) bool { return strings.HasSuffix(title, end) }) {
		title += ".js"
	}
	return i.place(ctx, w, title)
}

// place finds whose page a title means.
func (i *Imports) place(ctx context.Context, w wish, title string) (wish, error) {
	rest := title
	w.site = i.Site
	if prefix, inside, ok := strings.Cut(title, ":"); ok {
		if w.from = i.Farm[strings.ToLower(strings.TrimSpace(prefix))]; w.from != nil {
			site, err := w.from.what(ctx)
			if err != nil {
				return w, w.from.unavailable(err)
			}
			w.site, rest = site, inside
		}
	}
	var err error
	switch w.title, err = w.site.Parse(rest); {
	case errors.Is(err, wiki.ErrInterwiki):
		return w, failed("farm", "%q is on a wiki that the operators of this one did not name: scripts come from those in [entry.farm]", title)
	case err != nil && w.from != nil:
		return w, failed("name", "%q is not the title of a page of %s", rest, w.from.Name)
	case err != nil:
		return w, failed("name", "%q is not the title of a page of this wiki", title)
	}
	return w, nil
}

// find reads the page that a wish means, by way of redirects unless one text is named, and refuses what is nothing to import, or not what
// was named. The wish is afterwards for the page that was found.
func (i *Imports) find(ctx context.Context, w *wish) (wiki.Page, error) {
	for range maxRedirects {
		p, err := i.fetch(ctx, w)
		if err != nil {
			return p, err
		}
		to := aRedirect.FindStringSubmatch(p.Text)
		if to == nil {
			return p, nil
		}
		if w.pinned() {
			return p, failed("redirect", "that text of %s leads to another page: name one of that page's", w.name())
		}
		target, err := url.QueryUnescape(to[1])
		if err == nil {
			w.title, err = w.site.Parse(target)
		}
		if err != nil {
			return p, failed("redirect", "%s leads to what is no page: %q", w.name(), to[1])
		}
	}
	return wiki.Page{}, failed("redirect", "%s is one redirect too many", w.name())
}

// fetch reads one page.
func (i *Imports) fetch(ctx context.Context, w *wish) (p wiki.Page, err error) {
	newest, revision := i.Newest, i.Revision
	if w.from != nil {
		newest, revision = w.from.newest, w.from.revision
	}
	if w.revision > 0 {
		p, err = revision(ctx, w.revision)
	} else {
		p, err = newest(ctx, w.title)
	}
	switch {
	case errors.Is(err, mediawiki.ErrNoRevision):
		return p, failed("missing", "%s has no revision %d", w.name(), w.revision)
	case errors.Is(err, mediawiki.ErrTooLong):
		return p, tooLong(w)
	case err != nil && w.from != nil:
		return p, w.from.unavailable(err)
	case err != nil:
		return p, err
	case w.revision > 0 && p.Title != w.title:
		return p, failed("missing", "revision %d is not of %s", w.revision, w.name())
	case !p.Exists():
		return p, failed("missing", "there is no page %s", w.name())
	case len(p.Text) > maxImport:
		return p, tooLong(w)
	case kindOf(&p) == "":
		return p, failed("kind", "%s is not a script, a style sheet or JSON", w.name())
	case !strings.HasPrefix(string(store.DigestOf(p.Text)), w.digest):
		return p, failed("changed", "%s has another text now than the one that was named", w.name())
	}
	return p, nil
}

func tooLong(w *wish) error {
	return failed("too-long", "%s is longer than %d MB, so nobody can have read it", w.name(), maxImport>>20)
}

// kindOf is what a page is imported as: one of the models, or nothing.
func kindOf(p *wiki.Page) string {
	switch kind := wiki.Code(p.Title, p.Model); {
	case (kind == wiki.UserJS || kind == wiki.SiteJS) && p.Model == wiki.ModelJavaScript,
		(kind == wiki.UserCSS || kind == wiki.SiteCSS) && p.Model == wiki.ModelCSS,
		(kind == wiki.UserJSON || kind == wiki.SiteJSON) && p.Model == wiki.ModelJSON:
		return p.Model
	}
	return ""
}

// dataOf is a page's JSON.
func dataOf(w *wish, p *wiki.Page) (json.RawMessage, error) {
	if !json.Valid([]byte(p.Text)) {
		return nil, failed("syntax", "%s is not JSON", w.name())
	}
	return json.RawMessage(p.Text), nil
}

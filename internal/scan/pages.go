package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// Wiki is what [Pages] asks; *mediawiki.Client answers.
type Wiki interface {
	Site(ctx context.Context) (*wiki.Site, error)
	Heads(ctx context.Context, titles []wiki.Title) ([]mediawiki.Head, error)
	Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	AllPages(ctx context.Context, ns int, yield func([]wiki.Page) error) error
}

// Pages is a source of a wiki's pages. A title is one page, whatever it is; a title that ends in "*" is all code pages
// that begin so, "User:*" those of a whole namespace.
func Pages(w Wiki, title string, tell func(string)) Source {
	return failing(title, func(ctx context.Context, yield func(Input) error) error {
		return (&pageReader{w: w, tell: tell, yield: yield}).read(ctx, title)
	})
}

type pageReader struct {
	w     Wiki
	site  *wiki.Site
	tell  func(string)
	yield func(Input) error

	mu    sync.Mutex
	asked map[wiki.Title]wiki.Page // because a script names them
}

// given is a page that was read already.
func (r *pageReader) given(ctx context.Context, p wiki.Page) Input {
	in := given(r.site.PrefixedText(p.Title), p.Text)
	in.Find = r.find(ctx)
	return in
}

func (r *pageReader) read(ctx context.Context, title string) (err error) {
	if r.site, err = r.w.Site(ctx); err != nil {
		return err
	}
	if prefix, many := strings.CutSuffix(title, "*"); many {
		return r.all(ctx, prefix)
	}
	t, err := r.site.Parse(title)
	if err != nil {
		return err
	}
	pages, err := r.w.Pages(ctx, []wiki.Title{t})
	if err != nil {
		return err
	}
	if !pages[0].Exists() {
		return fmt.Errorf("%s has no page of that name", r.site.Name)
	}
	return r.yield(r.given(ctx, pages[0]))
}

// all reads the code pages of a namespace whose titles begin with a prefix.
func (r *pageReader) all(ctx context.Context, prefix string) error {
	ns, begin := wiki.NSMain, prefix
	if name, rest, ok := strings.Cut(prefix, ":"); ok {
		t, err := r.site.Parse(name + ":x")
		if err != nil {
			return err
		}
		ns, begin = t.NS, strings.TrimLeft(rest, " _")
	}
	if ns != wiki.NSUser && ns != wiki.NSMediaWiki {
		return errors.New("only the User and MediaWiki namespaces hold code: write wiki:User:* or wiki:MediaWiki:*")
	}
	if t, err := r.site.ParseIn(begin, ns); err == nil && t.NS == ns {
		begin = t.Key // its first letter as the wiki writes it
	}
	return r.w.AllPages(ctx, ns, func(pages []wiki.Page) error {
		var titles []wiki.Title
		for _, p := range pages {
			if strings.HasPrefix(p.Title.Key, begin) {
				titles = append(titles, p.Title)
			}
		}
		for some := range slices.Chunk(titles, 50) {
			if err := r.some(ctx, some); err != nil {
				return err
			}
		}
		return nil
	})
}

// some reads those of the titles that are code.
func (r *pageReader) some(ctx context.Context, titles []wiki.Title) error {
	heads, err := r.w.Heads(ctx, titles)
	if err != nil {
		return err
	}
	var code []wiki.Title
	for _, h := range heads {
		switch wiki.Code(h.Title, h.Model) {
		case wiki.NotCode:
		case wiki.SiteHTML:
			r.tell(r.site.PrefixedText(h.Title) + ": a message in HTML; not read")
		default:
			code = append(code, h.Title)
		}
	}
	pages, err := r.w.Pages(ctx, code)
	if err != nil {
		return err
	}
	for _, p := range pages {
		in := r.given(ctx, p)
		if !p.Exists() {
			in = missing(in.Path, errors.New("it is gone since the list was made"))
		}
		if err := r.yield(in); err != nil {
			return err
		}
	}
	return nil
}

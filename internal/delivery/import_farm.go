package delivery

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Foreign is another wiki whose scripts may be imported here. We fetch them, never the reader's browser, and they are judged by the rules
// of this wiki.
type Foreign struct {
	Name string // as this wiki calls it: "enwiki"

	wiki     Remote
	site     atomic.Pointer[wiki.Site]
	pages    *otter.Cache[wiki.Title, wiki.Page]
	texts    *otter.Cache[int64, wiki.Page]
	accounts *otter.Cache[string, entry.Author]
}

// Remote is a wiki that is asked; a [mediawiki.Client] is one.
type Remote interface {
	Site(ctx context.Context) (*wiki.Site, error)
	Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	Revision(ctx context.Context, rev int64) (wiki.Page, error)
	Author(ctx context.Context, name string) (mediawiki.Author, error)
}

// What is remembered of another wiki: its newest texts for as long as a reader may wait for an edit there, revisions for an hour, since
// they never change but may be deleted.
const (
	foreignFor    = 30 * time.Second
	foreignRevFor = time.Hour
	maxForeign    = 64 << 20 // bytes of texts, each of the newest and of revisions
)

// NewForeign makes one.
func NewForeign(name string, w Remote) *Foreign {
	return &Foreign{
		Name: name, wiki: w, pages: textsFor[wiki.Title](foreignFor), texts: textsFor[int64](foreignRevFor),
		accounts: otter.Must(&otter.Options[string, entry.Author]{MaximumSize: 1000, ExpiryCalculator: otter.ExpiryWriting[string, entry.Author](time.Minute)}),
	}
}

func textsFor[K comparable](life time.Duration) *otter.Cache[K, wiki.Page] {
	return otter.Must(&otter.Options[K, wiki.Page]{
		MaximumWeight: maxForeign, Weigher: func(_ K, p wiki.Page) uint32 { return uint32(len(p.Text)) + 200 },
		ExpiryCalculator: otter.ExpiryWriting[K, wiki.Page](life),
	})
}

// what says which namespaces the wiki has, and the like. It is asked once.
func (f *Foreign) what(ctx context.Context) (*wiki.Site, error) {
	if site := f.site.Load(); site != nil {
		return site, nil
	}
	site, err := f.wiki.Site(ctx)
	if err == nil {
		f.site.Store(site)
	}
	return site, err
}

// newest is a page as it is, or was half a minute ago. However many ask, the wiki is asked once.
func (f *Foreign) newest(ctx context.Context, t wiki.Title) (wiki.Page, error) {
	return f.pages.Get(ctx, t, otter.LoaderFunc[wiki.Title, wiki.Page](func(ctx context.Context, t wiki.Title) (wiki.Page, error) {
		pages, err := f.wiki.Pages(ctx, []wiki.Title{t})
		if err != nil {
			return wiki.Page{}, err
		}
		return pages[0], nil
	}))
}

func (f *Foreign) revision(ctx context.Context, rev int64) (wiki.Page, error) {
	return f.texts.Get(ctx, rev, otter.LoaderFunc[int64, wiki.Page](f.wiki.Revision))
}

// author is what that wiki says of whoever keeps a page; unknown when it says nothing.
func (f *Foreign) author(ctx context.Context, site *wiki.Site, t wiki.Title) entry.Author {
	name, owned := site.Owner(t)
	if !owned {
		return entry.Unknown
	}
	tier, err := f.accounts.Get(ctx, name, otter.LoaderFunc[string, entry.Author](func(ctx context.Context, name string) (entry.Author, error) {
		a, err := f.wiki.Author(ctx, name)
		return dossier.TierOf(a), err
	}))
	if err != nil {
		return entry.Unknown
	}
	return tier
}

// unavailable says that the wiki could not be asked. A reader's having gone away is no fault of its.
func (f *Foreign) unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return failed("unavailable", "%s does not answer; it may be tried again", f.Name)
}

// text is what is judged of a page that was found.
func (w *wish) text(ctx context.Context, p *wiki.Page) dossier.Text {
	t := dossier.Text{Title: w.here(), Digest: store.DigestOf(p.Text)}
	if w.from != nil {
		t.Kind, t.Author = entry.Farm, w.from.author(ctx, w.site, w.title)
	}
	return t
}

// known is the page as this wiki knows it: numbers and names of another wiki mean nothing here.
func (w *wish) known(p wiki.Page) *wiki.Page {
	p.Title = w.here()
	if w.from != nil {
		p.ID, p.Rev, p.Author = 0, 0, w.from.Name+">"+p.Author
	}
	return &p
}

// style answers import.css: a style sheet of another wiki. Those of this one come from the wiki itself.
func (i *Imports) style(w http.ResponseWriter, r *http.Request) {
	want, err := i.read(r.Context(), r.URL.Query().Get("name"))
	var p wiki.Page
	if err == nil {
		p, err = i.find(r.Context(), &want)
	}
	if err != nil || want.from == nil || p.Model != wiki.ModelCSS {
		http.Error(w, "There is no such style sheet.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "private, max-age=60")
	_, _ = w.Write([]byte(p.Text))
}

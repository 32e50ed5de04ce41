package writedoor

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// batch is how many titles the API takes at once.
const batch = 50

// Titles asks prop=info, and takes the wiki's reading of a title only when it is ours.
func (a *Asking) Titles(ctx context.Context, titles []wiki.Title, convert bool) ([]Known, error) {
	site, err := a.Site(ctx)
	if err != nil {
		return nil, err
	}
	known := make([]Known, 0, len(titles))
	for part := range slices.Chunk(titles, batch) {
		rows, err := a.titles(ctx, site, part, convert)
		if err != nil {
			return nil, err
		}
		known = append(known, rows...)
	}
	return known, nil
}

func (a *Asking) titles(ctx context.Context, site *Site, titles []wiki.Title, convert bool) ([]Known, error) {
	names := make([]string, len(titles))
	for i, t := range titles {
		names[i] = site.Wiki.PrefixedText(t)
	}
	q := map[string]string{"action": "query", "prop": "info", "titles": strings.Join(names, "|")}
	if convert {
		q["converttitles"] = "1"
	}
	set, err := a.pages(ctx, q)
	if err != nil {
		return nil, err
	}
	found := map[string]*pageRow{}
	for i, row := range set.Pages {
		found[row.Title] = &set.Pages[i]
	}
	for _, c := range set.Converted {
		found[c.From] = found[c.To]
	}
	known := make([]Known, len(titles))
	for i, name := range names {
		row := found[name]
		if row == nil || row.Invalid {
			return nil, unclear("the wiki takes %q for another title, or for none", name)
		}
		if known[i] = row.known(); known[i].Title != titles[i] && len(set.Converted) == 0 {
			return nil, unclear("the wiki reads %q as %q", name, row.Title)
		}
	}
	return known, nil
}

// PageID finds a page by its id.
func (a *Asking) PageID(ctx context.Context, id int64) (Known, error) {
	return a.one(ctx, "pageids", id)
}

// Revision finds the page that a revision belongs to.
func (a *Asking) Revision(ctx context.Context, rev int64) (Known, error) {
	return a.one(ctx, "revids", rev)
}

func (a *Asking) one(ctx context.Context, by string, id int64) (Known, error) {
	set, err := a.pages(ctx, map[string]string{"action": "query", "prop": "info", by: strconv.FormatInt(id, 10)})
	if err != nil || len(set.Pages) != 1 {
		return Known{}, err
	}
	return set.Pages[0].known(), nil
}

// Redirect follows one redirect.
func (a *Asking) Redirect(ctx context.Context, t wiki.Title) (wiki.Title, error) {
	site, err := a.Site(ctx)
	if err != nil {
		return t, err
	}
	name := site.Wiki.PrefixedText(t)
	set, err := a.pages(ctx, map[string]string{"action": "query", "titles": name, "redirects": "1"})
	if err != nil {
		return t, err
	}
	for _, r := range set.Redirects {
		if r.From == name {
			to, err := site.Wiki.Parse(r.To)
			if err != nil {
				return t, errors.Join(ErrUnclear, err)
			}
			return to, nil
		}
	}
	return t, nil
}

// Subpages lists pages below a title.
func (a *Asking) Subpages(ctx context.Context, t wiki.Title) ([]Known, error) {
	limit := strconv.Itoa(maxMoved + 1)
	set, err := a.pages(ctx, map[string]string{
		"action": "query", "generator": "allpages", "gapnamespace": strconv.Itoa(t.NS), "gapprefix": t.Text() + "/", "gaplimit": limit, "prop": "info",
	})
	if err != nil {
		return nil, err
	}
	var list []Known
	for _, p := range set.Pages {
		list = append(list, p.known())
	}
	return list, nil
}

type pageRow struct {
	NS           int
	Title        string
	PageID       int64
	Invalid      bool
	Missing      bool
	LastRevID    int64
	ContentModel string
}

// known reads a title as the API writes it: always namespace, colon, text.
func (p *pageRow) known() Known {
	text := p.Title
	if p.NS != wiki.NSMain {
		_, text, _ = strings.Cut(text, ":")
	}
	t := wiki.Title{NS: p.NS, Key: strings.ReplaceAll(text, " ", "_")}
	if p.Missing {
		return Known{Title: t, Model: p.ContentModel}
	}
	return Known{Title: t, ID: p.PageID, Rev: p.LastRevID, Model: p.ContentModel}
}

type pageSet struct {
	Pages                []pageRow
	Redirects, Converted []struct{ From, To string }
}

func (a *Asking) pages(ctx context.Context, q map[string]string) (*pageSet, error) {
	var answer struct{ Query pageSet }
	err := a.into(ctx, &answer, q)
	return &answer.Query, err
}

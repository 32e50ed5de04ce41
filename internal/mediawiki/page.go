package mediawiki

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"sallyport/internal/wiki"
)

const revisionProps = "ids|timestamp|user|content|contentmodel"

// pageRow is a page in an answer. Titles that cannot be pages are invalid; pages that are not there are missing.
type pageRow struct {
	NS               int
	Title            string
	PageID           int64
	Missing, Invalid bool
	ContentModel     string
	LastRevID        int64
	Touched          time.Time
	Redirect         bool
	Revisions        []revisionRow
}

// revisionRow is a revision. User and text are absent when hidden.
type revisionRow struct {
	RevID     int64
	User      string
	Timestamp time.Time
	Size      int
	Slots     struct {
		Main struct {
			ContentModel, Content   string
			TextHidden, TextMissing bool
		}
	}
}

// renaming is what the API did to a title it was asked for.
type renaming struct{ From, To string }

type pageSet struct {
	Normalized []renaming
	Pages      []pageRow
}

func (p *pageRow) page() wiki.Page {
	page := wiki.Page{Title: title(p.NS, p.Title), ID: p.PageID}
	if len(p.Revisions) == 0 {
		page.ID = 0
		return page
	}
	r := &p.Revisions[0]
	page.Rev, page.Author, page.Touched = r.RevID, r.User, r.Timestamp
	page.Model, page.Text = r.Slots.Main.ContentModel, r.Slots.Main.Content
	return page
}

// Pages returns the current revisions of pages with their texts, in the order asked. A page that does not exist, cannot
// exist or is not on this wiki has ID 0 and the title asked for.
func (c *Client) Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	pages := make([]wiki.Page, len(titles))
	for i, t := range titles {
		pages[i].Title = t
	}
	rows, err := c.byTitle(ctx, titles, values{"prop": "revisions", "rvslots": "main", "rvprop": revisionProps})
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		if row != nil && len(row.Revisions) > 0 {
			pages[i] = row.page()
		}
	}
	return pages, nil
}

// Head is what prop=info says about a page.
type Head struct {
	Title    wiki.Title
	ID       int64 // 0 when the page does not exist
	Rev      int64
	Model    string    // for a page that does not exist, the one it would get
	Touched  time.Time // when the page, or something it shows, last changed
	Redirect bool
}

// Heads says of each page whether it exists and which revision is current, without texts, in the order asked.
func (c *Client) Heads(ctx context.Context, titles []wiki.Title) ([]Head, error) {
	rows, err := c.byTitle(ctx, titles, values{"prop": "info"})
	if err != nil {
		return nil, err
	}
	heads := make([]Head, len(titles))
	for i, row := range rows {
		heads[i].Title = titles[i]
		if row != nil && !row.Invalid {
			heads[i] = Head{
				Title: title(row.NS, row.Title), ID: row.PageID, Rev: row.LastRevID,
				Model: row.ContentModel, Touched: row.Touched, Redirect: row.Redirect,
			}
		}
	}
	return heads, nil
}

// byTitle asks about titles and returns a row, or nil, for each.
func (c *Client) byTitle(ctx context.Context, titles []wiki.Title, v values) ([]*pageRow, error) {
	if len(titles) == 0 {
		return nil, nil
	}
	site, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(titles))
	for i, t := range titles {
		texts[i] = site.PrefixedText(t)
	}
	found, canonical := map[string]*pageRow{}, map[string]string{}
	for joined := range batches(texts) {
		v["titles"] = joined
		if err := c.pageSets(ctx, v, found, canonical); err != nil {
			return nil, err
		}
	}
	rows := make([]*pageRow, len(titles))
	for i, text := range texts {
		if to, ok := canonical[text]; ok {
			text = to
		}
		rows[i] = found[text]
	}
	return rows, nil
}

// pageSets gathers the rows of an answer and its continuations: a long answer gives some texts only when continued.
func (c *Client) pageSets(ctx context.Context, v values, found map[string]*pageRow, canonical map[string]string) error {
	return query(ctx, c, v, func(set *pageSet) error {
		for _, n := range set.Normalized {
			canonical[n.From] = n.To
		}
		for _, row := range set.Pages {
			if old := found[row.Title]; old == nil || len(old.Revisions) == 0 {
				found[row.Title] = &row
			}
		}
		return nil
	})
}

// PagesByID returns the current revisions of pages with their texts, in the order asked. A page that does not exist has
// ID 0.
func (c *Client) PagesByID(ctx context.Context, ids []int64) ([]wiki.Page, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		if id > 0 {
			texts[i] = strconv.FormatInt(id, 10)
		}
	}
	found := map[int64]wiki.Page{}
	for joined := range batches(texts) {
		v := values{"prop": "revisions", "rvslots": "main", "rvprop": revisionProps, "pageids": joined}
		err := query(ctx, c, v, func(set *pageSet) error {
			for _, row := range set.Pages {
				if len(row.Revisions) > 0 {
					found[row.PageID] = row.page()
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	pages := make([]wiki.Page, len(ids))
	for i, id := range ids {
		pages[i] = found[id]
	}
	return pages, nil
}

// Revision returns one revision, current or old, with its text.
func (c *Client) Revision(ctx context.Context, rev int64) (wiki.Page, error) {
	return c.revision(ctx, fmt.Sprintf("revision %d", rev), values{"revids": strconv.FormatInt(rev, 10)})
}

// LastBy returns the newest revision of a page that this person saved, with its text, or [ErrNoRevision].
func (c *Client) LastBy(ctx context.Context, t wiki.Title, user string) (wiki.Page, error) {
	site, err := c.known(ctx)
	if err != nil {
		return wiki.Page{}, err
	}
	name := site.PrefixedText(t)
	page, err := c.revision(ctx, fmt.Sprintf("%s by %s", name, user), values{"titles": name, "rvuser": user, "rvlimit": "1"})
	if Refused(err, "baduser") { // not a name anybody can have
		err = fmt.Errorf("%s by %s: %w", name, user, ErrNoRevision)
	}
	return page, err
}

func (c *Client) revision(ctx context.Context, what string, v values) (page wiki.Page, err error) {
	v["prop"], v["rvslots"], v["rvprop"] = "revisions", "main", revisionProps
	err = query(ctx, c, v, func(set *pageSet) error {
		for _, row := range set.Pages {
			if len(row.Revisions) > 0 {
				page = row.page()
			}
		}
		return errStop
	})
	if err == nil && page.Rev == 0 {
		err = fmt.Errorf("%s: %w", what, ErrNoRevision)
	}
	return page, err
}

// AllPages walks over the pages of a namespace in the order of their titles: yield gets titles and ids, some hundred at a
// time, redirects included. An error from yield ends the walk and is returned.
func (c *Client) AllPages(ctx context.Context, ns int, yield func([]wiki.Page) error) error {
	v := values{"list": "allpages", "apnamespace": strconv.Itoa(ns), "aplimit": "max"}
	type answer struct{ AllPages []pageRow }
	return query(ctx, c, v, func(a *answer) error {
		pages := make([]wiki.Page, len(a.AllPages))
		for i, row := range a.AllPages {
			pages[i] = wiki.Page{Title: title(row.NS, row.Title), ID: row.PageID}
		}
		return yield(pages)
	})
}

package writedoor

import (
	"errors"
	"fmt"
	"strings"

	"sallyport/internal/wiki"
)

// nsMedia is an alias of the File namespace in links.
const (
	nsMedia = -2
	nsFile  = 6
)

// indexTitle is the page a request to index.php is about (MediaWiki::parseTitle): curid wins over title, and oldid or diff
// of a revision that exists over both, except on special pages.
func (c *classifier) indexTitle() (wiki.Title, error) {
	curid, err := c.number("curid")
	if err != nil {
		return wiki.Title{}, err
	}
	t, why := c.namedTitle(curid)
	if why != nil && !errors.Is(why, errUnnamed) { // MediaWiki lets a revision mend a bad title; nobody honest needs that
		return wiki.Title{}, why
	}
	if t.NS != wiki.NSSpecial {
		byRev, ok, err := c.revisionTitle()
		if err != nil || ok {
			return byRev, err
		}
	}
	if why != nil {
		return c.unnamed()
	}
	return t, nil
}

// errUnnamed: neither title nor curid name a page.
var errUnnamed = fmt.Errorf("%w: it names no page", ErrUnclear)

// namedTitle is what curid or title say.
func (c *classifier) namedTitle(curid int64) (wiki.Title, error) {
	if curid != 0 {
		page, err := c.Wiki.PageID(c.ctx, curid)
		if err == nil && page.ID == 0 {
			err = unclear("there is no page with curid=%d", curid)
		}
		return page.Title, err
	}
	text := c.text("title")
	if text == "" {
		return wiki.Title{}, errUnnamed
	}
	return c.parsed(text)
}

// unnamed is what a request is about that names nothing: Special:Search when something is searched, or the main page.
func (c *classifier) unnamed() (wiki.Title, error) {
	switch {
	case c.has("search"):
		return wiki.Title{NS: wiki.NSSpecial, Key: "Search"}, nil
	case c.has("curid") || c.text("action") == "delete":
		return wiki.Title{}, errUnnamed
	}
	return c.parsed(c.site.Wiki.MainPage)
}

func (c *classifier) parsed(text string) (wiki.Title, error) {
	t, err := c.site.Wiki.Parse(strings.ReplaceAll(text, "\r\n", "\n"))
	if err != nil {
		return wiki.Title{}, errors.Join(ErrUnclear, err)
	}
	if t.NS == nsMedia {
		t.NS = nsFile
	}
	return c.converted(t)
}

// converted lets wikis in languages with variants find the page under another spelling.
func (c *classifier) converted(t wiki.Title) (wiki.Title, error) {
	if len(c.site.Variants) < 2 || t.NS < 0 {
		return t, nil
	}
	known, err := c.Wiki.Titles(c.ctx, []wiki.Title{t}, true)
	if err != nil {
		return wiki.Title{}, err
	}
	return known[0].Title, nil
}

// revisionTitle is the page of the revision that oldid or diff name. MediaWiki looks past a revision that is not there; it
// may be there a moment later, so that is refused.
func (c *classifier) revisionTitle() (t wiki.Title, ok bool, err error) {
	for _, key := range []string{"oldid", "diff"} {
		rev, err := c.number(key)
		if err != nil {
			return wiki.Title{}, false, err
		}
		if rev == 0 {
			continue
		}
		page, err := c.Wiki.Revision(c.ctx, rev)
		if err == nil && page.ID == 0 {
			err = unclear("there is no revision %s=%d", key, rev)
		}
		return page.Title, err == nil, err
	}
	return wiki.Title{}, false, nil
}

// textTitle reads a parameter that MediaWiki gives to Title::newFromText: entities are decoded.
func (c *classifier) textTitle(text string) (wiki.Title, error) {
	t, err := c.site.Wiki.ParseText(text)
	if err != nil {
		return wiki.Title{}, errors.Join(ErrUnclear, err)
	}
	return t, nil
}

// talk is the talk page of a title, and false for pages that have none.
func talk(t wiki.Title) (wiki.Title, bool) {
	if t.NS < 0 || t.NS%2 == 1 {
		return wiki.Title{}, false
	}
	return wiki.Title{NS: t.NS + 1, Key: t.Key}, true
}

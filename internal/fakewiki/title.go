package fakewiki

import (
	"fmt"

	"sallyport/internal/wiki"
)

// title reads a title that this package wrote itself; one that cannot be read is the main page's namespace and that key.
func (w *Wiki) title(text string) wiki.Title {
	t, err := w.site.Parse(text)
	if err != nil {
		return wiki.Title{Key: text}
	}
	return t
}

// pageTitle reads the title of something that can be a page: no special page, no media link. Entities are decoded, as
// the API and links do.
func (w *Wiki) pageTitle(text string) (wiki.Title, error) {
	t, err := w.site.ParseText(text)
	if err != nil {
		return wiki.Title{}, fmt.Errorf("%w: %w", ErrBadTitle, err)
	}
	if t.NS < 0 {
		return wiki.Title{}, ErrBadTitle
	}
	return t, nil
}

// prefixed is the title as people read it: "User talk:Mara/x".
func (w *Wiki) prefixed(t wiki.Title) string { return w.site.PrefixedText(t) }

// address is the path of a page: "/wiki/User_talk:Mara".
func (w *Wiki) address(t wiki.Title) string { return w.site.Path(t) }

// otherSide is the talk page of a page, or the page of a talk page.
func otherSide(t wiki.Title) wiki.Title {
	t.NS ^= 1
	return t
}

func isTalk(t wiki.Title) bool { return t.NS > 0 && t.NS%2 == 1 }

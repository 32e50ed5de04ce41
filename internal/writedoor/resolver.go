package writedoor

import (
	"context"

	"sallyport/internal/wiki"
)

// Resolver is the wiki's own word on what names mean.
type Resolver interface {
	// Site is what the wiki says about itself. It may be some minutes old.
	Site(ctx context.Context) (*Site, error)
	// Titles says of each title what page it is now, in order. With convert, a title that is no page may become one in another
	// variant of the language, as on index.php.
	Titles(ctx context.Context, titles []wiki.Title, convert bool) ([]Known, error)
	// PageID and Revision find a page by an id of its own or of one of its revisions. ID is 0 when there is none.
	PageID(ctx context.Context, id int64) (Known, error)
	Revision(ctx context.Context, rev int64) (Known, error)
	// Redirect is where a page that is a redirect leads, or the title itself.
	Redirect(ctx context.Context, t wiki.Title) (wiki.Title, error)
	// Subpages lists the pages below a title, at most the number that MediaWiki moves at once and one more.
	Subpages(ctx context.Context, t wiki.Title) ([]Known, error)
	// Module says of a module of api.php whether it writes.
	Module(ctx context.Context, action string) (Module, error)
}

// Known is what the wiki says about a title.
type Known struct {
	Title wiki.Title
	ID    int64 // 0 when there is no page
	Rev   int64
	Model string // for a title without a page, the content model it would get
}

// Module is a module of api.php as action=paraminfo describes it.
type Module struct {
	Exists, Writes, MustBePosted bool
}

// Site is what a wiki says about itself beyond [wiki.Site].
type Site struct {
	Wiki        *wiki.Site
	Script      string            // path of index.php
	VariantPath string            // $wgVariantArticlePath; empty when there is none
	Variants    []string          // codes of the content language's variants; more than one: titles may be converted
	Special     map[string]string // names of special pages in capitals to MediaWiki's own
}

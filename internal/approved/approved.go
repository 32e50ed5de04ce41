// Package approved decides which text of a page may be served.
//
//	what the wiki has now ──► known to reviewers? ──► approved: it is served
//	                                              └─► waiting, rejected: the text that was approved last is served instead
//
// It knows of which pages load.php's modules are made, and builds those of which a page must not go out as it is. When a kind of
// page is looked after for the first time everything is taken as it is found; from then on a new text waits. An absent page runs
// nothing, and needs nobody's word.
//
// The wiki and the clock are handed in. What is decided is read from the store each time, so that every process on it knows at once.
package approved

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/gadget"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// Tier is a kind of page.
type Tier string

// Tiers. A page of none is served as it is.
const (
	None     Tier = ""
	SiteCode Tier = "site-code" // MediaWiki:Common.js and its like
	Gadget   Tier = "gadget"    // the site's gadgets: MediaWiki:Gadget-… and the definitions
	Popular  Tier = "popular"   // gadgets in user space that many have switched on, and their pages
)

// Store is what a book keeps its reviews in; a [store.Store] is one.
type Store interface {
	store.Reviews
	store.Trials
	Text(ctx context.Context, d store.Digest) (string, error)
	SaveText(ctx context.Context, text string) (store.Digest, error)
	Cursor(ctx context.Context, wiki, name string) (string, error)
	SetCursor(ctx context.Context, wiki, name, value string) error
}

// Options are what [New] needs. Popular, Audience, Messages and Groups are asked only where a module or a tier needs them.
type Options struct {
	Site  *wiki.Site
	Store Store
	Serve []string         // tiers that are looked after
	Least int              // people who run it make a script popular
	Off   *switches.Keeper // texts that are switched off are served as if they were rejected; nil: none is
	// Testers are groups whose members may try any text that waits; its author and reviewers always may.
	Testers []string
	// Heads and Pages are the wiki's word on pages as they are now ([mediawiki.Client]).
	Heads    func(ctx context.Context, titles []wiki.Title) ([]mediawiki.Head, error)
	Pages    func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	AllPages func(ctx context.Context, ns int, yield func([]wiki.Page) error) error
	// Audience counts the people who have switched on what a page is part of. known is false where that cannot be counted.
	Audience func(ctx context.Context, t wiki.Title) (people int, known bool, err error)
	Gadgets  *Gadgets // nil: there are none in user space
	Groups   func(ctx context.Context, user string) ([]string, error)
	Messages func(ctx context.Context, keys []string, lang string) (map[string]string, error)
	Now      func() time.Time
	Log      *slog.Logger
}

// Book is what may be served. It is safe for concurrent use.
type Book struct {
	o     Options
	seen  *otter.Cache[revision, text]
	lines *otter.Cache[store.Digest, []gadget.Entry]
	begun *otter.Cache[Tier, struct{}] // tiers of which everything was taken as found
	tried map[wiki.Title]store.Digest  // texts that are served in place of what is approved
	crowd *crowd
}

// revision names a text of the wiki, which never changes.
type revision struct {
	title wiki.Title
	id    int64
}

// text is what a revision holds.
type text struct {
	digest store.Digest // empty when nothing of it runs
	to     wiki.Title   // where a redirect leads
	author string
	saved  time.Time
}

// Bounds of what is remembered.
const (
	maxSeen  = 20_000
	maxLines = 200
)

// New makes a book.
func New(o Options) *Book {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Book{
		o: o, seen: otter.Must(&otter.Options[revision, text]{MaximumSize: maxSeen}),
		lines: otter.Must(&otter.Options[store.Digest, []gadget.Entry]{MaximumSize: maxLines}),
		begun: otter.Must(&otter.Options[Tier, struct{}]{MaximumSize: 8}),
		crowd: &crowd{},
	}
}

// Site is the wiki whose book it is.
func (b *Book) Site() *wiki.Site { return b.o.Site }

// serves says whether a tier is looked after.
func (b *Book) serves(t Tier) bool {
	for _, name := range b.o.Serve {
		if name == string(t) {
			return true
		}
	}
	return false
}

// Tier says under which tier a page is looked after.
func (b *Book) Tier(ctx context.Context, t wiki.Title) (Tier, error) {
	tier := None
	switch {
	case t.NS == wiki.NSMediaWiki && ofGadget(t):
		tier = Gadget
	case t.NS == wiki.NSMediaWiki && wiki.Code(t, wiki.DefaultModel(t)).Runs():
		tier = SiteCode
	case t.NS == wiki.NSUser && t.IsSubpage() && b.serves(Popular):
		people, known, err := b.o.Audience(ctx, t)
		if err != nil {
			return None, fmt.Errorf("count who runs %q: %w", b.o.Site.PrefixedText(t), err)
		}
		if known {
			known, err = b.held(ctx, b.pageCursor(t), people)
		}
		if err == nil && !known { // a gadget that others need has more people than its own
			known, err = b.partOf(ctx, t, b.popular)
		}
		if err != nil {
			return None, fmt.Errorf("find out whether %q is part of a popular gadget: %w", b.o.Site.PrefixedText(t), err)
		}
		if known {
			tier = Popular
		}
	}
	if !b.serves(tier) {
		return None, nil
	}
	return tier, nil
}

// ofGadget says whether a page of the MediaWiki namespace is part of the site's gadgets.
func ofGadget(t wiki.Title) bool {
	return t.Key == definitions || isDefinition(t) || strings.HasPrefix(t.Key, "Gadget-") && hasSuffix(t.Key, ".js", ".css", ".json", ".vue")
}

func hasSuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}

// Choose says which text of a page is served: the current one where the page is absent (empty) or it was approved, and otherwise
// what was approved last, which may be nothing.
func Choose(now store.Digest, state store.ReviewState, last store.Digest) store.Digest {
	if now == "" || state == store.ReviewApproved {
		return now
	}
	return last
}

// asFound is why a text counts as approved that nobody decided about.
const asFound = "as found"

// cursor is the name under which it is kept that a tier was taken as it was found.
func cursor(t Tier) string { return "approved " + string(t) }

// hasBegun says whether texts of a tier that were never seen wait.
func (b *Book) hasBegun(ctx context.Context, t Tier) (bool, error) {
	if _, ok := b.begun.GetIfPresent(t); ok {
		return true, nil
	}
	begun, err := b.noted(ctx, cursor(t))
	if begun {
		b.begun.Set(t, struct{}{})
	}
	return begun, err
}

// waits says whether a text of a page that was never seen waits. Popular pages begin one by one, each when it is seen first.
func (b *Book) waits(ctx context.Context, p *Page) (bool, error) {
	switch {
	case p.Tier != Popular:
		return b.hasBegun(ctx, p.Tier)
	case p.of != nil:
		return p.of.waits(ctx, p)
	}
	if begun, err := b.partOf(ctx, p.Title, b.begunGadget); err != nil || begun {
		return begun, err
	}
	return b.pageBegins(ctx, p)
}

// pageCursor is the name under which it is kept that a popular page was seen.
func (b *Book) pageCursor(t wiki.Title) string { return cursor(Popular) + " " + b.o.Site.Prefixed(t) }

// pageBegins says whether a page was seen before as a popular one, and keeps that it is seen now.
func (b *Book) pageBegins(ctx context.Context, p *Page) (bool, error) {
	name := b.pageCursor(p.Title)
	begun, err := b.noted(ctx, name)
	if err != nil || begun {
		return begun, err
	}
	return false, b.note(ctx, name)
}

// noted says whether a moment was kept under a name, and note keeps one.
func (b *Book) noted(ctx context.Context, name string) (bool, error) {
	value, err := b.o.Store.Cursor(ctx, b.o.Site.ID, name)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return value != "", err
}

func (b *Book) note(ctx context.Context, name string) error {
	return b.o.Store.SetCursor(ctx, b.o.Site.ID, name, b.o.Now().UTC().Format(time.RFC3339))
}

// Begin takes what there is of each tier as approved, the first time it is looked after.
func (b *Book) Begin(ctx context.Context) error {
	for _, tier := range []Tier{SiteCode, Gadget} {
		if !b.serves(tier) {
			continue
		}
		begun, err := b.hasBegun(ctx, tier)
		if err != nil {
			return err
		}
		if begun {
			continue
		}
		n, err := b.adopt(ctx, tier)
		if err == nil {
			err = b.note(ctx, cursor(tier))
		}
		if err != nil {
			return fmt.Errorf("take pages of the tier %s as they are: %w", tier, err)
		}
		b.o.Log.Info("pages are served as they are now, and later texts wait for reviewers", "wiki", b.o.Site.ID, "tier", string(tier), "pages", n)
	}
	return nil
}

func (b *Book) adopt(ctx context.Context, tier Tier) (int, error) {
	return b.sweep(ctx, func(t Tier) bool { return t == tier })
}

// Sweep looks at every page of the wiki's own that is looked after, so that what waits is listed before somebody asks for it.
func (b *Book) Sweep(ctx context.Context) error {
	_, err := b.sweep(ctx, func(t Tier) bool { return t != None })
	return err
}

func (b *Book) sweep(ctx context.Context, wanted func(Tier) bool) (int, error) {
	var titles []wiki.Title
	err := b.o.AllPages(ctx, wiki.NSMediaWiki, func(pages []wiki.Page) error {
		for _, p := range pages {
			t, err := b.Tier(ctx, p.Title)
			if err != nil {
				return err
			}
			if wanted(t) {
				titles = append(titles, p.Title)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	pages, err := b.look(ctx, titles, None)
	if err != nil {
		return 0, err
	}
	_, err = b.targets(ctx, pages)
	return len(titles), err
}

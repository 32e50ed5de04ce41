// Package registry knows the gadgets of a wiki: who wrote them, what they consist of, who has switched them on.
//
// It keeps copies of definition pages and of every page they name, follows the wiki's recent changes so that the copies
// are fresh, and decides which revision of a page may run:
//
//	recent changes ──► refresh ──► store: pages, gadgets
//	                                   │
//	             Gadget(id), Enabled(user) ──► delivery, web
//
// Two rules make running other people's pages bearable on a wiki that knows nothing of gadgets in user space.
//
// A page counts with the newest revision that its owner, or somebody with the right to edit other people's scripts,
// saved. MediaWiki enforces that itself for JavaScript, CSS and JSON subpages; it does not for the wikitext pages that
// "User:Mara/doit.gadget" and "User:Mara/App.vue" are, so [Registry] does.
//
// Files belong to people, not to names. A definition that lists "User:Mara/doit.js" means the account that was called
// Mara when the definition was saved. If the name changes hands, the file does not run.
package registry

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"sallyport/internal/mediawiki"
	"sallyport/internal/policy"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

var (
	// ErrNotFound means that no gadget has this page id or title.
	ErrNotFound = errors.New("no such gadget")
	// ErrNoUser means that nobody on the wiki has this name.
	ErrNoUser = errors.New("no such user")
)

// Wiki is what the registry asks of a MediaWiki; [mediawiki.Client] answers it.
type Wiki interface {
	Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	PagesByID(ctx context.Context, ids []int64) ([]wiki.Page, error)
	LastBy(ctx context.Context, title wiki.Title, user string) (wiki.Page, error)
	Users(ctx context.Context, names []string) ([]wiki.User, error)
	AllPages(ctx context.Context, ns int, yield func([]wiki.Page) error) error
	RecentChanges(ctx context.Context, since mediawiki.Cursor) ([]mediawiki.Change, mediawiki.Cursor, error)
	Messages(ctx context.Context, keys []string, lang string) (map[string]string, error)
}

// Options are what a [Registry] needs. All fields but Suffixes, Log and Now are required.
type Options struct {
	Site     *wiki.Site
	Wiki     Wiki
	Store    store.Store
	Suffixes []string // of definition pages; the first is the preferred one; default ".gadget"
	Log      *slog.Logger
	Now      func() time.Time
	Changed  func() // called when recent changes have something new; it must not block. May be nil
	// Operators is their word on servers that gadgets ask for; nil on a wiki whose pages may use all there are.
	Operators *policy.Operators
	// Stops is the operators' switch that a gadget is off by, or nil. It must be quick. Without the function nothing is ever off.
	Stops func(ctx context.Context, g *Gadget) *switches.Switch
	// Publishers are the groups whose members' gadgets are handed out; none for everybody's.
	Publishers []string
	// Reviewed says which texts of a gadget are served. Without it the newest are.
	Reviewed func(ctx context.Context, gadget int64) (Texts, error)
	// Trying says which texts of a gadget whoever asks tries in place of those; nil when they try none. May be nil.
	Trying func(ctx context.Context, gadget int64) (Texts, error)
}

// Registry knows the gadgets of one wiki. Its methods are safe for concurrent use.
type Registry struct {
	Site *wiki.Site

	wiki     Wiki
	store    store.Store
	suffixes []string
	log      *slog.Logger
	now      func() time.Time
	changed  func()

	stops      func(ctx context.Context, g *Gadget) *switches.Switch
	publishers []string
	reviewed   func(ctx context.Context, gadget int64) (Texts, error)
	trying     func(ctx context.Context, gadget int64) (Texts, error)
	operators  *policy.Operators
	granted    *otter.Cache[int64, grantedOnce] // by user id
	granting   singleflight.Group
	requested  requested

	// generation rises whenever a page, a gadget or an account that matters has changed. Everything remembered in
	// memory is remembered together with the generation it was made in.
	generation atomic.Int64
	gadgets    *otter.Cache[int64, cached]
	keeps      *otter.Cache[store.Digest, cached] // by set
	people     people
	messages   *otter.Cache[messageKey, map[string]string]
	site       siteGadgets
	follow     follower
	refreshing sync.Mutex // one refresh at a time, so that an older answer never overwrites a newer one
}

type cached struct {
	generation int64
	gadget     *Gadget
}

// New makes a registry. It asks the wiki nothing until [Registry.Begin] or [Registry.Follow] runs.
func New(o Options) *Registry {
	r := &Registry{
		Site: o.Site, wiki: o.Wiki, store: o.Store, suffixes: o.Suffixes, log: o.Log, now: o.Now, changed: o.Changed, operators: o.Operators,
		stops: o.Stops, publishers: o.Publishers, reviewed: o.Reviewed, trying: o.Trying,
		granted: otter.Must(&otter.Options[int64, grantedOnce]{MaximumSize: 20_000}),
		gadgets: otter.Must(&otter.Options[int64, cached]{MaximumSize: 20_000}),
		keeps:   otter.Must(&otter.Options[store.Digest, cached]{MaximumSize: maxKept}),
		messages: otter.Must(&otter.Options[messageKey, map[string]string]{
			MaximumSize:      10_000,
			ExpiryCalculator: otter.ExpiryWriting[messageKey, map[string]string](time.Minute),
		}),
	}
	if len(r.suffixes) == 0 {
		r.suffixes = []string{".gadget"}
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.now == nil {
		r.now = time.Now
	}
	r.people.init(r)
	r.follow.init()
	return r
}

// Generation changes whenever anything the registry answers may have changed, switches of single readers excepted.
func (r *Registry) Generation() int64 { return r.generation.Load() }

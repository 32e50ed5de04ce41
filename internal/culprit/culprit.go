// Package culprit names the script behind what a browser reported about a policy.
//
//	/sallyport/g/p12/load.php            the gadget with that page
//	/index.php?title=User:Mara/x.js      the page, where browsers keep the query
//	nothing, or the wiki's load.php      the one script that names the server in its text: of those the reader has
//	                                     switched on, else of all that were read
//
// Browsers say little: Chromium leaves queries out, and nothing is said of what a timer or an image began. So an answer is a
// guess where it has to be, and none where two scripts would do. No page that somebody read is ever named.
package culprit

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/csp"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Gadgets is what is asked of a registry.
type Gadgets interface {
	Gadget(ctx context.Context, id int64) (*registry.Gadget, error)
	Enabled(ctx context.Context, user store.Account) ([]registry.Enabled, error)
	List(ctx context.Context, q store.Query) ([]store.Listed, int, error)
}

// Known is what is asked of a store: copies of pages, and what analyses said of their texts.
type Known interface {
	Pages(ctx context.Context, wiki string, titles []string) (map[string]store.Page, error)
	Results(ctx context.Context, wiki string, d store.Digest) ([]store.Result, error)
}

// Options are what [New] needs.
type Options struct {
	Site    *wiki.Site
	Base    string // of Sallyport's own paths: "/sallyport"
	Gadgets Gadgets
	Known   Known
	Log     *slog.Logger
}

// Finder answers from memory, but for a few questions to the store between two refreshes. It is safe for concurrent use.
type Finder struct {
	o Options

	mu     sync.Mutex
	names  map[int64]string    // of gadgets, by page id
	hosts  map[string][]string // scripts whose text names a server
	read   map[store.Digest][]string
	budget int // lookups left until the next refresh
	having *otter.Cache[int64, []string]
}

const (
	// havingFor is how long it is believed what somebody has switched on.
	havingFor = time.Minute
	// lookups bounds the questions to the store between two refreshes, because anybody can name any gadget.
	lookups = 500
	// maxGadgets bounds what is indexed.
	maxGadgets = 20_000
)

// New makes a finder that knows nothing before [Finder.Refresh].
func New(o Options) *Finder {
	return &Finder{o: o, budget: lookups, names: map[int64]string{}, read: map[store.Digest][]string{}, having: otter.Must(&otter.Options[int64, []string]{
		MaximumSize: 20_000, ExpiryCalculator: otter.ExpiryWriting[int64, []string](havingFor),
	})}
}

// Script names what is served at an address of the wiki's. sure is false for what may be many scripts' or nobody's; the name
// is then what can be said without a guess, and empty for pages.
func (f *Finder) Script(path, query string) (name string, sure bool) {
	if rest, ok := strings.CutPrefix(path, f.o.Base+"/"); ok {
		return f.own(path, rest, query)
	}
	if title := f.page(path, query); title != "" {
		return title, true
	}
	if strings.HasSuffix(path, ".php") || strings.HasSuffix(path, ".js") && f.software(path) {
		return path, false
	}
	return "", false
}

// own is one of our own paths. load.php names its gadgets in the query, which some browsers leave out.
func (f *Finder) own(path, rest, query string) (string, bool) {
	module := ""
	if own, ok := strings.CutPrefix(rest, "g/"); ok {
		module, _, _ = strings.Cut(own, "/")
	} else if q, err := url.ParseQuery(query); err == nil && rest == "load.php" {
		module = strings.TrimPrefix(q.Get("modules"), "ext.usergadget.")
	}
	if id, ok := registry.ID("ext.usergadget." + module); ok {
		if name := f.gadget(id); name != "" {
			return name, true
		}
	}
	return path, false
}

// gadget is the title of a definition, as people read it.
func (f *Finder) gadget(id int64) string {
	f.mu.Lock()
	name, known := f.names[id]
	if !known && f.budget > 0 {
		f.budget--
		f.mu.Unlock()
		if g, err := f.o.Gadgets.Gadget(context.Background(), id); err == nil {
			name = readable(g.Row.Title)
		}
		f.mu.Lock()
		f.names[id] = name
	}
	f.mu.Unlock()
	return name
}

// page is a page of code that is served as it is.
func (f *Finder) page(path, query string) string {
	title := ""
	before, after, _ := strings.Cut(f.o.Site.ArticlePath, "$1")
	index := f.o.Site.ScriptPath + "/index.php"
	q, err := url.ParseQuery(query)
	switch {
	case err == nil && q.Get("title") != "" && path == index:
		title = q.Get("title")
	case strings.HasPrefix(path, index+"/"):
		title = strings.TrimPrefix(path, index+"/")
	case before != "" && strings.HasPrefix(path, before) && strings.HasSuffix(path, after):
		title = strings.TrimSuffix(strings.TrimPrefix(path, before), after)
	}
	if plain, err := url.PathUnescape(title); err == nil {
		title = plain
	}
	t, err := f.o.Site.Parse(title)
	if title == "" || err != nil || !wiki.Code(t, wiki.DefaultModel(t)).Runs() {
		return ""
	}
	return f.o.Site.PrefixedText(t)
}

// software says whether a path is of MediaWiki's own files.
func (f *Finder) software(path string) bool {
	rest, ok := strings.CutPrefix(path, f.o.Site.ScriptPath+"/")
	return ok && slices.ContainsFunc([]string{"resources/", "skins/", "extensions/"}, func(folder string) bool { return strings.HasPrefix(rest, folder) })
}

// Guess names the one script that what was blocked can be laid to, when the browser did not say: of those the reader has, else
// of all whose text names the server. It is empty when there is none, or more than one.
func (f *Finder) Guess(userID int64, blocked string) string {
	host := csp.ParseAddress(blocked).Host
	if host == "" {
		return ""
	}
	f.mu.Lock()
	all := f.hosts[host]
	f.mu.Unlock()
	if len(all) == 0 {
		return ""
	}
	if userID != 0 {
		var theirs []string
		for _, name := range f.has(userID) {
			if slices.Contains(all, name) {
				theirs = append(theirs, name)
			}
		}
		if len(theirs) == 1 {
			return theirs[0]
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return ""
}

// has is what somebody has switched on.
func (f *Finder) has(userID int64) []string {
	if names, ok := f.having.GetIfPresent(userID); ok {
		return names
	}
	list, err := f.o.Gadgets.Enabled(context.Background(), store.Account{Wiki: f.o.Site.ID, UserID: userID})
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range list {
		if e.Gadget != nil {
			names = append(names, readable(e.Gadget.Row.Title))
		}
	}
	f.having.Set(userID, names)
	return names
}

func readable(title string) string { return strings.ReplaceAll(title, "_", " ") }

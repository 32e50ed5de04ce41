// Package delivery serves user gadgets the way ResourceLoader serves site gadgets.
//
// It answers four kinds of address below one base path ("/sallyport"):
//
//	load.php?modules=…          what mw.loader asks of a foreign source; stateless, public, cacheable
//	g/p12/<version>.js          one gadget under a path of its own, immutable, so that a report can name it
//	g/p12/<set>/load.php        one gadget made of earlier texts, for those who stay on them
//	register?names=…            registration rows for gadgets somebody wants on demand, as JSON
//	boot/<hash>.js              the script that every page of the wiki carries: the same bytes for everybody
//	import, import.js, .css     scripts that scripts ask for by name: these alone are for whoever asks ([Imports])
//
// Like MediaWiki's own load.php it knows no cookies. What a person has switched on is public (T36958), so it is asked for
// by name: load.php?modules=ext.gadgets.userstartup&user=Mara.
//
// A page view of somebody with gadgets runs like this:
//
//	boot.js ──► ext.gadgets.userstyles   style sheet, render-blocking: no flash of unstyled content
//	        └─► ext.gadgets.userstartup  registers modules, evaluates conditions, calls mw.loader.load
//	                └─► ext.usergadget.p12, … in one batch, cached for 30 days by version
package delivery

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"sallyport/internal/bundle"
	"sallyport/internal/message"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
)

// Names of the modules that differ from person to person.
const (
	startupModule = "ext.gadgets.userstartup"
	stylesModule  = "ext.gadgets.userstyles"
)

// Gadgets is what delivery asks of the registry.
type Gadgets interface {
	Gadget(ctx context.Context, id int64) (*registry.Gadget, error)
	ByTitle(ctx context.Context, title string) (*registry.Gadget, error)
	Inputs(ctx context.Context, g *registry.Gadget) ([]bundle.File, error)
	Kept(ctx context.Context, id int64, set store.Digest) (*registry.Gadget, error)
	ClosureFor(ctx context.Context, roots, stays []*registry.Gadget) ([]*registry.Gadget, error)
	User(ctx context.Context, name string) (store.Account, error)
	Enabled(ctx context.Context, user store.Account) ([]registry.Enabled, error)
	Messages(ctx context.Context, keys []string, lang string) map[string]string
	Fresh(ctx context.Context)
	Generation() int64
}

// Options are what [New] needs. Log and Now may be left out.
type Options struct {
	Gadgets Gadgets
	Base    string                   // path below which delivery answers, for instance "/sallyport"
	Menu    func(lang string) string // text of the link to My gadgets in the personal menu; nil for no link
	// Kept gives the texts of the notice that a script was kept from a server: with its name ($1) and the server ($2), with the
	// server alone ($1), and the link's. nil where there is no policy.
	Kept func(lang string) [3]string
	// Told gives the words around every notice; nil where the page tells of nothing.
	Told func(lang string) *message.Told
	// Held is what a person's gadgets may use outside the wiki, and Reload the text for a page that does not know it yet; both
	// nil where no policy is enforced.
	Held   func(ctx context.Context, user store.Account) (*registry.Granted, error)
	Reload func(lang, name string) string
	// Stopped says to a reader that a gadget of a name was switched off; nil: only the console does.
	Stopped func(lang, name string, by *switches.Switch) string
	// Imports serves sallyport.import( name ); nil: nothing is imported.
	Imports *Imports
	// Served is told of each gadget whose scripts an answer carries, with the request's context; may be nil.
	Served func(ctx context.Context, g *registry.Gadget)
	Log    *slog.Logger
	Now    func() time.Time
}

// Delivery is an http.Handler for everything below its base path that browsers load by themselves.
type Delivery struct {
	gadgets Gadgets
	base    string
	menu    func(lang string) string
	kept    func(lang string) [3]string
	told    func(lang string) *message.Told
	held    func(ctx context.Context, user store.Account) (*registry.Granted, error)
	reload  func(lang, name string) string
	stopped func(lang, name string, by *switches.Switch) string
	served  func(ctx context.Context, g *registry.Gadget)
	log     *slog.Logger
	now     func() time.Time

	built    *otter.Cache[buildKey, *bundle.Module]
	building singleflight.Group
	answers  *otter.Cache[string, *answer]
	boot     boot
	mux      *http.ServeMux
}

// New makes a delivery.
func New(o Options) *Delivery {
	d := &Delivery{gadgets: o.Gadgets, base: o.Base, menu: o.Menu, kept: o.Kept, told: o.Told, held: o.Held, reload: o.Reload, stopped: o.Stopped, served: o.Served, log: o.Log, now: o.Now}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.menu == nil {
		d.menu = func(string) string { return "" }
	}
	if d.told == nil {
		d.told = func(string) *message.Told { return nil }
	}
	if d.now == nil {
		d.now = time.Now
	}
	d.built = otter.Must(&otter.Options[buildKey, *bundle.Module]{
		MaximumWeight: cacheBytes,
		Weigher:       func(_ buildKey, m *bundle.Module) uint32 { return 4*uint32(len(m.Combined())) + 512 }, // a module keeps its pages' texts, for source maps
	})
	d.answers = otter.Must(&otter.Options[string, *answer]{
		MaximumWeight: cacheBytes,
		Weigher:       func(k string, a *answer) uint32 { return uint32(len(k)+len(a.body)+len(a.gzip)) + 512 },
	})
	d.boot = newBoot(o.Base)
	d.mux = http.NewServeMux()
	d.mux.HandleFunc("GET "+o.Base+"/load.php", d.load)
	d.mux.HandleFunc("GET "+o.Base+"/g/{module}/{file}", d.pinned)
	d.mux.HandleFunc("GET "+o.Base+"/g/{module}/load.php", d.own)
	d.mux.HandleFunc("GET "+o.Base+"/g/{module}/{set}/load.php", d.own)
	d.mux.HandleFunc("GET "+o.Base+"/register", d.register)
	d.mux.HandleFunc("GET "+o.Base+"/boot/{file}", d.bootstrap)
	if o.Imports != nil {
		o.Imports.handle(d)
	}
	return d
}

// cacheBytes bounds each of the two caches.
const cacheBytes = 128 << 20

// Paths lists the patterns below which [Delivery] answers, for whoever joins handlers.
func (d *Delivery) Paths() []string {
	return []string{d.base + "/load.php", d.base + "/g/", d.base + "/register", d.base + "/boot/", d.base + "/import", d.base + "/import.js", d.base + "/import.css", d.base + "/import/"}
}

func (d *Delivery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	d.mux.ServeHTTP(w, r)
}

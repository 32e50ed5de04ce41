// Package web is what a person sees of Sallyport: the pages under /sallyport/, rendered on the server in the wiki's own
// look, without a line of JavaScript.
//
// One Go file is one page; pages/NAME/ beside it holds its template and style, i18n/ its words, and sitemap.go every
// address. What makes these pages different from other pages of the wiki is who attacks them: a script that runs on the
// same origin, with the reader's cookies, while the reader is looking. So a switch is a form in a document that a person
// opened, which no script can read ([door], headers.go), sent by a person ([sends]), with a token that fits nothing
// else ([tokens]).
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/audit/accounts"
	"sallyport/internal/dossier"
	"sallyport/internal/exposure"
	"sallyport/internal/gadget"
	"sallyport/internal/libs"
	"sallyport/internal/message"
	"sallyport/internal/registry"
	"sallyport/internal/rollout"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Gadgets is what the pages ask of the registry; [registry.Registry] answers it.
type Gadgets interface {
	Gadget(ctx context.Context, id int64) (*registry.Gadget, error)
	ByTitle(ctx context.Context, title string) (*registry.Gadget, error)
	Closure(ctx context.Context, roots []*registry.Gadget) ([]*registry.Gadget, error)
	User(ctx context.Context, name string) (store.Account, error)
	Enabled(ctx context.Context, user store.Account) ([]registry.Enabled, error)
	List(ctx context.Context, q store.Query) ([]store.Listed, int, error)
	Users(ctx context.Context, id int64) (int, error)
	SwitchOn(ctx context.Context, userID, id int64) error
	SwitchOff(ctx context.Context, userID, id int64) error
	Accepted(ctx context.Context, userID int64) (map[int64]registry.Accepted, error)
	Accept(ctx context.Context, userID, id int64, shown store.Digest) error
	Stay(ctx context.Context, userID, id int64) error
	Wants(ctx context.Context, userID int64, g *registry.Gadget) ([]registry.Want, error)
	Grant(ctx context.Context, userID, id int64, hosts []gadget.Host) error
	TakeBack(ctx context.Context, userID, id int64) error
	RequestsChanged()
}

// Options are what the pages need. Registry, Site, Who and Secret are required.
type Options struct {
	Registry Gadgets
	Site     *wiki.Site
	// Who says who sends a request, by asking the wiki with the request's cookies. User id 0 is nobody; an error means
	// that the wiki does not say.
	Who func(ctx context.Context, r *http.Request) (wiki.User, error)
	// SiteGadgets lists the wiki's own gadgets; nil where they are not known.
	SiteGadgets func(ctx context.Context) ([]gadget.Entry, error)
	// Edits saves a page for the reader who sends a request, as if their browser had; nil: no gadget is made of what they import.
	Edits    func(r *http.Request, e Edit) (Sent, error)
	Scripts  *Scripts         // nil: there are no pages about scripts
	Judge    *dossier.Judge   // nil: scripts run without a question, and there is no page that asks one
	Breaker  Breaker          // nil: there is no page about incidents
	Switches *Switching       // nil: there is no page about what is switched off
	Exposure *exposure.Asking // who was served what; nil: it is not noted, and there is no page about it
	Policy   *rollout.Keeper  // nil: there are no pages about the policy and the hosts it is about
	// Reviews is which texts of the site's code may be served; nil where all may: there are no pages about those that wait.
	Reviews *approved.Book
	// People is the newest report about who holds power; nil where there is none yet. Without the function there is no page
	// about them.
	People func() *accounts.Report
	// Requests is where people ask for what a policy keeps their scripts from; nil where there is no policy, and no page about
	// one.
	Requests store.Requests
	Mirror   *libs.Mirror // of libraries; nil where there is none
	Origin   string       // of the wiki, as people know it: "https://wiki.example"
	Secret   []byte       // 32 bytes or more, the same for every process that serves this wiki
	Now      func() time.Time
	Log      *slog.Logger
	Base     string // "/sallyport" by default
	Suffix   string // of definition pages, ".gadget" by default
}

// pages answers every request under Base.
type pages struct {
	Options
	words  *message.Catalog
	styles *stylesheets
	looks  map[string]look // by language
	tokens tokens

	hostsSeen overviews
}

// New makes the handler for everything under o.Base.
func New(o Options) (http.Handler, error) {
	if o.Registry == nil || o.Site == nil || o.Who == nil || len(o.Secret) < 32 {
		return nil, errors.New("the pages need a registry, a site, somebody to ask who is asking, and a secret of 32 bytes")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Base == "" {
		o.Base = "/sallyport"
	}
	if o.Suffix == "" {
		o.Suffix = ".gadget"
	}
	o.Base = strings.TrimSuffix(o.Base, "/")
	p := &pages{Options: o, tokens: tokens{secret: o.Secret, wiki: o.Site.ID, now: o.Now}}
	var err error
	if p.words, err = message.Read(messages); err != nil {
		return nil, err
	}
	if p.styles, err = readStylesheets(assets); err != nil {
		return nil, err
	}
	if p.looks, err = p.readLooks(); err != nil {
		return nil, err
	}
	return guard(p.sitemap()), nil
}

package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"sallyport/internal/phpform"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Switches keeps back what the operators switched off, whatever the rules at the load door say, and where there are none. While
// nothing is off it only looks at the address, and sees to it that no browser keeps people's scripts for long.
//
// A page that is served as a script or a style sheet (action=raw) is held and judged by its bytes. Of load.php the modules that are
// made of pages are taken out of a batch: "user", the site's own, and the site's gadgets. Our own delivery hands out nothing that is
// off already; here its modules get a state, and readers the reason.
//
// Of the site's own code only single texts and gadgets can be off. Where the texts that go out are those that reviewers approved,
// package approved goes back to the one before.
type Switches struct {
	Keeper *switches.Keeper
	Site   *wiki.Site
	Reads  *writedoor.Door // reads addresses as MediaWiki does
	// Named is the page that an old revision or a page id belongs to, Revision what an old revision is.
	Named    func(ctx context.Context, rev, page int64) (wiki.Title, error)
	Revision func(ctx context.Context, rev int64) (wiki.Page, error)
	// Current are pages as they are; a page that does not exist has no text.
	Current func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	// Stops is what a page's text is off by; its author counts where it is given.
	Stops func(ctx context.Context, p *wiki.Page) (*switches.Switch, error)
	// Gadget is what a module of a user gadget is off by, if it is, and the title of its definition.
	Gadget func(ctx context.Context, module string) (by *switches.Switch, title string, err error)
	// SiteGadgets are the pages of the wiki's own gadgets, by module.
	SiteGadgets func(ctx context.Context) (map[string][]wiki.Title, error)
	// Groups are the groups of an account, whose pages are part of its module "user".
	Groups func(ctx context.Context, user string) ([]string, error)
	// Reviewed says of a module whether its texts are those that reviewers approved.
	Reviewed func(module string) bool
	Base     string // of our own pages
	Now      func() time.Time
	Log      *slog.Logger

	pages currentPages
	known *offModules
}

// offModules are the site's modules that were found to be off, for mw.loader's registry.
type offModules struct {
	sync.Mutex
	at      time.Time
	modules map[string]string // versions by name
}

// switchFor is how long a page's text is taken for the current one.
const switchFor = 400 * time.Millisecond

// NewSwitches completes one.
func NewSwitches(s Switches) *Switches {
	s.pages = newCurrentPages(s.Current, switchFor)
	s.known = &offModules{}
	return &s
}

func (s *Switches) teller() teller { return teller{s.Site, s.Log} }

// before puts them before the wiki.
func (s *Switches) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		load := isLoad(r, s.Site)
		if r.Method != http.MethodGet || !load && !mayBeRaw(r) {
			next.ServeHTTP(w, r)
			return
		}
		if s.Keeper.Calm() {
			next.ServeHTTP(s.briefly(w, r, load), r)
			return
		}
		via, q, err := s.Reads.Query(r.Context(), target(r))
		switch {
		case load && err != nil:
			http.Error(w, "This address can be read in more than one way.", http.StatusBadRequest)
		case load:
			s.modules(next, s.briefly(w, r, load), r, q)
		default:
			ofRaw(next, w, r, via, q, err, func(q *phpform.Values) { s.raw(next, w, r, q) })
		}
	})
}

// raw holds what the wiki answers, when that is a script or a style sheet.
func (s *Switches) raw(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values) {
	out := r.Clone(r.Context())
	whole(out)
	h := &holding{ResponseWriter: w, lenient: true, styles: true}
	next.ServeHTTP(h, out)
	if !h.held || r.Context().Err() != nil {
		return
	}
	n, err := s.ofPage(r.Context(), q, h.body.String())
	if err == nil && h.strange {
		err = errors.New("the wiki sent it in a way that nobody asked for")
	}
	if err != nil {
		n = s.unsure(err)
	}
	if n == nil {
		capAge(w.Header())
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(h.body.Bytes()) // the reader went away
		return
	}
	if isStyle(w.Header()) {
		withheld(r.Context())
		styleless(w, n)
		return
	}
	if outer, ok := w.(*holding); ok {
		outer.ours = true
	}
	s.teller().say(w, r, n)
}

// unsure is said when it cannot be found out whether something is off.
func (s *Switches) unsure(err error) *notice {
	if !errors.Is(err, context.Canceled) {
		s.Log.Warn("whether a script is switched off is not known; it is not served", "wiki", s.Site.ID, "err", err)
	}
	return outage()
}

// styleless answers in the place of a style sheet.
func styleless(w http.ResponseWriter, n *notice) {
	h := w.Header()
	for _, name := range []string{"ETag", "Last-Modified", "Expires", "Content-Encoding", "Accept-Ranges", "Content-Length"} {
		h.Del(name)
	}
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	w.WriteHeader(max(n.status, http.StatusOK))
	_, _ = w.Write([]byte("/* This style sheet is switched off on this wiki. */\n")) // the reader went away
}

// ofPage is what is said of a page's text; nil when it may go out.
func (s *Switches) ofPage(ctx context.Context, q *phpform.Values, text string) (*notice, error) {
	title, _, err := titleOf(ctx, s.Site, s.Named, q)
	if err != nil {
		return nil, fmt.Errorf("ask which page it is: %w", err)
	}
	p := wiki.Page{Title: title, Text: text}
	if s.Keeper.Any(switches.Author) && title != (wiki.Title{}) {
		if p.Author, err = s.author(ctx, title, q.Text("oldid")); err != nil {
			return nil, fmt.Errorf("ask who saved it: %w", err)
		}
	}
	by, err := s.Stops(ctx, &p)
	if by == nil && err == nil && q.Text("section")+q.Text("templates") != "" { // a part, or a text made of it
		by = s.Keeper.OfPage(s.Site.Prefixed(title))
	}
	return s.notice(by, s.named(title)), err
}

func (s *Switches) named(t wiki.Title) string {
	if t == (wiki.Title{}) {
		return ""
	}
	return s.Site.PrefixedText(t)
}

func (s *Switches) author(ctx context.Context, t wiki.Title, oldid string) (string, error) {
	if rev, err := strconv.ParseInt(oldid, 10, 64); err == nil && rev > 0 {
		p, err := s.Revision(ctx, rev)
		return p.Author, err
	}
	pages, err := s.pages.of(ctx, []wiki.Title{t})
	if err != nil || len(pages) == 0 {
		return "", err
	}
	return pages[0].Author, nil
}

// notice is what is said of what is off; nil for nothing.
func (s *Switches) notice(by *switches.Switch, script string) *notice {
	if by == nil {
		return nil
	}
	n := &notice{
		What: "stopped", Script: script, Because: by.Reason, Key: "switch-" + strconv.FormatInt(by.ID, 10), Stops: true, Once: true,
		more: []any{by.By, by.At.UTC().Format(time.DateOnly)},
	}
	if script != "" && by.Kind != switches.All {
		n.Key += "-" + script
		n.Link = s.Base + "/script/" + (&url.URL{Path: strings.ReplaceAll(script, " ", "_")}).EscapedPath()
	}
	return n
}

// Package gateway is the http.Handler in front of a MediaWiki: a reverse proxy that adds the bootstrap to pages.
//
//	browser ──► refuse service workers, odd paths ──► policy ──► own paths (/sallyport/…) ──► own handlers
//	                                   └─► compress ──► trials ──► shield ──► entry ──► switches ──► approved ──► door ──► announce writes ──► proxy ──► MediaWiki
//	                                                                                          └─ inject the bootstrap
//
// What writes is read whole, classified, and goes on in one plain spelling or waits for an approval ([Door]). Everything else
// passes through unread: upgrades work, and nothing is buffered but the head of an HTML page, until the tag of MediaWiki's
// startup module has been seen. When Sallyport's own store is down the wiki stays readable, and ordinary edits go on: only
// changes that wait ask it.
package gateway

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Options are what [New] needs.
type Options struct {
	Upstream *url.URL                                 // the MediaWiki: scheme and host
	Tag      []byte                                   // the bootstrap: added to pages right after the startup module's tag
	Link     func(lang string) (text, address string) // to My gadgets, for Special:Preferences; may be nil
	Base     string                                   // path below which Own answers, for instance "/sallyport"
	Own      http.Handler                             // everything below Base
	Trusted  []netip.Prefix                           // proxies whose X-Forwarded-* headers are believed
	OnWrite  func()                                   // called after somebody wrote to the wiki; may be nil
	Door     *Door                                    // what holds writes back; nil lets everything through
	Shield   *Shield                                  // what withholds scripts; nil lets everything through
	Switches *Switches                                // what is switched off; nil lets everything through
	Entry    *Entry                                   // what scripts may run, for whom; nil lets everything through
	Approved *Approved                                // what reviewers approved; nil serves everything as it is
	Trials   *Trials                                  // who runs what waits for them; nil: nobody does
	Exposure *Exposure                                // who is served what; nil does not note it
	Policy   *Policy                                  // what pages may load; nil leaves that to the wiki
	Log      *slog.Logger
}

// New makes the handler in front of the wiki.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnWrite == nil {
		o.OnWrite = func() {}
	}
	wiki := withWriteNotice(newProxy(o), o.OnWrite)
	if o.Door != nil {
		wiki = o.Door.behind(wiki)
	}
	if o.Approved != nil { // next to the wiki: the others judge what goes out
		wiki = o.Approved.before(wiki)
	}
	if o.Exposure != nil { // it sees what would go out
		wiki = o.Exposure.before(wiki)
	}
	if o.Switches != nil { // whatever the rules say
		wiki, o.Own = o.Switches.before(wiki), o.Switches.beforeOwn(o.Own, o.Base)
	}
	if o.Entry != nil { // closer to the wiki than the shield, which notes what went out
		wiki, o.Own = o.Entry.before(wiki), o.Entry.beforeOwn(o.Own, o.Base)
	}
	if o.Shield != nil {
		wiki, o.Own = o.Shield.before(wiki), o.Shield.beforeOwn(o.Own, o.Base)
	}
	if o.Trials != nil { // before all that answers for the wiki
		o.Own = o.Trials.beforeOwn(o.Own, wiki)
		wiki = o.Trials.before(wiki)
	}
	all := withOwnPaths(withCompression(wiki), o.Own, o.Base)
	if o.Exposure != nil { // and here whether it did
		all = o.Exposure.around(all, o.Base)
	}
	if o.Policy != nil {
		all = o.Policy.on(all, o.Base)
	}
	return withoutServiceWorkers(withoutGrants(withPlainPaths(all)))
}

// withOwnPaths answers addresses below the base path itself, with and without the final slash.
func withOwnPaths(wiki, own http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ownPath(r, base) {
			own.ServeHTTP(w, r)
			return
		}
		wiki.ServeHTTP(w, r)
	})
}

func ownPath(r *http.Request, base string) bool {
	rest, ours := strings.CutPrefix(r.URL.Path, base)
	return ours && (rest == "" || rest[0] == '/')
}

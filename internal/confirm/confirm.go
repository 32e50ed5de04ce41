// Package confirm is the origin where changes of code are approved: a host of its own on which no user code ever runs, with
// nothing on it that a script of the wiki could ride, read or draw over.
//
// There is no session and no cookie. A page shows what is going to happen and asks for a signature over exactly that; the
// signature is who somebody is. What the page sends back is taken only from this origin ([guard]). Everything works without
// scripts but the passkey itself.
package confirm

import (
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/finding"
	"sallyport/internal/message"
	"sallyport/internal/notice"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

//go:embed pages
var files embed.FS

// Options are what [New] needs. Desk, Store, Wiki and Secret are required.
type Options struct {
	Desk     *pending.Desk
	Store    store.Approvals
	Wiki     string                                         // the wiki's origin as people know it, for instance "https://wiki.example"
	Resume   string                                         // path on it, before the change's id
	Secret   []byte                                         // 32 bytes; makes challenges
	Delay    time.Duration                                  // until a further key counts that no key of the account vouched for
	Analyse  func(path string, text []byte) *finding.Script // what a script can do; nil: not analysed
	Composer *pending.Composer                              // lets people write here, and finds accounts; nil: they cannot, and no people vouch
	Notices  *notice.Office                                 // what people are told; nil: there is no page about it
	Now      func() time.Time
	Log      *slog.Logger
}

// origin answers every request to the host.
type origin struct {
	Options
	words  *message.Catalog
	pages  map[string]map[string]*template.Template // by language and name
	static map[string]asset
	known  *analyses

	vouching *pending.Vouching // nil: nobody can be found
}

// New makes the handler for the whole host.
func New(o Options) (http.Handler, error) {
	if o.Desk == nil || o.Store == nil || o.Wiki == "" || len(o.Secret) < 32 {
		return nil, errors.New("approvals need a desk, a store, the wiki's origin and a secret of 32 bytes")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Wiki = strings.TrimSuffix(o.Wiki, "/")
	c := &origin{Options: o, known: newAnalyses(o.Analyse)}
	if o.Composer != nil && o.Composer.Users != nil {
		c.vouching = &pending.Vouching{Desk: o.Desk, Users: o.Composer.Users, Delay: o.Delay}
	}
	var err error
	if c.static, err = readStatic(); err != nil {
		return nil, err
	}
	if c.words, err = message.Read(messages); err != nil {
		return nil, err
	}
	if c.pages, err = c.readPages(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.visit(c.home))
	mux.HandleFunc("GET /a/{id}", c.visit(c.change))
	mux.HandleFunc("GET /a/{id}/text", c.visit(c.text))
	mux.HandleFunc("POST /a/{id}/approve", c.visit(c.approve))
	mux.HandleFunc("POST /a/{id}/reject", c.visit(c.reject))
	mux.HandleFunc("POST /a/{id}/not-me", c.visit(c.report))
	mux.HandleFunc("POST /a/{id}/code", c.visit(c.approveByCode))
	mux.HandleFunc("POST /a/{id}/say", c.visit(c.say))
	mux.HandleFunc("POST /a/{id}/said", c.visit(c.said))
	mux.HandleFunc("GET /a/{id}/all", c.visit(c.together))
	mux.HandleFunc("POST /set", c.visit(c.approveSet))
	mux.HandleFunc("GET /enrol/{token}", c.visit(c.invited))
	mux.HandleFunc("POST /enrol/{token}", c.visit(c.enrol))
	mux.HandleFunc("GET /enrol/{token}/code", c.visit(c.newCode))
	mux.HandleFunc("POST /enrol/{token}/code", c.visit(c.keepCode))
	mux.HandleFunc("GET /recover", c.visit(c.recover))
	mux.HandleFunc("POST /recover", c.visit(c.asked))
	mux.HandleFunc("GET /recovery/{id}", c.visit(c.recovery))
	mux.HandleFunc("POST /recovery/{id}/vouch", c.visit(c.vouch))
	mux.HandleFunc("POST /recovery/{id}/stop", c.visit(c.stop))
	mux.HandleFunc("GET /keys", c.visit(c.askKeys))
	mux.HandleFunc("POST /keys", c.visit(c.keys))
	mux.HandleFunc("POST /keys/revoke", c.visit(c.revoke))
	mux.HandleFunc("GET /queue", c.visit(c.askQueue))
	mux.HandleFunc("POST /queue", c.visit(c.queue))
	mux.HandleFunc("GET /compose", c.visit(c.compose))
	mux.HandleFunc("POST /compose", c.visit(c.composedBy))
	mux.HandleFunc("GET /notices", c.visit(c.askNotices))
	mux.HandleFunc("POST /notices", c.visit(c.notices))
	mux.HandleFunc("POST /notices/{what}", c.visit(c.setAddress))
	mux.HandleFunc("GET /static/{hash}/{file}", c.serveStatic)
	mux.HandleFunc("/", c.visit(func(*visit) error { return oops(http.StatusNotFound, "nopage") }))
	return c.guard(mux), nil
}

package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Trials lets accounts run texts that wait for reviewers in their own pages, and shows them on every page that they do.
//
// Addresses of load.php are the same for everybody and kept by caches, so the pages of such an account get another one, of ours:
// its answers are made for the account and are kept by nobody. The pages themselves are private anyway. In the list of modules that is
// served there that address stands for the wiki's own, so that what is loaded later comes from there as well. When a trial ends, the
// next page has the wiki's addresses again, with the versions that everybody's modules have.
type Trials struct {
	Book    *approved.Book
	Readers *Readers
	Base    string // of our own pages
	Log     *slog.Logger
}

// trialPath is where an account's modules come from, below the base path.
const trialPath = "/trial/load.php"

// trialPatience bounds how long a request waits for whose it is.
const trialPatience = 2 * time.Second

// trial is what an account tries.
type trial struct {
	book  *approved.Book // with its texts
	list  []approved.Trial
	loads string // the address that its modules come from
}

// trialKey is where a request's context holds its trial.
type trialKey struct{}

// trialOf is what the account behind a request tries; nil for nothing.
func trialOf(ctx context.Context) *trial {
	t, _ := ctx.Value(trialKey{}).(*trial)
	return t
}

// BookOf is what may be served to whoever a request is of: the wiki's book, or the one with the texts that they try. ctx is the
// request's; tries says whether they try any.
func BookOf(ctx context.Context, everybodys *approved.Book) (book *approved.Book, tries bool) {
	if t := trialOf(ctx); t != nil {
		return t.book, true
	}
	return everybodys, false
}

// tries says whether a page's text is tried.
func (t *trial) tries(title wiki.Title) bool { return t.text(title, "") != "" }

// text is the one of a page that is tried, else another.
func (t *trial) text(title wiki.Title, otherwise store.Digest) store.Digest {
	if t != nil {
		for _, one := range t.list {
			if one.Page == title {
				return one.Digest
			}
		}
	}
	return otherwise
}

// of is what the account behind a request tries; nil for nothing, and while the store or the wiki does not say.
func (t *Trials) of(r *http.Request) *trial {
	if _, _, one := t.Readers.session(r); !one {
		return nil
	}
	all, err := t.Book.Trials(r.Context())
	if err != nil {
		t.Log.Warn("who tries what is not known", "wiki", t.Book.Site().ID, "err", err)
		return nil
	}
	if len(all) == 0 {
		return nil
	}
	u, ok := t.Readers.sent(r)
	if !ok || u.ID == 0 {
		return nil
	}
	mine, err := t.Book.TrialsOf(r.Context(), all, u)
	if err != nil {
		t.Log.Warn("what somebody tries is not known", "wiki", t.Book.Site().ID, "user", u.Name, "err", err)
	}
	if len(mine) == 0 {
		return nil
	}
	return &trial{t.Book.For(mine), mine, t.Base + trialPath}
}

// before puts it before everything that answers for the wiki.
func (t *Trials) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mine := t.onPage(r)
		if mine == nil {
			next.ServeHTTP(w, r)
			return
		}
		if wantsPage(r) {
			w = unkept(w)
		}
		next.ServeHTTP(w, t.with(r, mine))
	})
}

// onPage is the trial that counts for an address of the wiki's: of a page, and of a page's text. The wiki's load.php is everybody's.
func (t *Trials) onPage(r *http.Request) *trial {
	get := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !get || isLoad(r, t.Book.Site()) || !mayBeRaw(r) && !wantsPage(r) {
		return nil
	}
	return t.of(r)
}

// with is a request that carries a trial, and asks for a whole answer.
func (t *Trials) with(r *http.Request, mine *trial) *http.Request {
	out := r.Clone(context.WithValue(r.Context(), trialKey{}, mine))
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Range", "If-Range"} {
		out.Header.Del(name)
	}
	return out
}

// beforeOwn answers the address that an account's modules come from, as the wiki's load.php would. For whoever tries nothing, or no
// longer does, it is what everybody gets. Of our own addresses those know of a trial that differ from person to person.
func (t *Trials) beforeOwn(own, site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != t.Base+trialPath {
			if t.differs(r) {
				if mine := t.of(r); mine != nil {
					w, r = unkept(w), t.with(r, mine)
				}
			}
			own.ServeHTTP(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Modules are read here, and nothing is sent.", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		mine := t.of(r)
		out := t.with(r, mine)
		out.URL.Path, out.URL.RawPath = t.Book.Site().ScriptPath+"/load.php", ""
		out.RequestURI = out.URL.RequestURI()
		if w = personal(w); mine == nil {
			w = unkept(w)
		}
		site.ServeHTTP(w, out)
	})
}

// differs says whether an address of ours may have another answer for who tries something: what a person has switched on, a gadget of
// one set of texts, and what scripts import.
func (t *Trials) differs(r *http.Request) bool {
	path, ours := strings.CutPrefix(r.URL.Path, t.Base)
	if !ours || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch path {
	case "/import", "/import.js", "/register":
		return true
	case "/load.php": // spelled as boot.js does; the batches of modules are everybody's
		return strings.Contains(r.URL.RawQuery, "ext.gadgets.user")
	}
	return strings.HasSuffix(path, "/load.php") && keptIn(r.URL.Path, t.Base) != ""
}

// sent is whose session a request is of. The wiki is asked while the request waits when that is not known yet. ok is false where there
// is doubt, and when the wiki does not say.
func (s *Readers) sent(r *http.Request) (u wiki.User, ok bool) {
	session, some, one := s.session(r)
	if !one {
		return wiki.User{}, !some
	}
	if u, ok := s.Known(r); ok {
		s.learn(r)
		return u, true
	}
	ctx, cancel := context.WithTimeout(r.Context(), trialPatience)
	defer cancel()
	now := s.now()
	u, err := s.who(ctx, r)
	if err != nil {
		s.log.Warn("whose request it is is not known", "err", err)
		return wiki.User{}, false
	}
	s.known.Set(session, reader{u, now})
	return u, true
}

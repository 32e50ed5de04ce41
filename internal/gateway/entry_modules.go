package gateway

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/incident"
	"sallyport/internal/phpform"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// currentFor is how long a page's text is taken for the current one. What load.php serves meanwhile may be newer or older.
const currentFor = 3 * time.Second

// modules judges what load.php makes of somebody's own pages, the module "user" (UserModule). Other modules are the wiki's.
func (e *Entry) modules(next http.Handler, w http.ResponseWriter, r *http.Request) {
	_, q, err := e.Reads.Query(r.Context(), target(r))
	if err != nil && e.Judge.Enforces {
		http.Error(w, "This address can be read in more than one way.", http.StatusBadRequest)
		return
	}
	if err != nil || q.Text("only") == "styles" || !slices.Contains(incident.Expand(q.Text("modules")), "user") {
		next.ServeHTTP(w, r)
		return
	}
	n, err := e.ofUser(r, q)
	if err != nil {
		e.Log.Warn("somebody's own scripts not judged", "wiki", e.Judge.Site.ID, "err", err, "served", !e.Judge.Enforces)
		if e.Judge.Enforces {
			n = outage()
		}
	}
	if n == nil {
		next.ServeHTTP(w, r)
		return
	}
	e.teller().instead(next, w, r, q, map[string]*notice{"user": n}, e.Judge.Enforces, false)
}

// ofUser judges the pages behind the module "user" and returns what is said of the worst.
func (e *Entry) ofUser(r *http.Request, q *phpform.Values) (worst *notice, err error) {
	pages, err := e.current.of(r.Context(), ownScripts(e.Judge.Site, q))
	if err != nil {
		return nil, err
	}
	mine := trialOf(r.Context())
	var texts []dossier.Text
	for _, p := range pages {
		if runs(&p) {
			texts = append(texts, dossier.Text{Title: p.Title, Digest: mine.text(p.Title, store.DigestOf(p.Text))})
		}
	}
	return e.worst(r, texts, func(t wiki.Title) {
		if i := slices.IndexFunc(pages, func(p wiki.Page) bool { return p.Title == t }); i >= 0 {
			e.want(t, pages[i].Text)
		}
	})
}

// ownScripts are the pages of a user that the module "user" is made of (UserModule).
func ownScripts(site *wiki.Site, q *phpform.Values) (titles []wiki.Title) {
	for _, page := range []string{"common", q.Text("skin")} {
		if t, err := site.ParseIn(q.Text("user")+"/"+page+".js", wiki.NSUser); err == nil && page != "" && t.NS == wiki.NSUser {
			titles = append(titles, t)
		}
	}
	return titles
}

// runs says whether there is anything of a page to run.
func runs(p *wiki.Page) bool {
	return strings.TrimSpace(p.Text) != "" && p.Model == wiki.ModelJavaScript
}

// worst judges several texts that run together.
func (e *Entry) worst(r *http.Request, texts []dossier.Text, want func(wiki.Title)) (*notice, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	user, err := e.Sessions.sent(r.Context(), r, e.Sessions.of(r))
	if err != nil {
		return nil, err
	}
	var worst *dossier.Verdict
	for _, t := range texts {
		v, err := e.Judge.Decide(r.Context(), t, user, false)
		if err != nil {
			return nil, err
		}
		e.note(v, user, func() { want(t.Title) })
		if worst == nil || v.Action.Stricter(worst.Action) {
			worst = v
		}
	}
	if worst.Action == entry.Warn { // an answer that is kept for days would say it for as long; the log has it
		return nil, nil
	}
	return e.notice(worst), nil
}

// beforeOwn puts it before our own delivery. What goes out is for whoever asked.
func (e *Entry) beforeOwn(next http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, fixed, ok := gadgetRequest(r, base)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		stopped := map[string]*notice{}
		names := incident.Expand(q.Text("modules"))
		for _, name := range names[:min(len(names), maxJudged)] {
			if _, ours := registry.ID(name); !ours {
				continue
			}
			if n := e.ofGadget(r, name); n != nil {
				stopped[name] = n
			}
		}
		e.teller().instead(next, w, r, q, stopped, e.Judge.Enforces, fixed)
	})
}

// maxJudged bounds the modules of one answer that are looked at; mw.loader asks for fewer, and delivery builds no more.
const maxJudged = 200

// gadgetRequest reads an address of our delivery that serves scripts. fixed says that it cannot be asked for with fewer modules.
func gadgetRequest(r *http.Request, base string) (q *phpform.Values, fixed, ok bool) {
	path, ours := strings.CutPrefix(r.URL.Path, base)
	if !ours || r.Method != http.MethodGet {
		return nil, false, false
	}
	single, pinned := strings.CutPrefix(path, "/g/")
	if !pinned && path != "/load.php" {
		return nil, false, false
	}
	q, err := phpform.Query(r.URL.RawQuery, phpform.Limits{})
	if err != nil {
		return nil, false, false
	}
	if pinned && !strings.HasSuffix(single, "/load.php") {
		name, _, _ := strings.Cut(single, "/")
		q.Set("modules", "ext.usergadget."+name)
		return q, true, true
	}
	return q, false, q.Text("only") != "styles"
}

// keptIn is an at sign with the set of earlier texts that a path serves a gadget from, /g/p12/SET/load.php, to be put behind the
// module's name; empty for the newest texts.
func keptIn(path, base string) string {
	rest, own := strings.CutPrefix(path, base+"/g/")
	parts := strings.Split(rest, "/")
	if !own || len(parts) != 3 {
		return ""
	}
	return "@" + parts[1]
}

// ofGadget judges the pages of a gadget.
func (e *Entry) ofGadget(r *http.Request, module string) *notice {
	texts, err := e.Gadget(r.Context(), module+keptIn(r.URL.Path, e.Base))
	var n *notice
	if err == nil {
		n, err = e.worst(r, texts, func(wiki.Title) {}) // every revision of a gadget is read anyway
	}
	if err != nil {
		e.Log.Warn("gadget not judged", "wiki", e.Judge.Site.ID, "module", module, "err", err, "served", !e.Judge.Enforces)
		if n = outage(); !e.Judge.Enforces {
			n = nil
		}
	}
	return n
}

// instead serves the modules that may run, says of the others that they will not come, and tells the reader why.
func (t teller) instead(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values, stopped map[string]*notice, enforces, fixed bool) {
	var kept []string
	var tail strings.Builder
	for name, n := range stopped {
		if enforces {
			kept = append(kept, name)
		} else {
			n.tried()
		}
		tail.WriteString(t.script(r, n))
	}
	slices.Sort(kept)
	rest := slices.DeleteFunc(incident.Expand(q.Text("modules")), func(name string) bool { return slices.Contains(kept, name) })
	switch {
	case len(stopped) == 0:
		next.ServeHTTP(personal(w), r)
	case len(kept) > 0 && (fixed || len(rest) == 0):
		alone(w, 0, tail.String()+states(kept))
	default:
		if len(kept) > 0 {
			r = without(r, q, kept)
			tail.WriteString(states(kept))
		}
		out := r.Clone(r.Context())
		for _, name := range []string{"Accept-Encoding", "If-None-Match", "If-Modified-Since"} {
			out.Header.Del(name)
		}
		next.ServeHTTP(&altering{ResponseWriter: unkept(w), head: func(h http.Header) { h.Del("Content-Length") }}, out)
		_, _ = io.WriteString(w, "\n;"+tail.String())
	}
}

// personal keeps an answer out of caches that several people share: whoever else asks may not have it.
func personal(w http.ResponseWriter) http.ResponseWriter {
	return &altering{ResponseWriter: w, head: func(h http.Header) {
		if said := h.Get("Cache-Control"); strings.HasPrefix(said, "public") {
			h.Set("Cache-Control", "private"+strings.TrimPrefix(said, "public"))
		}
	}}
}

// altering changes the headers of an answer once they are known.
type altering struct {
	http.ResponseWriter
	head  func(http.Header)
	begun bool
}

func (a *altering) WriteHeader(status int) {
	if !a.begun && status >= http.StatusOK {
		a.begun = true
		a.head(a.Header())
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *altering) Write(p []byte) (int, error) {
	if !a.begun {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find Flush.
func (a *altering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

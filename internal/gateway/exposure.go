package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/dossier"
	"sallyport/internal/exposure"
	"sallyport/internal/incident"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Exposure notes which texts go out as scripts, and to whom. Next to the wiki it sees what would go out, and our own delivery says what
// it sends ([Served]); in front of everything it sees whether it did go out. What is said instead of a script that was refused is no
// text of a page, and is not noted.
//
// No answer waits for it. Who somebody is, which page a revision is of, and what somebody's own pages say is asked after the answer
// went out where it is not known, and counts for the minute in which that was.
type Exposure struct {
	Note     *exposure.Log
	Site     *wiki.Site
	Sessions *Sessions
	Reads    *writedoor.Door // reads addresses as MediaWiki does
	// Named is the page that an old revision or a page id belongs to.
	Named func(ctx context.Context, rev, page int64) (wiki.Title, error)
	// Current are the texts of pages as they are; a page that does not exist has none.
	Current func(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	Now     func() time.Time
	Log     *slog.Logger

	room, turn chan struct{} // one for each answer that waits for its questions, and for each whose questions are under way
	late       *sync.WaitGroup
	life       context.Context // of questions
	giveUp     context.CancelFunc
}

const (
	exposureWaits    = 10_000           // answers; who comes while there are so many is somebody unknown
	exposureAsks     = 32               // of them at a time
	exposurePatience = 10 * time.Second // for one
)

// NewExposure completes one.
func NewExposure(x Exposure) *Exposure {
	x.room, x.turn, x.late = make(chan struct{}, exposureWaits), make(chan struct{}, exposureAsks), &sync.WaitGroup{}
	x.life, x.giveUp = context.WithCancel(context.Background()) //nolint:gosec // Close calls it
	return &x
}

// outgoing is what an answer consists of, as far as scripts of people go.
type outgoing struct {
	texts    []dossier.Text
	late     []func(ctx context.Context) ([]dossier.Text, error) // what has to be asked for
	withheld bool
}

type outgoingKey struct{}

// outgoingOf is nil when nobody wants to know.
func outgoingOf(ctx context.Context) *outgoing {
	o, _ := ctx.Value(outgoingKey{}).(*outgoing)
	return o
}

// withheld says that something else goes out in the place of a text.
func withheld(ctx context.Context) {
	if o := outgoingOf(ctx); o != nil {
		o.withheld = true
	}
}

// Served says that an answer holds a text of a page.
func Served(ctx context.Context, t wiki.Title, d store.Digest) {
	if o := outgoingOf(ctx); o != nil {
		o.texts = append(o.texts, dossier.Text{Title: t, Digest: d})
	}
}

// around puts it in front of everything.
func (x *Exposure) around(next http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !ownPath(r, base) && !x.mayServe(r) {
			next.ServeHTTP(w, r)
			return
		}
		o := &outgoing{}
		at := x.Now()
		c := &counting{ResponseWriter: w}
		next.ServeHTTP(c, r.WithContext(context.WithValue(r.Context(), outgoingKey{}, o)))
		if !o.withheld && (c.status == http.StatusNotModified || c.status == http.StatusOK && isScript(w.Header())) {
			x.keep(r, o, at)
		}
	})
}

// mayServe says whether an address of the wiki could serve scripts, however it is spelled.
func (x *Exposure) mayServe(r *http.Request) bool {
	return isLoad(r, x.Site) || mayBeRaw(r)
}

// keep notes an answer: at once when everything is known.
func (x *Exposure) keep(r *http.Request, o *outgoing, at time.Time) {
	if len(o.texts)+len(o.late) == 0 {
		return
	}
	all := x.Sessions.of(r)
	if u, known := x.Sessions.cached(all); known && len(o.late) == 0 {
		x.note(o.texts, u.ID, at)
		return
	}
	select {
	case x.room <- struct{}{}:
	default:
		x.note(o.texts, store.Unknown, at)
		for range o.late {
			x.Note.Missed(at)
		}
		return
	}
	r = r.Clone(x.life) // the request ends before the answers come
	x.late.Go(func() {
		defer func() { <-x.room }()
		x.turn <- struct{}{}
		defer func() { <-x.turn }()
		ctx, cancel := context.WithTimeout(x.life, exposurePatience)
		defer cancel()
		x.ask(ctx, r, all, o, at)
	})
}

// ask finds out what is not known, and notes it.
func (x *Exposure) ask(ctx context.Context, r *http.Request, all []incident.Session, o *outgoing, at time.Time) {
	person := store.Unknown
	u, err := x.Sessions.sent(ctx, r, all)
	if err != nil {
		x.Log.Warn("who was served a script is not known", "wiki", x.Site.ID, "err", err)
	} else {
		person = u.ID
	}
	texts := o.texts
	for _, ask := range o.late {
		more, err := ask(ctx)
		if err != nil {
			x.Log.Warn("which script somebody was served is not known", "wiki", x.Site.ID, "err", err)
			x.Note.Missed(at)
		}
		texts = append(texts, more...)
	}
	x.note(texts, person, at)
}

func (x *Exposure) note(texts []dossier.Text, person int64, at time.Time) {
	for _, t := range texts {
		title := ""
		if t.Title != (wiki.Title{}) {
			title = x.Site.PrefixedText(t.Title)
		}
		x.Note.Served(at, title, t.Digest, person)
	}
}

// Close waits for questions until ctx ends, then no more, and gives the store everything.
func (x *Exposure) Close(ctx context.Context) error {
	if x == nil {
		return nil
	}
	stop := context.AfterFunc(ctx, x.giveUp)
	x.late.Wait()
	stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exposurePatience)
	defer cancel()
	return x.Note.Flush(ctx)
}

// before puts it next to the wiki.
func (x *Exposure) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := outgoingOf(r.Context())
		if o == nil {
			next.ServeHTTP(w, r)
			return
		}
		via, q, err := x.Reads.Query(r.Context(), target(r))
		switch {
		case isLoad(r, x.Site):
			if err == nil && q.Text("only") != "styles" && slices.Contains(incident.Expand(q.Text("modules")), "user") {
				o.late = append(o.late, func(ctx context.Context) ([]dossier.Text, error) { return x.own(ctx, o, q) })
			}
			next.ServeHTTP(w, r)
		case err == nil && (via != "index.php" || q.Text("action") != "raw"), r.Header.Get("Sec-Fetch-Dest") == "document": // to be read
			next.ServeHTTP(w, r)
		default:
			x.raw(next, w, r, o, q, err)
		}
	})
}

// raw reads a page's text as it goes by. The browser gets it whole: that it has the text already would not say which one it has.
func (x *Exposure) raw(next http.Handler, w http.ResponseWriter, r *http.Request, o *outgoing, q *phpform.Values, misread error) {
	out := r.Clone(r.Context())
	whole(out)
	h := &hashing{ResponseWriter: w, sum: sha256.New()}
	next.ServeHTTP(h, out)
	if !h.script || h.blank {
		return
	}
	if h.packed {
		x.Log.Warn("a script came in an encoding that nobody asked for", "wiki", x.Site.ID, "path", r.URL.Path)
		x.Note.Missed(x.Now())
		return
	}
	digest := store.Digest(hex.EncodeToString(h.sum.Sum(nil)))
	if misread != nil {
		o.texts = append(o.texts, dossier.Text{Digest: digest})
		return
	}
	if q.Text("oldid")+q.Text("curid")+q.Text("diff") == "" {
		t, _ := x.Site.Parse(q.Text("title")) // of no page that could be named, when there is an error
		o.texts = append(o.texts, dossier.Text{Title: t, Digest: digest})
		return
	}
	o.late = append(o.late, func(ctx context.Context) ([]dossier.Text, error) {
		t, _, err := titleOf(ctx, x.Site, x.Named, q)
		if err != nil {
			x.Log.Warn("of which page a script was is not known", "wiki", x.Site.ID, "sha256", string(digest), "err", err)
		}
		return []dossier.Text{{Title: t, Digest: digest}}, nil
	})
}

// own are the scripts behind the module "user" as they are right after they went out, but for those that are known already.
func (x *Exposure) own(ctx context.Context, o *outgoing, q *phpform.Values) (texts []dossier.Text, err error) {
	titles := slices.DeleteFunc(ownScripts(x.Site, q), func(t wiki.Title) bool {
		return slices.ContainsFunc(o.texts, func(known dossier.Text) bool { return known.Title == t })
	})
	pages, err := x.Current(ctx, titles)
	for i, p := range pages {
		if p.Title = titles[i]; runs(&p) {
			texts = append(texts, dossier.Text{Title: p.Title, Digest: store.DigestOf(p.Text)})
		}
	}
	return texts, err
}

// servedModules notes the scripts of modules that the wiki or we made of approved texts.
func servedModules(ctx context.Context, all []approved.Module) {
	for i := range all {
		for _, p := range all[i].Served() {
			if wiki.DefaultModel(p.Title) == wiki.ModelJavaScript || strings.HasSuffix(p.Title.Key, ".vue") {
				Served(ctx, p.Title, p.Serve)
			}
		}
	}
}

// counting keeps an answer's status.
type counting struct {
	http.ResponseWriter
	status int
}

func (c *counting) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counting) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	return c.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (c *counting) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// hashing reads a script as it goes by.
type hashing struct {
	http.ResponseWriter
	begun, script bool
	packed        bool // so that its text is not what goes by
	blank         bool // so far
	sum           hash.Hash
}

func (h *hashing) WriteHeader(status int) {
	if !h.begun && status >= http.StatusOK {
		h.begun, h.blank = true, true
		h.script = status == http.StatusOK && isScript(h.Header())
		h.packed = h.Header().Get("Content-Encoding") != ""
	}
	h.ResponseWriter.WriteHeader(status)
}

func (h *hashing) Write(p []byte) (int, error) {
	if !h.begun {
		h.WriteHeader(http.StatusOK)
	}
	if h.script {
		h.sum.Write(p)
		h.blank = h.blank && len(bytes.TrimSpace(p)) == 0
	}
	return h.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find Flush.
func (h *hashing) Unwrap() http.ResponseWriter { return h.ResponseWriter }

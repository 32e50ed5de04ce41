package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/approved"
	"sallyport/internal/incident"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Approved stands next to the wiki, where site code, gadgets and popular scripts go out, and lets only texts through that reviewers
// approved. An answer that load.php made is held until the wiki has said that its pages are still the ones that were looked at
// before; of approved pages it goes out byte for byte. Otherwise the wiki is asked for the other modules of the batch, and the
// modules that must not go out as they are come from the approved texts, with versions of their own: in mw.loader's registry too,
// so that no browser keeps one text under the other's name. A page that is served as a script (action=raw) is judged by its bytes.
type Approved struct {
	Book  *approved.Book
	Reads *writedoor.Door // reads addresses as MediaWiki does
	// Named is the page that an old revision or a page id belongs to.
	Named func(ctx context.Context, rev, page int64) (wiki.Title, error)
	Now   func() time.Time
	Log   *slog.Logger

	looked *otter.Cache[string, []approved.Module]
	pinned *pinnedViews
}

// pinnedViews are what was found out about pinned modules, by the view they are for.
type pinnedViews struct {
	sync.Mutex
	views map[approved.View]registered
}

// forget lets them be found out again.
func (p *pinnedViews) forget() {
	p.Lock()
	defer p.Unlock()
	clear(p.views)
}

// registered are the versions of pinned modules, as they were a moment ago.
type registered struct {
	versions map[string]string
	at       time.Time
}

// Bounds.
const (
	maxOurs   = 200         // modules of one answer that are looked at; mw.loader asks for fewer
	maxLooked = 2048        // batches whose last look is remembered
	maxViews  = 64          // skins and languages whose pinned versions are
	pinsFor   = time.Second // how long those are believed; what goes out is looked at each time
	maxAgain  = 3           // times that an answer is fetched anew because a page changed meanwhile
)

// NewApproved completes one.
func NewApproved(a Approved) *Approved {
	a.looked = otter.Must(&otter.Options[string, []approved.Module]{MaximumSize: maxLooked})
	a.pinned = &pinnedViews{views: map[approved.View]registered{}}
	return &a
}

// before puts it before the wiki.
func (a *Approved) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		load := isLoad(r, a.Book.Site())
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead,
			!load && !strings.Contains(strings.ToLower(r.URL.Path+phpform.RawURLDecode(r.URL.RawQuery)), "raw"):
			next.ServeHTTP(w, r)
			return
		}
		via, q, err := a.Reads.Query(r.Context(), target(r))
		switch {
		case err != nil:
			http.Error(w, "This address can be read in more than one way.", http.StatusBadRequest)
		case load:
			err = a.load(next, w, r, q)
		case via == "index.php" && q.Text("action") == "raw" && r.Header.Get("Sec-Fetch-Dest") != "document":
			err = a.raw(next, w, r, q)
		case via == "index.php" && q.Text("action") == "raw":
			next.ServeHTTP(unkept(w), r) // to be read; a copy that is kept could be run afterwards
		default:
			next.ServeHTTP(w, r)
		}
		if err != nil && r.Context().Err() == nil {
			a.Log.Error("scripts not served: what is approved is not known", "wiki", a.Book.Site().ID, "path", r.URL.Path, "err", err)
			w.Header().Set("Cache-Control", "private, no-store")
			http.Error(w, "Scripts and style sheets of this wiki are not available right now.", http.StatusServiceUnavailable)
		}
	})
}

// load answers load.php. An error means that nothing was sent.
func (a *Approved) load(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values) error {
	b := &batch{Approved: a, book: a.Book, trial: trialOf(r.Context()), next: next, r: r, q: q, names: incident.Expand(q.Text("modules")), view: viewOf(q)}
	if b.trial != nil {
		b.book = b.trial.book
	}
	if len(b.names) == 1 && b.names[0] == "startup" {
		if b.trial != nil {
			return b.ownStartup(unkept(w))
		}
		return b.startup(w)
	}
	for _, name := range b.names {
		if a.Book.Concerns(name) && !slices.Contains(b.ours, name) {
			b.ours = append(b.ours, name)
		}
	}
	switch {
	case len(b.ours) == 0:
		next.ServeHTTP(w, r)
		return nil
	case len(b.ours) > maxOurs:
		http.Error(w, "Too many modules at once: ask for fewer.", http.StatusRequestURITooLong)
		return nil
	case b.trial != nil:
		return b.serve(unkept(w))
	}
	return b.serve(w)
}

// viewOf reads what ResourceLoader's Context does of an address.
func viewOf(q *phpform.Values) approved.View {
	v := approved.View{Skin: q.Text("skin"), Lang: q.Text("lang"), User: q.Text("user")}
	if v.Skin == "" {
		v.Skin = "fallback"
	}
	switch q.Text("debug") {
	case "1", "true":
		v.Debug = 1
	case "2":
		v.Debug = 2
	}
	v.RTL = q.Text("dir") == "rtl" || q.Text("dir") != "ltr" && wiki.RightToLeft(v.Lang)
	return v
}

// batch is one request of load.php.
type batch struct {
	*Approved
	book        *approved.Book // of whoever asks
	trial       *trial         // what they try; nil for nothing
	next        http.Handler
	r           *http.Request
	q           *phpform.Values
	names, ours []string
	view        approved.View
}

// serve sends an answer that is made of what is approved. It is made of what was seen at an earlier look; when the wiki says that
// this has changed, it is made again.
func (b *batch) serve(w http.ResponseWriter) error {
	ctx, key := b.r.Context(), strings.Join(append([]string{b.view.Skin, b.view.User}, b.ours...), "|")
	seen, known := b.looked.GetIfPresent(key)
	var err error
	if !known || b.trial != nil {
		if seen, err = b.book.Modules(ctx, b.ours, b.view); err != nil {
			return err
		}
	}
	for range maxAgain {
		answer, err := b.answer(seen)
		if err != nil {
			return err
		}
		now, err := b.book.Modules(ctx, b.ours, b.view)
		if err != nil {
			return err
		}
		if b.trial == nil {
			b.looked.Set(key, now)
		}
		if slices.EqualFunc(seen, now, func(x, y approved.Module) bool { return x.Same(&y) }) {
			if b.q.Text("only") != "styles" {
				servedModules(b.r.Context(), now)
			}
			send(w, b.r, answer)
			return nil
		}
		b.pinned.forget()
		seen = now
	}
	return errChanging
}

// answer asks the wiki for what may go out, and joins it with what may not.
func (b *batch) answer(seen []approved.Module) (*replyBuffer, error) {
	kept := map[string]*approved.Module{}
	for i := range seen {
		if seen[i].Pinned {
			kept[seen[i].Name] = &seen[i]
		}
	}
	if len(kept) == 0 {
		return fetched(b.next, b.r)
	}
	if b.q.Text("sourcemap") != "" {
		return plain(http.StatusNotFound, "There is no source map for these modules.\n"), nil
	}
	j := &joint{batch: b, only: b.q.Text("only"), states: map[string]string{}}
	for _, name := range b.names {
		m := kept[name]
		if m == nil {
			j.rest = append(j.rest, name)
			continue
		}
		if j.ordered() {
			if err := j.ask(); err != nil || j.failed != nil {
				return j.failed, err
			}
		}
		if err := j.own(m); err != nil {
			return nil, err
		}
	}
	if err := j.ask(); err != nil || j.failed != nil {
		return j.failed, err
	}
	return j.finish(), nil
}

// joint is an answer that is put together.
type joint struct {
	*batch
	only   string
	rest   []string // names that the wiki is to be asked for
	header http.Header
	body   bytes.Buffer
	states map[string]string // of our own modules
	failed *replyBuffer      // what the wiki answered instead of modules
	built  map[string]bool
}

// ordered says that what comes first counts first: style sheets, and scripts that run at once. Others wait for each other by name.
func (j *joint) ordered() bool { return j.only == "styles" || j.only == "scripts" }

// ask appends what the wiki has of the names that are due.
func (j *joint) ask() error {
	if len(j.rest) == 0 {
		return nil
	}
	q := j.q.Clone()
	q.Set("modules", strings.Join(j.rest, "|"))
	q.Set("version", "") // what came is of the whole batch
	out := j.r.Clone(j.r.Context())
	out.Method, out.URL.RawQuery = http.MethodGet, phpform.EncodeQuery(q)
	out.RequestURI = out.URL.RequestURI()
	whole(out)
	got, err := fetched(j.next, out)
	if err != nil {
		return err
	}
	if got.status != http.StatusOK {
		j.failed = got
		return nil
	}
	j.rest, j.header = nil, got.header
	j.write(got.body.Bytes())
	return nil
}

// own appends a module of approved texts.
func (j *joint) own(m *approved.Module) error {
	if j.built[m.Name] {
		return nil
	}
	if j.built == nil {
		j.built = map[string]bool{}
	}
	j.built[m.Name] = true
	if m.Gone {
		j.states[m.Name] = "missing"
		return nil
	}
	made, err := j.book.Build(j.r.Context(), m, j.view)
	if err != nil {
		return err
	}
	switch j.only {
	case "styles":
		j.write(made.Styles)
	case "scripts":
		j.write(made.Scripts)
		j.states[m.Name] = "ready"
	default:
		j.write(made.Combined)
	}
	return nil
}

// write appends a statement, which the next one may not run into.
func (j *joint) write(text []byte) {
	j.body.Write(text)
	if n := len(text); n > 0 && text[n-1] != '\n' {
		j.body.WriteByte('\n')
	}
}

// finish says what became of our own modules, and how long the answer may be kept: as long as the wiki lets one be kept whose version
// is not the one that was asked for (ResourceLoader::sendResponseHeaders).
func (j *joint) finish() *replyBuffer {
	if raw := j.q.Text("raw"); len(j.states) > 0 && j.only != "styles" && (raw == "" || raw == "0" || raw == "false") {
		j.body.WriteString(stateOf(j.states))
	}
	h := j.header
	if h == nil {
		h = http.Header{"Content-Type": {"text/javascript; charset=utf-8"}, "X-Content-Type-Options": {"nosniff"}}
		if j.only == "styles" {
			h.Set("Content-Type", "text/css; charset=utf-8")
			h.Set("Access-Control-Allow-Origin", "*")
		}
	}
	h.Set("Cache-Control", "public, max-age=60, s-maxage=60")
	if j.view.Debug > 0 {
		h.Set("Cache-Control", "private, no-cache, must-revalidate")
	}
	return altered(h, j.body.Bytes())
}

// altered is an answer with other bytes than the wiki's.
func altered(h http.Header, body []byte) *replyBuffer {
	sum := sha256.Sum256(body)
	h.Set("ETag", `W/"kept-`+hex.EncodeToString(sum[:12])+`"`)
	for _, name := range []string{"Content-Encoding", "Expires", "Last-Modified", "Sourcemap", "Accept-Ranges"} {
		h.Del(name)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return &replyBuffer{header: h, status: http.StatusOK, body: *bytes.NewBuffer(body)}
}

func plain(status int, text string) *replyBuffer {
	h := http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Cache-Control": {"private, no-store"}, "X-Content-Type-Options": {"nosniff"}}
	return &replyBuffer{header: h, status: status, body: *bytes.NewBufferString(text)}
}

// whole asks for all of an answer, in bytes that can be read.
func whole(r *http.Request) {
	r.Header.Set("Accept-Encoding", "identity")
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Range", "If-Range"} {
		r.Header.Del(name)
	}
}

// fetched is what the wiki answers.
func fetched(next http.Handler, r *http.Request) (*replyBuffer, error) {
	b := &replyBuffer{header: http.Header{}}
	next.ServeHTTP(b, r)
	if b.status == 0 {
		b.status = http.StatusOK
	}
	return b, r.Context().Err()
}

// send passes an answer on, unless the browser has it.
func send(w http.ResponseWriter, r *http.Request, b *replyBuffer) {
	h := w.Header()
	for name, values := range b.header {
		h[name] = values
	}
	if tag := h.Get("ETag"); b.status == http.StatusOK && strings.HasPrefix(tag, `W/"kept-`) && strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Length")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(b.status)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, &b.body) // the reader went away
	}
}

// code says whether an answer is a script or a style sheet to a browser, and which text.
func (b *replyBuffer) code() (store.Digest, bool) {
	kind := strings.ToLower(b.header.Get("Content-Type"))
	for _, word := range []string{"javascript", "ecmascript", "css"} {
		if strings.Contains(kind, word) {
			return store.DigestOf(b.body.String()), true
		}
	}
	return "", false
}

func stateOf(states map[string]string) string {
	text, err := json.Marshal(states) // keys in order; "<" and the like escaped
	if err != nil {
		return ""
	}
	return "mw.loader.state(" + string(text) + ");\n"
}

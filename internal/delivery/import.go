package delivery

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"sallyport/internal/bundle"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Imports serves scripts to sallyport.import( name ) in the page, as far as the rules of the wiki let whoever asks run them:
//
//	import?name=…      the decision as JSON, with what the script declares that it needs
//	import.js?title=…  its text in a function, once it is decided
//	import/client.js   import.js of this package: what waits for dependencies, and hands out exports
//
// A name is a title ("User:Mara/kit.js", "user:Mara/kit"), with "@" and a revision, or 16 digits or more of the text's SHA-256 in hex,
// to name one text.
type Imports struct {
	// Judge decides; nil: everything runs.
	Judge *dossier.Judge
	Site  *wiki.Site
	Who   func(ctx context.Context, r *http.Request) (wiki.User, error)
	// Newest is a page as it is, Revision one of its texts.
	Newest   func(ctx context.Context, t wiki.Title) (wiki.Page, error)
	Revision func(ctx context.Context, rev int64) (wiki.Page, error)
	Wanted   func(t wiki.Title, text string) // is told of a text that nobody has read; may be nil
	Base     string
	Log      *slog.Logger
}

// imported is what the client learns of a script.
type imported struct {
	Title    string   `json:"title,omitempty"`
	Revision int64    `json:"revision,omitempty"`
	Digest   string   `json:"digest,omitempty"`
	Address  string   `json:"address,omitempty"`
	Modules  []string `json:"modules,omitempty"` // of mw.loader
	Styles   []string `json:"styles,omitempty"`  // addresses
	Scripts  []string `json:"scripts,omitempty"` // names to import first
	Warning  string   `json:"warning,omitempty"`
	Error    *failure `json:"error,omitempty"`
}

// failure is why a script is not imported, in English: it is for whoever wrote the script that asks.
type failure struct {
	Name    string `json:"name"` // "SallyportRefused" or "ImportError"
	Code    string `json:"code"`
	Message string `json:"message"`
	Rule    string `json:"rule,omitempty"`
	Because string `json:"because,omitempty"`
	Link    string `json:"link,omitempty"`
}

// Error is the message.
func (f *failure) Error() string { return f.Message }

func failed(code, format string, args ...any) *failure {
	return &failure{Name: "ImportError", Code: code, Message: fmt.Sprintf(format, args...)}
}

// wish is what a name asks for.
type wish struct {
	title    wiki.Title
	revision int64
	digest   string // the beginning of one; empty: any text
}

func (w *wish) pinned() bool { return w.revision > 0 || w.digest != "" }

var aHash = regexp.MustCompile(`^[0-9a-f]{16,64}$`)

// read takes a name apart.
func (i *Imports) read(name string) (w wish, err error) {
	title, pin, pinned := strings.Cut(name, "@")
	if pinned {
		rev, err := strconv.ParseInt(pin, 10, 64)
		switch {
		case err == nil && rev > 0 && len(pin) < 16:
			w.revision = rev
		case aHash.MatchString(pin):
			w.digest = pin
		default:
			return w, failed("name", "%q: after the @ comes a revision, or 16 digits or more of the text's SHA-256", name)
		}
	}
	if !strings.HasSuffix(title, ".js") {
		title += ".js"
	}
	if w.title, err = i.Site.Parse(title); err != nil {
		return w, failed("name", "%q is not the title of a page of this wiki", title)
	}
	return w, nil
}

// find reads the page, and refuses what is not a script, or not the one that was named.
func (i *Imports) find(ctx context.Context, w wish) (p wiki.Page, err error) {
	if w.revision > 0 {
		p, err = i.Revision(ctx, w.revision)
	} else {
		p, err = i.Newest(ctx, w.title)
	}
	title := i.Site.PrefixedText(w.title)
	switch {
	case errors.Is(err, mediawiki.ErrNoRevision):
		return p, failed("missing", "%s has no revision %d", title, w.revision)
	case err != nil:
		return p, err
	case w.revision > 0 && p.Title != w.title:
		return p, failed("missing", "revision %d is not of %s", w.revision, title)
	case !p.Exists():
		return p, failed("missing", "there is no page %s", title)
	}
	p.Title = w.title
	if kind := wiki.Code(p.Title, p.Model); kind != wiki.UserJS && kind != wiki.SiteJS || p.Model != wiki.ModelJavaScript {
		return p, failed("kind", "%s is not a script", title)
	}
	if !strings.HasPrefix(string(store.DigestOf(p.Text)), w.digest) {
		return p, failed("changed", "%s has another text now than the one that was named", title)
	}
	return p, nil
}

// decide asks the rules. warning is what the reader would be told.
func (i *Imports) decide(r *http.Request, p *wiki.Page, pinned bool) (warning string, err error) {
	if i.Judge == nil {
		return "", nil
	}
	user, err := i.Who(r.Context(), r)
	if err != nil {
		return "", err
	}
	v, err := i.Judge.Decide(r.Context(), dossier.Text{Title: p.Title, Digest: store.DigestOf(p.Text)}, user, pinned)
	if err != nil {
		return "", err
	}
	if !v.File.Script.Read && i.Wanted != nil {
		i.Wanted(p.Title, p.Text)
	}
	title := v.File.Script.Title
	switch {
	case v.Action == entry.Allow:
		return "", nil
	case !v.Stops():
		return title + ": " + v.Says, nil
	case !i.Judge.Enforces:
		return title + " would be stopped by the rule " + v.Rule + ": " + v.Says, nil
	}
	f := &failure{Name: "SallyportRefused", Code: "refused", Message: title + " was not run. " + v.Says, Rule: v.Rule, Because: v.Says}
	if v.Action == entry.Confirm {
		f.Code = "confirm"
		f.Link = i.Base + "/agree?" + url.Values{"title": {title}, "digest": {string(v.File.Digest)}}.Encode()
	}
	return "", f
}

//go:embed import.js
var importSource string

// handle adds the addresses.
func (i *Imports) handle(d *Delivery) {
	client := strings.ReplaceAll(importSource, "/sallyport", d.base)
	a := (&answer{kind: typeScript, cache: cachePersonal, etag: `W/"` + bundle.Hash([]byte(client)) + `"`, body: []byte(client)}).pack()
	d.mux.HandleFunc("GET "+d.base+"/import", i.answer)
	d.mux.HandleFunc("GET "+d.base+"/import.js", i.script)
	d.mux.HandleFunc("GET "+d.base+"/import/client.js", func(w http.ResponseWriter, r *http.Request) { a.send(w, r, d.now()) })
}

// answer answers import?name=….
func (i *Imports) answer(w http.ResponseWriter, r *http.Request) {
	a, err := i.tell(r)
	var f *failure
	if errors.As(err, &f) {
		a = &imported{Error: f}
	} else if err != nil {
		i.Log.Warn("script not imported", "err", err)
		http.Error(w, "Scripts cannot be imported right now; try again in a minute.", http.StatusServiceUnavailable)
		return
	}
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write([]byte(quote(a) + "\n")) // the reader went away
}

func (i *Imports) tell(r *http.Request) (*imported, error) {
	want, err := i.read(r.URL.Query().Get("name"))
	if err != nil {
		return nil, err
	}
	p, err := i.find(r.Context(), want)
	if err != nil {
		return nil, err
	}
	head, err := readHeader(p.Text)
	if err != nil {
		return nil, failed("header", "%s: %s", i.Site.PrefixedText(p.Title), err)
	}
	a := &imported{Title: i.Site.PrefixedText(p.Title), Revision: p.Rev, Digest: string(store.DigestOf(p.Text)), Modules: head.modules, Scripts: head.scripts}
	if a.Warning, err = i.decide(r, &p, want.pinned()); err != nil {
		return nil, err
	}
	for _, page := range head.styles {
		a.Styles = append(a.Styles, i.Site.ScriptPath+"/index.php?"+url.Values{"action": {"raw"}, "ctype": {"text/css"}, "title": {page}}.Encode())
	}
	q := url.Values{"title": {a.Title}, "digest": {a.Digest}}
	if want.pinned() {
		q.Set("revision", strconv.FormatInt(p.Rev, 10))
	}
	a.Address = i.Base + "/import.js?" + q.Encode()
	return a, nil
}

// script answers import.js: the text in a function. It is decided anew: the address may come from anywhere.
func (i *Imports) script(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	name, pinned := q.Get("title"), q.Get("revision") != ""
	if pinned {
		name += "@" + q.Get("revision")
	}
	want, err := i.read(name)
	want.digest = q.Get("digest")
	if err == nil && !aHash.MatchString(want.digest) {
		err = failed("name", "the address names no text")
	}
	var p wiki.Page
	var head header
	if err == nil {
		p, err = i.find(r.Context(), want)
	}
	if err == nil {
		_, err = i.decide(r, &p, pinned)
	}
	if err == nil {
		head, err = readHeader(p.Text)
	}
	h := w.Header()
	h.Set("Content-Type", typeScript)
	h.Set("Cache-Control", "private, no-store")
	var f *failure
	switch {
	case errors.As(err, &f):
		_, _ = w.Write([]byte("sallyport.deny(" + quote(q.Get("digest")) + "," + quote(f) + ");\n"))
	case err != nil:
		i.Log.Warn("script not imported", "err", err)
		http.Error(w, "/* Scripts cannot be imported right now; try again in a minute. */", http.StatusServiceUnavailable)
	default:
		if h.Set("Cache-Control", "private, no-cache"); pinned {
			h.Set("Cache-Control", "private, max-age=31536000, immutable")
		}
		_, _ = w.Write([]byte(wrap(&p, head))) //nolint:gosec // it is a script, and nosniff says so
	}
}

// wrap puts a text into a function that the client calls.
func wrap(p *wiki.Page, head header) string {
	export := ""
	if head.export != "" {
		export = ";if(typeof " + head.export + "!==\"undefined\"){module.exports=" + head.export + ";}\n"
	}
	return "sallyport.define(" + quote(store.DigestOf(p.Text)) + ",function(module,exports,require){\n" + p.Text + "\n" + export + "});\n"
}

package delivery

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/internal/bundle"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// Imports serves scripts to sallyport.import( name ) in the page, as far as the rules of the wiki let whoever asks run them:
//
//	import?name=…      the decision as JSON, with what the script declares that it needs
//	import.js?title=…  its text in a function, once it is decided
//	import.css?name=…  a style sheet of another wiki
//	import/client.js   import.js of this package: what waits for dependencies, and hands out exports
//
// A name is a title ("User:Mara/kit.js", "user:Mara/kit", "enwiki:User:Mara/kit.js" of another wiki of the farm), with "@" and a revision, or
// 16 digits or more of the text's SHA-256 in hex, to name one text. Style sheets and JSON are imported by their full titles.
type Imports struct {
	// Judge decides; nil: everything runs.
	Judge *dossier.Judge
	Site  *wiki.Site
	Who   func(ctx context.Context, r *http.Request) (wiki.User, error)
	// Newest is a page as it is, Revision one of its texts.
	Newest   func(ctx context.Context, t wiki.Title) (wiki.Page, error)
	Revision func(ctx context.Context, rev int64) (wiki.Page, error)
	Wanted   func(t wiki.Title, text string)                         // is told of a text that nobody has read; may be nil
	Served   func(ctx context.Context, t wiki.Title, d store.Digest) // is told of a text that goes out; may be nil
	// Stops is what a page's text is switched off by; nil: nothing is ever off.
	Stops func(ctx context.Context, p *wiki.Page) (*switches.Switch, error)
	// Farm are the other wikis whose scripts may be imported, by prefix, in lower case; may be nil.
	Farm map[string]*Foreign
	Base string
	Log  *slog.Logger
}

// imported is what the client learns of a script.
type imported struct {
	Title    string          `json:"title,omitempty"`
	Revision int64           `json:"revision,omitempty"`
	Digest   string          `json:"digest,omitempty"`
	Address  string          `json:"address,omitempty"`
	Modules  []string        `json:"modules,omitempty"` // of mw.loader
	Styles   []string        `json:"styles,omitempty"`  // addresses
	Scripts  []string        `json:"scripts,omitempty"` // names to import first
	Farm     string          `json:"farm,omitempty"`    // before the names of pages of its own wiki
	Data     json.RawMessage `json:"data,omitempty"`    // of JSON
	Warning  string          `json:"warning,omitempty"`
	Error    *failure        `json:"error,omitempty"`
}

// failure is why a script is not imported, in English: it is for whoever wrote the script that asks.
type failure struct {
	Name    string `json:"name"` // "SallyportRefused" or "ImportError"
	Code    string `json:"code"`
	Message string `json:"message"`
	Script  string `json:"script,omitempty"` // that was refused
	Rule    string `json:"rule,omitempty"`
	Because string `json:"because,omitempty"`
	Link    string `json:"link,omitempty"`
}

// Error is the message.
func (f *failure) Error() string { return f.Message }

func failed(code, format string, args ...any) *failure {
	return &failure{Name: "ImportError", Code: code, Message: fmt.Sprintf(format, args...)}
}

// decide asks the rules. warning is what the reader would be told.
func (i *Imports) decide(r *http.Request, w *wish, p *wiki.Page, pinned bool) (warning string, err error) {
	if i.Stops != nil {
		known := w.known(*p)
		if by, err := i.Stops(r.Context(), known); err != nil || by != nil {
			return "", i.stopped(known, by, err)
		}
	}
	if i.Judge == nil {
		return "", nil
	}
	user, err := i.Who(r.Context(), r)
	if err != nil {
		return "", err
	}
	v, err := i.Judge.Decide(r.Context(), w.text(r.Context(), p), user, pinned)
	if err != nil {
		return "", err
	}
	if !v.File.Script.Read && i.Wanted != nil {
		i.Wanted(w.here(), p.Text)
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
	f := &failure{Name: "SallyportRefused", Code: "refused", Message: title + " was not run. " + v.Says, Script: title, Rule: v.Rule, Because: v.Says}
	if v.Action == entry.Confirm && w.from == nil { // to a page of another wiki nobody agrees here
		f.Code = "confirm"
		f.Link = i.Base + "/agree?" + url.Values{"title": {title}, "digest": {string(v.File.Digest)}}.Encode()
	}
	return "", f
}

// stopped is why a script that is switched off is not imported.
func (i *Imports) stopped(p *wiki.Page, by *switches.Switch, err error) error {
	if err != nil {
		return err
	}
	return &failure{
		Name: "SallyportRefused", Code: "stopped", Script: i.Site.PrefixedText(p.Title), Because: by.Reason,
		Message: fmt.Sprintf("%s was not run. %s switched it off: %s", i.Site.PrefixedText(p.Title), by.By, by.Reason),
	}
}

//go:embed import.js
var importSource string

// handle adds the addresses.
func (i *Imports) handle(d *Delivery) {
	client := strings.ReplaceAll(importSource, "/sallyport", d.base)
	a := (&answer{kind: typeScript, cache: cachePersonal, etag: `W/"` + bundle.Hash([]byte(client)) + `"`, body: []byte(client)}).pack()
	d.mux.HandleFunc("GET "+d.base+"/import", i.answer)
	d.mux.HandleFunc("GET "+d.base+"/import.js", i.script)
	d.mux.HandleFunc("GET "+d.base+"/import.css", i.style)
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
	_, _ = w.Write([]byte(quote(a) + "\n")) //nolint:gosec // it is JSON, and nosniff says so
}

func (i *Imports) tell(r *http.Request) (*imported, error) {
	want, err := i.read(r.Context(), r.URL.Query().Get("name"))
	if err != nil {
		return nil, err
	}
	p, err := i.find(r.Context(), &want)
	if err != nil {
		return nil, err
	}
	a := &imported{Title: want.name(), Revision: p.Rev, Digest: string(store.DigestOf(p.Text))}
	switch p.Model {
	case wiki.ModelCSS:
		a.Styles = []string{i.styleAddress(&want, i.named(&want, &p))}
		return a, nil
	case wiki.ModelJSON:
		a.Data, err = dataOf(&want, &p)
		return a, err
	}
	if a.Warning, err = i.decide(r, &want, &p, want.pinned()); err != nil {
		return nil, err
	}
	head, err := readHeader(p.Text)
	if err != nil {
		return nil, failed("header", "%s: %s", a.Title, err)
	}
	a.Modules, a.Scripts = head.modules, head.scripts
	for _, page := range head.styles {
		a.Styles = append(a.Styles, i.styleAddress(&want, page))
	}
	if want.from != nil {
		a.Farm = want.from.Name + ":"
		for n, name := range a.Scripts {
			if prefix, _, _ := strings.Cut(name, ":"); i.Farm[strings.ToLower(prefix)] == nil {
				a.Scripts[n] = a.Farm + name
			}
		}
	}
	q := url.Values{"title": {a.Title}, "digest": {a.Digest}}
	if want.pinned() {
		q.Set("revision", strconv.FormatInt(p.Rev, 10))
	}
	a.Address = i.Base + "/import.js?" + q.Encode()
	return a, nil
}

// named is a page of its own wiki with the revision, where one was named.
func (i *Imports) named(w *wish, p *wiki.Page) string {
	if w.pinned() {
		return fmt.Sprintf("%s@%d", w.site.PrefixedText(w.title), p.Rev)
	}
	return w.site.PrefixedText(w.title)
}

// styleAddress is where a style sheet comes from that is named on the page of a wish: the wiki itself, or we for another wiki.
func (i *Imports) styleAddress(w *wish, page string) string {
	if w.from != nil {
		return i.Base + "/import.css?" + url.Values{"name": {w.from.Name + ":" + page}}.Encode()
	}
	q := url.Values{"action": {"raw"}, "ctype": {"text/css"}}
	title, revision, pinned := strings.Cut(page, "@")
	if q.Set("title", title); pinned {
		q.Set("oldid", revision)
	}
	return i.Site.ScriptPath + "/index.php?" + q.Encode()
}

// script answers import.js: the text in a function. It is decided anew: the address may come from anywhere.
func (i *Imports) script(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	name, pinned := q.Get("title"), q.Get("revision") != ""
	if pinned {
		name += "@" + q.Get("revision")
	}
	want, err := i.read(r.Context(), name)
	want.digest = q.Get("digest")
	if err == nil && !aHash.MatchString(want.digest) {
		err = failed("name", "the address names no text")
	}
	var p wiki.Page
	var head header
	if err == nil {
		p, err = i.find(r.Context(), &want)
	}
	if err == nil && p.Model != wiki.ModelJavaScript {
		err = failed("kind", "%s is not a script", want.name())
	}
	if err == nil {
		_, err = i.decide(r, &want, &p, pinned)
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
		if i.Served != nil {
			i.Served(r.Context(), want.here(), store.DigestOf(p.Text))
		}
		_, _ = w.Write([]byte(wrap(&p, head))) //nolint:gosec // it is a script, and nosniff says so
	}
}

// wrap puts a text into a function that the client calls. module.lacks names the variable of @export that is not there.
func wrap(p *wiki.Page, head header) string {
	export := ""
	if head.export != "" {
		export = ";if(typeof " + head.export + "===\"undefined\"){module.lacks=" + quote(head.export) + ";}else{module.exports=" + head.export + ";}\n"
	}
	return "sallyport.define(" + quote(store.DigestOf(p.Text)) + ",function(module,exports,require){\n" + p.Text + "\n" + export + "});\n"
}

package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sallyport/internal/bundle"
	"sallyport/internal/registry"
	"sallyport/internal/store"
)

// maxBuilt bounds how many modules one answer carries. mw.loader splits its requests long before.
const maxBuilt = 200

// load answers load.php. As in MediaWiki the status is 200 whatever becomes of single modules, and every name asked for
// gets a statement: a name left out would stay "loading" in the browser for ever.
func (d *Delivery) load(w http.ResponseWriter, r *http.Request) { d.answer(w, r, "") }

// answer makes modules of the texts of a set that somebody stays on; of the newest when there is none.
func (d *Delivery) answer(w http.ResponseWriter, r *http.Request, set store.Digest) {
	if len(r.URL.RawQuery) > maxQuery {
		http.Error(w, "This address is too long: ask for fewer modules at once.", http.StatusRequestURITooLong)
		return
	}
	generation, now := d.gadgets.Generation(), d.now()
	key := string(set) + "?" + r.URL.RawQuery
	if a, ok := d.answers.GetIfPresent(key); ok && a.generation == generation && now.Sub(a.made) < answerLife {
		d.sends(r.Context(), a)
		a.send(w, r, now)
		return
	}
	q := r.URL.Query()
	if tooMany(q.Get("modules")) {
		http.Error(w, "Too many modules at once: ask for fewer.", http.StatusRequestURITooLong)
		return
	}
	req := parseRequest(q)
	req.Set = set
	switch {
	case req.alone(startupModule) && req.Only != "styles":
		d.startup(r.Context(), req).send(w, r, now)
	case req.alone(stylesModule) && req.Only == "styles":
		d.styles(r.Context(), req).send(w, r, now)
	default:
		a := d.batch(r.Context(), req, r.URL)
		a.generation, a.made = generation, now
		if !a.passing && r.Context().Err() == nil { // what somebody no longer waits for may be half an answer
			d.answers.Set(key, a)
		}
		d.sends(r.Context(), a)
		a.send(w, r, now)
	}
}

// sends says whose scripts an answer carries.
func (d *Delivery) sends(ctx context.Context, a *answer) {
	if d.served == nil {
		return
	}
	for _, g := range a.carries {
		d.served(ctx, g)
	}
}

// answerLife is how long an answer is sent again as it is. The wiki's messages can change without a new generation.
const answerLife = time.Minute

// part is what one module contributes to an answer.
type part struct {
	name    string
	gadget  *registry.Gadget
	module  *bundle.Module // nil unless it was built
	state   string         // "missing" or "error" when it was not
	problem string
	passing bool // the next request may fare better, or is another person's
}

// batch builds every module named and puts the answer together (ResourceLoader::makeModuleResponse).
func (d *Delivery) batch(ctx context.Context, req request, self *url.URL) *answer {
	parts := make([]part, len(req.Modules))
	var versions []string
	whole := len(parts) > 0
	a := &answer{kind: typeScript, passing: req.Debug > 0}
	for i, name := range req.Modules {
		parts[i] = d.part(ctx, name, i, req)
		a.passing = a.passing || parts[i].passing
		if parts[i].module == nil {
			whole = false
			continue
		}
		versions = append(versions, parts[i].module.Version)
	}
	version := combined(versions)
	a.etag = `W/"` + version + `"`
	switch {
	case req.SourceMap:
		return sourceMap(a, req, parts, version, whole)
	case len(parts) == 0:
		a.body = []byte("/* This file is where user gadgets come from. It needs a list of modules to be of use. */\n")
	case req.Only == "styles":
		a.body = styleBody(parts)
	default:
		a.body = scriptBody(req, parts)
		for _, p := range parts {
			if p.module != nil {
				a.carries = append(a.carries, p.gadget)
			}
		}
	}
	if req.Only == "styles" {
		a.kind, a.allOrigins = typeStyle, true
	}
	a.lifetime(req, version, whole || len(parts) == 0)
	if req.Only == "" && req.Debug == 0 && whole {
		a.sourceMap = mapAddress(self, version)
	}
	return a.pack()
}

// combined is the version of a batch; like ResourceLoader's it is empty when nothing was found.
func combined(versions []string) string {
	if len(versions) == 0 {
		return ""
	}
	return bundle.CombinedVersion(versions)
}

// lifetime chooses how long the answer may be kept (ResourceLoader::sendResponseHeaders).
func (a *answer) lifetime(req request, version string, whole bool) {
	switch {
	case req.Debug > 0:
		a.cache = cacheDebug
		return
	case !whole, req.Versioned && req.Version != version:
		a.age = problemAge
	case req.Versioned:
		a.age = versionedAge
	default:
		a.age = unversionedAge
	}
	a.cache = cacheFor(a.age)
}

// part builds the module of one name, or says what is wrong with it.
func (d *Delivery) part(ctx context.Context, name string, index int, req request) part {
	id, ours := registry.ID(name)
	if !ours || !validName(name) {
		return part{name: name, state: "missing"}
	}
	if index >= maxBuilt {
		return part{name: name, state: "error", problem: "too many modules were asked for at once"}
	}
	g, m, err := d.ready(ctx, id, req)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return part{name: name, state: "missing", passing: req.Set != ""} // somebody else may have those texts
	case err != nil:
		d.log.Error("gadget not read", "gadget", id, "err", err)
		return part{name: name, state: "error", passing: true, problem: "the server could not read this gadget; try again in a minute"}
	case g.Problem != "":
		return part{name: name, state: "error", problem: g.Row.Title + ": " + g.Problem}
	}
	return part{name: name, gadget: g, module: m, passing: g.Tried}
}

func styleBody(parts []part) []byte {
	var b bytes.Buffer
	var lost states
	for _, p := range parts {
		if p.module == nil {
			lost.add(p.name, p.state)
			continue
		}
		b.Write(p.module.StylesCSS())
		b.WriteByte('\n')
	}
	if len(lost.names) == 0 {
		return b.Bytes()
	}
	return append([]byte(comment(lost.problem())), b.Bytes()...)
}

func scriptBody(req request, parts []part) []byte {
	var b bytes.Buffer
	var all, lost states
	for _, p := range parts {
		switch {
		case p.module == nil:
			all.add(p.name, p.state)
			lost.add(p.name, p.state)
		case req.Only == "scripts":
			b.Write(p.module.Scripts())
			all.add(p.name, "ready")
		default:
			b.Write(p.module.Combined())
		}
	}
	switch {
	case !req.Raw:
		b.Write(all.statement())
	case len(lost.names) > 0:
		b.WriteString(complaint(lost.problem()))
	}
	for _, p := range parts {
		if p.problem != "" {
			b.WriteString(complaint(p.name + ": " + p.problem))
		}
	}
	return b.Bytes()
}

// complaint says what went wrong to whoever reads the answer, and in the console to whoever gets it.
func complaint(text string) string {
	return comment(text) + "if (window.console && console.error) { console.error(" + quote(text) + "); }\n"
}

// states collects the arguments of one mw.loader.state call, in order.
type states struct{ names, values []string }

func (s *states) add(name, value string) {
	s.names = append(s.names, name)
	s.values = append(s.values, value)
}

// object is the collection as a JavaScript object.
func (s *states) object() string {
	var b strings.Builder
	for i, name := range s.names {
		b.WriteString("," + quote(name) + ":" + quote(s.values[i]))
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

func (s *states) statement() []byte {
	if len(s.names) == 0 {
		return nil
	}
	return []byte("mw.loader.state(" + s.object() + ");\n")
}

// problem is what is said where no state can be set (ResourceLoader::makeModuleResponse).
func (s *states) problem() string { return "Problematic modules: " + s.object() }

// comment wraps text so that nothing in it can end the comment.
func comment(text string) string {
	return "/*\n" + strings.ReplaceAll(text, "*/", "* /") + "\n*/\n"
}

// quote is JSON that is safe inside a script: "<", ">", "&", U+2028 and U+2029 are escaped.
func quote(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null" // unreachable for the strings, numbers and lists of them that are quoted here
	}
	return string(b)
}

func mapAddress(self *url.URL, version string) string {
	q := self.Query()
	q.Set("sourcemap", "1")
	q.Set("version", version)
	return self.Path + "?" + q.Encode()
}

// sourceMap answers sourcemap=1 with the index map of a batch (ResourceLoader::respond, since 1.41). There is one for whole
// batches of the version asked for, and for modules as mw.loader gets them only.
func sourceMap(a *answer, req request, parts []part, version string, whole bool) *answer {
	if !whole || req.Only != "" || req.Debug > 0 || req.Versioned && req.Version != version {
		return &answer{status: http.StatusNotFound, kind: "text/plain; charset=utf-8", cache: cacheFor(problemAge), age: problemAge,
			passing: a.passing, body: []byte("There is no source map for this version of these modules.\n")}
	}
	var sections []bundle.Section
	for _, p := range parts {
		sections = append(sections, bundle.Section{Code: p.module.Combined(), Map: p.module.SourceMap()})
	}
	a.kind, a.body = typeJSON, bundle.IndexMap(sections)
	a.lifetime(req, version, whole)
	return a.pack()
}

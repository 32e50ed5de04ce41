package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"sallyport/internal/bundle"
	"sallyport/internal/registry"
)

// maxBuilt bounds how many modules one answer carries. mw.loader splits its requests long before.
const maxBuilt = 200

// load answers load.php. As in MediaWiki the status is 200 whatever becomes of single modules, and every name asked for
// gets a statement: a name left out would stay "loading" in the browser for ever.
func (d *Delivery) load(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.RawQuery) > maxQuery {
		http.Error(w, "This address is too long: ask for fewer modules at once.", http.StatusRequestURITooLong)
		return
	}
	generation := d.gadgets.Generation()
	if a, ok := d.answers.GetIfPresent(r.URL.RawQuery); ok && a.generation == generation {
		a.send(w, r, d.now())
		return
	}
	req := parseRequest(r.URL.Query())
	switch {
	case len(req.Modules) == 1 && req.Modules[0] == startupModule:
		d.startup(r.Context(), req).send(w, r, d.now())
	case len(req.Modules) == 1 && req.Modules[0] == stylesModule:
		d.styles(r.Context(), req).send(w, r, d.now())
	default:
		a := d.batch(r.Context(), req, r.URL)
		a.generation = generation
		if a.kind != "" && a.cache != cacheDebug {
			d.answers.Set(r.URL.RawQuery, a)
		}
		a.send(w, r, d.now())
	}
}

// part is what one module contributes to an answer.
type part struct {
	name    string
	module  *bundle.Module // nil unless it was built
	state   string         // "missing" or "error" when it was not
	problem string
}

// batch builds every module named and puts the answer together (ResourceLoader::makeModuleResponse).
func (d *Delivery) batch(ctx context.Context, req request, self *url.URL) *answer {
	if len(req.Modules) == 0 {
		return &answer{kind: typeScript, cache: cacheFor(unversionedAge), age: unversionedAge,
			body: []byte("/* This file is where user gadgets come from. It needs a list of modules to be of use. */\n")}
	}
	parts := make([]part, len(req.Modules))
	var versions []string
	whole := true
	for i, name := range req.Modules {
		parts[i] = d.part(ctx, name, i, req)
		if parts[i].module == nil {
			whole = false
			continue
		}
		versions = append(versions, parts[i].module.Version)
	}
	a := &answer{kind: typeScript, etag: `W/"` + bundle.CombinedVersion(versions) + `"`}
	if req.SourceMap {
		return sourceMap(a, req, parts, versions, whole)
	}
	if req.Only == "styles" {
		a.kind, a.allOrigins = typeStyle, true
		a.body = styleBody(parts)
	} else {
		a.body = scriptBody(req, parts)
	}
	a.lifetime(req, versions, whole)
	if req.Only != "styles" && req.Debug == 0 && whole {
		a.sourceMap = mapAddress(self, bundle.CombinedVersion(versions))
	}
	return a.pack()
}

// lifetime chooses how long the answer may be kept (ResourceLoader::sendResponseHeaders).
func (a *answer) lifetime(req request, versions []string, whole bool) {
	switch {
	case req.Debug > 0:
		a.cache = cacheDebug
		return
	case !whole, req.Versioned && req.Version != bundle.CombinedVersion(versions):
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
	g, err := d.gadgets.Gadget(ctx, id)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return part{name: name, state: "missing"}
	case err != nil:
		d.log.Error("gadget not read", "gadget", id, "err", err)
		return part{name: name, state: "error", problem: "the server could not read this gadget; try again in a minute"}
	case g.Problem != "":
		return part{name: name, state: "error", problem: g.Row.Title + ": " + g.Problem}
	}
	return part{name: name, module: d.build(ctx, g, req)}
}

func styleBody(parts []part) []byte {
	var b bytes.Buffer
	var problems []string
	for _, p := range parts {
		switch {
		case p.module != nil:
			b.Write(p.module.StylesCSS())
			b.WriteByte('\n')
		default:
			problems = append(problems, p.name+": "+p.state)
		}
	}
	if len(problems) == 0 {
		return b.Bytes()
	}
	return append([]byte(comment("Problematic modules: "+strings.Join(problems, ", "))), b.Bytes()...)
}

func scriptBody(req request, parts []part) []byte {
	var b bytes.Buffer
	states := states{}
	for _, p := range parts {
		switch {
		case p.module == nil:
			states.add(p.name, p.state)
		case req.Only == "scripts":
			b.Write(p.module.Scripts())
			states.add(p.name, "ready")
		default:
			b.Write(p.module.Combined())
		}
	}
	if !req.Raw {
		b.Write(states.statement())
	}
	for _, p := range parts {
		if p.problem != "" {
			b.WriteString(comment(p.problem))
			b.WriteString("if (window.console && console.error) { console.error(" + quote(p.name+": "+p.problem) + "); }\n")
		}
	}
	return b.Bytes()
}

// states collects the arguments of one mw.loader.state call, in order.
type states struct{ names, values []string }

func (s *states) add(name, value string) {
	s.names = append(s.names, name)
	s.values = append(s.values, value)
}

func (s *states) statement() []byte {
	if len(s.names) == 0 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("mw.loader.state({")
	for i, name := range s.names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(name) + ":" + quote(s.values[i]))
	}
	b.WriteString("});\n")
	return b.Bytes()
}

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

// sourceMap answers sourcemap=1 with the index map of the batch whose version is asked for.
func sourceMap(a *answer, req request, parts []part, versions []string, whole bool) *answer {
	if !whole || req.Only == "styles" || req.Debug > 0 || req.Version != bundle.CombinedVersion(versions) {
		return &answer{kind: "text/plain; charset=utf-8", cache: cacheFor(problemAge), age: problemAge,
			body: []byte("There is no source map for this version of these modules.\n")}
	}
	var sections []bundle.Section
	for _, p := range parts {
		sections = append(sections, bundle.Section{Code: p.module.Combined(), Map: p.module.SourceMap()})
	}
	a.kind, a.body = typeJSON, bundle.IndexMap(sections)
	a.age, a.cache = versionedAge, cacheFor(versionedAge)
	return a.pack()
}

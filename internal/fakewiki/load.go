package fakewiki

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// loadRequest is one request of load.php. It looks at the address alone: no session, no cookies.
type loadRequest struct {
	wiki                 *Wiki
	names                []string
	only, skin, lang     string
	userName, version    string
	raw, debug, safemode bool
	versioned            bool // a version was asked for
	all                  []*loadModule
}

// Lifetimes of answers in seconds ($wgResourceLoaderMaxage, and what it falls back to).
const (
	ageVersioned   = 30 * 24 * 3600
	ageUnversioned = 5 * 60
	ageError       = 60
)

func (w *Wiki) loadRequest(q *request) *loadRequest {
	r := &loadRequest{wiki: w, names: unpack(q.text("modules")), only: q.text("only"), skin: q.text("skin"), lang: q.or("lang", "qqx"),
		userName: q.text("user"), version: q.text("version"), versioned: q.text("version") != "", raw: q.flag("raw"),
		safemode: q.text("safemode") == "1", debug: q.flag("debug")}
	if !slices.Contains(Skins(), r.skin) {
		r.skin = "fallback"
	}
	return r
}

// versionOf is the version of one module for one person, for the addresses in a page's head.
func (w *Wiki) versionOf(module, user string) string {
	q := &loadRequest{wiki: w, skin: w.dress, lang: w.lang, userName: user}
	return loadHash(q.module(module).version)
}

// load answers load.php (ResourceLoader::respond).
func (w *Wiki) load(hq *request) *reply {
	q := w.loadRequest(hq)
	kind := "text/javascript; charset=utf-8"
	if q.only == "styles" {
		kind = "text/css; charset=utf-8"
	}
	r := newReply(kind)
	if q.only == "styles" {
		r.header.Set("Access-Control-Allow-Origin", "*")
	}
	if len(q.names) == 1 && q.names[0] == "startup" {
		body := q.startup()
		r.body.WriteString(body)
		w.cacheLoad(q, r, hq, loadHash(body), "")
		return r
	}
	var versions, expected strings.Builder
	unknown := false
	for _, name := range q.names {
		if m := q.module(name); m != nil {
			versions.WriteString(m.version)
			expected.WriteString(m.version)
		} else {
			unknown = true
		}
	}
	want := loadHash(expected.String())
	if unknown {
		want = ""
	}
	q.write(r)
	w.cacheLoad(q, r, hq, loadHash(versions.String()), want)
	return r
}

// cacheLoad sets the headers of ResourceLoader::sendResponseHeaders and answers 304 where the reader has this version.
func (w *Wiki) cacheLoad(q *loadRequest, r *reply, hq *request, version, want string) {
	etag := `W/"` + version + `"`
	r.header.Set("ETag", etag)
	if q.debug {
		r.header.Set("Cache-Control", "private, no-cache, must-revalidate")
		return
	}
	age, stale := ageUnversioned, ", stale-while-revalidate=60"
	switch {
	case q.versioned && q.version == want:
		age = ageVersioned
	case q.versioned:
		age, stale = ageError, ""
	}
	seconds := strconv.Itoa(age)
	r.header.Set("Cache-Control", "public, max-age="+seconds+", s-maxage="+seconds+stale)
	r.header.Set("Expires", w.now().Add(time.Duration(age)*time.Second).UTC().Format(http.TimeFormat))
	for _, known := range strings.Split(hq.http.Header.Get("If-None-Match"), ",") {
		if strings.TrimSpace(known) == etag {
			r.status = http.StatusNotModified
			r.body.Reset()
		}
	}
}

// write puts one statement a module into the answer, so that none is left waiting.
func (q *loadRequest) write(r *reply) {
	if len(q.names) == 0 {
		r.body.WriteString("/* load.php delivers modules; none was asked for. */\n")
		return
	}
	states, notes := map[string]string{}, []string{}
	for _, name := range q.names {
		m := q.module(name)
		switch {
		case m == nil:
			states[name] = "missing"
		case m.private:
			states[name] = "error"
			notes = append(notes, `Cannot build private module "`+name+`"`)
		case q.only == "styles":
			r.body.WriteString(m.css())
		case q.only == "scripts" && len(m.files) == 0:
			r.body.WriteString(m.code + "\n")
			states[name] = "ready"
		default:
			r.body.WriteString("mw.loader.impl(function(){return[" + strings.Join(append([]string{jsString(name + "@" + q.versionIn(m))}, m.slots()...), ",") + "];});\n")
		}
	}
	q.writeStates(r, states, notes)
}

func (q *loadRequest) versionIn(m *loadModule) string {
	if q.debug {
		return ""
	}
	return m.version
}

func (q *loadRequest) writeStates(r *reply, states map[string]string, notes []string) {
	if q.only == "styles" || q.raw {
		for name, state := range states {
			if state == "ready" {
				delete(states, name)
			}
		}
		if len(states) > 0 {
			notes = append(notes, "Problematic modules: "+string(plainJSON(states)))
		}
	} else if len(states) > 0 {
		r.body.WriteString("mw.loader.state(" + jsString(states) + ");\n")
	}
	for _, note := range notes {
		r.body.WriteString("/*\n" + strings.ReplaceAll(note, "*/", "* /") + "\n*/\n")
		if q.only != "styles" {
			r.body.WriteString("if (window.console && console.error) { console.error(" + jsString(note) + "); }\n")
		}
	}
}

// startup is the loader with the list of what there is to load (StartUpModule).
func (q *loadRequest) startup() string {
	files := startupFiles()
	var b strings.Builder
	b.WriteString("(function(){'use strict';\nconst baseParams=" + jsString(q.baseParams()) + ";\n")
	b.WriteString(joined(files[:len(files)-1]))
	b.WriteString("mw.config.set(" + jsString(q.wiki.siteVars()) + ");\n")
	b.WriteString("mw.loader.addSource(" + jsString(map[string]string{"local": q.wiki.site.ScriptPath + "/load.php"}) + ");\n")
	b.WriteString("mw.loader.register(" + jsString(q.rows()) + ");\n")
	b.WriteString(joined(files[len(files)-1:]))
	b.WriteString("})();\n")
	return b.String()
}

func (q *loadRequest) baseParams() map[string]string {
	params := map[string]string{"lang": q.lang, "skin": q.skin}
	if q.lang == "qqx" {
		delete(params, "lang")
	}
	if q.skin == "fallback" {
		delete(params, "skin")
	}
	if q.debug {
		params["debug"] = "2"
	}
	return params
}

// rows are what mw.loader.register is given: name, version, dependencies as indices where they are in the list, group,
// source, skip; without the empty ones at the end.
func (q *loadRequest) rows() [][]any {
	var shown []*loadModule
	index := map[string]int{}
	for _, m := range q.modules() {
		if m.safe || !q.safemode {
			index[m.name] = len(shown)
			shown = append(shown, m)
		}
	}
	rows := make([][]any, len(shown))
	for i, m := range shown {
		var needs []any
		for _, name := range m.needs {
			if at, ok := index[name]; ok {
				needs = append(needs, at)
			} else {
				needs = append(needs, name)
			}
		}
		row := []any{m.name, q.versionIn(m), list(needs)}
		if m.group != groupNone {
			row = append(row, m.group)
		} else if needs == nil {
			row = row[:2]
		}
		rows[i] = row
	}
	return rows
}

package decoy

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"sallyport/internal/trace"
)

// wiki answers for a wiki: the run's own, or another one of which all we know is that it is one.
func (d *Decoy) wiki(w http.ResponseWriter, a *ask) {
	if a.URL.Path == "/favicon.ico" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if d.witnessed(w, a) || d.rawCode(w, a) || d.companion(w, a) {
		return
	}
	r := d.writes(a)
	d.request(a, "decoy")
	if r.writes {
		d.answerWrite(w, a, r)
		return
	}
	if r.api {
		data := trace.Data{Action: r.action, Answer: "decoy", Name: r.get("meta") + r.get("list") + r.get("prop")}
		if len(r.titles) > 0 {
			data.Title, _ = d.place(r.titles[0], "")
		}
		d.record(a, trace.APIRead, data)
		if r.tokens {
			d.record(a, trace.TokenRead, trace.Data{Answer: "decoy", Name: r.get("type")})
		}
	}
	if !r.api || !d.rest(w, a) && !d.wikibase(w, a, r) {
		d.page(w, a, r)
	}
}

// rawCode serves the text of a page as a script: the one under test, one at hand, or a placeholder. It says whether it did.
func (d *Decoy) rawCode(w http.ResponseWriter, a *ask) bool {
	title := rawTitle(a.URL)
	if title == "" || a.Method != http.MethodGet {
		return false
	}
	ctype := a.URL.Query().Get("ctype")
	isScript := a.how == "script" || a.how == "worker" || strings.Contains(ctype, "javascript")
	if s := d.v.Script; s != nil && d.same(title, s.Title) {
		d.missing()
		d.code(w, a, s.Before+s.Text+s.After, "script")
		return true
	}
	if text, ok := d.v.Library.Page(title); ok {
		if isScript {
			d.code(w, a, text, "script")
			return true
		}
		d.request(a, "decoy")
		w.Header().Set("Content-Type", firstOf(ctype, "text/x-wiki")+"; charset=utf-8")
		_, _ = w.Write([]byte(text))
		return true
	}
	if !isScript {
		return false
	}
	if text, ok := d.ofSource(a, title); ok {
		d.code(w, a, text, "decoy")
	} else {
		d.code(w, a, "", "placeholder")
	}
	return true
}

// NotWritten is the text of a page of code that is there because the script under test names it. Whoever runs it gets a placeholder.
const NotWritten = "/* lamp: nothing is here yet */\n"

// ofSource is a script that the wiki itself has.
func (d *Decoy) ofSource(a *ask, title string) (string, bool) {
	b := &buffer{header: http.Header{}}
	q := url.Values{"title": {title}, "action": {"raw"}, "ctype": {"text/javascript"}}
	d.v.Source.Serve(b, background(d.server()+d.site.ScriptPath+"/index.php?"+q.Encode()), d.look(d.server()))
	text := b.body.String()
	return text, text != NotWritten && b.status == http.StatusOK && strings.TrimSpace(text) != "" && strings.EqualFold(a.URL.Host, d.v.Host)
}

func (d *Decoy) same(a, b string) bool {
	one, err1 := d.site.Parse(a)
	two, err2 := d.site.Parse(b)
	return err1 == nil && err2 == nil && one == two
}

// page passes a reading request on to the source, and puts the run's secrets and the script under test into its answer.
func (d *Decoy) page(w http.ResponseWriter, a *ask, means *reading) {
	r := a.Request.Clone(a.Context())
	r.Body = http.NoBody
	if len(a.body) > 0 {
		r.Body = readAll(a.body)
	}
	for _, name := range []string{"Cookie", "If-None-Match", "If-Modified-Since", "Accept-Encoding", "Origin"} {
		r.Header.Del(name)
	}
	if m := entryPoint.FindStringSubmatch(r.URL.Path); m != nil { // other wikis are kept in other folders
		r.URL.Path = d.site.ScriptPath + "/" + strings.TrimPrefix(r.URL.Path, m[1])
	}
	r.Host, r.RequestURI = a.URL.Host, r.URL.RequestURI()
	if to := d.elsewhere(a); to != "" {
		if target, err := a.URL.Parse(to); err == nil && a.top {
			d.Expect(target.String())
		}
		http.Redirect(w, a.Request, to, http.StatusFound)
		return
	}
	d.rephrase(r)
	look := d.look("https://" + a.URL.Host)
	if r.URL.Query().Get("origin") == "*" {
		look.Persona, look.Key = "", Anonymous
	}
	b := &buffer{header: http.Header{}}
	d.v.Source.Serve(b, r, look)
	for name, values := range b.header {
		if name != "Set-Cookie" && name != "Content-Length" && !strings.HasPrefix(name, "Access-Control-") {
			w.Header()[name] = values
		}
	}
	kind := b.header.Get("Content-Type")
	body := d.furnished(a, means, b)
	if strings.Contains(kind, "html") && (a.top || a.how == "frame") {
		body = d.furnish(body, a.top)
		d.greet(w, a)
	} else if a.how == "fetch" || a.how == "xhr" {
		d.keep(a.url, string(body))
	}
	if to, err := a.URL.Parse(b.header.Get("Location")); a.top && err == nil && b.header.Get("Location") != "" {
		d.Expect(to.String())
	}
	if b.status != 0 {
		w.WriteHeader(b.status)
	}
	_, _ = w.Write(body)
}

// furnished is what the source answered, with the run's secrets, and with what the source has not: lists, and forms.
func (d *Decoy) furnished(a *ask, means *reading, b *buffer) []byte {
	kind, body := b.header.Get("Content-Type"), b.body.Bytes()
	query := means.action == "query" && strings.Contains(kind, "json")
	if query {
		body = d.plenty(a, means, body)
	}
	if !strings.HasSuffix(a.URL.Path, "/load.php") && (strings.Contains(kind, "html") || strings.Contains(kind, "json") || strings.Contains(kind, "x-wiki") || strings.Contains(kind, "javascript")) {
		body = []byte(d.v.Secrets.fill(string(body), strings.EqualFold(a.URL.Host, d.v.Host)))
	}
	if query {
		return withLists(body, means.get)
	}
	if !strings.Contains(kind, "html") {
		return body
	}
	with, there := d.offer(a, body)
	if !there {
		with, there = d.special(a, body, b.status)
	}
	if there {
		b.status = http.StatusOK
	}
	return with
}

// rephrase puts a request the way the source understands it: as one of its own wiki, about pages by their own names.
func (d *Decoy) rephrase(r *http.Request) {
	q := r.URL.Query()
	origin, titles := q.Get("origin"), strings.Split(q.Get("titles"), "|")
	if origin != "" && origin != "*" {
		q.Del("origin") // wikis of a family trust each other
	}
	for i, title := range titles {
		titles[i] = d.own(title)
	}
	if title := d.numbered(q.Get("pageids")); title != "" {
		q.Del("pageids")
		q.Set("titles", title)
	} else if named := strings.Join(titles, "|"); named != q.Get("titles") {
		q.Set("titles", named)
	} else if origin == "" || origin == "*" {
		return
	}
	r.URL.RawQuery = q.Encode()
	r.RequestURI = r.URL.RequestURI()
}

// greet gives the browser the session's cookies, once a host.
func (d *Decoy) greet(w http.ResponseWriter, a *ask) {
	d.mu.Lock()
	first := !d.greeted[a.URL.Host]
	d.greeted[a.URL.Host] = true
	d.mu.Unlock()
	if !first || d.v.Secrets == nil {
		return
	}
	id := firstOf(d.v.ID, d.site.ID)
	if d.v.Persona.Name != "" {
		w.Header().Add("Set-Cookie", id+"_session="+word(32)+"; Path=/; HttpOnly; Secure; SameSite=Lax")
		w.Header().Add("Set-Cookie", id+"UserName="+url.QueryEscape(d.v.Persona.Name)+"; Path=/; HttpOnly; Secure")
	}
	for name, value := range d.v.Cookies {
		if c := (&http.Cookie{Name: name, Value: value, Path: "/"}).String(); c != "" { //nolint:gosec // a script is to read it
			w.Header().Add("Set-Cookie", c)
		}
	}
	// MediaWiki's own is not readable; this stands for those that are (mediawiki.user's session, and what extensions set).
	w.Header().Add("Set-Cookie", id+"mwuser-sessionId="+d.v.Secrets.Cookie+"; Path=/; Secure")
}

// furnish puts the script under test, and elements that it looks for, into a page.
func (d *Decoy) furnish(page []byte, top bool) []byte {
	page = d.add(page)
	if !top {
		return page
	}
	page = bytes.Replace(page, []byte("</head>"), []byte(tall+"</head>"), 1)
	if bytes.Contains(page, []byte("safemode=1")) {
		d.mu.Lock()
		d.safe = true
		d.mu.Unlock()
		return page
	}
	tag := d.tag()
	if i := bytes.LastIndex(page, []byte("</body>")); i >= 0 {
		return bytes.Join([][]byte{page[:i], []byte(tag), page[i:]}, nil)
	}
	return append(page, tag...)
}

// tall makes every page one that can be scrolled, as those of a wiki with more in it are.
const tall = "<style>body{min-height:1800px}</style>"

// add puts elements that the script looks for into the page's content.
func (d *Decoy) add(page []byte) []byte {
	i := bytes.Index(page, []byte(`id="mw-content-text"`))
	if len(d.v.Extra) == 0 || i < 0 {
		return page
	}
	j := bytes.IndexByte(page[i:], '>')
	if j < 0 {
		return page
	}
	var more bytes.Buffer
	for _, e := range d.v.Extra {
		if e.ID == "" || !bytes.Contains(page, []byte(`id="`+e.ID+`"`)) {
			more.WriteString(e.HTML)
		}
	}
	at := i + j + 1
	if end := bytes.Index(page, []byte(`<div class="printfooter"`)); end > at { // behind what is there: who looks for the first finds the wiki's own
		if last := bytes.LastIndex(page[at:end], []byte("</div>")); last >= 0 {
			at += last
		}
	}
	return bytes.Join([][]byte{page[:at], more.Bytes(), page[at:]}, nil)
}

// tag loads the script under test as user scripts load others, once the modules it counts on are there. A page in safe mode has
// nothing of it.
func (d *Decoy) tag() string {
	if d.v.Script == nil && len(d.v.Companions) == 0 && len(d.v.Config) == 0 {
		return ""
	}
	d.mu.Lock()
	options := maps.Clone(d.options)
	d.mu.Unlock()
	var b strings.Builder
	b.WriteString(`<script>(RLQ=window.RLQ||[]).push([["mediawiki.base"],function(){`)
	if len(d.v.Config) > 0 {
		b.WriteString("mw.config.set(" + inScript(d.v.Config) + ");")
	}
	if len(options) > 0 {
		b.WriteString("mw.user.options.set(" + inScript(options) + ");")
	}
	if d.v.Script != nil || len(d.v.Companions) > 0 {
		b.WriteString("mw.loader.using(" + inScript(d.v.Modules) + ".filter(function(m){return mw.loader.getState(m)!==null;})).always(function(){")
		b.WriteString("try{" + d.v.Shim + "}catch(e){}")
		b.WriteString(d.inOrder() + "});")
	}
	b.WriteString("}]);</script>\n")
	return b.String()
}

// ScriptPath is the address of the script under test on the wiki, without the host.
func (d *Decoy) ScriptPath() string { return RawPath(d.site.ScriptPath, d.v.Script.Title) }

// ScriptURL is the whole address of the script under test.
func (d *Decoy) ScriptURL() string { return d.server() + d.ScriptPath() }

// RawPath is the address under which importScript loads a page.
func RawPath(scriptPath, title string) string {
	t := strings.ReplaceAll(title, " ", "_")
	return scriptPath + "/index.php?title=" + strings.NewReplacer("%3A", ":", "%2F", "/").Replace(url.QueryEscape(t)) + "&action=raw&ctype=text/javascript"
}

// inScript is a value as JavaScript within HTML.
func inScript(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text) // encoding/json writes <, > and & as escapes
}

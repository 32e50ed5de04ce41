package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// Visitor is somebody as whom the wiki is read.
type Visitor struct {
	Key     string
	Cookies string // of a session, as a browser sends them; "" for nobody
}

// Options say what is recorded. Site and HTTP are mandatory.
type Options struct {
	HTTP     *http.Client
	Site     *wiki.Site // what the wiki says of itself; Server is where it is reached
	Visitors []Visitor
	Pages    []Page
	Progress func(done, of int)
}

// Limits of one recording.
const (
	maxAnswer  = 16 << 20
	maxModules = 4000
	atOnce     = 30 // modules asked for by one request
)

type recorder struct {
	o    Options
	s    *Snapshot
	done int
	of   int
}

// Record reads a wiki with GET requests alone.
func Record(ctx context.Context, o Options) (*Snapshot, error) {
	r := &recorder{o: o, s: &Snapshot{
		Schema: Schema, Wiki: o.Site.Server, Site: *o.Site, Pages: o.Pages, Modules: map[string]string{}, Styles: map[string]string{}, Answers: map[string]Answer{}, Texts: map[string]string{},
	}}
	if o.Progress == nil {
		r.o.Progress = func(int, int) {}
	}
	r.of = len(o.Visitors) * (len(o.Pages) + len(reads))
	for _, v := range o.Visitors {
		if err := r.visitor(ctx, v); err != nil {
			return nil, fmt.Errorf("read the wiki as %s: %w", v.Key, err)
		}
	}
	if err := r.modules(ctx); err != nil {
		return nil, fmt.Errorf("read the wiki's modules: %w", err)
	}
	return r.s, nil
}

// get asks the wiki for an address, which may be relative.
func (r *recorder) get(ctx context.Context, path, cookies string) (status int, kind, body string, err error) {
	address := path
	if strings.HasPrefix(path, "/") {
		address = strings.TrimSuffix(r.o.Site.Server, "/") + path
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", "", err
	}
	if cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
	req.Header.Set("User-Agent", "Sallyport snapshot")
	resp, err := r.o.HTTP.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text), err
}

// visitor reads pages and API as one person.
func (r *recorder) visitor(ctx context.Context, v Visitor) error {
	p := Person{Key: v.Key}
	api := r.o.Site.ScriptPath + "/api.php?"
	_, _, body, err := r.get(ctx, api+"action=query&meta=userinfo&uiprop=groups&format=json&formatversion=2", v.Cookies)
	if err != nil {
		return err
	}
	var who struct {
		Query struct {
			UserInfo struct {
				ID     int64
				Name   string
				Anon   bool
				Groups []string
			}
		}
	}
	if json.Unmarshal([]byte(body), &who) != nil || who.Query.UserInfo.Name == "" {
		return ErrWiki
	}
	if !who.Query.UserInfo.Anon {
		p.Name, p.ID, p.Groups = who.Query.UserInfo.Name, who.Query.UserInfo.ID, who.Query.UserInfo.Groups
	}
	r.s.People = append(r.s.People, p)
	for _, page := range r.o.Pages {
		if err := r.page(ctx, v, page.path(r.o.Site, me(p))); err != nil {
			return err
		}
	}
	for _, query := range reads {
		if _, err := r.keep(ctx, v, api+strings.ReplaceAll(query, "$me", url.QueryEscape(me(p)))); err != nil {
			return err
		}
	}
	return nil
}

// reads are what scripts ask the API for on any page.
var reads = []string{
	"action=query&format=json&meta=userinfo&uiprop=groups%7Crights&formatversion=2", "action=query&format=json&meta=userinfo&uiprop=groups%7Crights", "action=query&format=json&meta=siteinfo",
	"action=query&format=json&meta=siteinfo&siprop=general%7Cnamespaces", "action=query&format=json&list=recentchanges", "action=query&format=json&list=users&ususers=$me",
	"action=query&format=json&meta=userinfo&uiprop=options", "action=query&format=json&list=usercontribs&ucuser=$me",
}

// path is the page's address on a wiki, without the host, as the sandbox asks for it.
func (p Page) path(site *wiki.Site, who string) string {
	title := strings.ReplaceAll(strings.ReplaceAll(p.Title, "$me", who), " ", "_")
	escaped := strings.NewReplacer("%3A", ":", "%2F", "/").Replace(url.QueryEscape(title))
	if p.Query == "" {
		return strings.Replace(site.ArticlePath, "$1", strings.ReplaceAll(escaped, "+", "%2B"), 1)
	}
	return site.ScriptPath + "/index.php?title=" + escaped + "&" + p.Query
}

func me(p Person) string {
	if p.Name == "" {
		return "192.0.2.7"
	}
	return p.Name
}

// keep records one answer.
func (r *recorder) keep(ctx context.Context, v Visitor, path string) (body string, err error) {
	status, kind, body, err := r.get(ctx, path, v.Cookies)
	if err != nil {
		return "", err
	}
	r.s.put(v.Key, path, status, kind, body)
	r.done++
	r.o.Progress(r.done, r.of)
	return body, nil
}

// put keeps an answer; the wiki's own address is left out of it, so that it can be served under any.
func (s *Snapshot) put(who, path string, status int, kind, body string) {
	body = strings.ReplaceAll(body, s.Wiki, "")
	sum := sha256.Sum256([]byte(body))
	id := hex.EncodeToString(sum[:16])
	s.Texts[id] = body
	s.Answers[key(who, path)] = Answer{Status: status, Type: kind, Text: id}
}

// key is who asks and for what: the path, and the parameters that say more than when.
func key(who, path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return who + " " + path
	}
	q := u.Query()
	for _, name := range []string{"_", "maxage", "smaxage", "uselang", "requestid", "assertuser", "assert", "origin", "errorformat", "utf8", "errorlang", "errorsuselocal", "curtimestamp"} {
		q.Del(name)
	}
	return who + " " + u.Path + "?" + q.Encode()
}

var (
	startupSource = regexp.MustCompile(`src="([^"]*load\.php\?[^"]*modules=startup[^"]*)"`)
	styleSource   = regexp.MustCompile(`href="([^"]*load\.php\?[^"]*only=styles[^"]*)"`)
	skinName      = regexp.MustCompile(`[?&]skin=([\w-]+)`)
)

// page records a page, and the style sheets and the startup script that it names.
func (r *recorder) page(ctx context.Context, v Visitor, path string) error {
	body, err := r.keep(ctx, v, path)
	if err != nil {
		return err
	}
	for _, m := range styleSource.FindAllStringSubmatch(body, 20) {
		address := strings.ReplaceAll(m[1], "&amp;", "&")
		name := stylesName(address)
		if r.s.Styles[name] != "" {
			continue
		}
		if _, _, css, err := r.get(ctx, r.local(address), ""); err == nil {
			r.s.Styles[name] = css
		}
	}
	if m := startupSource.FindStringSubmatch(body); m != nil && r.s.Startup == "" {
		address := strings.ReplaceAll(m[1], "&amp;", "&")
		if s := skinName.FindStringSubmatch(address); s != nil {
			r.s.Skin = s[1]
		}
		_, _, text, err := r.get(ctx, r.local(address), "")
		if err != nil {
			return err
		}
		r.s.Startup = strings.ReplaceAll(text, r.s.Wiki, "")
	}
	return nil
}

// local makes an address on the wiki one that get takes.
func (r *recorder) local(address string) string { return strings.TrimPrefix(address, r.o.Site.Server) }

// stylesName is what tells one style sheet of load.php from another.
func stylesName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Query().Get("modules")
}

// modules asks load.php for every module that the startup script registers, some at a time, and takes the answers apart.
func (r *recorder) modules(ctx context.Context) error {
	if r.s.Startup == "" {
		return fmt.Errorf("%w: none of its pages names a startup script", ErrWiki)
	}
	names := Registered(r.s.Startup)
	names = slices.DeleteFunc(names, func(n string) bool { return n == "user.options" || n == "user" || n == "startup" })
	names = names[:min(len(names), maxModules)]
	r.of += len(names)
	for some := range slices.Chunk(names, atOnce) {
		if err := r.someModules(ctx, some); err != nil {
			return err
		}
		r.done += len(some)
		r.o.Progress(r.done, r.of)
	}
	return nil
}

func (r *recorder) someModules(ctx context.Context, names []string) error {
	q := url.Values{"lang": {r.s.Site.Lang}, "skin": {r.s.Skin}, "modules": {strings.Join(names, "|")}}
	_, _, body, err := r.get(ctx, r.s.Site.ScriptPath+"/load.php?"+q.Encode(), "")
	if err != nil {
		return err
	}
	for name, text := range split(body) {
		r.s.Modules[name] = strings.ReplaceAll(text, r.s.Wiki, "")
	}
	return nil
}

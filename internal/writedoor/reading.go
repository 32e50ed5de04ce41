package writedoor

import (
	"fmt"
	"strings"

	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// entry is the PHP file a request goes to.
type entry int

const (
	elsewhere entry = iota
	indexPHP
	apiPHP
	restPHP
	readOnlyPHP // load.php, opensearch_desc.php, thumb.php, img_auth.php: they write nothing
)

func (e entry) String() string {
	return [...]string{"elsewhere", "index.php", "api.php", "rest.php", "a file that writes nothing"}[e]
}

// reading is a request as PHP and WebRequest see it, before any meaning.
type reading struct {
	site     *Site
	method   string
	path     string // as it came, without the query
	query    string
	entry    entry
	rest     string // what follows rest.php
	form     *phpform.Form
	data     *phpform.Values // $_POST over $_GET; for index.php the path over both
	body     []byte
	fromPath map[string]string // what the path said
	actor    wiki.User
	apart    bool
}

func (d *Door) read(site *Site, req Request) (*reading, error) {
	path, query, _ := strings.Cut(req.Target, "?")
	path = withoutHost(path)
	r := &reading{site: site, method: req.Method, path: path, query: query, body: req.Body, actor: req.Actor, apart: req.Apart}
	r.entry, r.rest = site.entry(path, d.Options.ActionPaths)
	body, kinds := req.Body, req.ContentType
	if r.entry == restPHP || r.entry == readOnlyPHP {
		body, kinds = nil, nil // not a form's
	}
	form, err := phpform.Read(req.Method, query, kinds, body, d.Limits)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnclear, err)
	}
	r.form = form
	r.data = merge(form)
	if r.entry == indexPHP {
		if err := r.interpolate(d.Options.ActionPaths); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// merge is $_POST + $_GET: a key of the body wins whole (WebRequest::__construct).
func merge(f *phpform.Form) *phpform.Values {
	data := f.Post.Clone()
	for key, value := range f.Get.All() {
		if _, taken := data.Lookup(key); !taken {
			data.Put(key, value)
		}
	}
	return data
}

// interpolate lets the path's title and action win over everything (WebRequest::interpolateTitle).
func (r *reading) interpolate(actionPaths map[string]string) error {
	found, err := r.site.routed(r.path, actionPaths)
	if err != nil {
		return err
	}
	r.fromPath = found
	for key, text := range found {
		r.data.Set(key, text)
	}
	return nil
}

// posted says what WebRequest::wasPosted says. PHP compares the method's letters as they are.
func (r *reading) posted() bool { return r.method == "POST" }

// reads says whether the method is one by which MediaWiki writes nothing but rollbacks.
func (r *reading) reads() bool {
	return r.method == "GET" || r.method == "HEAD" || r.method == "OPTIONS"
}

// text is a parameter as WebRequest::getRawVal gives it: arrays count as absent.
func (r *reading) text(key string) string {
	text, _ := r.data.Get(key)
	return text
}

func (r *reading) has(key string) bool {
	_, ok := r.data.Get(key)
	return ok
}

// bool is WebRequest::getBool: PHP takes "" and "0" for false.
func (r *reading) bool(key string) bool {
	text := r.text(key)
	return text != "" && text != "0"
}

// number is a parameter that MediaWiki passes through intval. PHP reads "12abc", "1e3" and " 7" as numbers; only plain
// ones and the words history pages use are taken.
func (r *reading) number(key string) (int64, error) {
	text := r.text(key)
	switch text {
	case "", "prev", "next", "cur":
		return 0, nil
	}
	n, ok := plainNumber(text)
	if !ok {
		return 0, unclear("%s=%q is not a plain number", key, shorten(text))
	}
	return n, nil
}

func plainNumber(text string) (int64, bool) {
	if text == "" || len(text) > 15 || text[0] == '0' && text != "0" {
		return 0, false
	}
	n := int64(0)
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (r *reading) isRollback() bool { return lower(r.text("action")) == "rollback" }

// lower is PHP's strtolower: ASCII alone.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

// withoutHost takes scheme and host off an address in absolute form.
func withoutHost(path string) string {
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := strings.CutPrefix(path, scheme); ok {
			slash := strings.IndexByte(rest, '/')
			if slash < 0 {
				return "/"
			}
			return rest[slash:]
		}
	}
	return path
}

func shorten(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

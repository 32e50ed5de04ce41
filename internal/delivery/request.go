package delivery

import (
	"net/url"
	"strings"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// request is what a load.php address asks for (MediaWiki's ResourceLoader\Context).
type request struct {
	Modules   []string
	Only      string // "", "scripts", "styles"
	Lang      string
	Skin      string
	User      string
	Version   string // combined version the client expects; "" when it sent none
	Versioned bool   // whether it sent one at all
	Debug     int    // 0, 1, 2
	Raw       bool
	SourceMap bool
	RTL       bool
	Page      page
	Set       store.Digest // of texts, from the path; empty for the newest
}

// alone says whether this is the one module asked for.
func (r request) alone(module string) bool { return len(r.Modules) == 1 && r.Modules[0] == module }

// page is what userstyles is told of the page it is for: mw.config's words.
type page struct {
	Namespace int
	Action    string
	Model     string
	Known     bool
}

// maxQuery bounds the address: MediaWiki's client splits at 2,000 characters.
const maxQuery = 8 << 10

func parseRequest(q url.Values) request {
	r := request{
		Modules: expand(q.Get("modules")), Lang: lang(q.Get("lang")), Skin: token(q.Get("skin"), "fallback"),
		User: q.Get("user"), Version: q.Get("version"), Versioned: q.Has("version"),
		Raw: fuzzy(q.Get("raw")), SourceMap: fuzzy(q.Get("sourcemap")),
	}
	if only := q.Get("only"); only == "scripts" || only == "styles" {
		r.Only = only
	}
	switch q.Get("debug") {
	case "1", "true":
		r.Debug = 1
	case "2":
		r.Debug = 2
	}
	switch q.Get("dir") {
	case "rtl":
		r.RTL = true
	case "ltr":
	default:
		r.RTL = wiki.RightToLeft(r.Lang)
	}
	r.Page = parsePage(q)
	return r
}

// fuzzy reads a boolean the way WebRequest::getFuzzyBool does.
func fuzzy(v string) bool { return v != "" && v != "0" && !strings.EqualFold(v, "false") }

// lang returns a language code that is safe to use in keys, or "qqx" as ResourceLoader does.
func lang(code string) string {
	if t := token(code, ""); len(t) >= 2 {
		return t
	}
	return "qqx"
}

// token keeps a short word of lower-case letters, digits and hyphens; anything else becomes the fallback.
func token(v, fallback string) string {
	if v == "" || len(v) > 40 {
		return fallback
	}
	for _, c := range v {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return fallback
		}
	}
	return v
}

package incident

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// Part is a script or a style sheet in an answer of the wiki: a page, or a module that is made of pages.
type Part struct {
	Module   string // load.php's name; empty for a page by itself
	Pages    []wiki.Title
	Nameless bool     // some page, by its id or a revision's: which one the address does not tell
	Sources  []Source // of a gadget

	form string // what the pages come wrapped in; empty for a page by itself
}

// Source is a page that a gadget is made of.
type Source struct {
	Title wiki.Title
	Key   string // names the text: the same key is the same text
	Rev   int64  // of a text that is not everybody's, because somebody stays on it, its revision; else 0
	Text  func(ctx context.Context) (string, error)
}

// maxParts bounds the modules of one answer that are looked at; mw.loader asks for fewer.
const maxParts = 200

// Parts says what an address serves that people wrote and browsers run. file is the PHP file it leads to, q what
// MediaWiki reads of it.
func (g *Guard) Parts(ctx context.Context, file string, q *phpform.Values, user wiki.User) []Part {
	switch {
	case file == "load.php":
		return g.modules(ctx, q, user)
	case file == "index.php" && q.Text("action") == "raw":
		return g.raw(q)
	default:
		return nil
	}
}

// raw is a page's text as a script (RawAction). Code that is fetched as data may be run by whoever fetched it.
func (g *Guard) raw(q *phpform.Values) []Part {
	kind := q.Text("ctype") + q.Text("gen")
	if q.Text("curid") != "" || q.Text("oldid") != "" {
		return []Part{{Nameless: true}}
	}
	t, err := g.Site.Parse(q.Text("title"))
	if err != nil || !strings.Contains(kind, "javascript") && !strings.Contains(kind, "css") && !strings.Contains(kind, "js") && !wiki.Code(t, wiki.DefaultModel(t)).Runs() {
		return nil
	}
	return []Part{{Pages: []wiki.Title{t}}}
}

// modules are those of load.php that are made of pages.
func (g *Guard) modules(ctx context.Context, q *phpform.Values, user wiki.User) []Part {
	var all []Part
	names := Expand(q.Text("modules"))
	form := "module"
	if len(names) > 1 { // another batch is another text
		sum := sha256.Sum256([]byte(strings.Join(names, "|")))
		form += " " + hex.EncodeToString(sum[:8])
	}
	for _, name := range names {
		if p := g.module(ctx, name, q, user); len(p.Pages) > 0 && len(all) < maxParts {
			p.form = form
			all = append(all, p)
		}
	}
	return all
}

// module is one of them (SiteModule, SiteStylesModule, UserModule, UserStylesModule, GadgetResourceLoaderModule).
func (g *Guard) module(ctx context.Context, name string, q *phpform.Values, user wiki.User) Part {
	p := Part{Module: name}
	skin := q.Text("skin")
	site := func(keys ...string) {
		for _, key := range keys {
			if t, err := g.Site.ParseIn(key, wiki.NSMediaWiki); err == nil {
				p.Pages = append(p.Pages, t)
			}
		}
	}
	own := func(suffix string) {
		for _, page := range []string{"common", skin} {
			if t, err := g.Site.ParseIn(q.Text("user")+"/"+page+suffix, wiki.NSUser); err == nil && page != "" {
				p.Pages = append(p.Pages, t)
			}
		}
		for _, group := range user.Groups {
			site("Group-" + group + suffix)
		}
	}
	switch name {
	case "site":
		site("Common.js", skin+".js")
	case "site.styles":
		site("Common.css", skin+".css", "Print.css")
	case "noscript":
		site("Noscript.css")
	case "user":
		own(".js")
	case "user.styles":
		own(".css")
	default:
		g.gadget(ctx, &p)
	}
	return p
}

func (g *Guard) gadget(ctx context.Context, p *Part) {
	if g.Sources == nil || !strings.HasPrefix(p.Module, "ext.gadget.") && !strings.HasPrefix(p.Module, "ext.usergadget.") {
		return
	}
	sources, err := g.Sources(ctx, p.Module)
	if err != nil {
		g.Log.Warn("pages of a gadget not known", "wiki", g.Site.ID, "module", p.Module, "err", err)
		return
	}
	p.Sources = sources
	for _, s := range sources {
		p.Pages = append(p.Pages, s.Title)
	}
}

// Expand reads load.php's list of modules (ResourceLoader::expandModuleNames).
func Expand(packed string) []string {
	var names []string
	for group := range strings.SplitSeq(packed, "|") {
		if !strings.Contains(group, ",") {
			names = append(names, group)
			continue
		}
		dot := strings.LastIndexByte(group, '.')
		for suffix := range strings.SplitSeq(group[dot+1:], ",") {
			names = append(names, group[:dot+1]+suffix)
		}
	}
	return names
}

// Withholds says whether a session gets something else instead of a part: because user code is off for it, or because a
// page of it carries what tripped the breaker. user is the account, 0 when that is not known.
func (g *Guard) Withholds(s Session, user int64, p Part) bool {
	return g.Breaker.Off(s, user) || p.Nameless && g.Breaker.Quarantined("") ||
		slices.ContainsFunc(p.Pages, func(t wiki.Title) bool { return g.Breaker.Quarantined(g.Site.PrefixedText(t)) })
}

// Served notes that a session got a part. code is what the answer held; of gadgets, which share their answers with others,
// the pages are read instead.
func (g *Guard) Served(ctx context.Context, s Session, user wiki.User, p Part, code Sketch) {
	for i, t := range p.Pages {
		serving := Serving{Time: g.Now(), User: user.ID, Session: s, Page: g.Site.PrefixedText(t), Form: p.form, Code: code}
		serving.Owner, _ = g.Site.Owner(t)
		if g.Usage != nil && powerful(user) {
			name := g.Site.Prefixed(t)
			if p.Sources != nil && p.Sources[i].Rev != 0 {
				name += "@" + strconv.FormatInt(p.Sources[i].Rev, 10)
			}
			g.Usage.Loaded(user.ID, name, serving.Time)
		}
		if p.Sources != nil {
			read, err := g.sketches.of(ctx, p.Sources[i])
			if err != nil {
				g.Log.Warn("page of a gadget not read", "wiki", g.Site.ID, "page", serving.Page, "err", err)
				continue
			}
			serving.Form, serving.Code = "", read
		}
		g.Breaker.Served(serving)
	}
}

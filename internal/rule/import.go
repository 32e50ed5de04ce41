package rule

import (
	"net/url"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/hosting"
	"sallyport/internal/js"
)

// importKind says whose code is loaded.
type importKind int

const (
	unknownCode  importKind = iota // a computed address
	sitePage                       // a page of the MediaWiki namespace
	personalPage                   // a page in somebody's user space
	otherWiki                      // a page of another wiki that is not personal
	thirdParty                     // any other server
	wikiPage                       // another page of this wiki
	moduleCode                     // a gadget
)

// imported is a place where more code is loaded.
type imported struct {
	node   js.Node
	from   js.Node // title or URL
	kind   importKind
	target string // title, URL or module
	host   string
	style  bool
	source bool // the host becomes one that mw.loader takes modules from
	split  bool // the address or the tag stands nowhere in one piece
	whole  bool // nothing of the address is known
	text   flow.Text
	title  flow.Text // of the page, where the text tells
	flow.Where
}

// imported are all places where the script loads code that is not in it.
func (p *Pass) imported() []imported {
	var out []imported
	for _, r := range p.requests() {
		if r.how == "script" || r.how == "worker" || r.how == "style" {
			for _, u := range r.urls {
				if !p.readAt(u) {
					out = append(out, p.fromURLs(r, u)...)
				}
			}
		}
	}
	out = append(out, p.inMarkup()...)
	out = append(out, p.inModules()...)
	for c := range p.Graph.EachCall() {
		if c.Is("mw.loader.addSource") {
			out = append(out, p.addedSources(c)...)
			continue
		}
		if c.Is("importScript", "importStylesheet", "importScriptPage", "importScriptContent") {
			out = append(out, p.titles(c, c.Arg(0), c.Is("importStylesheet"))...)
			continue
		}
		if c.Is("importArticle", "importArticles", "importScripts") {
			out = append(out, p.articles(c)...)
		}
	}
	for i := range out {
		out[i].split = out[i].split || out[i].kind == thirdParty && !p.spelledOut(out[i].host)
	}
	return out
}

// spelledOut says whether the domain of a host stands somewhere in one piece.
func (p *Pass) spelledOut(host string) bool {
	if strings.ContainsAny(host, "<:") { // not all of it is known, or it is a number
		return true
	}
	if labels := strings.Split(host, "."); len(labels) > 2 {
		host = strings.Join(labels[len(labels)-2:], ".")
	}
	found := false
	p.each(func(n js.Node) { found = found || strings.Contains(strings.ToLower(p.Str(n)), host) }, js.String, js.TemplateText)
	return found
}

func (p *Pass) titles(c *flow.Call, n js.Node, style bool) []imported {
	var out []imported
	for _, t := range p.Graph.Str(n).Texts {
		i := imported{node: c.Node, from: n, target: spell(t), kind: pageKind(t), style: style, whole: unknown(t), text: t, title: t, Where: c.Where}
		out = append(out, i)
	}
	return out
}

// articles reads importArticles( { type, articles: [ 'u:dev:X.js' ] } ) of Fandom.
func (p *Pass) articles(c *flow.Call) []imported {
	var out []imported
	for _, a := range c.Args {
		for _, f := range p.Graph.Obj(a).Fields {
			if f.Name != "article" && f.Name != "articles" {
				continue
			}
			out = append(out, p.titles(c, f.Value, false)...)
			for _, e := range p.Graph.Obj(f.Value).Fields {
				out = append(out, p.titles(c, e.Value, false)...)
			}
		}
	}
	return out
}

func unknown(t flow.Text) bool {
	return len(t) == 0 || t[0].Hole == flow.SomeText || t[0].Hole == flow.FromFunc || t[0].Hole == flow.URLPart
}

// pageKind says whose page a title names.
func pageKind(t flow.Text) importKind {
	pattern := strings.ToLower(strings.ReplaceAll(t.Pattern(), " ", "_"))
	pattern = strings.TrimPrefix(pattern, ":")
	space, rest, ok := strings.Cut(pattern, ":")
	switch {
	case unknown(t):
		return unknownCode
	case ok && space == "mediawiki":
		return sitePage
	case ok && space == "u" && strings.Contains(rest, ":"), ok && space == "w":
		return otherWiki
	case ok && userNames[space], ok && space == "special" && strings.HasPrefix(rest, "mypage"):
		return personalPage
	}
	return wikiPage
}

func (p *Pass) fromURLs(r request, u js.Node) []imported {
	var out []imported
	texts := p.Graph.Str(u).Texts
	for _, f := range p.Graph.Obj(u).Fields { // mw.loader.load( [ … ] )
		texts = append(texts, p.Graph.Str(f.Value).Texts...)
	}
	for _, t := range texts {
		if i, ok := p.fromURL(t); ok {
			i.node, i.from, i.style, i.Where = r.node, u, r.how == "style", r.Where
			out = append(out, i)
		}
	}
	return out
}

func (p *Pass) fromURL(t flow.Text) (imported, bool) {
	i := imported{target: spell(t), whole: unknown(t), text: t}
	host, absolute := t.Host()
	q := params{}
	q.query(t)
	titles := q.texts("title", "articles")
	switch constant, known := t.Const(); {
	case known && !strings.Contains(constant, "/"):
		i.kind = moduleCode
		return i, strings.HasPrefix(constant, "ext.gadget.") || strings.HasPrefix(constant, "ext.usergadget.")
	case absolute && !strings.HasPrefix(host, "<"):
		i.host = host
		if !hosting.Under(host, projects) && (len(titles) == 0 || !hosting.Under(host, farms)) {
			i.kind = thirdParty
			return i, true
		}
		i.kind = otherWiki
	case i.whole:
		return i, true
	default:
		i.kind = wikiPage
	}
	if len(titles) > 0 {
		i.title = titles[0]
		switch k := pageKind(titles[0]); {
		case k == personalPage, i.host == "" && k != unknownCode:
			i.kind = k
		}
	}
	return i, true
}

// plainURL is a URL without what follows the path, for people.
func plainURL(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		return u.Host + u.Path
	}
	return s
}

package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"sallyport/internal/wiki"
)

// link is an anchor around a name somebody chose, which keeps its own writing direction.
func link(href, name string) template.HTML {
	return template.HTML(fmt.Sprintf(`<a href="%s">%s</a>`, template.HTMLEscapeString(href), isolate(name))) //nolint:gosec // both are escaped
}

// isolate keeps a name's writing direction to itself.
func isolate(name string) template.HTML {
	return template.HTML("<bdi>" + template.HTMLEscapeString(visible(name)) + "</bdi>") //nolint:gosec // escaped
}

// personURL is the address of somebody's list. A name that ends like a format gets a slash, which no name has.
func (p *pages) personURL(name string) string {
	u := p.Base + "/user/" + url.PathEscape(strings.ReplaceAll(name, " ", "_"))
	if strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".json") {
		u += "/"
	}
	return u
}

func (p *pages) personLink(name string) template.HTML { return link(p.personURL(name), name) }

func (p *pages) gadgetURL(id int64) string { return fmt.Sprintf("%s/gadget/p%d", p.Base, id) }

// pageLink leads to a page of the wiki, named as stored or as read.
func (p *pages) pageLink(title string) template.HTML {
	shown := strings.ReplaceAll(title, "_", " ")
	t, err := p.Site.Parse(title)
	if err != nil {
		return isolate(shown)
	}
	return link(p.Site.Path(t), shown)
}

// indexURL is the address of something index.php does with a page.
func (p *pages) indexURL(title string, query url.Values) string {
	query.Set("title", title)
	return p.Site.ScriptPath + "/index.php?" + query.Encode()
}

func (p *pages) mainPage() wiki.Title {
	t, err := p.Site.Parse(p.Site.MainPage)
	if err != nil {
		return wiki.Title{Key: "Main_Page"}
	}
	return t
}

// logIn is where to log in. MediaWiki returns to titles only, so it returns to the preferences, which link here.
func (p *pages) logIn() string {
	login := p.Site.Path(wiki.Title{NS: wiki.NSSpecial, Key: "UserLogin"})
	query := url.Values{"returnto": {"Special:Preferences"}}.Encode()
	if strings.Contains(login, "?") {
		return login + "&" + query
	}
	return login + "?" + query
}

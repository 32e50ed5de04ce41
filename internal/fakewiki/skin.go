package fakewiki

import (
	_ "embed"
	"html/template"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// skinName is the one skin there is. It has the element ids of Vector as it was until 2022.
const skinName = "vector"

//go:embed skin.html
var skinSource string

var skinTemplate = template.Must(template.New("skin").Parse(skinSource))

// body is what a page puts into the skin. Its HTML was made by this package.
type body struct {
	status         int
	noStore        bool   // forms and errors are not to be kept
	heading        string // text
	subtitle       string // HTML
	content        string // HTML
	categories     []wiki.Title
	article        bool
	redirectedFrom string
	diffOld        int64
	diffNew        int64
	modules        []string       // further modules of the page
	vars           map[string]any // further variables for mw.config
	safe           bool           // nothing users wrote may run here: log-in, preferences
}

type menuItem struct {
	ID, Label, Href, Key string
	Selected, New        bool
}

type portlet struct {
	ID, Name, Label, Class string
	Items                  []menuItem
}

type skinData struct {
	Lang, Dir, Title, Site, Generator, Script, URL, MainPage, CategoriesPage, BodyClass, Changed string
	Head, Heading, Subtitle, Content, Late                                                       template.HTML
	Missing                                                                                      bool
	Categories                                                                                   []menuItem
	Personal, Namespaces, Variants, Views, Actions                                               portlet
	Sidebar                                                                                      []portlet
}

func (w *Wiki) skin(r *reply, v *visit, b body) {
	main := w.title(w.site.MainPage)
	d := skinData{
		Lang: w.site.Lang, Dir: w.direction(), Title: b.heading, Site: w.site.Name, Generator: w.site.Generator, Script: w.site.ScriptPath,
		URL: w.site.URL(v.title), MainPage: w.address(main), CategoriesPage: w.address(w.title("Special:Categories")), BodyClass: w.bodyClass(v),
		Head: template.HTML(w.head(v, b)), Heading: template.HTML(w.headingHTML(v, b)), //nolint:gosec // escaped here or by the renderer
		Subtitle: template.HTML(b.subtitle), Content: template.HTML(b.content), Late: template.HTML(w.late()), //nolint:gosec // as above
		Missing:  v.page == nil && v.special == "",
		Personal: w.personal(v), Namespaces: w.namespaceTabs(v), Views: w.viewTabs(v), Actions: w.moreTabs(v), Sidebar: w.sidebar(v),
		Variants: portlet{"p-variants", "variants", "Variants", "vector-menu-dropdown", nil},
	}
	for _, c := range b.categories {
		d.Categories = append(d.Categories, menuItem{Label: c.Text(), Href: w.address(c)})
	}
	if b.article && v.rev != nil {
		d.Changed = humanTime(v.rev.Time)
	}
	if err := skinTemplate.Execute(&r.body, d); err != nil {
		w.log.Error("render skin", "page", w.prefixed(v.title), "error", err)
	}
}

// headingHTML is the page's heading: a title in its parts, anything else as text.
func (w *Wiki) headingHTML(v *visit, b body) string {
	if b.heading == w.prefixed(v.title) {
		return w.titleHTML(v.title)
	}
	return escape(b.heading)
}

func (w *Wiki) bodyClass(v *visit) string {
	name := strings.NewReplacer(":", "_", "/", "_", ".", "_", " ", "_", "\"", "", "'", "").Replace(w.site.Prefixed(v.title))
	side := "ns-subject"
	if isTalk(v.title) {
		side = "ns-talk"
	}
	if v.title.NS < 0 {
		side = "ns-special mw-special-" + v.special
	}
	dir := w.direction()
	return "skin-vector-legacy mediawiki " + dir + " sitedir-" + dir + " mw-hide-empty-elt ns-" + strconv.Itoa(v.title.NS) + " " + side + " page-" + name + " skin-" + strings.Replace(w.dress, "vector-2022", "vector skin-vector-2022", 1) + " action-" + v.action
}

func (w *Wiki) personal(v *visit) portlet {
	p := portlet{ID: "p-personal", Name: "personal", Label: "Personal tools", Class: "vector-user-menu-legacy"}
	special := func(name string) string { return w.address(w.title("Special:" + name)) }
	if v.account == nil {
		back := w.site.Prefixed(v.title)
		p.Items = []menuItem{{ID: "pt-login", Label: "Log in", Href: w.scriptQuery("title", "Special:UserLogin", "returnto", back), Key: "o"}}
		return p
	}
	own := userPage(v.user.Name)
	p.Items = []menuItem{
		{ID: "pt-userpage", Label: v.user.Name, Href: w.address(own), Key: ".", New: w.db.byTitle[own] == nil},
		{ID: "pt-mytalk", Label: "Talk", Href: w.address(otherSide(own)), Key: "n", New: w.db.byTitle[otherSide(own)] == nil},
		{ID: "pt-preferences", Label: "Preferences", Href: special("Preferences")},
		{ID: "pt-watchlist", Label: "Watchlist", Href: special("Watchlist"), Key: "l"},
		{ID: "pt-mycontris", Label: "Contributions", Href: special("Contributions/" + v.user.Name), Key: "y"},
		{ID: "pt-logout", Label: "Log out", Href: w.scriptQuery("title", "Special:UserLogout", "returnto", w.site.Prefixed(v.title))},
	}
	return p
}

func (w *Wiki) namespaceTabs(v *visit) portlet {
	p := portlet{ID: "p-namespaces", Name: "namespaces", Label: "Namespaces", Class: "vector-menu-tabs vector-menu-tabs-legacy"}
	if v.title.NS < 0 {
		p.Items = []menuItem{{ID: "ca-nstab-special", Label: "Special page", Href: w.address(v.title), Selected: true}}
		return p
	}
	subject := v.title
	if isTalk(subject) {
		subject = otherSide(subject)
	}
	talk := otherSide(subject)
	name, label := strings.ToLower(w.site.Namespaces[subject.NS].Canonical), w.site.Namespaces[subject.NS].Canonical
	if subject.NS == wiki.NSMain {
		name, label = "main", "Page"
	}
	p.Items = []menuItem{
		{ID: "ca-nstab-" + name, Label: label, Href: w.address(subject), Key: "c", Selected: subject == v.title, New: w.db.byTitle[subject] == nil},
		{ID: "ca-talk", Label: "Discussion", Href: w.address(talk), Key: "t", Selected: talk == v.title, New: w.db.byTitle[talk] == nil},
	}
	return p
}

func (w *Wiki) viewTabs(v *visit) portlet {
	p := portlet{ID: "p-views", Name: "views", Label: "Views", Class: "vector-menu-tabs vector-menu-tabs-legacy"}
	if v.title.NS < 0 {
		return p
	}
	if v.page != nil {
		p.Items = append(p.Items, menuItem{ID: "ca-view", Label: "Read", Href: w.address(v.title), Selected: v.action == "view"})
	}
	edit := menuItem{ID: "ca-edit", Label: "Edit", Href: w.pageQuery(v.title, "action", "edit"), Key: "e", Selected: v.action == "edit" || v.action == "submit"}
	if w.mayEdit(&v.user, v.title, w.modelOf(v.title)) != nil {
		edit.ID, edit.Label = "ca-viewsource", "View source"
	} else if v.page == nil {
		edit.Label = "Create"
	}
	p.Items = append(p.Items, edit)
	if v.page != nil {
		p.Items = append(p.Items, menuItem{ID: "ca-history", Label: "View history", Href: w.pageQuery(v.title, "action", "history"), Key: "h", Selected: v.action == "history"})
	}
	return p
}

func (w *Wiki) moreTabs(v *visit) portlet {
	p := portlet{ID: "p-cactions", Name: "cactions", Label: "More", Class: "vector-menu-dropdown vector-menu-dropdown-legacy"}
	if v.page == nil {
		return p
	}
	if w.mayDelete(&v.user, v.title) == nil {
		p.Items = append(p.Items, menuItem{ID: "ca-delete", Label: "Delete", Href: w.pageQuery(v.title, "action", "delete"), Key: "d"})
	}
	if w.may(&v.user, "move", v.title) {
		p.Items = append(p.Items, menuItem{ID: "ca-move", Label: "Move", Href: w.address(w.title("Special:MovePage/" + w.site.Prefixed(v.title))), Key: "m"})
	}
	p.Items = append(p.Items, w.watchTab(v, v.title)...)
	return p
}

func (w *Wiki) sidebar(v *visit) []portlet {
	special := func(name string) string { return w.address(w.title("Special:" + name)) }
	navigation := portlet{ID: "p-navigation", Name: "navigation", Label: "Navigation", Class: "vector-menu-portal portal", Items: []menuItem{
		{ID: "n-mainpage-description", Label: w.site.MainPage, Href: w.address(w.title(w.site.MainPage)), Key: "z"},
		{ID: "n-recentchanges", Label: "Recent changes", Href: special("RecentChanges"), Key: "r"},
		{ID: "n-allpages", Label: "All pages", Href: special("AllPages")},
	}}
	tools := portlet{ID: "p-tb", Name: "tb", Label: "Tools", Class: "vector-menu-portal portal"}
	if v.title.NS >= 0 {
		tools.Items = append(tools.Items, menuItem{ID: "t-whatlinkshere", Label: "What links here", Href: special("WhatLinksHere/" + w.site.Prefixed(v.title)), Key: "j"})
	}
	if owner, ok := w.site.Owner(v.title); ok {
		tools.Items = append(tools.Items, menuItem{ID: "t-contributions", Label: "User contributions", Href: special("Contributions/" + owner)})
	}
	tools.Items = append(tools.Items, menuItem{ID: "t-specialpages", Label: "Special pages", Href: special("SpecialPages"), Key: "q"})
	if v.rev != nil {
		tools.Items = append(tools.Items, menuItem{ID: "t-permalink", Label: "Permanent link", Href: w.pageQuery(v.title, "oldid", strconv.FormatInt(v.rev.ID, 10))},
			menuItem{ID: "t-info", Label: "Page information", Href: w.pageQuery(v.title, "action", "info")})
	}
	return []portlet{navigation, tools}
}

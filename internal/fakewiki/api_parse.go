package fakewiki

import (
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/fakewiki/wikitext"
	"sallyport/internal/wiki"
)

// apiParse is action=parse of a page, a revision or a text.
func (w *Wiki) apiParse(c *apiCall) error {
	t, text, model, err := w.parseSubject(c)
	if err != nil {
		return err
	}
	if c.has("onlypst") {
		c.result["parse"] = object{"text": under{"text", w.sign(c.request, text, model)}}
		return nil
	}
	body := w.renderBody(t, text, model)
	o := object{"title": w.prefixed(t)}
	if p := w.db.byTitle[t]; p != nil && !c.has("text") {
		o["pageid"], o["revid"] = p.ID, p.current().ID
	} else {
		o["pageid"] = 0
	}
	asks := func(prop string) bool {
		return c.asks("prop", prop, "text", "langlinks", "categories", "links", "templates", "images", "externallinks", "sections", "revid", "displaytitle", "iwlinks", "properties", "parsewarnings")
	}
	if asks("text") {
		o["text"] = under{"text", `<div class="mw-content-` + w.direction() + ` mw-parser-output" lang="` + w.site.Lang + `" dir="` + w.direction() + `">` + body.HTML + `</div>`}
	}
	if asks("wikitext") {
		o["wikitext"] = under{"wikitext", text}
	}
	if asks("displaytitle") {
		o["displaytitle"] = w.titleHTML(t)
	}
	if asks("categories") {
		rows := []object{}
		for _, category := range body.Categories {
			rows = append(rows, object{"sortkey": "", "category": content(category.Key), "missing": w.db.byTitle[category] == nil})
		}
		o["categories"] = rows
	}
	if asks("links") {
		rows := []object{}
		for _, link := range body.Links {
			rows = append(rows, object{"ns": link.NS, "title": content(w.prefixed(link)), "exists": w.db.byTitle[link] != nil})
		}
		o["links"] = rows
	}
	if asks("sections") {
		o["sections"], o["showtoc"] = sections(body.Headings), len(body.Headings) > 3
	}
	for _, empty := range []string{"langlinks", "templates", "images", "externallinks", "iwlinks", "parsewarnings"} {
		if asks(empty) {
			o[empty] = []string{}
		}
	}
	if asks("properties") {
		o["properties"] = object{}
	}
	if c.has("prop") && (asks("modules") || asks("jsconfigvars")) {
		o["modules"], o["modulescripts"], o["modulestyles"], o["jsconfigvars"] = []string{}, []string{}, []string{}, object{}
	}
	c.result["parse"] = o
	return nil
}

func sections(headings []wikitext.Heading) []object {
	rows := []object{}
	for i, h := range headings {
		rows = append(rows, object{"toclevel": 1, "level": strconv.Itoa(h.Level), "line": h.HTML, "number": "", "index": strconv.Itoa(i + 1), "anchor": h.ID})
	}
	return rows
}

func (w *Wiki) parseSubject(c *apiCall) (t wiki.Title, text, model string, err error) {
	switch {
	case c.has("text"):
		if t, err = w.pageTitle(c.or("title", "API")); err != nil {
			return t, "", "", apiErrorf("invalidtitle", "Bad title \"%s\".", c.text("title"))
		}
		model = wiki.ModelWikitext
		if c.has("title") {
			model = w.modelOf(t)
		}
		return t, c.text("text"), c.or("contentmodel", model), nil
	case c.has("oldid"):
		p := w.db.byRev[c.id("oldid")]
		if p == nil {
			return t, "", "", apiErrorf("nosuchrevid", "There is no revision with ID %s.", c.text("oldid"))
		}
		r := p.revision(c.id("oldid"))
		return p.Title, r.Text, r.Model, nil
	case c.has("page") || c.has("pageid"):
		t, p, err := w.subject(c, "page", "pageid")
		if err != nil {
			return t, "", "", err
		}
		if p == nil {
			return t, "", "", apiErrorf("missingtitle", "The page you specified doesn't exist.")
		}
		return t, p.current().Text, p.current().Model, nil
	case c.has("summary"):
		return w.title("API"), "", wiki.ModelWikitext, nil
	}
	return t, "", "", apiErrorf("missingparam", "One of the parameters \"page\", \"pageid\", \"oldid\" and \"text\" is required.")
}

// apiParamInfo is action=paraminfo: which modules there are, which of them write and must be posted.
func (w *Wiki) apiParamInfo(c *apiCall) error {
	rows := []object{}
	all := actions()
	names := c.list("modules")
	if slices.Contains(names, "*") || len(names) == 0 {
		names = nil
		for name := range all {
			names = append(names, name)
		}
		slices.Sort(names)
	}
	for _, name := range names {
		if m, ok := all[name]; ok {
			rows = append(rows, object{"name": name, "classname": "pretend", "path": name, "prefix": "", "source": "MediaWiki",
				"readrights": true, "writerights": m.writes, "mustbeposted": m.post, "parameters": []object{}})
		} else if name != "main" && !strings.Contains(name, "+") {
			c.warn("paraminfo", "The module \""+name+"\" does not exist.")
		}
	}
	c.result["paraminfo"] = object{"helpformat": "none", "modules": rows}
	return nil
}

package fakewiki

import (
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// apiEdit is action=edit (ApiEditPage).
func (w *Wiki) apiEdit(c *apiCall) error {
	t, p, err := w.subject(c, "title", "pageid")
	if err != nil {
		return err
	}
	if err := w.mayCollide(c, p); err != nil {
		return err
	}
	text, err := w.newText(c, p)
	if err != nil {
		return err
	}
	model := c.or("contentmodel", w.modelOf(t))
	if d := w.mayEdit(&c.user, t, model); d != nil {
		return d
	}
	if err := checkText(model, text); err != nil {
		return err
	}
	before := int64(0)
	if p != nil {
		before = p.current().ID
	}
	saved, changed := w.store(t, edit{text: w.sign(c.request, text, model), author: c.user.Name, comment: w.summary(p, model, c.text("summary"), text), model: model,
		minor: c.has("minor") && c.account != nil, bot: c.has("bot") && c.user.Has("bot")})
	c.result["edit"] = editResult(w.prefixed(t), saved, before, changed)
	return nil
}

func editResult(title string, p *page, before int64, changed bool) object {
	r := p.current()
	o := object{"result": "Success", "pageid": p.ID, "title": title, "contentmodel": r.Model}
	if !changed {
		o["nochange"] = true
		return o
	}
	o["oldrevid"], o["newrevid"], o["newtimestamp"] = before, r.ID, stamp(r.Time)
	if before == 0 {
		o["new"] = true
	}
	return o
}

// subject finds the page a module is about, by title or by id.
func (w *Wiki) subject(c *apiCall, title, id string) (wiki.Title, *page, error) {
	switch {
	case c.has(title) && c.has(id):
		return wiki.Title{}, nil, apiErrorf("invalidparammix", "The parameters \"%s\" and \"%s\" can not be used together.", title, id)
	case c.has(id):
		p := w.db.Pages[c.id(id)]
		if p == nil {
			return wiki.Title{}, nil, apiErrorf("nosuchpageid", "There is no page with ID %s.", c.text(id))
		}
		return p.Title, p, nil
	case !c.has(title):
		return wiki.Title{}, nil, apiErrorf("missingparam", "One of the parameters \"%s\" and \"%s\" is required.", title, id)
	}
	t, err := w.site.ParseText(c.text(title))
	if err == nil && t.NS < 0 {
		return t, nil, apiErrorf("pagecannotexist", "Namespace doesn't allow actual pages.")
	}
	if err != nil {
		return t, nil, apiErrorf("invalidtitle", "Bad title \"%s\".", c.text(title))
	}
	return t, w.db.byTitle[t], nil
}

// mayCollide answers createonly, nocreate and edit conflicts.
func (w *Wiki) mayCollide(c *apiCall, p *page) error {
	switch {
	case c.has("createonly") && p != nil:
		return apiErrorf("articleexists", "The article you tried to create has been created already.")
	case c.has("nocreate") && p == nil:
		return apiErrorf("missingtitle", "The page you specified doesn't exist.")
	}
	return conflict(p, c.id("baserevid"), c.text("basetimestamp"), c.user.Name)
}

// conflict finds out whether somebody else changed the page since a revision or a time. One's own changes do not
// collide, and there is no merging here.
func conflict(p *page, base int64, since, who string) error {
	if p == nil {
		return nil
	}
	last := p.current()
	if base != 0 && p.revision(base) == nil {
		return apiErrorf("editconflict", "Edit conflict.")
	}
	if last.User == who {
		return nil
	}
	if t := when(since); base != 0 && last.ID != base || base == 0 && !t.IsZero() && outside(last.Time, t, t, false) && last.Time.After(t) {
		return apiErrorf("editconflict", "Edit conflict: %s.", last.User)
	}
	return nil
}

// newText builds the text an edit leaves behind.
func (w *Wiki) newText(c *apiCall, p *page) (string, error) {
	old := ""
	if p != nil {
		old = p.current().Text
	}
	switch {
	case c.id("undo") != 0:
		return undone(c, p)
	case c.has("text") && c.has("section"):
		return replaceSection(old, c.text("section"), c.text("sectiontitle"), c.or("sectiontitle", c.text("summary")), c.text("text"))
	case c.has("text"):
		return c.text("text"), nil
	case c.has("appendtext") || c.has("prependtext"):
		return c.text("prependtext") + old + c.text("appendtext"), nil
	}
	return "", apiErrorf("missingparam", "One of the \"text\", \"appendtext\", \"prependtext\" and \"undo\" parameters must be set.")
}

// undone goes back to before a revision. Only an undo of the newest revisions is possible: nothing is merged here.
func undone(c *apiCall, p *page) (string, error) {
	if p == nil {
		return "", apiErrorf("missingtitle", "The page you specified doesn't exist.")
	}
	r := p.revision(c.id("undo"))
	if r == nil {
		return "", apiErrorf("nosuchrevid", "There is no revision with ID %s.", c.text("undo"))
	}
	after := r.Parent
	if c.id("undoafter") != 0 {
		after = c.id("undoafter")
	}
	base := p.revision(after)
	if base == nil {
		return "", apiErrorf("nosuchrevid", "There is no revision with ID %d.", after)
	}
	if r != p.current() {
		return "", apiErrorf("undofailure", "The edit could not be undone due to conflicting intermediate edits.")
	}
	return base.Text, nil
}

// replaceSection puts text in place of one section: "0" is what stands before the first heading, "new" adds one.
func replaceSection(old, section, given, heading, text string) (string, error) {
	if section == "new" {
		if heading != "" || given != "" {
			text = "== " + heading + " ==\n\n" + text
		}
		return strings.TrimLeft(strings.TrimRight(old, "\n")+"\n\n"+text, "\n"), nil
	}
	n, err := strconv.Atoi(section)
	start, end, ok := sectionBounds(old, n)
	if err != nil || !ok {
		return "", apiErrorf("nosuchsection", "There is no section %s.", section)
	}
	tail := strings.TrimLeft(old[end:], "\n")
	if tail != "" {
		tail = "\n\n" + tail
	}
	return old[:start] + strings.TrimRight(text, "\n") + tail, nil
}

// sectionBounds finds the n-th section: from its heading to the next heading of its level or higher.
func sectionBounds(text string, n int) (start, end int, ok bool) {
	seen, level := 0, 0
	found := n == 0
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		if l := headingLevel(line); l > 0 {
			seen++
			switch {
			case found && (n == 0 || l <= level):
				return start, at, true
			case !found && seen == n:
				start, level, found = at, l, true
			}
		}
		at += len(line) + 1
	}
	return start, len(text), found
}

// headingLevel is the number of equals signs around a line of wikitext, 0 when it is no heading.
func headingLevel(line string) int {
	line = strings.TrimRight(line, " \t\r")
	left := len(line) - len(strings.TrimLeft(line, "="))
	right := len(line) - len(strings.TrimRight(line, "="))
	if left == 0 || right == 0 || left+right >= len(line) {
		return 0
	}
	return min(left, right, 6)
}

package writedoor

import "sallyport/internal/wiki"

// api classifies a request to api.php. Nothing there writes by another method than POST, in core; of modules that are not
// core's the wiki itself says whether they write.
func (c *classifier) api() error {
	action := c.text("action")
	if action == "" {
		action = "help"
	}
	c.op.Action = action
	c.op.Apart = c.op.Apart || c.has("centralauthtoken") || c.has("authtoken")
	if handle, ok := apiWrites[action]; ok {
		if !c.posted() {
			return c.apiRead() // refused by MediaWiki: mustbeposted
		}
		return handle(c)
	}
	if apiReads[action] {
		return c.apiRead()
	}
	return c.apiModule(action)
}

func (c *classifier) apiRead() error {
	c.asCame = !c.posted()
	return nil
}

// apiReads are core's modules that write nothing, or nothing of moment, together with those a page load needs.
var apiReads = wordSet(`help query expandtemplates parse opensearch feedcontributions feedrecentchanges feedwatchlist paraminfo rsd
	compare checktoken cspreport validatepassword stashedit purge visualeditor templatedata`)

// apiModule asks the wiki about a module that is not core's.
func (c *classifier) apiModule(action string) error {
	m, err := c.Wiki.Module(c.ctx, action)
	if err != nil {
		return err
	}
	if !m.Exists || !m.Writes || m.MustBePosted && !c.posted() {
		return c.apiRead()
	}
	c.op.Kind = Strange
	return nil
}

// apiWrites are core's modules that write, and the editor's.
var apiWrites = map[string]func(*classifier) error{
	"edit": (*classifier).apiEdit, "move": (*classifier).apiMove, "rollback": (*classifier).apiRollback,
	"delete": (*classifier).apiDelete, "undelete": (*classifier).apiUndelete, "protect": (*classifier).apiProtect,
	"import": func(c *classifier) error { return c.specialImport("") }, "mergehistory": (*classifier).apiMerge,
	"changecontentmodel": (*classifier).apiModel, "revisiondelete": (*classifier).hideRevisions,
	"userrights": kind(Rights), "block": kind(Block), "unblock": (*classifier).apiUnblock,
	"options": kind(Options), "globalpreferences": kind(Options), "globalpreferenceoverrides": kind(Options),
	"linkaccount": kind(Credentials), "unlinkaccount": kind(Credentials), "changeauthenticationdata": kind(Credentials),
	"removeauthenticationdata": kind(Credentials), "resetpassword": kind(Credentials),
	"login": kind(Minor), "clientlogin": kind(Minor), "logout": kind(Minor), "createaccount": kind(Minor), "watch": kind(Minor), "patrol": kind(Minor),
	"emailuser": kind(Minor), "setnotificationtimestamp": kind(Minor), "clearhasmsg": kind(Minor), "upload": kind(Minor),
	"filerevert": kind(Minor), "imagerotate": kind(Minor), "setpagelanguage": kind(Minor), "tag": kind(Minor), "managetags": kind(Minor),
	"acquiretempusername": kind(Minor), "changecontentlanguage": kind(Minor),
	"visualeditoredit": (*classifier).apiVisualEdit, "discussiontoolsedit": (*classifier).apiVisualEdit,
}

func kind(k Kind) func(*classifier) error {
	return func(c *classifier) error { c.op.Kind = k; return nil }
}

// apiPage is the page a module is about, by title or by id (ApiBase::getTitleOrPageId); naming it twice is an error to
// MediaWiki as well.
func (c *classifier) apiPage(titleKey, idKey string) (wiki.Title, error) {
	switch {
	case c.has(titleKey) == c.has(idKey):
		return wiki.Title{}, unclear("exactly one of %s and %s is needed", titleKey, idKey)
	case c.has(titleKey):
		t, err := c.textTitle(c.text(titleKey))
		if err == nil {
			c.rewrite(titleKey, t)
		}
		return t, err
	}
	id, err := c.number(idKey)
	if err != nil {
		return wiki.Title{}, err
	}
	page, err := c.Wiki.PageID(c.ctx, id)
	if err == nil && page.ID == 0 {
		err = unclear("there is no page with %s=%d", idKey, id)
	}
	return page.Title, err
}

func (c *classifier) apiEdit() error {
	t, err := c.apiPage("title", "pageid")
	if err != nil {
		return err
	}
	if c.has("redirect") { // a flag: its presence counts
		if t, err = c.Wiki.Redirect(c.ctx, t); err != nil {
			return err
		}
		c.rewrite("title", t)
		c.drop("redirect", "pageid")
	}
	c.op.Kind, c.op.Result = Edit, Given
	for _, key := range []string{"section", "appendtext", "prependtext", "undo"} {
		if c.has(key) && c.text(key) != "" {
			c.op.Result = FromWiki
		}
	}
	if !c.has("text") {
		c.op.Result = FromWiki
	}
	return c.edits(t, c.text("contentmodel"))
}

func (c *classifier) apiMove() error {
	from, err := c.apiPage("from", "fromid")
	if err != nil {
		return err
	}
	to, err := c.textTitle(c.text("to"))
	if err != nil {
		return err
	}
	c.rewrite("to", to)
	return c.moves(from, to, c.has("movetalk"), c.has("movesubpages"))
}

func (c *classifier) apiRollback() error {
	t, err := c.apiPage("title", "pageid")
	if err != nil {
		return err
	}
	c.op.Kind, c.op.Result = Rollback, FromWiki
	return c.edits(t, "")
}

func (c *classifier) apiDelete() error {
	t, err := c.apiPage("title", "pageid")
	if err != nil {
		return err
	}
	c.op.Kind = Delete
	return c.deletes(t, c.has("deletetalk"))
}

func (c *classifier) apiUndelete() error {
	t, err := c.textTitle(c.text("title"))
	if err != nil {
		return err
	}
	c.rewrite("title", t)
	c.op.Kind, c.op.Result = Undelete, FromWiki
	return c.restores(t, c.has("undeletetalk"))
}

func (c *classifier) apiProtect() error {
	t, err := c.apiPage("title", "pageid")
	if err != nil {
		return err
	}
	c.op.Kind = Protect
	return c.touch(Protected, t)
}

func (c *classifier) apiMerge() error {
	c.op.Kind, c.op.Result = Merge, FromWiki
	for _, names := range [][2]string{{"from", "fromid"}, {"to", "toid"}} {
		t, err := c.apiPage(names[0], names[1])
		if err != nil {
			return err
		}
		if err := c.touch(Merged, t); err != nil {
			return err
		}
	}
	return nil
}

func (c *classifier) apiModel() error {
	t, err := c.apiPage("title", "pageid")
	if err != nil {
		return err
	}
	c.op.Kind, c.op.Result = ContentModel, FromWiki
	return c.edits(t, c.text("model"))
}

func (c *classifier) apiUnblock() error {
	c.op.Kind = Unblock
	c.unblocks(c.text("user"), c.text("userid"), c.text("id"))
	return nil
}

// apiVisualEdit is the visual editor's save, whose text comes from HTML by way of Parsoid.
func (c *classifier) apiVisualEdit() error {
	if paction := c.text("paction"); c.op.Action == "visualeditoredit" && paction != "save" {
		return nil // serialises or compares
	}
	t, err := c.textTitle(c.text("page"))
	if err != nil {
		return err
	}
	c.rewrite("page", t)
	c.op.Kind, c.op.Result = Edit, Uncomputable
	return c.edits(t, "")
}

package writedoor

import (
	"strings"

	"sallyport/internal/wiki"
)

// specialMove is MovePageForm: the pages moved are named twice, in new and in old ways.
func (c *classifier) specialMove(par string) error {
	if c.text("action") != "submit" {
		return nil
	}
	old := par
	if old == "" {
		old = c.text("target")
	}
	if c.has("wpOldTitle") {
		old = c.text("wpOldTitle")
	}
	from, err := c.textTitle(old)
	if err != nil {
		return err
	}
	to, err := c.newTitle(from)
	if err != nil {
		return err
	}
	c.rewrite("wpOldTitle", from)
	c.rewrite("wpNewTitle", to)
	c.drop("target", "wpNewTitleNs", "wpNewTitleMain")
	c.target.Key = "Movepage"
	return c.moves(from, to, c.bool("wpMovetalk"), c.bool("wpMovesubpages"))
}

func (c *classifier) newTitle(from wiki.Title) (wiki.Title, error) {
	if whole := c.text("wpNewTitle"); whole != "" {
		return c.textTitle(whole)
	}
	ns := from.NS
	if c.has("wpNewTitleNs") {
		n, err := c.number("wpNewTitleNs")
		if err != nil {
			return wiki.Title{}, err
		}
		ns = int(n)
	}
	return c.makeTitle(ns, c.text("wpNewTitleMain"))
}

// makeTitle is Title::makeTitleSafe, which reads the namespace's name and the text together.
func (c *classifier) makeTitle(ns int, text string) (wiki.Title, error) {
	if ns != wiki.NSMain {
		n, ok := c.site.Wiki.Namespaces[ns]
		if !ok {
			return wiki.Title{}, unclear("there is no namespace %d", ns)
		}
		text = n.Name + ":" + text
	}
	t, err := c.site.Wiki.Parse(text)
	if err != nil {
		return wiki.Title{}, unclear("%v", err)
	}
	return t, nil
}

func (c *classifier) specialModel(par string) error {
	text := par
	if c.has("pagetitle") {
		text = c.text("pagetitle")
	}
	if c.text("model") == "" { // the first of two forms asks for the page only
		return nil
	}
	t, err := c.textTitle(text)
	if err != nil {
		return err
	}
	c.op.Kind, c.op.Result = ContentModel, FromWiki
	c.rewrite("pagetitle", t)
	c.target.Key = "ChangeContentModel"
	return c.edits(t, c.text("model"))
}

func (c *classifier) specialUndelete(par string) error {
	if !c.has("restore") {
		return nil
	}
	text := c.text("target")
	if par != "" {
		text = par
	}
	t, err := c.textTitle(text)
	if err != nil {
		return err
	}
	c.op.Kind, c.op.Result = Undelete, FromWiki
	c.rewrite("target", t)
	c.target.Key = "Undelete"
	return c.restores(t, c.has("undeletetalk"))
}

// specialMerge names pages by title in its first form and by id in the one that merges. Since 1.43 titles count as well.
func (c *classifier) specialMerge(string) error {
	if c.text("action") != "submit" {
		return nil
	}
	c.op.Kind, c.op.Result = Merge, FromWiki
	for _, names := range [][2]string{{"targetID", "target"}, {"destID", "dest"}} {
		if err := c.merges(names[0], names[1]); err != nil {
			return err
		}
	}
	return nil
}

func (c *classifier) specialImport(string) error {
	c.op.Kind, c.op.Open, c.op.Result = Import, true, Uncomputable
	return nil
}

// specialRename may move every page below the old name.
func (c *classifier) specialRename(par string) error {
	c.op.Kind, c.op.Open = RenameUser, true
	old, name, _ := strings.Cut(par, "/")
	if c.has("oldusername") {
		old = c.text("oldusername")
	}
	if c.has("newusername") {
		name = c.text("newusername")
	}
	from, err := c.makeTitle(wiki.NSUser, old)
	if err != nil {
		return err
	}
	to, err := c.makeTitle(wiki.NSUser, name)
	if err != nil {
		return err
	}
	return c.moves(from, to, true, true)
}

// specialUnblock is Special:Unblock, and Special:BlockList with action=unblock.
func (c *classifier) specialUnblock(par string) error {
	if c.op.Action == "Special:BlockList" && c.text("action") != "unblock" && c.text("action") != "submit" {
		return nil
	}
	c.op.Kind = Unblock
	c.unblocks(par, c.text("wpTarget"), c.text("ip"), c.text("id"))
	return nil
}

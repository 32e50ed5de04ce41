package writedoor

import "sallyport/internal/wiki"

// index classifies a request to index.php. By any method but POST, MediaWiki's actions and special pages show forms and
// write nothing, except for rollback, which a link does (RollbackAction). Whatever an extension writes by GET is beyond
// this gate, and left to the other two layers.
func (c *classifier) index() error {
	if !c.posted() && !c.isRollback() {
		if !c.reads() {
			c.op.Kind, c.op.Action = Strange, c.method
		}
		c.asCame = c.reads()
		return nil
	}
	t, err := c.indexTitle()
	if err != nil {
		return err
	}
	c.target = t
	if t.NS == wiki.NSSpecial {
		return c.special()
	}
	return c.pageAction()
}

// pageAction is an action on a page (ActionFactory::getActionName).
func (c *classifier) pageAction() error {
	action := "view"
	if c.has("action") {
		action = lower(c.text("action"))
	}
	switch action {
	case "editredlink":
		action = "edit"
	case "historysubmit":
		switch {
		case c.bool("revisiondelete"):
			action = "revisiondelete"
		case c.bool("editchangetags"):
			action = "editchangetags"
		default:
			action = "view"
		}
	}
	c.op.Action = action
	known, ok := indexActions[action]
	if !ok {
		c.op.Kind = Strange
		return nil
	}
	return known(c)
}

// indexActions are the actions of core (ActionFactory::CORE_ACTIONS).
var indexActions = map[string]func(*classifier) error{
	"view": (*classifier).read, "render": (*classifier).read, "raw": (*classifier).read, "history": (*classifier).read,
	"info": (*classifier).read, "credits": (*classifier).read,
	"purge": (*classifier).minor, "watch": (*classifier).minor, "unwatch": (*classifier).minor,
	"markpatrolled": (*classifier).minor, "editchangetags": (*classifier).minor, "revert": (*classifier).minor,
	"edit": (*classifier).formEdit, "submit": (*classifier).formEdit,
	"rollback": (*classifier).rollback,
	"mcrundo":  (*classifier).undo, "mcrrestore": (*classifier).undo,
	"delete":  (*classifier).formDelete,
	"protect": (*classifier).protect, "unprotect": (*classifier).protect,
	"revisiondelete": (*classifier).hideRevisions,
}

func (c *classifier) read() error  { c.op.Kind = Read; return nil }
func (c *classifier) minor() error { c.op.Kind = Minor; return nil }

// formEdit is the edit form. What asks for neither a preview nor a difference is a save, whatever button was pressed
// (EditPage::importFormData).
func (c *classifier) formEdit() error {
	if c.has("wpPreview") || c.has("wpDiff") {
		return nil
	}
	c.op.Kind, c.op.Result = Edit, Given
	section := c.text("wpSection")
	if !c.has("wpSection") {
		section = c.text("section")
	}
	if section != "" {
		c.op.Result = FromWiki
	}
	return c.edits(c.target, c.text("model"))
}

func (c *classifier) rollback() error {
	c.op.Kind, c.op.Result = Rollback, FromWiki
	return c.edits(c.target, "")
}

func (c *classifier) undo() error {
	c.op.Kind, c.op.Result = Undo, FromWiki
	return c.edits(c.target, "")
}

func (c *classifier) formDelete() error {
	c.op.Kind = Delete
	return c.deletes(c.target, c.has("wpDeleteTalk"))
}

func (c *classifier) protect() error {
	c.op.Kind = Protect
	return c.touch(Protected, c.target)
}

func (c *classifier) hideRevisions() error {
	c.op.Kind = HideRevisions
	return nil
}

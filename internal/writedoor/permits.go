package writedoor

import (
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor/hook"
)

// Permits is what a grant must say so that a sealed wiki lets these changes pass, and no other ones.
func (o *Operation) Permits(changes []Change) []hook.Change {
	var out []hook.Change
	for i, c := range changes {
		switch o.Kind {
		case Edit, Rollback, Undo, ContentModel, Protect: // a protection is a revision of the same text
			out = append(out, hook.Change{Op: hook.Save, Title: c.Title, SHA256: hook.Hash(c.New)})
		case Delete:
			out = append(out, hook.Change{Op: hook.Delete, Title: c.Title})
		case Undelete:
			out = append(out, hook.Change{Op: hook.Undelete, Title: c.Title, SHA256: hook.Hash(c.New)})
		case Merge:
			out = append(out, hook.Change{Op: hook.Merge, Title: c.Title, SHA256: hook.Hash(c.New)})
			if c.Gone {
				out = append(out, hook.Change{Op: hook.Save, Title: c.Title, SHA256: hook.Hash(emptyText(c.Before))}, hook.Change{Op: hook.Delete, Title: c.Title})
			}
		case Move, RenameUser:
			out = append(out, permitsMove(changes, i)...)
		}
	}
	return out
}

// emptyText is what MediaWiki saves in the place of a page before it deletes it (ContentHandler::makeEmptyContent).
func emptyText(model string) string {
	if model == wiki.ModelJSON {
		return "{}"
	}
	return ""
}

// permitsMove pairs an old name with the new one that follows it. What stands at the new name is deleted first.
func permitsMove(changes []Change, i int) []hook.Change {
	from := changes[i]
	if from.Role != MovedFrom || i+1 >= len(changes) || from.ID == 0 {
		return nil
	}
	to := changes[i+1]
	var out []hook.Change
	if to.ID != 0 {
		out = append(out, hook.Change{Op: hook.Delete, Title: to.Title})
	}
	return append(out, hook.Change{Op: hook.Move, Title: from.Title, To: to.Title, SHA256: hook.Hash(from.Old)})
}

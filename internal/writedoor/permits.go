package writedoor

import "sallyport/internal/writedoor/hook"

// Permits is what a grant must say so that a sealed wiki lets these changes pass, and no other ones.
func (o *Operation) Permits(changes []Change) []hook.Change {
	var out []hook.Change
	for i, c := range changes {
		switch o.Kind {
		case Edit, Rollback, Undo, ContentModel:
			out = append(out, hook.Change{Op: hook.Save, Title: c.Title, SHA256: hook.Hash(c.New)})
		case Delete:
			out = append(out, hook.Change{Op: hook.Delete, Title: c.Title})
		case Undelete:
			out = append(out, hook.Change{Op: hook.Undelete, Title: c.Title, SHA256: hook.Hash(c.New)})
		case Merge:
			out = append(out, hook.Change{Op: hook.Merge, Title: c.Title, SHA256: hook.Hash(c.New)})
		case Move, RenameUser:
			out = append(out, permitsMove(changes, i)...)
		}
	}
	return out
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

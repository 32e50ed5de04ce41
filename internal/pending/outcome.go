package pending

import (
	"context"
	"encoding/json"
	"fmt"

	"sallyport/internal/writedoor"
	"sallyport/internal/writedoor/hook"
)

// outcome is what the wiki says became of a change.
type outcome int

const (
	no outcome = iota
	yes
	other   // something else was saved by the same account
	unknown // pages do not show it
)

type revision struct {
	RevID   int64
	User    string
	Comment string
	Slots   struct {
		Main struct{ ContentModel, Content string }
	}
}

type page struct {
	PageID           int64
	LastRevID        int64
	ContentModel     string
	Missing, Invalid bool
	Revisions        []revision
	NS               int
	Title            string
}

// into asks and decodes.
func into(ctx context.Context, ask writedoor.Ask, v any, params map[string]string) error {
	params["format"], params["formatversion"] = "json", "2"
	body, err := ask(ctx, params)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}

func (d *Desk) page(ctx context.Context, ask writedoor.Ask, c *writedoor.Change, params map[string]string) (page, error) {
	var answer struct{ Query struct{ Pages []page } }
	params["action"], params["titles"] = "query", d.o.Site.PrefixedText(c.Title)
	if err := into(ctx, ask, &answer, params); err != nil {
		return page{}, err
	}
	if len(answer.Query.Pages) != 1 {
		return page{}, fmt.Errorf("the wiki says nothing about %s", params["titles"])
	}
	return answer.Query.Pages[0], nil
}

// unchanged checks that every page is as it was when the change was parked.
func (d *Desk) unchanged(ctx context.Context, c *Change, ask writedoor.Ask) error {
	for i := range c.Changes {
		was := &c.Changes[i]
		now, err := d.page(ctx, ask, was, map[string]string{"prop": "info"})
		if err != nil {
			return err
		}
		if now.PageID != was.ID || now.LastRevID != was.Rev || was.ID != 0 && now.ContentModel != was.Before {
			return fmt.Errorf("%w: %s is at revision %d now, it was at %d", ErrStale, d.o.Site.PrefixedText(was.Title), now.LastRevID, was.Rev)
		}
	}
	return nil
}

// made asks the wiki whether a change was made, and which revision it became.
func (d *Desk) made(ctx context.Context, c *Change, ask writedoor.Ask) (outcome, int64, error) {
	if len(c.Changes) == 0 {
		return unknown, 0, nil
	}
	first := &c.Changes[0]
	switch writedoor.Kind(c.Kind) {
	case writedoor.Edit, writedoor.Rollback, writedoor.Undo, writedoor.ContentModel:
		return d.saved(ctx, c, first, ask)
	case writedoor.Delete:
		p, err := d.page(ctx, ask, first, map[string]string{"prop": "info"})
		if err != nil || p.Missing {
			return yes, 0, err
		}
		return no, 0, nil
	case writedoor.Move, writedoor.RenameUser:
		if len(c.Changes) < 2 || first.ID == 0 {
			return unknown, 0, nil
		}
		p, err := d.page(ctx, ask, &c.Changes[1], map[string]string{"prop": "info"})
		if err != nil || p.PageID == first.ID {
			return yes, p.LastRevID, err
		}
		return no, 0, nil
	default:
		return unknown, 0, nil
	}
}

// saved looks through the revisions since the one that was shown as the base.
func (d *Desk) saved(ctx context.Context, c *Change, was *writedoor.Change, ask writedoor.Ask) (outcome, int64, error) {
	p, err := d.page(ctx, ask, was, map[string]string{
		"prop": "revisions", "rvslots": "main", "rvprop": "ids|user|comment|content|contentmodel", "rvlimit": "10",
	})
	if err != nil {
		return no, 0, err
	}
	want, result, rev := hook.Hash(was.New), no, int64(0)
	for _, r := range p.Revisions { // newest first
		same := hook.Hash(r.Slots.Main.Content) == want && (was.After == "" || r.Slots.Main.ContentModel == was.After)
		switch {
		case r.RevID == was.Rev && same && result == no: // saving what is there already makes no revision
			return yes, r.RevID, nil
		case r.RevID <= was.Rev:
			return result, rev, nil
		case d.wrote(c, &r) && same:
			return yes, r.RevID, nil
		case d.wrote(c, &r):
			result, rev = other, r.RevID
		}
	}
	return result, rev, nil
}

package web

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strings"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Revision is a revision of a page of code.
type Revision struct {
	ID     int64
	Author string // empty when hidden
	Saved  time.Time
	Digest store.Digest // of the text; empty when that is not known
}

// Bounds of a picture.
const (
	mostRevisions = 20 // columns
	mostPast      = 30 // rows
	mostPages     = 10 // of a gadget
	pastPatience  = 3 * time.Second
)

// past is what a script or a gadget could do, revision by revision: a picture for each capability, and the same in words.
type past struct {
	Columns []pastColumn // oldest first
	Rows    []pastRow
	More    int // rows that are left out
	Width   int
	unread  int
}

// pastColumn is one revision of one page.
type pastColumn struct {
	Revision
	Title, Diff  string
	Read         bool            // otherwise nobody knows what it could do
	First        bool            // there is nothing before it to compare with
	Gained, Lost []template.HTML // against the one before that was read
	set          capability.Set
}

// pastRow is one capability.
type pastRow struct {
	Says  template.HTML
	Cells []pastCell
	Marks []pastMark // the same in words
}

// pastCell is a square of the picture.
type pastCell struct {
	X    int
	Kind string // "has", "gained", "lost", "unread", or "" for none
}

// pastMark is a moment at which something was gained or lost.
type pastMark struct {
	Kind string // "since", "gained", "lost"
	At   time.Time
}

// pastStep is the width of a column in the picture, with the gap.
const pastStep = 14

// Unread counts the revisions that nobody has read.
func (h *past) Unread() int { return h.unread }

// Key is what the squares mean.
func (h *past) Key() []pastCell {
	key := []pastCell{{Kind: "has"}, {Kind: "gained"}, {Kind: "lost"}}
	if h.unread > 0 {
		key = append(key, pastCell{Kind: "unread"})
	}
	return key
}

// gadgetPast draws what a gadget could do.
func (p *pages) gadgetPast(v *visit, g *registry.Gadget) *past {
	var titles []wiki.Title
	for _, f := range g.Files {
		if t, err := p.Site.Parse(f.Page.Title); err == nil && f.Page.PageID != 0 && isScript(t, f.Page.Model) && len(titles) < mostPages {
			titles = append(titles, t)
		}
	}
	return p.past(v, titles)
}

// past draws the newest revisions of pages. Nil where the wiki or the store does not say in time, or there are fewer than two.
func (p *pages) past(v *visit, titles []wiki.Title) *past {
	if p.Scripts == nil || p.Scripts.History == nil || len(titles) == 0 {
		return nil
	}
	ctx, stop := context.WithTimeout(v.Context(), pastPatience)
	defer stop()
	var columns []pastColumn
	for _, t := range titles {
		all, err := p.Scripts.History(ctx, t, mostRevisions)
		if err != nil {
			p.Log.Warn("history of a page not read", "wiki", p.Site.ID, "page", p.Site.PrefixedText(t), "err", err)
			return nil
		}
		for _, r := range all {
			columns = append(columns, pastColumn{Revision: r, Title: p.Site.PrefixedText(t), Diff: p.diffURL(p.Site.Prefixed(t), r.ID)})
		}
	}
	slices.SortFunc(columns, func(a, b pastColumn) int { return cmp.Or(a.Saved.Compare(b.Saved), cmp.Compare(a.ID, b.ID)) })
	if len(columns) < 2 {
		return nil
	}
	if err := p.fillPast(ctx, columns); err != nil {
		p.Log.Warn("what earlier revisions could do is not known", "wiki", p.Site.ID, "page", columns[0].Title, "err", err)
		return nil
	}
	return p.drawPast(v.lang, columns[max(0, len(columns)-mostRevisions):])
}

// fillPast says what all pages together could do after each revision.
func (p *pages) fillPast(ctx context.Context, columns []pastColumn) error {
	now := map[string]capability.Set{}
	for i := range columns {
		c := &columns[i]
		if c.Digest != "" {
			known, err := dossier.Read(ctx, p.Scripts.Known, p.Site.ID, c.Title, c.Digest)
			if err != nil {
				return err
			}
			c.Read = known.Read.State != dossier.Waits
			now[c.Title] = known.Capabilities()
		}
		var all []capability.Capability
		for _, set := range now {
			all = append(all, set...)
		}
		c.set = plain(all)
	}
	return nil
}

// plain leaves out how sure something is and what sets it off: a row is for what can be done.
func plain(all []capability.Capability) capability.Set {
	set := make([]capability.Capability, len(all))
	for i, c := range all {
		set[i] = capability.Capability{Name: c.Name, Target: c.Target}
	}
	return capability.NewSet(set)
}

// drawPast makes the picture.
func (p *pages) drawPast(lang string, columns []pastColumn) *past {
	h := &past{Columns: columns, Width: len(columns) * pastStep}
	say := func(set capability.Set) (all []template.HTML) {
		for _, c := range set {
			all = append(all, p.words.Can(lang, c, isolate))
		}
		return all
	}
	var every []capability.Capability
	var before *pastColumn
	for i := range h.Columns {
		c := &h.Columns[i]
		if !c.Read {
			h.unread++
			continue
		}
		if every = append(every, c.set...); before == nil {
			c.First = true
		} else {
			gained, lost := capability.Diff(before.set, c.set)
			c.Gained, c.Lost = say(gained), say(lost)
		}
		before = c
	}
	rows := plain(every)
	h.More = max(0, len(rows)-mostPast)
	for _, one := range rows[:len(rows)-h.More] {
		h.Rows = append(h.Rows, h.row(one, p.words.Can(lang, one, isolate), p.words.Dir(lang) == "rtl"))
	}
	return h
}

// row draws one capability. Time runs as the reader's writing does.
func (h *past) row(one capability.Capability, says template.HTML, rtl bool) pastRow {
	r := pastRow{Says: says}
	had, first := false, true
	for i, c := range h.Columns {
		cell := pastCell{X: i * pastStep}
		if rtl {
			cell.X = h.Width - (i+1)*pastStep
		}
		has := slices.Contains(c.set, one)
		switch {
		case !c.Read:
			cell.Kind = "unread"
		case has && first:
			cell.Kind = "has"
			r.Marks = append(r.Marks, pastMark{"since", c.Saved})
		case has && !had:
			cell.Kind = "gained"
			r.Marks = append(r.Marks, pastMark{"gained", c.Saved})
		case has:
			cell.Kind = "has"
		case had:
			cell.Kind = "lost"
			r.Marks = append(r.Marks, pastMark{"lost", c.Saved})
		}
		if c.Read {
			had, first = has, false
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}

// isScript says whether a page of a gadget holds a program or a style sheet, of which an analysis says what it can do.
func isScript(t wiki.Title, model string) bool {
	return wiki.Code(t, model).Runs() || strings.HasSuffix(t.Key, ".vue")
}

package fakewiki

import (
	"strconv"
	"strings"
)

// diff shows what a revision changed: the lines between what both texts begin and end with. It is not minimal, and that
// is enough for a script that looks for a diff page.
func (w *Wiki) diff(v *visit) *reply {
	from, to := w.diffEnds(v)
	if to == nil {
		v.rev = nil
		return w.errorPage(v, 404, "Difference between revisions", "One revision of this difference was not found.")
	}
	old, oldID, oldTitle := "", int64(0), "(no revision)"
	if from != nil {
		old, oldID, oldTitle = from.Text, from.ID, "Revision as of "+humanTime(from.Time)
	}
	v.rev = to
	b := body{heading: w.prefixed(v.title) + ": Difference between revisions", article: true, diffOld: oldID, diffNew: to.ID}
	b.content = `<table class="diff diff-contentalign-left" data-mw="interface"><tbody><tr class="diff-title"><td class="diff-otitle"><div id="mw-diff-otitle1">` + escape(oldTitle) +
		`</div></td><td class="diff-ntitle"><div id="mw-diff-ntitle1">Revision as of ` + escape(humanTime(to.Time)) + `</div><div id="mw-diff-ntitle2">` + w.userLink(to.User) + w.rollbackOn(v, to) + `</div></td></tr>` +
		diffRows(strings.Split(old, "\n"), strings.Split(to.Text, "\n")) + "</tbody></table>" + w.parserOutput(w.renderBody(v.title, to.Text, to.Model).HTML)
	return w.html(v, b)
}

// diffEnds reads oldid and diff, which may be a revision, "prev", "next" or "cur".
func (w *Wiki) diffEnds(v *visit) (from, to *revision) {
	base := v.page.revision(v.id("oldid"))
	switch word := v.text("diff"); word {
	case "prev", "":
		if base == nil {
			base = v.page.current()
		}
		return v.page.revision(base.Parent), base
	case "next":
		for i := range v.page.Revisions {
			if base != nil && v.page.Revisions[i].Parent == base.ID {
				return base, &v.page.Revisions[i]
			}
		}
		return base, nil
	case "cur", "0":
		return base, v.page.current()
	default:
		to = v.page.revision(v.id("diff"))
		if base == nil && to != nil {
			base = v.page.revision(to.Parent)
		}
		return base, to
	}
}

func diffRows(old, now []string) string {
	head := 0
	for head < len(old) && head < len(now) && old[head] == now[head] {
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(now)-head && old[len(old)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	old, now = old[head:len(old)-tail], now[head:len(now)-tail]
	var b strings.Builder
	b.WriteString(`<tr><td class="diff-lineno" colspan="2">Line ` + strconv.Itoa(head+1) + ":</td></tr>")
	for i := range max(len(old), len(now)) {
		b.WriteString("<tr>" + diffCell(old, i, "diff-deletedline") + diffCell(now, i, "diff-addedline") + "</tr>\n")
	}
	return b.String()
}

func diffCell(lines []string, i int, class string) string {
	if i >= len(lines) {
		return `<td class="diff-empty"></td>`
	}
	return `<td class="` + class + `"><div>` + escape(lines[i]) + "</div></td>"
}

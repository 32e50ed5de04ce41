package writedoor

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// revision is a revision with its text.
type revision struct {
	Page, RevID int64
	User        string
	Model, Text string
	Time        string // as the API writes it: sorts as text
}

type revisionRow struct {
	RevID           int64
	User, Timestamp string
	Slots           struct {
		Main struct {
			ContentModel, Content string
			TextHidden            bool
		}
	}
}

type revisionPage struct {
	PageID                      int64
	Missing                     bool
	Revisions, DeletedRevisions []revisionRow
}

func (row *revisionRow) revision(page int64) revision {
	m := row.Slots.Main
	return revision{page, row.RevID, row.User, m.ContentModel, m.Content, row.Timestamp}
}

// revisions asks for revisions with their texts, of one page, newest first.
func (r *results) revisions(q map[string]string) ([]revision, error) {
	var answer struct {
		Query struct{ Pages []revisionPage }
	}
	q["action"], q["prop"], q["rvslots"], q["rvprop"] = "query", "revisions", "main", "ids|user|timestamp|content|contentmodel"
	if err := r.into(r.ctx, &answer, q); err != nil {
		return nil, err
	}
	var list []revision
	for _, page := range answer.Query.Pages {
		for _, row := range page.Revisions {
			if row.Slots.Main.TextHidden {
				return nil, uncomputable("revision %d is hidden", row.RevID)
			}
			list = append(list, row.revision(page.PageID))
		}
	}
	return list, nil
}

func (r *results) current(t wiki.Title) (revision, error) {
	list, err := r.revisions(map[string]string{"titles": r.site.Wiki.PrefixedText(t)})
	if err != nil || len(list) == 0 {
		return revision{}, err
	}
	return list[0], nil
}

// rolledBack is the newest revision that somebody else than the last author saved (RollbackPage).
func (r *results) rolledBack(c *Change) (text, model string, err error) {
	name := r.site.Wiki.PrefixedText(c.Title)
	last, err := r.current(c.Title)
	if err != nil {
		return "", "", err
	}
	list, err := r.revisions(map[string]string{"titles": name, "rvexcludeuser": last.User, "rvlimit": "1"})
	if err != nil {
		return "", "", err
	}
	if last.User == "" || len(list) == 0 {
		return "", "", uncomputable("nobody else has edited %s", name)
	}
	return list[0].Text, list[0].Model, nil
}

// undone is an undo of what is current, which leads back to an older text; any other merges three texts.
func (r *results) undone(c *Change, undo, after, restore string) (text, model string, err error) {
	back := restore
	if restore == "" {
		if undo != strconv.FormatInt(c.Rev, 10) {
			return "", "", uncomputable("only the current revision's undo is; revision %s is not the current one", undo)
		}
		back = after
	}
	q := map[string]string{"revids": back}
	if back == "" || back == "0" { // the one before
		q = map[string]string{"titles": r.site.Wiki.PrefixedText(c.Title), "rvlimit": "2"}
	}
	list, err := r.revisions(q)
	if err != nil {
		return "", "", err
	}
	if len(list) == 0 || q["revids"] == "" && len(list) < 2 {
		return "", "", uncomputable("there is no revision to go back to")
	}
	old := list[len(list)-1]
	if old.Page != c.ID {
		return "", "", uncomputable("revision %s is of another page", back)
	}
	return old.Text, old.Model, nil
}

// restored is what is current after a restoration: the newest of the page's revisions and the restored ones.
func (r *results) restored(c *Change) error {
	if !r.restoresAll() {
		return uncomputable("only some revisions are restored")
	}
	var answer struct {
		Query struct{ Pages []revisionPage }
	}
	err := r.into(r.ctx, &answer, map[string]string{
		"action": "query", "prop": "deletedrevisions", "titles": r.site.Wiki.PrefixedText(c.Title), "drvslots": "main",
		"drvprop": "ids|user|timestamp|content|contentmodel", "drvlimit": "1",
	})
	if err != nil {
		return err
	}
	var list []revision
	for _, page := range answer.Query.Pages {
		for _, row := range page.DeletedRevisions {
			if row.Slots.Main.TextHidden || row.Slots.Main.ContentModel == "" {
				return uncomputable("the deleted text cannot be seen")
			}
			list = append(list, row.revision(0))
		}
	}
	if c.ID != 0 {
		now, err := r.current(c.Title)
		if err != nil {
			return err
		}
		list = append(list, now)
	}
	if len(list) == 0 {
		return uncomputable("nothing deleted can be seen")
	}
	newest := slices.MaxFunc(list, func(a, b revision) int { return cmp.Compare(a.Time, b.Time) })
	c.New, c.After = newest.Text, newest.Model
	return nil
}

// restoresAll says whether no revisions were picked, in the form's way or the API's.
func (r *results) restoresAll() bool {
	for key, value := range r.op.Params.All() {
		if strings.HasPrefix(key, "ts") && len(key) == 16 || (key == "timestamps" || key == "fileids") && value.Text != "" {
			return false
		}
	}
	return true
}

// transformed is what MediaWiki stores (its pre-save transformation): signatures and substitutions expanded, JSON laid out.
// The result is transformed again, because only a text that stays as it is can be approved and then saved.
func (r *results) transformed(c *Change, text string) (string, error) {
	once, err := r.transform(c, text)
	if err != nil {
		return "", err
	}
	twice, err := r.transform(c, once)
	if err == nil && once != twice {
		err = uncomputable("saving the text changes it each time")
	}
	return once, err
}

func (r *results) transform(c *Change, text string) (string, error) {
	if text == "" {
		return "", nil // the API takes an empty text for none
	}
	var answer struct{ Parse struct{ Text string } }
	err := r.into(r.ctx, &answer, map[string]string{
		"action": "parse", "onlypst": "1", "contentmodel": c.After, "title": r.site.Wiki.PrefixedText(c.Title), "text": text,
	})
	return answer.Parse.Text, err
}

// sectioned puts a section's new text in the place of the old one. What is put together here the wiki compares with what it
// would put together itself.
func (r *results) sectioned(c *Change, section, text string) (string, error) {
	if section == "" {
		return text, nil
	}
	if section == "new" || c.ID == 0 {
		return "", uncomputable("a new section")
	}
	list, err := r.revisions(map[string]string{"revids": strconv.FormatInt(c.Rev, 10), "rvsection": section})
	if err != nil {
		return "", err
	}
	if len(list) != 1 || strings.Count(c.Old, list[0].Text) != 1 {
		return "", uncomputable("section %s is not found once", shorten(section))
	}
	before, after, _ := strings.Cut(c.Old, list[0].Text)
	after = strings.TrimLeft(after, "\n")
	whole := before + text
	if after != "" {
		whole += "\n\n" + after
	}
	return whole, r.sameAsSection(c, section, text, whole)
}

// sameAsSection asks the wiki for the difference between our text and the section edit; there must be none.
func (r *results) sameAsSection(c *Change, section, text, whole string) error {
	var answer struct{ Compare struct{ Body *string } }
	rev := strconv.FormatInt(c.Rev, 10)
	err := r.into(r.ctx, &answer, map[string]string{
		"action": "compare", "fromrev": rev, "fromslots": "main", "fromtext-main": whole, "fromcontentmodel-main": c.Before,
		"torev": rev, "toslots": "main", "totext-main": text, "tosection-main": section, "tocontentmodel-main": c.Before, "prop": "diff",
	})
	if err == nil && (answer.Compare.Body == nil || *answer.Compare.Body != "") {
		err = uncomputable("section %s is put together differently by the wiki", shorten(section))
	}
	return err
}

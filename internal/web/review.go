package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"sallyport/internal/approved"
	"sallyport/internal/registry"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// mostReviews bounds the texts of the list.
const mostReviews = 200

// reviewsTexts says whether there are pages about texts that wait for reviewers.
func (p *pages) reviewsTexts() bool { return p.Reviews != nil && p.Scripts != nil }

// reviewsPage is what waits.
type reviewsPage struct {
	Rows      []reviewRow
	People    bool // the reader is told who runs what
	Done      *reviewRow
	CSV, JSON string
}

// reviewRow is a text that waits, in a line.
type reviewRow struct {
	store.Review
	Name  string // of the page, as people read it
	URL   string
	Age   template.HTML
	Past  bool // the page has another text by now
	New   bool // nothing of the page is served
	Read  bool
	Score int
	Level string
	Was   int    // score of the text that is served; -1: not known
	Tier  string // empty: not looked after any more
	Runs  int    // people; -1: not known, or not told
}

// reviewed is a text that was seen, beside the one that is served.
type reviewed struct {
	store.Review
	title   wiki.Title
	at      approved.Page
	is, was *known // was is nil when nothing of the page is served
}

// review shows what waits for reviewers.
func (p *pages) review(v *visit) error {
	rows, err := p.waitingTexts(v)
	if err != nil {
		return err
	}
	body := reviewsPage{Rows: rows, People: p.seesAudience(v), CSV: p.Base + "/review.csv", JSON: p.Base + "/review.json"}
	if body.Done, err = p.doneReview(v); err != nil {
		return err
	}
	return p.show(v, "reviews", http.StatusOK, body)
}

// doneReview is the text that an address says was decided about, as the store has it.
func (p *pages) doneReview(v *visit) (*reviewRow, error) {
	q := v.URL.Query()
	t, d, err := p.textNamed(q.Get("title"), q.Get("done"))
	if err != nil {
		return nil, nil //nolint:nilerr // an address that names nothing says nothing
	}
	r, err := p.Reviews.Review(v.Context(), t, d)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.State == store.ReviewWaiting {
		return nil, nil
	}
	return &reviewRow{Review: r, Name: p.Site.PrefixedText(t)}, err
}

// textNamed is a text that an address names.
func (p *pages) textNamed(title, digest string) (wiki.Title, store.Digest, error) {
	t, err := p.Site.Parse(title)
	if err != nil || t == (wiki.Title{}) || !aDigest.MatchString(digest) {
		return t, "", errNoReview
	}
	return t, store.Digest(digest), nil
}

// waitingTexts lists what waits, as far as a reader may read it: a page's current text, and what it no longer has for those who decide
// about it and whoever wrote it. What the wiki took away is not for everybody.
func (p *pages) waitingTexts(v *visit) (rows []reviewRow, err error) {
	ctx := v.Context()
	all, err := p.Reviews.Waiting(ctx, mostReviews)
	if err != nil {
		return nil, err
	}
	titles := make([]wiki.Title, 0, len(all))
	names := make([]string, 0, len(all))
	kept := all[:0]
	for _, r := range all {
		if t, err := p.Site.Parse(r.Title); err == nil {
			kept, titles, names = append(kept, r), append(titles, t), append(names, p.Site.PrefixedText(t))
		}
	}
	now, err := p.Reviews.Look(ctx, titles)
	if err != nil {
		return nil, err
	}
	runs, err := p.runners(v, names)
	if err != nil {
		return nil, err
	}
	for i, r := range kept {
		if !mayRead(v, r, now[i].Now) {
			continue
		}
		x, err := p.compared(ctx, r, titles[i], now[i])
		if err != nil {
			return nil, err
		}
		rows = append(rows, p.reviewRow(v, x, runs))
	}
	return rows, nil
}

// mayRead says whether somebody may read a text here: it is what the page has, or they decide about it, or wrote it.
func mayRead(v *visit, r store.Review, now store.Digest) bool {
	return r.Digest == now || approved.Reviews(v.me) || v.me.ID != 0 && r.Author == v.me.Name
}

// runners says of scripts who runs them, where a reader may know.
func (p *pages) runners(v *visit, names []string) (map[string]store.Script, error) {
	if !p.listsScripts() || !p.seesAudience(v) {
		return nil, nil
	}
	return p.Scripts.List.ScriptsNamed(v.Context(), p.Site.ID, names)
}

// compared is what is known of a text and of the one that is served, without the texts.
func (p *pages) compared(ctx context.Context, r store.Review, t wiki.Title, at approved.Page) (x reviewed, err error) {
	x = reviewed{Review: r, title: t, at: at}
	page := wiki.Page{Title: t, Model: wiki.DefaultModel(t), Rev: r.RevID, Author: r.Author, Touched: r.Saved}
	if x.is, err = p.about(ctx, page, r.Digest); err == nil && at.Serve != "" {
		x.was, err = p.about(ctx, page, at.Serve)
	}
	return x, err
}

// score is what running a text may do, as far as it was read.
func (k *known) score() (n int, read bool) {
	if k == nil || k.read.State != stateDone && k.run.State != stateDone {
		return -1, false
	}
	return k.judge().Score, true
}

func (p *pages) reviewRow(v *visit, x reviewed, runs map[string]store.Script) reviewRow {
	row := reviewRow{
		Review: x.Review, Name: p.Site.PrefixedText(x.title), URL: p.reviewURL(x.title, x.Digest), Age: p.words.Age(v.lang, p.Now().Sub(x.Saved)),
		Past: x.at.Now != x.Digest, New: x.at.Serve == "", Tier: string(x.at.Tier), Runs: -1,
	}
	row.Score, row.Read = x.is.score()
	row.Was, _ = x.was.score()
	row.Level = string(risk.LevelOf(row.Score))
	if s, ok := runs[row.Name]; ok {
		row.Runs = s.People
	}
	return row
}

// reviewURL is the address of the page about one text of a page.
func (p *pages) reviewURL(t wiki.Title, d store.Digest) string {
	return p.Base + "/review/" + string(d) + "?" + url.Values{"title": {p.Site.PrefixedText(t)}}.Encode()
}

// heldForReview says whether reviewers keep a page's newest text from readers, and where. It is nothing for a text that they get.
func (p *pages) heldForReview(v *visit, k *known) (address string, state store.ReviewState, err error) {
	if !p.reviewsTexts() {
		return "", "", nil
	}
	r, err := p.Reviews.Review(v.Context(), k.page.Title, k.digest)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", "", nil
	case err != nil, r.State == store.ReviewApproved:
		return "", "", err
	}
	return p.reviewURL(k.page.Title, k.digest), r.State, nil
}

// heldText is a page of a gadget whose newest text readers do not get yet.
type heldText struct{ Name, Review string }

// heldBack lists them.
func (p *pages) heldBack(v *visit, g *registry.Gadget) (list []heldText, err error) {
	if !p.reviewsTexts() {
		return nil, nil
	}
	waiting, err := p.Reviews.Waiting(v.Context(), mostReviews) // newest first
	if err != nil {
		return nil, err
	}
	titles := []string{g.Row.Title}
	for _, f := range g.Files {
		titles = append(titles, f.Title)
	}
	for _, title := range titles {
		i := slices.IndexFunc(waiting, func(r store.Review) bool { return readable(r.Title) == readable(title) })
		if i < 0 {
			continue
		}
		if t, err := p.Site.Parse(title); err == nil {
			list = append(list, heldText{readable(title), p.reviewURL(t, waiting[i].Digest)})
		}
	}
	return list, nil
}

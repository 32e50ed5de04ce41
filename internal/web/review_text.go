package web

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"sallyport/internal/approved"
	"sallyport/internal/capability"
	"sallyport/internal/diff"
	"sallyport/internal/finding"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Bounds of a difference that is shown.
const (
	mostLines = 3000
	mostBytes = 512 << 10
)

// reviewPage is one text that was seen, before somebody decides about it.
type reviewPage struct {
	store.Review
	Name         string
	URL          string // of this page
	History      string
	WikiDiff     string
	Past         bool // the page has another text by now
	New          bool // nothing of the page is served
	Served       bool // this very text is
	Never        bool // no analysis reads such pages
	Read, WasIn  bool // analyses read this text; and the one that is served
	Gained, Lost []template.HTML
	Risk         *riskPart
	Was          int // score of the text that is served; -1: not known
	Findings     []findingRow
	Rows         []diff.Row
	Cut          int // lines that are not shown
	Tries        int // people who test it
	Reviewer     bool
	Own          bool // the reader saved it
	MayTry       bool
	Trial        *store.Trial // the reader tests it
	Token        string       // empty: the reader can send nothing from here
}

// reviewOne shows a text: what it can do that the one that is served cannot, what was found in it, what differs.
func (p *pages) reviewOne(v *visit) error {
	t, d, err := p.textNamed(v.URL.Query().Get("title"), v.PathValue("digest"))
	if err != nil {
		return err
	}
	x, err := p.seen(v, t, d)
	if err != nil {
		return err
	}
	body := reviewPage{
		Review: x.Review, Name: p.Site.PrefixedText(t), URL: p.reviewURL(t, d), History: p.historyURL(stored(x.Title)), WikiDiff: p.diffURL(x.Title, x.RevID),
		Past: x.at.Now != d, New: x.at.Serve == "", Served: x.at.Serve == d, Reviewer: approved.Reviews(v.me), Own: v.me.ID != 0 && x.Author == v.me.Name,
		MayTry: p.Reviews.MayTry(v.me, &x.Review),
	}
	body.tell(p, v.lang, x)
	if err := body.tried(p, v); err != nil {
		return err
	}
	if v.door == byPerson && v.me.ID != 0 && (body.Reviewer || body.MayTry) {
		body.Token = p.tokens.mint(reviewing(v.me, t, d), v.Request)
	}
	return p.show(v, "review", http.StatusOK, body)
}

// seen is a text of a page that a reader may read.
func (p *pages) seen(v *visit, t wiki.Title, d store.Digest) (x reviewed, err error) {
	r, err := p.Reviews.Review(v.Context(), t, d)
	if errors.Is(err, store.ErrNotFound) {
		return x, errNoReview
	}
	if err != nil {
		return x, err
	}
	now, err := p.Reviews.Look(v.Context(), []wiki.Title{t})
	if err != nil {
		return x, err
	}
	if !mayRead(v, r, now[0].Now) {
		return x, errNoReview
	}
	if x, err = p.compared(v.Context(), r, t, now[0]); err != nil {
		return x, err
	}
	if x.is.page.Text, err = p.Reviews.Text(v.Context(), d); err == nil && x.was != nil {
		x.was.page.Text, err = p.Reviews.Text(v.Context(), now[0].Serve)
	}
	return x, err
}

// tell puts into words what a text is, beside the one that is served.
func (b *reviewPage) tell(p *pages, lang string, x reviewed) {
	kind := wiki.Code(x.title, wiki.DefaultModel(x.title))
	b.Never = kind == wiki.NotCode || kind == wiki.SiteHTML
	_, b.Read = x.is.score()
	b.Was, b.WasIn = x.was.score()
	b.Risk = p.tellRisk(lang, x.is)
	var before capability.Set
	var had []finding.Finding
	old := ""
	if x.was != nil {
		before, had, old = x.was.capabilities(), x.was.script.Findings, x.was.page.Text
	}
	if b.Read {
		gained, lost := capability.Diff(before, x.is.capabilities())
		for _, c := range gained {
			b.Gained = appendNew(b.Gained, p.words.Can(lang, c, isolate))
		}
		for _, c := range lost {
			b.Lost = appendNew(b.Lost, p.words.Can(lang, c, isolate))
		}
		b.Findings = freshFindings(x.is, had)
	}
	b.Rows, b.Cut = cut(diff.Of(old, x.is.page.Text))
}

// capabilities is what reading and running saw, together.
func (k *known) capabilities() capability.Set {
	all := append([]capability.Capability{}, k.script.Capabilities...)
	for _, c := range k.report.Capabilities {
		all = append(all, c.Capability)
	}
	return capability.NewSet(all)
}

// freshFindings are those that another text does not have.
func freshFindings(k *known, had []finding.Finding) (rows []findingRow) {
	all := k.script.Findings
	before := map[string]int{}
	for _, f := range had {
		before[f.Rule+"\n"+f.Message]++
	}
	for i, row := range k.findings() {
		key := all[i].Rule + "\n" + all[i].Message
		if before[key]--; before[key] < 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// cut bounds a difference: what is left out is counted in lines.
func cut(rows []diff.Row) (shown []diff.Row, left int) {
	bytes := 0
	for i, row := range rows {
		for _, part := range row.Parts {
			bytes += len(part.Text)
		}
		if i >= mostLines || bytes > mostBytes {
			for _, rest := range rows[i:] {
				left += max(1, rest.Skipped)
			}
			return rows[:i], left
		}
	}
	return rows, 0
}

// tried says who tests a text.
func (b *reviewPage) tried(p *pages, v *visit) error {
	all, err := p.Reviews.Trials(v.Context())
	if err != nil || b.State != store.ReviewWaiting {
		return err
	}
	for i, t := range all {
		if t.Title != b.Title || t.Digest != b.Digest {
			continue
		}
		b.Tries++
		if v.me.ID != 0 && t.UserID == v.me.ID {
			b.Trial = &all[i]
		}
	}
	return nil
}

// reviewing is the deed that a token for a decision about a text, or for testing it, allows.
func reviewing(me wiki.User, t wiki.Title, d store.Digest) deed {
	return deed{user: me.ID, to: strings.Join([]string{"review", digits(int64(t.NS)), t.Key, string(d)}, "\x00")}
}

package web

import (
	"net/http"

	"sallyport/internal/store"
)

// trialsPage is what a reader tests.
type trialsPage struct {
	Rows   []trialRow
	Review string
}

// trialRow is a text that a reader runs in their own pages, with what the form to end it needs.
type trialRow struct {
	store.Trial
	Name     string
	URL      string
	Revision int64
	Token    string
}

// trials shows what a reader tests, where the bar on their pages leads.
func (p *pages) trials(v *visit) error {
	switch {
	case v.down != nil:
		return errWikiDown
	case v.me.ID == 0:
		return errNobody
	}
	all, err := p.Reviews.Trials(v.Context())
	if err != nil {
		return err
	}
	mine, err := p.Reviews.TrialsOf(v.Context(), all, v.me)
	if err != nil {
		return err
	}
	body := trialsPage{Review: p.Base + "/review"}
	for _, t := range mine {
		row := trialRow{Trial: t.Trial, Name: p.Site.PrefixedText(t.Page), URL: p.reviewURL(t.Page, t.Digest), Revision: t.Revision}
		if v.door == byPerson {
			row.Token = p.tokens.mint(deed{user: v.me.ID, to: "trial"}, v.Request)
		}
		body.Rows = append(body.Rows, row)
	}
	return p.show(v, "trial", http.StatusOK, body)
}

// stopTrial ends a test, for the person who pressed the button.
func (p *pages) stopTrial(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	if err := p.permits(v, deed{user: v.me.ID, to: "trial"}); err != nil {
		return err
	}
	t, err := p.Site.Parse(v.PostForm.Get("title"))
	if err != nil {
		return errForm
	}
	if err := p.Reviews.StopTrying(v.Context(), t, v.me); err != nil {
		return err
	}
	return v.redirect(p.Base + "/trial")
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// What can go wrong with a text that waits, in a way a person can understand.
var (
	errNoReview   = &fault{http.StatusNotFound, "noreview"}
	errNoReviewer = &fault{http.StatusForbidden, "noreviewer"}
	errOwnText    = &fault{http.StatusForbidden, "owntext"}
	errReviewed   = &fault{http.StatusConflict, "reviewed"}
	errNoWhy      = &fault{http.StatusBadRequest, "nowhy"}
	errNoTester   = &fault{http.StatusForbidden, "notester"}
	errManyTrials = &fault{http.StatusConflict, "manytrials"}
)

// reviewFault is the page for an error about a text.
func reviewFault(err error) error {
	for _, c := range []struct{ is, page error }{
		{approved.ErrNotReviewer, errNoReviewer}, {approved.ErrOwn, errOwnText}, {approved.ErrDecided, errReviewed}, {approved.ErrNotWaiting, errReviewed},
		{approved.ErrNoReason, errNoWhy}, {approved.ErrNotTester, errNoTester}, {approved.ErrTrials, errManyTrials}, {store.ErrNotFound, errNoReview},
	} {
		if errors.Is(err, c.is) {
			return c.page
		}
	}
	return err
}

// doReview decides about a text, or begins or ends testing it, for a person who pressed a button of our page.
func (p *pages) doReview(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	t, d, err := p.textNamed(v.PostForm.Get("title"), v.PathValue("digest"))
	if err != nil {
		return err
	}
	if err := p.permits(v, reviewing(v.me, t, d)); err != nil {
		return err
	}
	to := p.reviewURL(t, d)
	switch v.PostForm.Get("do") {
	case "approve":
		err = p.Reviews.Decide(v.Context(), t, d, v.me, store.ReviewApproved, words(v.PostForm.Get("reason")))
		to = p.doneURL(t, d)
	case "reject":
		err = p.Reviews.Decide(v.Context(), t, d, v.me, store.ReviewRejected, words(v.PostForm.Get("reason")))
		to = p.doneURL(t, d)
	case "try":
		hours, _ := strconv.Atoi(v.PostForm.Get("hours")) // what is no number is too short
		if hours < 1 || hours > int(approved.LongestTrial/time.Hour) {
			return errForm
		}
		err = p.Reviews.Try(v.Context(), t, d, v.me, time.Duration(hours)*time.Hour)
	case "stop":
		err = p.Reviews.StopTrying(v.Context(), t, v.me)
	default:
		return errForm
	}
	if err != nil {
		return reviewFault(err)
	}
	return v.redirect(to)
}

// doneURL is the list with a word on what was decided.
func (p *pages) doneURL(t wiki.Title, d store.Digest) string {
	return p.Base + "/review?" + url.Values{"title": {p.Site.PrefixedText(t)}, "done": {string(d)}}.Encode()
}

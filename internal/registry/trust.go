package registry

import (
	"context"
	"errors"
	"slices"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// othersCode is the right to edit other people's scripts: who holds it is trusted with them by the wiki already.
const othersCode = "edituserjs"

// trusted returns the newest revision of a page that somebody saved who may decide what runs under the owner's name.
// When there is none, ok is false.
func (r *Registry) trusted(ctx context.Context, p wiki.Page) (rev wiki.Page, ok bool, err error) {
	if wiki.Protected(p.Title, p.Model) {
		return p, true, nil
	}
	owner, isUser := r.Site.Owner(p.Title)
	if !isUser {
		return p, false, nil
	}
	if p.Author == owner {
		return p, true, nil
	}
	author, err := r.people.get(ctx, p.Author, rightsAge)
	if err != nil {
		return p, false, err
	}
	// A move leaves a revision by whoever moved the page, with the text unchanged. Only the owner's own last revision
	// says what the owner wanted; the mover's is believed only when they could have edited a script as well.
	if p.Author != "" && slices.Contains(author.Rights, othersCode) {
		return p, true, nil
	}
	rev, err = r.wiki.LastBy(ctx, p.Title, owner)
	if errors.Is(err, mediawiki.ErrNoRevision) {
		return p, false, nil
	}
	return rev, err == nil, err
}

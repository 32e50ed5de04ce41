package dossier

import (
	"context"
	"slices"
	"time"

	"sallyport/internal/entry"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/risk"
	"sallyport/internal/wiki"
)

// accountFor is how long an account is believed: blocks come without a word.
const accountFor = time.Minute

// author is the tier of the account whose page it is. Pages that only people who may change everybody's code can edit are trusted;
// whose other pages are is not known.
func (a *Archive) author(ctx context.Context, t wiki.Title) entry.Author {
	if t.NS == wiki.NSMediaWiki {
		return entry.Trusted
	}
	name, owned := a.Site.Owner(t)
	if !owned || a.Account == nil {
		return entry.Unknown
	}
	account, ok := a.accounts.GetIfPresent(name)
	if !ok {
		var err error
		if account, err = a.Account(ctx, name); err != nil {
			a.warn("whose script it is is not known", t, err)
			return entry.Unknown
		}
		a.accounts.Set(name, account)
	}
	return TierOf(account)
}

// TierOf is what an account is to the rules.
func TierOf(a mediawiki.Author) entry.Author {
	has := func(right string) bool { return slices.Contains(a.Rights, right) }
	switch {
	case a.ID == 0:
		return entry.Unknown
	case a.Blocked:
		return entry.Blocked
	case has("editsitejs") || has("edituserjs"):
		return entry.Trusted
	case has("autoconfirmed"):
		return entry.Confirmed
	default:
		return entry.Unconfirmed
	}
}

// facts is what the wiki says of who keeps a page and who runs it.
func (a *Archive) facts(ctx context.Context, t wiki.Title, read *finding.Script) (f risk.Facts) {
	if t == (wiki.Title{}) {
		return f
	}
	if a.Facts != nil {
		owner, _ := a.Site.Owner(t)
		f = a.Facts(ctx, wiki.Page{Title: t, Model: wiki.DefaultModel(t), Author: owner}, read)
	}
	if a.Audience == nil {
		return f
	}
	people, known, err := a.Audience(ctx, t)
	switch {
	case err != nil:
		a.warn("who runs a page is not known", t, err)
	case known:
		f.Audience.Known, f.Audience.People, f.Audience.Wikis = true, people, max(1, f.Audience.Wikis)
	}
	return f
}

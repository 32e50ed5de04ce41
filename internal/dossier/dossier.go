// Package dossier gathers what is known of a script on one wiki.
//
//	results of reading and running, by the text's hash ┐
//	the account whose page it is, as the wiki knows it  ├──► what the rules at the load door ask, the score, and why
//	who runs it, what reviewers said                    ┘
//
// A result belongs to a page as well as to a text: what a script may do depends on whose it is. What cannot be found out is
// unknown, never an error: a wiki that does not answer must not make a script look better or stop a page. No network of its own;
// the clock and everything that is asked are handed in.
package dossier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/entry"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// Options are what [New] needs. Site and Known are required.
type Options struct {
	Site  *wiki.Site
	Known Analyses // a [store.Store] is one
	// Account says what the wiki knows of an account; nil, or an error: nothing.
	Account func(ctx context.Context, name string) (mediawiki.Author, error)
	// Facts is who keeps a page and who runs it, for the score; nil: nothing is known. Of the page only the title, the model and whose
	// it is are given.
	Facts func(ctx context.Context, p wiki.Page, read *finding.Script) risk.Facts
	// Audience counts the people who have switched on what a page is part of. known is false where that cannot be counted.
	Audience func(ctx context.Context, t wiki.Title) (people int, known bool, err error)
	// Review is what reviewers said of exactly this text; nil: there are no reviewers.
	Review func(ctx context.Context, t wiki.Title, d store.Digest) (entry.Review, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// Text is a script that somebody is about to run.
type Text struct {
	Title  wiki.Title // the zero title: which page it is from is not known
	Kind   entry.Kind // empty: what the title says
	Digest store.Digest
	Author entry.Author // of another wiki's page, as that wiki says; empty: this wiki is asked
}

// File is what is known of a text. Files are shared: nobody changes them.
type File struct {
	Digest store.Digest
	Script entry.Script
	Risk   risk.Assessment
	Read   *finding.Script // nil: nobody has read it
	Run    *trace.Report   // nil: it was not run
}

// How long a file is believed. What is not read yet may be at any moment.
const (
	readFor   = 30 * time.Second
	unreadFor = 2 * time.Second
)

// Bounds of what is remembered.
const (
	maxFiles    = 20_000
	maxAccounts = 20_000
)

// Archive keeps files. It is safe for concurrent use.
type Archive struct {
	Options
	files    *otter.Cache[Text, kept]
	accounts *otter.Cache[string, mediawiki.Author]
	scores   *risk.Cache
}

type kept struct {
	file  *File
	until time.Time
}

// New makes an archive.
func New(o Options) *Archive {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Archive{
		Options: o, scores: risk.NewCache(maxFiles),
		files: otter.Must(&otter.Options[Text, kept]{MaximumSize: maxFiles}),
		accounts: otter.Must(&otter.Options[string, mediawiki.Author]{
			MaximumSize: maxAccounts, ExpiryCalculator: otter.ExpiryWriting[string, mediawiki.Author](accountFor),
		}),
	}
}

// Of returns what is known of a text. The error is the store's: it could not be asked.
func (a *Archive) Of(ctx context.Context, t Text) (*File, error) {
	if k, ok := a.files.GetIfPresent(t); ok && a.Now().Before(k.until) {
		return k.file, nil
	}
	f, err := a.gather(ctx, t)
	if err != nil {
		return nil, err
	}
	life := readFor
	if !f.Script.Read {
		life = unreadFor
	}
	a.files.Set(t, kept{f, a.Now().Add(life)})
	return f, nil
}

func (a *Archive) gather(ctx context.Context, t Text) (*File, error) {
	title := ""
	if t.Title != (wiki.Title{}) {
		title = a.Site.PrefixedText(t.Title)
	}
	known, err := Read(ctx, a.Known, a.Site.ID, title, t.Digest)
	if err != nil {
		return nil, err
	}
	place := t.Title
	if t.Kind == entry.Farm { // who keeps it, this wiki does not know
		place = wiki.Title{}
	}
	facts := a.facts(ctx, place, known.Script)
	f := &File{Digest: t.Digest, Read: known.Script, Run: known.Report}
	f.Script = entry.Script{
		Title: title, Kind: cmp.Or(t.Kind, KindOf(a.Site, t.Title)), Author: cmp.Or(t.Author, a.author(ctx, place)), People: facts.Audience.People,
		Review: entry.Unreviewed, Capabilities: known.Capabilities(),
		Read: known.Script != nil || known.Read.State == Aside, // what no analysis can read is opaque, not merely unread
	}
	if a.Review != nil && title != "" {
		if f.Script.Review, err = a.Review(ctx, t.Title, t.Digest); err != nil {
			return nil, fmt.Errorf("read the review of %q: %w", title, err)
		}
	}
	f.Risk, err = a.scores.Get(known.key(title, t.Digest, facts), func() (risk.Subject, error) { return known.subject(facts), nil })
	if f.Script.Read {
		f.Script.Score = f.Risk.Score
	}
	return f, err
}

func (a *Archive) warn(what string, t wiki.Title, err error) {
	if !errors.Is(err, context.Canceled) {
		a.Log.Warn(what, "wiki", a.Site.ID, "page", a.Site.PrefixedText(t), "err", err) //nolint:sloglint // what is a constant of those who call
	}
}

// KindOf is what sort of code a page holds, as far as its title says.
func KindOf(site *wiki.Site, t wiki.Title) entry.Kind {
	_, owned := site.Owner(t)
	switch {
	case t.NS == wiki.NSMediaWiki:
		return entry.SiteCode
	case owned && t.IsSubpage():
		return entry.UserScript
	default:
		return entry.OtherPage
	}
}

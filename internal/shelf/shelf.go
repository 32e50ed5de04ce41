// Package shelf keeps the list of a wiki's scripts up to date: for every page of code a line with its score, what it can do, whom it
// contacts and how many people run it, so that the whole of a large wiki can be sorted and searched at once.
//
//	the watch on the wiki: a page is this now ──► a line, due
//	the store: a result of that text is kept  ──► the line is due again
//	[Shelf.Run]: a line that is due           ──► judged; due again in a day, because who runs it changes without a word
//
// Any number of processes may do this with one store. A line that something happened to while it was judged is judged again. What
// cannot be found out is unknown, never an error. The clock and everything that is asked are handed in.
package shelf

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// Store is what a shelf needs of a [store.Store].
type Store interface {
	store.Scripts
	dossier.Analyses
}

// Shelf keeps the list of one wiki. Site, Store and Now are required.
type Shelf struct {
	Site  *wiki.Site
	Store Store
	// Facts is who keeps a page and who runs it, for the score; nil: nothing is known.
	Facts func(ctx context.Context, p wiki.Page, read *finding.Script) risk.Facts
	// Audience counts the people who have switched on what a page is part of. known is false where that cannot be counted.
	Audience func(ctx context.Context, t wiki.Title) (people int, known bool, err error)
	// Changed is told of a text that was read, before the list has it, with the text before it; on an error it is told again. It may be
	// told several times of the same, and at every process. nil: nobody is.
	Changed func(ctx context.Context, c Change) error
	Now     func() time.Time
	Log     *slog.Logger
}

const (
	rejudged = 24 * time.Hour  // how long a judgement is believed when nothing is heard
	atOnce   = 100             // lines taken at once
	look     = time.Second / 4 // pause when nothing is due
	troubled = 10 * time.Second
	patience = 5  // lines that may fail before the others wait, too
	most     = 64 // outside hosts that a line has
)

// Seen keeps what a page is now.
func (s *Shelf) Seen(ctx context.Context, p wiki.Page) error {
	return s.Store.SeeScript(ctx, store.Script{
		Wiki: s.Site.ID, Title: s.Site.PrefixedText(p.Title), Rev: p.Rev, Digest: store.DigestOf(p.Text), Author: p.Author, Saved: p.Touched,
	})
}

// Gone forgets a page that is not there, or is no code.
func (s *Shelf) Gone(ctx context.Context, t wiki.Title) error {
	return s.Store.DropScript(ctx, s.Site.ID, s.Site.PrefixedText(t))
}

// Run judges what is due until ctx ends. A store that does not answer is asked again.
func (s *Shelf) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		pause := look
		n, err := s.judgeDue(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.Log.Warn("the list of scripts is behind", "wiki", s.Site.ID, "err", err, "again_in", troubled)
			pause = troubled
		case n == atOnce:
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// judgeDue judges some of what is due, and says how many. What cannot be judged stays due, and does not stop the others at once.
func (s *Shelf) judgeDue(ctx context.Context) (int, error) {
	rows, err := s.Store.DueScripts(ctx, s.Site.ID, s.Now(), atOnce)
	if err != nil {
		return 0, err
	}
	failures := 0
	for _, x := range rows {
		if one := s.judge(ctx, x); one != nil {
			err = cmp.Or(err, one)
			if failures++; failures == patience {
				break
			}
		}
	}
	if err != nil {
		return 0, err
	}
	return len(rows), nil
}

// judge brings one line up to date.
func (s *Shelf) judge(ctx context.Context, x store.Script) error {
	t, err := s.Site.Parse(x.Title)
	if err != nil {
		return s.Store.DropScript(ctx, x.Wiki, x.Title)
	}
	known, err := dossier.Read(ctx, s.Store, x.Wiki, x.Title, x.Digest)
	if err != nil {
		return err
	}
	switch {
	case known.Read.State == dossier.Done:
		x.State = store.ScriptRead
	case known.Read.State == dossier.Aside:
		x.State = store.ScriptAside
	default:
		return s.Store.JudgeScript(ctx, x, s.Now().Add(rejudged)) // a result wakes it; what was known of the text before stays
	}
	return s.fill(ctx, t, x, known)
}

// fill says what is known of a text that was read, or that nobody can read.
func (s *Shelf) fill(ctx context.Context, t wiki.Title, x store.Script, known *dossier.Known) error {
	facts := s.facts(ctx, t, x, known.Script)
	subject := risk.Subject{Read: known.Script, Facts: facts}
	if known.Report != nil {
		subject.Run = known.Report.Script("")
	}
	a := risk.Score(subject)
	x.Score, x.Hosts, x.People, x.Powerful, x.Reason = a.Score, hosts(x.Title, known), -1, -1, ""
	if facts.Audience.Known {
		x.People = facts.Audience.People
	}
	if s.Facts != nil {
		x.Powerful = facts.Audience.Powerful
	}
	if x.Powerful > 0 {
		x.People = max(x.People, x.Powerful) // they ran it, wherever they have it from
	}
	if len(a.Reasons) > 0 {
		text, err := json.Marshal(a.Reasons[0])
		if err != nil {
			return fmt.Errorf("keep why %q is risky: %w", x.Title, err)
		}
		x.Reason = string(text)
	}
	text, err := json.Marshal(append(capability.Set{}, capabilities(known)...))
	if err != nil {
		return fmt.Errorf("keep what %q can do: %w", x.Title, err)
	}
	x.Capabilities = string(text)
	if err := s.tell(ctx, t, x, known, facts); err != nil {
		return err
	}
	return s.Store.JudgeScript(ctx, x, s.Now().Add(rejudged))
}

func (s *Shelf) facts(ctx context.Context, t wiki.Title, x store.Script, read *finding.Script) (f risk.Facts) {
	if s.Facts != nil {
		f = s.Facts(ctx, wiki.Page{Title: t, Model: wiki.DefaultModel(t), Rev: x.Rev, Author: x.Author, Touched: x.Saved}, read)
	}
	if s.Audience == nil {
		return f
	}
	people, known, err := s.Audience(ctx, t)
	switch {
	case err != nil:
		s.Log.Warn("who runs a page is not known", "wiki", s.Site.ID, "page", x.Title, "err", err)
	case known:
		f.Audience.Known, f.Audience.People, f.Audience.Wikis = true, people, max(1, f.Audience.Wikis)
	}
	return f
}

// hosts are the outside hosts that a script contacts, as reading and running know them.
func hosts(title string, known *dossier.Known) (all []string) {
	sight := trace.Sight{Path: title, Report: known.Report}
	if known.Script != nil {
		sight.Static = known.Script.Capabilities
	}
	for _, r := range trace.Inventory([]trace.Sight{sight}) {
		if r.Kind == "host" && len(all) < most {
			all = append(all, r.Target)
		}
	}
	return all
}

// capabilities are those of reading and running, joined.
func capabilities(known *dossier.Known) capability.Set {
	var read, ran []capability.Capability
	if known.Script != nil {
		read = known.Script.Capabilities
	}
	if known.Report != nil {
		for _, c := range known.Report.Capabilities {
			ran = append(ran, c.Capability)
		}
	}
	return trace.Join(read, ran)
}

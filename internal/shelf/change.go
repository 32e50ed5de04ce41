package shelf

import (
	"context"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/risk"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Change is a text of a page that was read, beside the last one before it that was. Where none is known Base is empty, and it is
// compared with a page that can do nothing.
type Change struct {
	Title     wiki.Title
	Now, Base store.Digest
	Author    string // who saved it
	Saved     time.Time
	People    int // as in [store.Script]
	// Gained is what it can do and the one before could not, as far as both were looked at in the same way. What no analysis can read
	// has gained [capability.Opaque].
	Gained     capability.Set
	Score, Was int // by package risk, under the same circumstances
}

// tell says what a text gained over the one before.
func (s *Shelf) tell(ctx context.Context, t wiki.Title, x store.Script, known *dossier.Known, facts risk.Facts) error {
	if s.Changed == nil || x.Base == x.Digest {
		return nil
	}
	c := Change{Title: t, Now: x.Digest, Base: x.Base, Author: x.Author, Saved: x.Saved, People: x.People}
	now, before := *known, &dossier.Known{}
	if c.Base != "" {
		var err error
		if before, err = dossier.Read(ctx, s.Store, x.Wiki, x.Title, x.Base); err != nil || before.Script == nil {
			return err
		}
		if before.Report == nil {
			now.Report = nil // what is only seen when a script runs may have been there before
		}
		c.Was = score(before, facts)
	}
	c.Score = score(&now, facts)
	c.Gained, _ = capability.Diff(capabilities(before), capabilities(&now))
	if now.Script == nil {
		c.Gained = append(c.Gained, capability.Capability{Name: capability.Opaque, Certainty: capability.Certain})
	}
	return s.Changed(ctx, c)
}

func score(k *dossier.Known, facts risk.Facts) int {
	subject := risk.Subject{Read: k.Script, Facts: facts}
	if k.Report != nil {
		subject.Run = k.Report.Script("")
	}
	return risk.Score(subject).Score
}

package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Wiki is what [Watch] asks of a MediaWiki; [mediawiki.Client] answers it.
type Wiki interface {
	RecentChanges(ctx context.Context, since mediawiki.Cursor) ([]mediawiki.Change, mediawiki.Cursor, error)
	AllPages(ctx context.Context, ns int, yield func([]wiki.Page) error) error
	Heads(ctx context.Context, titles []wiki.Title) ([]mediawiki.Head, error)
	Pages(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error)
	Revision(ctx context.Context, rev int64) (wiki.Page, error)
}

// Texts is where a [Watch] keeps texts, and its position.
type Texts interface {
	SaveText(ctx context.Context, text string) (store.Digest, error)
	Cursor(ctx context.Context, wiki, name string) (string, error)
	SetCursor(ctx context.Context, wiki, name, value string) error
}

// Watch adds jobs for every revision of every code page: at its first start for those there are, from then on for new ones.
// Its position in recent changes is kept and moves on when the jobs are in the queue, so that a stop, or a bus that does not
// answer, loses none.
type Watch struct {
	Site  *wiki.Site
	Wiki  Wiki
	Texts Texts
	Queue *Queue
	Jobs  []Job // what is to be done with each revision: kind, tier and version
	Log   *slog.Logger
	Now   func() time.Time

	added int
}

const (
	// cursorName is under which the position is kept.
	cursorName = "analysis"
	// tooLongAgo is how old it may be: wikis forget changes after a while ($wgRCMaxAge, 90 days by default).
	tooLongAgo = 60 * 24 * time.Hour
	// lookEvery is how often recent changes are read when nobody says that there are any.
	lookEvery = time.Minute
	// backoff is the longest pause after something did not work.
	backoff = 15 * time.Second
)

// Run watches until ctx ends. changed says that there is something new.
func (w *Watch) Run(ctx context.Context, changed <-chan struct{}) error {
	if w.Now == nil {
		w.Now = time.Now
	}
	pause := time.Duration(0)
	for ctx.Err() == nil {
		err := w.catchUp(ctx)
		if err != nil && ctx.Err() == nil {
			pause = min(max(time.Second, 2*pause), backoff)
			w.Log.Warn("new revisions not queued", "wiki", w.Site.ID, "err", err, "again_in", pause)
			sleep(ctx, pause)
			continue
		}
		pause = 0
		timer := time.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// catchUp adds what is new since the kept position, and moves it.
func (w *Watch) catchUp(ctx context.Context) error {
	for ctx.Err() == nil {
		kept, err := w.Texts.Cursor(ctx, w.Site.ID, cursorName)
		if err != nil {
			return err
		}
		since := mediawiki.Cursor(kept)
		if w.Now().Sub(since.Time()) > tooLongAgo {
			since = ""
		}
		changes, next, err := w.Wiki.RecentChanges(ctx, since)
		if err != nil {
			return err
		}
		if since == "" { // the position was taken before reading, so that nothing falls between
			err = w.everything(ctx)
		} else {
			err = w.changes(ctx, changes)
		}
		if err != nil {
			return err
		}
		if next != since {
			if err := w.Texts.SetCursor(ctx, w.Site.ID, cursorName, string(next)); err != nil {
				return err
			}
		}
		if len(changes) == 0 || since == "" {
			return nil
		}
	}
	return ctx.Err()
}

// revision adds the jobs for one text of a page.
func (w *Watch) revision(ctx context.Context, p wiki.Page) error {
	digest, err := w.Texts.SaveText(ctx, p.Text)
	if errors.Is(err, store.ErrRefused) {
		w.Log.Error("revision not queued", "wiki", w.Site.ID, "page", w.Site.Prefixed(p.Title), "revision", p.Rev, "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, j := range w.Jobs {
		j.SHA256, j.Wiki, j.Path = digest, w.Site.ID, w.Site.PrefixedText(p.Title)
		if err := w.add(ctx, j); err != nil {
			return fmt.Errorf("queue %s of %s: %w", j.Kind, j.Path, err)
		}
	}
	return nil
}

// add waits while the queue is full: what is not in it yet is kept by the wiki.
func (w *Watch) add(ctx context.Context, j Job) error {
	for {
		added, err := w.Queue.Add(ctx, j)
		if !errors.Is(err, bus.ErrFull) {
			if added {
				w.added++
				w.Log.Debug("job queued", "kind", j.Kind, "wiki", j.Wiki, "page", j.Path, "digest", j.SHA256)
			}
			return err
		}
		if !sleep(ctx, w.Queue.pause) {
			return ctx.Err()
		}
	}
}

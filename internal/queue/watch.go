package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

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

// List is told what the pages of code are now.
type List interface {
	Seen(ctx context.Context, p wiki.Page) error
	// Gone says that a page is not there, or is no code.
	Gone(ctx context.Context, t wiki.Title) error
}

// Watch adds jobs for every revision of every code page: for new ones as they come, and behind them, once, for those there are.
// When it starts with other jobs than before, say of a newer version, those there are have their turn again.
// Its position in recent changes is kept and moves on when the jobs are in the queue, so that a stop, or a bus that does not
// answer, loses none.
type Watch struct {
	Site  *wiki.Site
	Wiki  Wiki
	Texts Texts
	Queue *Queue
	// Jobs are what is to be done with a text of such a page: kind, tier and version.
	Jobs func(wiki.CodeKind) []Job
	Rank func(context.Context, wiki.Title) Rank // of a new revision of a page
	List List                                   // of the pages of code as they are now; nil: nobody keeps one
	Log  *slog.Logger
	Now  func() time.Time

	mu    sync.Mutex
	moved map[string]movement // by kind
}

const (
	// cursorName is under which the position is kept.
	cursorName = "analysis"
	// jobsName is under which is kept what was to be done with each revision.
	jobsName = "analysis-jobs"
	// listed is a job that is done with every page, where somebody keeps a list.
	listed = "listed 1"
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
	var work sync.WaitGroup
	defer work.Wait()
	tries, begun := w.patiently("new revisions not queued"), false
	for ctx.Err() == nil {
		if !tries(ctx, w.catchUp) {
			continue
		}
		if !begun { // from here on nothing new is missed
			begun = true
			work.Go(func() {
				for tries := w.patiently("what is there not queued"); ctx.Err() == nil && !tries(ctx, w.backlog); {
				}
			})
		}
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

// patiently tries something, and says whether it worked; when it did not it waits, each time longer.
func (w *Watch) patiently(what string) func(ctx context.Context, try func(context.Context) error) bool {
	pause := time.Duration(0)
	return func(ctx context.Context, try func(context.Context) error) bool {
		err := try(ctx)
		if err == nil || ctx.Err() != nil {
			pause = 0
			return err == nil
		}
		pause = min(max(time.Second, 2*pause), backoff)
		w.Log.Warn(what, "wiki", w.Site.ID, "err", err, "again_in", pause)
		sleep(ctx, pause)
		return false
	}
}

// catchUp adds what is new since the kept position, and moves it. Where there is none it begins with the present, and what is
// there is to be added anew.
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
		if since == "" {
			err = w.Texts.SetCursor(ctx, w.Site.ID, jobsName, "")
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
func (w *Watch) revision(ctx context.Context, p wiki.Page, r Rank) error {
	digest, err := w.Texts.SaveText(ctx, p.Text)
	if errors.Is(err, store.ErrRefused) {
		w.Log.Error("revision not queued", "wiki", w.Site.ID, "page", w.Site.Prefixed(p.Title), "revision", p.Rev, "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, j := range w.Jobs(wiki.Code(p.Title, p.Model)) {
		j.SHA256, j.Wiki, j.Path = digest, w.Site.ID, w.Site.PrefixedText(p.Title)
		if err := w.add(ctx, j, r); err != nil {
			return fmt.Errorf("queue %s of %s: %w", j.Kind, j.Path, err)
		}
	}
	return nil
}

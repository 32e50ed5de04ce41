package registry

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

const (
	// pollEvery is how often recent changes are read. A change is known at most this much later, plus one answer.
	pollEvery = time.Second
	// settle is how long MediaWiki may take after answering a save until the change is listed: recentchanges rows are
	// written after the response is sent (RecentChange::save in a deferred update).
	settle = 150 * time.Millisecond
	// patience bounds how long a page view waits for the copy to be brought up to date.
	patience = 700 * time.Millisecond
	// backoff is the longest pause between questions to a wiki that does not answer.
	backoff = 15 * time.Second
)

// cursorName is under which the position in recent changes is kept for the next start.
const cursorName = "recentchanges"

// follower reads recent changes, one question at a time.
type follower struct {
	mu      sync.Mutex
	poked   time.Time     // newest moment at which somebody wrote to the wiki through us
	current time.Time     // the copy is known to hold everything listed before this moment
	done    chan struct{} // closed, and replaced, whenever current moves
	wake    chan struct{}
}

func (f *follower) init() {
	f.done = make(chan struct{})
	f.wake = make(chan struct{}, 1)
}

// Poke tells the registry that somebody has just written to the wiki: the next [Registry.Fresh] waits until that write
// is known.
func (r *Registry) Poke() {
	r.follow.mu.Lock()
	r.follow.poked = r.now()
	r.follow.mu.Unlock()
	r.follow.nudge()
}

func (f *follower) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Fresh waits, for a bounded time, until every write that [Registry.Poke] announced is in our copies. When the wiki does
// not answer in time the older copy is used.
func (r *Registry) Fresh(ctx context.Context) {
	give, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		r.follow.mu.Lock()
		behind := !r.follow.poked.IsZero() && r.follow.current.Before(r.follow.poked.Add(settle))
		done := r.follow.done
		r.follow.mu.Unlock()
		if !behind {
			return
		}
		r.follow.nudge()
		select {
		case <-done:
		case <-give.Done():
			return
		}
	}
}

// Follow keeps the copies fresh until ctx ends. It returns an error only when it cannot start.
func (r *Registry) Follow(ctx context.Context) error {
	kept, err := r.store.Cursor(ctx, r.Site.ID, cursorName)
	if err != nil {
		return fmt.Errorf("read the position in recent changes: %w", err)
	}
	cursor := mediawiki.Cursor(kept)
	pause := pollEvery
	for ctx.Err() == nil {
		next, err := r.poll(ctx, cursor)
		switch {
		case err == nil:
			pause = pollEvery
		case ctx.Err() == nil:
			pause = min(pause*2, backoff)
			r.log.Warn("recent changes not read", "wiki", r.Site.ID, "err", err, "again_in", pause)
		}
		cursor = next
		r.rest(ctx, pause, err == nil)
	}
	return nil
}

// rest waits for the next question's time; a poke shortens the wait while the wiki answers.
func (r *Registry) rest(ctx context.Context, pause time.Duration, answering bool) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	wake := r.follow.wake
	if !answering {
		wake = nil
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
		r.follow.mu.Lock()
		left := r.follow.poked.Add(settle).Sub(r.now())
		r.follow.mu.Unlock()
		if left > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(left):
			}
		}
	}
}

// poll reads the changes since the cursor and refreshes what they touched. On error the old cursor is returned, so that
// the same changes are read again.
func (r *Registry) poll(ctx context.Context, cursor mediawiki.Cursor) (mediawiki.Cursor, error) {
	asked := r.now()
	changes, next, err := r.wiki.RecentChanges(ctx, cursor)
	if err != nil {
		return cursor, err
	}
	if len(changes) > 0 && r.changed != nil {
		r.changed()
	}
	titles := r.touched(changes)
	if err := r.Refresh(ctx, titles); err != nil {
		return cursor, err
	}
	if next != cursor {
		if err := r.store.SetCursor(ctx, r.Site.ID, cursorName, string(next)); err != nil {
			return cursor, err
		}
	}
	r.follow.mu.Lock()
	defer r.follow.mu.Unlock()
	r.follow.current = asked
	close(r.follow.done)
	r.follow.done = make(chan struct{})
	return next, nil
}

// touched lists the pages that changes may have altered. Accounts change too: who is called what, and who may do what.
func (r *Registry) touched(changes []mediawiki.Change) []wiki.Title {
	var titles []wiki.Title
	for _, c := range changes {
		titles = append(titles, c.Title)
		if c.Target != nil {
			titles = append(titles, *c.Target)
		}
		switch c.LogType {
		case "renameuser": // two names change hands, and caches of MediaWiki may lag
			r.people.forget()
		case "newusers", "rights": // the log's title is the user page
			r.people.forgetOne(c.Title.Root())
		}
	}
	return titles
}

package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"sallyport/internal/store"
)

const (
	reviewColumns = `wiki, title, digest, state, rev_id, author, saved, decider, reason, decided`
	insertReview  = `INSERT INTO review (` + reviewColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (wiki, title, digest) DO NOTHING`
	decideReview  = `UPDATE review SET state = $5, decider = $6, reason = $7, decided = $8 WHERE wiki = $1 AND title = $2 AND digest = $3 AND state = $4`
	selectReview  = `SELECT ` + reviewColumns + ` FROM review WHERE wiki = $1 AND title = $2 AND digest = $3`
	// lastApproved holds the newest decision of each title; of two at the same moment, one and always the same.
	lastApproved = `SELECT ` + reviewColumns + ` FROM review r WHERE wiki = $1 AND state = 'approved' AND title IN (%s)
		AND NOT EXISTS (SELECT 1 FROM review o WHERE o.wiki = r.wiki AND o.title = r.title AND o.state = 'approved'
			AND (o.decided > r.decided OR o.decided = r.decided AND o.digest > r.digest))`
	approvedTexts  = `SELECT ` + reviewColumns + ` FROM review WHERE wiki = $1 AND title = $2 AND state = 'approved' ORDER BY decided DESC, digest DESC LIMIT $3`
	waitingReviews = `SELECT ` + reviewColumns + ` FROM review WHERE wiki = $1 AND state = 'waiting' ORDER BY saved DESC, title, digest LIMIT $2`
)

// SeeText keeps a first sight.
func (s *Store) SeeText(ctx context.Context, r store.Review) (fresh bool, err error) {
	if err = checkReview(r); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			fresh, err = changed(ctx, tx, insertReview, r.Wiki, r.Title, string(r.Digest), string(r.State), r.RevID, r.Author, micros(r.Saved), r.By, []byte(r.Reason), micros(r.Decided))
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("keep that a text of %q was seen: %w", r.Title, err)
	}
	return fresh, nil
}

// DecideText changes a review that is in a state.
func (s *Store) DecideText(ctx context.Context, r store.Review, from store.ReviewState, entries ...store.Entry) (first bool, err error) {
	if err = checkReview(r); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			first, err = changed(ctx, tx, decideReview, r.Wiki, r.Title, string(r.Digest), string(from), string(r.State), r.By, []byte(r.Reason), micros(r.Decided))
			if err != nil || !first {
				return err
			}
			return appendEntries(ctx, tx, r.Wiki, entries)
		})
	}
	if err != nil {
		return false, fmt.Errorf("decide about a text of %q: %w", r.Title, err)
	}
	return first, nil
}

func checkReview(r store.Review) error {
	return cmp.Or(checkKey("wiki", r.Wiki), checkKey("title", r.Title), checkKey("digest", string(r.Digest)), checkKey("state", string(r.State)),
		checkName("author", r.Author), checkName("decider", r.By), checkName("reason", r.Reason))
}

// Review returns one.
func (s *Store) Review(ctx context.Context, wiki, title string, d store.Digest) (r store.Review, err error) {
	err = store.ErrNotFound
	if kept(wiki, title, string(d)) {
		err = orNotFound(s.reader.QueryRowContext(ctx, selectReview, wiki, title, string(d)).Scan(reviewFields(&r)...))
	}
	if err != nil {
		return store.Review{}, fmt.Errorf("read the review of %.200q: %w", title, err)
	}
	return r, nil
}

// Approved returns the last approved text of each page.
func (s *Store) Approved(ctx context.Context, wiki string, titles []string) (map[string]store.Review, error) {
	found := make(map[string]store.Review, len(titles))
	possible := make([]string, 0, len(titles))
	for _, title := range titles {
		if kept(wiki, title) {
			possible = append(possible, title)
		}
	}
	err := inBatches(possible, func(part []string) error {
		return s.reviews(ctx, func(r store.Review) { found[r.Title] = r }, fmt.Sprintf(lastApproved, marks(2, len(part))), arguments(part, wiki)...)
	})
	if err != nil {
		return nil, fmt.Errorf("read what is approved of %q: %w", wiki, err)
	}
	return found, nil
}

// ApprovedTexts lists what was approved of a page.
func (s *Store) ApprovedTexts(ctx context.Context, wiki, title string, limit int) (all []store.Review, err error) {
	if !kept(wiki, title) {
		return nil, nil
	}
	if err = s.reviews(ctx, func(r store.Review) { all = append(all, r) }, approvedTexts, wiki, title, limit); err != nil {
		return nil, fmt.Errorf("list what was approved of %.200q: %w", title, err)
	}
	return all, nil
}

// WaitingTexts lists what waits.
func (s *Store) WaitingTexts(ctx context.Context, wiki string, limit int) (all []store.Review, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	if err = s.reviews(ctx, func(r store.Review) { all = append(all, r) }, waitingReviews, wiki, limit); err != nil {
		return nil, fmt.Errorf("list what waits for reviewers of %q: %w", wiki, err)
	}
	return all, nil
}

func (s *Store) reviews(ctx context.Context, each func(store.Review), query string, args ...any) error {
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return scan(rows, func(rows *sql.Rows) error {
		var r store.Review
		err := rows.Scan(reviewFields(&r)...)
		each(r)
		return err
	})
}

// reviewFields follow reviewColumns.
func reviewFields(r *store.Review) []any {
	return []any{&r.Wiki, &r.Title, &r.Digest, &r.State, &r.RevID, &r.Author, timeField{&r.Saved}, &r.By, textField{&r.Reason}, timeField{&r.Decided}}
}

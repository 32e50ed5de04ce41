package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/store"
)

const (
	trialColumns = `wiki, user_id, title, digest, since, until`
	upsertTrial  = `INSERT INTO trial (` + trialColumns + `) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (wiki, user_id, title) DO UPDATE SET digest = excluded.digest, since = excluded.since, until = excluded.until`
	pastTrials   = `DELETE FROM trial WHERE wiki = $1 AND until <= $2`
	deleteTrial  = `DELETE FROM trial WHERE wiki = $1 AND user_id = $2 AND title = $3`
	selectTrials = `SELECT ` + trialColumns + ` FROM trial WHERE wiki = $1 AND until > $2`
)

// StartTrial keeps a trial, and forgets those that were over when it began.
func (s *Store) StartTrial(ctx context.Context, t store.Trial, entries ...store.Entry) error {
	err := cmp.Or(checkKey("wiki", t.Wiki), checkID("user id", t.UserID), checkKey("title", t.Title), checkKey("digest", string(t.Digest)))
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, pastTrials, t.Wiki, micros(t.Since)); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, upsertTrial, t.Wiki, t.UserID, t.Title, string(t.Digest), micros(t.Since), micros(t.Until)); err != nil {
				return err
			}
			return appendEntries(ctx, tx, t.Wiki, entries)
		})
	}
	if err != nil {
		return fmt.Errorf("keep that user %d of %q tries a text of %.200q: %w", t.UserID, t.Wiki, t.Title, err)
	}
	return nil
}

// StopTrial ends one.
func (s *Store) StopTrial(ctx context.Context, wiki string, userID int64, title string, entries ...store.Entry) error {
	if !kept(wiki, title) {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		was, err := changed(ctx, tx, deleteTrial, wiki, userID, title)
		if err != nil || !was {
			return err
		}
		return appendEntries(ctx, tx, wiki, entries)
	})
	if err != nil {
		return fmt.Errorf("keep that user %d of %q no longer tries a text of %.200q: %w", userID, wiki, title, err)
	}
	return nil
}

// Trials lists those that are not over.
func (s *Store) Trials(ctx context.Context, wiki string, now time.Time) (all []store.Trial, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectTrials, wiki, micros(now))
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var t store.Trial
			err := rows.Scan(&t.Wiki, &t.UserID, &t.Title, &t.Digest, timeField{&t.Since}, timeField{&t.Until})
			all = append(all, t)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list who tries texts of %q: %w", wiki, err)
	}
	slices.SortFunc(all, func(a, b store.Trial) int { // databases order text their own way
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), strings.Compare(a.Title, b.Title))
	})
	return all, nil
}

package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sallyport/internal/store"
)

const (
	selectLast    = `SELECT seq, hash FROM log_entry WHERE wiki = $1 ORDER BY seq DESC LIMIT 1`
	insertEntry   = `INSERT INTO log_entry (wiki, seq, made, kind, body, hash) VALUES ($1, $2, $3, $4, $5, $6)`
	selectEntries = `SELECT wiki, seq, made, kind, body, hash FROM log_entry WHERE wiki = $1 AND seq > $2 ORDER BY seq LIMIT $3`
)

// Append adds to a wiki's log.
func (s *Store) Append(ctx context.Context, wiki string, entries ...store.Entry) error {
	err := s.write(ctx, func(tx *sql.Tx) error { return appendEntries(ctx, tx, wiki, entries) })
	if err != nil {
		return fmt.Errorf("write to the log of %q: %w", wiki, err)
	}
	return nil
}

// appendEntries chains entries to the end of a log. Of two transactions that read the same end one meets a taken number,
// and is begun again.
func appendEntries(ctx context.Context, tx *sql.Tx, wiki string, entries []store.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var seq int64
	var hash string
	if err := tx.QueryRowContext(ctx, selectLast, wiki).Scan(&seq, &hash); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, e := range entries {
		if err := cmp.Or(checkKey("wiki", wiki), checkKey("kind", e.Kind), checkText("log entry", e.Body)); err != nil {
			return err
		}
		seq++
		e.Wiki, e.Seq, e.At = wiki, seq, moment(e.At.UnixMicro())
		hash = e.Sum(hash)
		if _, err := tx.ExecContext(ctx, insertEntry, e.Wiki, e.Seq, e.At.UnixMicro(), e.Kind, []byte(e.Body), hash); err != nil {
			return err
		}
	}
	return nil
}

// Entries reads a wiki's log.
func (s *Store) Entries(ctx context.Context, wiki string, after int64, limit int) (all []store.Entry, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectEntries, wiki, after, limit)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var e store.Entry
			err := rows.Scan(&e.Wiki, &e.Seq, timeField{&e.At}, &e.Kind, textField{&e.Body}, &e.Hash)
			all = append(all, e)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read the log of %q: %w", wiki, err)
	}
	return all, nil
}

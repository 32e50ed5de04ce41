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
	selectTries = `SELECT count, last FROM tries WHERE wiki = $1 AND name = $2`
	insertTries = `INSERT INTO tries (wiki, name, count, last) VALUES ($1, $2, $3, $4) ON CONFLICT (wiki, name) DO NOTHING`
	updateTries = `UPDATE tries SET count = $3, last = $4 WHERE wiki = $1 AND name = $2 AND count = $5 AND last = $6`
	forgetTries = `DELETE FROM tries WHERE wiki = $1 AND last < $2`
	upsertStep  = `INSERT INTO used_step (wiki, id, step) VALUES ($1, $2, $3)
		ON CONFLICT (wiki, id) DO UPDATE SET step = excluded.step WHERE used_step.step < excluded.step`
)

// Tries returns how often something was tried.
func (s *Store) Tries(ctx context.Context, wiki, name string) (t store.Tries, err error) {
	if !kept(wiki, name) {
		return t, nil
	}
	err = s.reader.QueryRowContext(ctx, selectTries, wiki, name).Scan(&t.Count, timeField{&t.Last})
	if errors.Is(err, sql.ErrNoRows) {
		return store.Tries{}, nil
	}
	if err != nil {
		return store.Tries{}, fmt.Errorf("read tries of %q: %w", name, err)
	}
	return t, nil
}

// SaveTries counts, unless somebody else has counted meanwhile.
func (s *Store) SaveTries(ctx context.Context, wiki, name string, was, now store.Tries) (first bool, err error) {
	if err = cmp.Or(checkKey("wiki", wiki), checkKey("name", name)); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			if was == (store.Tries{}) {
				first, err = changed(ctx, tx, insertTries, wiki, name, now.Count, micros(now.Last))
				return err
			}
			first, err = changed(ctx, tx, updateTries, wiki, name, now.Count, micros(now.Last), was.Count, micros(was.Last))
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("count tries of %q: %w", name, err)
	}
	return first, nil
}

// UseStep remembers the largest number that was used with a key.
func (s *Store) UseStep(ctx context.Context, wiki, key string, step int64) (fresh bool, err error) {
	if err = cmp.Or(checkKey("wiki", wiki), checkKey("key", key)); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			fresh, err = changed(ctx, tx, upsertStep, wiki, key, step)
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("remember a number of key %q: %w", key, err)
	}
	return fresh, nil
}

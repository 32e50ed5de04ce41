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
	selectIncident = `SELECT wiki, version, body, changed FROM incident WHERE wiki = $1`
	insertIncident = `INSERT INTO incident (wiki, version, body, changed) VALUES ($1, 1, $2, $3) ON CONFLICT (wiki) DO NOTHING`
	updateIncident = `UPDATE incident SET version = version + 1, body = $2, changed = $3 WHERE wiki = $1 AND version = $4`
)

// Incident returns what was stopped on a wiki.
func (s *Store) Incident(ctx context.Context, wiki string) (i store.Incident, err error) {
	if !kept(wiki) {
		return store.Incident{Wiki: wiki}, nil
	}
	err = s.reader.QueryRowContext(ctx, selectIncident, wiki).Scan(&i.Wiki, &i.Version, textField{&i.Body}, timeField{&i.Changed})
	if errors.Is(err, sql.ErrNoRows) {
		return store.Incident{Wiki: wiki}, nil
	}
	if err != nil {
		return store.Incident{}, fmt.Errorf("read what was stopped on %q: %w", wiki, err)
	}
	return i, nil
}

// SaveIncident replaces it, unless somebody else was faster.
func (s *Store) SaveIncident(ctx context.Context, i store.Incident) (first bool, err error) {
	if err = cmp.Or(checkKey("wiki", i.Wiki), checkText("incident", i.Body)); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			if i.Version == 0 {
				first, err = changed(ctx, tx, insertIncident, i.Wiki, []byte(i.Body), micros(i.Changed))
			} else {
				first, err = changed(ctx, tx, updateIncident, i.Wiki, []byte(i.Body), micros(i.Changed), i.Version)
			}
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("keep what was stopped on %q: %w", i.Wiki, err)
	}
	return first, nil
}

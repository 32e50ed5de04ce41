package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	selectCursor = `SELECT value FROM progress WHERE wiki = $1 AND name = $2`
	upsertCursor = `INSERT INTO progress (wiki, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (wiki, name) DO UPDATE SET value = excluded.value`
)

// Cursor returns how far a named reader of the wiki's changes has come.
func (s *Store) Cursor(ctx context.Context, wiki, name string) (string, error) {
	if !kept(wiki, name) {
		return "", nil
	}
	var value string
	err := s.reader.QueryRowContext(ctx, selectCursor, wiki, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read cursor %q of %q: %w", name, wiki, err)
	}
	return value, nil
}

// SetCursor keeps how far it has come.
func (s *Store) SetCursor(ctx context.Context, wiki, name, value string) error {
	err := cmp.Or(checkKey("wiki", wiki), checkKey("cursor", name), checkWords("cursor's value", value, maxPosition))
	if err == nil {
		_, err = s.writer.ExecContext(ctx, upsertCursor, wiki, name, value)
	}
	if err != nil {
		return fmt.Errorf("set cursor %q of %q: %w", name, wiki, err)
	}
	return nil
}

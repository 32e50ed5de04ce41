package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sallyport/internal/store"
)

const (
	selectText = `SELECT content FROM body WHERE digest = $1`
	insertText = `INSERT INTO body (digest, content) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING`
)

// Text returns a kept text.
func (s *Store) Text(ctx context.Context, d store.Digest) (string, error) {
	if !kept(string(d)) {
		return "", fmt.Errorf("read text %q: %w", d, store.ErrNotFound)
	}
	var content []byte
	if err := s.reader.QueryRowContext(ctx, selectText, string(d)).Scan(&content); err != nil {
		return "", fmt.Errorf("read text %q: %w", d, orNotFound(err))
	}
	return string(content), nil
}

// orNotFound gives a missing row the store's name for it.
func orNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

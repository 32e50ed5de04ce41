package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
)

const (
	selectSecret = `SELECT value FROM secret WHERE name = $1`
	insertSecret = `INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
)

// secretSize is the length of a secret in bytes.
const secretSize = 32

// Secret returns the random bytes kept under a name. Whoever asks first makes them; of several who ask first together, one
// wins and all read what it made.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	if err := checkKey("name", name); err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	value, err := s.secret(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		fresh := make([]byte, secretSize)
		rand.Read(fresh) // never fails: it ends the program rather than return bad bytes
		if _, err := s.writer.ExecContext(ctx, insertSecret, name, fresh); err != nil {
			return nil, fmt.Errorf("make secret %q: %w", name, err)
		}
		value, err = s.secret(ctx, name)
	}
	if err != nil {
		return nil, fmt.Errorf("read secret %q: %w", name, err)
	}
	return value, nil
}

func (s *Store) secret(ctx context.Context, name string) ([]byte, error) {
	var value []byte
	err := s.reader.QueryRowContext(ctx, selectSecret, name).Scan(&value)
	return value, err
}

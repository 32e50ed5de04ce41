// Package sqlstore keeps what Sallyport remembers in SQLite or PostgreSQL.
//
// There is one set of SQL texts and one schema for both. What the two databases see differently (how to connect, which
// collisions to try again) is in sqlite.go and postgres.go; package storetest holds both to the same behaviour.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"sallyport/internal/store"
)

// Store is a [store.Store] in a database.
type Store struct {
	writer *sql.DB
	reader *sql.DB // the same as writer unless the database wants its readers apart
}

var _ store.Store = (*Store)(nil)

// Open opens a store and brings its schema up to date. The URL is one of
//
//	sqlite:PATH         a file, made when it is not there
//	sqlite::memory:     nothing is kept after Close; "" means the same
//	postgres://…        what pgx reads: user, host, database, sslmode and so on
func Open(ctx context.Context, address string) (*Store, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	var s *Store
	var dialect dialect
	var err error
	switch {
	case address == "", address == "sqlite::memory:":
		s, dialect, err = openMemory()
	case scheme == "sqlite" && strings.TrimPrefix(rest, "//") != "":
		s, dialect, err = openFile(strings.TrimPrefix(rest, "//"))
	case scheme == "postgres", scheme == "postgresql":
		s, dialect, err = openPostgres(address)
	default:
		err = errors.New("not a store address; use sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE")
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", redact(address), err)
	}
	if err := migrate(ctx, s.writer, dialect); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", redact(address), err), s.Close())
	}
	return s, nil
}

// Close waits for running statements and closes the database.
func (s *Store) Close() error {
	err := s.writer.Close()
	if s.reader != s.writer {
		err = errors.Join(s.reader.Close(), err)
	}
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// redact hides the password of a database address.
func redact(address string) string {
	if !strings.HasPrefix(address, "postgres") {
		return fmt.Sprintf("%q", address)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable postgres address)"
	}
	return u.Redacted()
}

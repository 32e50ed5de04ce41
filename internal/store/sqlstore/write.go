package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// writeTries is how often a transaction that lost against another is begun again.
const writeTries = 8

// write runs do in a transaction and commits it. do may run several times and must have no other effect.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, do)
		if err == nil || try == writeTries || !collided(err) {
			return err
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		// A transaction whose context ended is rolled back already.
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	return tx.Commit()
}

// changed runs a statement and says whether it changed a row.
func changed(ctx context.Context, tx *sql.Tx, statement string, args ...any) (bool, error) {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

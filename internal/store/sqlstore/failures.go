package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"sallyport/internal/store"
)

const (
	// A result that arrived late is worth more than the news that there is none.
	upsertFailure = `INSERT INTO failure (` + jobColumns + `, reason, tries, failed)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM result WHERE ` + sameJob + `)
		ON CONFLICT (` + jobColumns + `) DO UPDATE SET reason = excluded.reason, tries = excluded.tries, failed = excluded.failed`
	selectFailures = `SELECT ` + jobColumns + `, reason, tries, failed FROM failure
		ORDER BY failed DESC, digest LIMIT $1`
	selectFailuresOf = `SELECT ` + jobColumns + `, reason, tries, failed FROM failure WHERE digest = $1 AND wiki IN ($2, '')
		ORDER BY failed DESC, kind, version, path, tier`
)

// SetAside keeps a job that cannot be done, with the reason.
func (s *Store) SetAside(ctx context.Context, f store.Failure) error {
	err := cmp.Or(checkJob(f.Job), checkText("reason", f.Reason))
	if err == nil {
		args := append(jobKey(f.Job), []byte(f.Reason), f.Tries, f.Failed.UnixMicro())
		err = s.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, upsertFailure, args...); err != nil {
				return err
			}
			if err := wake(ctx, tx, f.Job); err != nil {
				return err
			}
			return forget(ctx, tx, f.Job, deleteAttempt)
		})
	}
	if err != nil {
		return fmt.Errorf("set the %s of %s aside: %w", f.Kind, f.SHA256, err)
	}
	return nil
}

// Failures lists what was set aside, newest first.
func (s *Store) Failures(ctx context.Context, limit int) ([]store.Failure, error) {
	all, err := s.failures(ctx, selectFailures, limit)
	if err != nil {
		return nil, fmt.Errorf("read the jobs set aside: %w", err)
	}
	return all, nil
}

// FailuresOf lists what was set aside that concerns a text of a wiki.
func (s *Store) FailuresOf(ctx context.Context, wiki string, d store.Digest) ([]store.Failure, error) {
	if !kept(wiki, string(d)) {
		return nil, nil
	}
	all, err := s.failures(ctx, selectFailuresOf, string(d), wiki)
	if err != nil {
		return nil, fmt.Errorf("read what was set aside of %s: %w", d, err)
	}
	return all, nil
}

func (s *Store) failures(ctx context.Context, query string, args ...any) (all []store.Failure, err error) {
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var f store.Failure
			var reason []byte
			var failed int64
			err := rows.Scan(append(jobFields(&f.Job), &reason, &f.Tries, &failed)...)
			f.Reason, f.Failed = string(reason), moment(failed)
			all = append(all, f)
			return err
		})
	}
	return all, err
}

// TakeBack forgets that a job was set aside.
func (s *Store) TakeBack(ctx context.Context, j store.Job) error {
	err := checkJob(j)
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error { return forget(ctx, tx, j, deleteFailure, deleteAttempt) })
	}
	if err != nil {
		return fmt.Errorf("take the %s of %s back: %w", j.Kind, j.SHA256, err)
	}
	return nil
}

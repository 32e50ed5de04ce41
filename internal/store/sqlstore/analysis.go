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
	// jobColumns are the identity of a job in both tables.
	jobColumns = `digest, wiki, kind, version, path, tier`
	sameJob    = `digest = $1 AND wiki = $2 AND kind = $3 AND version = $4 AND path = $5 AND tier = $6`

	selectSettled = `SELECT 1 FROM result WHERE ` + sameJob + ` UNION ALL SELECT 1 FROM failure WHERE ` + sameJob + ` LIMIT 1`
	insertResult  = `INSERT INTO result (` + jobColumns + `, body, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (` + jobColumns + `) DO NOTHING`
	selectResults = `SELECT ` + jobColumns + `, body, made FROM result WHERE digest = $1 AND wiki IN ($2, '')
		ORDER BY made DESC, kind, version, path, tier`
	deleteFailure = `DELETE FROM failure WHERE ` + sameJob
	deleteAttempt = `DELETE FROM attempt WHERE ` + sameJob
	countAttempt  = `INSERT INTO attempt (` + jobColumns + `, begun) VALUES ($1, $2, $3, $4, $5, $6, 1)
		ON CONFLICT (` + jobColumns + `) DO UPDATE SET begun = attempt.begun + 1 RETURNING begun`
)

// SaveText keeps a text under its digest.
func (s *Store) SaveText(ctx context.Context, text string) (store.Digest, error) {
	d := store.DigestOf(text)
	err := checkText("text", text)
	if err == nil {
		_, err = s.writer.ExecContext(ctx, insertText, string(d), []byte(text))
	}
	if err != nil {
		return "", fmt.Errorf("save text %s: %w", d, err)
	}
	return d, nil
}

// Settled says whether there is a result of exactly this job, or it was set aside.
func (s *Store) Settled(ctx context.Context, j store.Job) (bool, error) {
	if checkJob(j) != nil {
		return false, nil
	}
	var one int
	err := s.reader.QueryRowContext(ctx, selectSettled, jobKey(j)...).Scan(&one)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("look for a %s of %s: %w", j.Kind, j.SHA256, err)
	}
	return err == nil, nil
}

// SaveResult keeps the first result of a job; later ones change nothing.
func (s *Store) SaveResult(ctx context.Context, r store.Result) (first bool, err error) {
	if err = cmp.Or(checkJob(r.Job), checkText("result", r.Body)); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			first, err = changed(ctx, tx, insertResult, append(jobKey(r.Job), []byte(r.Body), r.Made.UnixMicro())...)
			if err != nil || !first {
				return err
			}
			if err := wake(ctx, tx, r.Job); err != nil {
				return err
			}
			return forget(ctx, tx, r.Job, deleteFailure, deleteAttempt)
		})
	}
	if err != nil {
		return false, fmt.Errorf("save the %s of %s: %w", r.Kind, r.SHA256, err)
	}
	return first, nil
}

// wake makes the lines of a text in the list of scripts due.
func wake(ctx context.Context, tx *sql.Tx, j store.Job) error {
	_, err := tx.ExecContext(ctx, wakeScripts, string(j.SHA256), j.Wiki)
	return err
}

// forget runs statements that take a job's key.
func forget(ctx context.Context, tx *sql.Tx, j store.Job, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, jobKey(j)...); err != nil {
			return err
		}
	}
	return nil
}

// Begin counts how often a job was begun.
func (s *Store) Begin(ctx context.Context, j store.Job) (n int, err error) {
	if err = checkJob(j); err == nil {
		err = s.writer.QueryRowContext(ctx, countAttempt, jobKey(j)...).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("begin the %s of %s: %w", j.Kind, j.SHA256, err)
	}
	return n, nil
}

// Results returns what is known about a text of a wiki.
func (s *Store) Results(ctx context.Context, wiki string, d store.Digest) ([]store.Result, error) {
	if !kept(wiki, string(d)) {
		return nil, nil
	}
	var all []store.Result
	rows, err := s.reader.QueryContext(ctx, selectResults, string(d), wiki)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var r store.Result
			var body []byte
			var made int64
			err := rows.Scan(append(jobFields(&r.Job), &body, &made)...)
			r.Body, r.Made = string(body), moment(made)
			all = append(all, r)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read what is known about %s: %w", d, err)
	}
	return all, nil
}

// maxWord is the length of the longest kind, tier and version, in bytes: with two names they stay below what PostgreSQL
// indexes.
const maxWord = 100

func checkJob(j store.Job) error {
	if len(j.SHA256) != len(store.DigestOf("")) {
		return fmt.Errorf("%w: digest %.100q is none", store.ErrRefused, j.SHA256)
	}
	if j.Kind == "" || j.Version == "" {
		return fmt.Errorf("%w: a job needs a kind and the analyser's version", store.ErrRefused)
	}
	return cmp.Or(checkName("digest", string(j.SHA256)), checkName("wiki", j.Wiki), checkName("path", j.Path),
		checkWords("kind", j.Kind, maxWord), checkWords("version", j.Version, maxWord), checkWords("tier", j.Tier, maxWord))
}

// jobKey and jobFields follow jobColumns.
func jobKey(j store.Job) []any {
	return []any{string(j.SHA256), j.Wiki, j.Kind, j.Version, j.Path, j.Tier}
}

func jobFields(j *store.Job) []any {
	return []any{&j.SHA256, &j.Wiki, &j.Kind, &j.Version, &j.Path, &j.Tier}
}

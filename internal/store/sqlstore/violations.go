package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"sallyport/internal/violation"
)

const (
	violationKey   = `wiki, day, directive, blocked, source, report_only, noise`
	violationFacts = `count, users, networks, engines, first_seen, last_seen`
	sameViolation  = `wiki = $1 AND day = $2 AND directive = $3 AND blocked = $4 AND source = $5 AND report_only = $6 AND noise = $7`

	insertBatch     = `INSERT INTO violation_batch (id, wiki, day) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`
	lockViolation   = `UPDATE violation SET count = count WHERE ` + sameViolation
	selectViolation = `SELECT ` + violationKey + `, ` + violationFacts + ` FROM violation WHERE ` + sameViolation
	insertViolation = `INSERT INTO violation (` + violationKey + `, ` + violationFacts + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	updateViolation = `UPDATE violation SET count = $8, users = $9, networks = $10, engines = $11, first_seen = $12, last_seen = $13
		WHERE ` + sameViolation
	selectViolations = `SELECT ` + violationKey + `, ` + violationFacts + ` FROM violation WHERE wiki = $1 AND day >= $2`
	deleteViolations = `DELETE FROM violation WHERE wiki = $1 AND day < $2`
	deleteBatches    = `DELETE FROM violation_batch WHERE wiki = $1 AND day < $2`
)

// Keep adds the rows of a batch to those there are: all or none, and once for every ID.
func (s *Store) Keep(ctx context.Context, b violation.Batch) error {
	rows := violation.Fold(b.Rows, func(*violation.Key) {}) // in one order, so that two batches never wait for each other
	err := checkKey("batch", b.ID)
	for i := range rows {
		k := &rows[i].Key
		err = cmp.Or(err, checkKey("wiki", k.Wiki), checkName("directive", k.Directive), checkName("blocked", k.Blocked), checkName("source", k.Source))
	}
	if err == nil && len(rows) > 0 {
		err = s.write(ctx, func(tx *sql.Tx) error { return keepBatch(ctx, tx, b.ID, rows) })
	}
	if err != nil {
		return fmt.Errorf("keep what browsers reported: %w", err)
	}
	return nil
}

func keepBatch(ctx context.Context, tx *sql.Tx, id string, rows []violation.Row) error {
	newest := slices.MaxFunc(rows, func(a, b violation.Row) int { return cmp.Compare(a.Day, b.Day) })
	if fresh, err := changed(ctx, tx, insertBatch, id, newest.Wiki, int64(newest.Day)); err != nil || !fresh {
		return err
	}
	for i := range rows {
		if err := keepViolation(ctx, tx, rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// keepViolation joins a row with the one that is there. Two that insert the same row collide, and one is begun again.
func keepViolation(ctx context.Context, tx *sql.Tx, r violation.Row) error {
	key := violationArgs(&r.Key)
	there, err := changed(ctx, tx, lockViolation, key...)
	if err != nil {
		return err
	}
	statement := insertViolation
	if there {
		statement = updateViolation
		old, err := readViolation(tx.QueryRowContext(ctx, selectViolation, key...))
		if err != nil {
			return err
		}
		r.Add(&old)
	}
	users, err := r.Users.AppendBinary(nil)
	if err != nil {
		return err
	}
	networks, err := r.Networks.AppendBinary(nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, statement, append(key, r.Count, users, networks, int64(r.Engines), r.First.UnixMicro(), r.Last.UnixMicro())...)
	return err
}

// Rows returns what is kept of a wiki since a day, ordered by key.
func (s *Store) Rows(ctx context.Context, wiki string, since violation.Day) (all []violation.Row, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectViolations, wiki, int64(since))
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			r, err := readViolation(rows)
			all = append(all, r)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read what browsers reported: %w", err)
	}
	slices.SortFunc(all, func(a, b violation.Row) int { return a.Key.Compare(b.Key) }) // databases order text their own way
	return all, nil
}

// Forget drops what is older than a day, and the IDs of batches kept before it.
func (s *Store) Forget(ctx context.Context, wiki string, before violation.Day) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{deleteViolations, deleteBatches} {
			if _, err := tx.ExecContext(ctx, statement, wiki, int64(before)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget what browsers reported before %s: %w", before, err)
	}
	return nil
}

func violationArgs(k *violation.Key) []any {
	only := int64(0)
	if k.ReportOnly {
		only = 1
	}
	return []any{k.Wiki, int64(k.Day), k.Directive, k.Blocked, k.Source, only, string(k.Noise)}
}

func readViolation(row interface{ Scan(...any) error }) (r violation.Row, err error) {
	var only, engines int64
	var users, networks []byte
	err = row.Scan(&r.Wiki, &r.Day, &r.Directive, &r.Blocked, &r.Source, &only, &r.Noise, &r.Count, &users, &networks, &engines,
		timeField{&r.First}, timeField{&r.Last})
	r.ReportOnly, r.Engines = only != 0, violation.Engines(engines)
	return r, cmp.Or(err, r.Users.UnmarshalBinary(users), r.Networks.UnmarshalBinary(networks))
}

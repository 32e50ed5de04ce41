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
	selectPolicy = `SELECT wiki, version, CASE WHEN version = $2 THEN substr(body, 1, 0) ELSE body END, changed FROM policy WHERE wiki = $1`
	insertPolicy = `INSERT INTO policy (wiki, version, body, changed) VALUES ($1, 1, $2, $3) ON CONFLICT (wiki) DO NOTHING`
	updatePolicy = `UPDATE policy SET version = version + 1, body = $2, changed = $3 WHERE wiki = $1 AND version = $4`
)

// Policy returns how things stand with the policy of a wiki, unless that is known.
func (s *Store) Policy(ctx context.Context, wiki string, known int64) (p store.Policy, err error) {
	if !kept(wiki) {
		return store.Policy{Wiki: wiki}, nil
	}
	err = s.reader.QueryRowContext(ctx, selectPolicy, wiki, known).Scan(&p.Wiki, &p.Version, textField{&p.Body}, timeField{&p.Changed})
	if errors.Is(err, sql.ErrNoRows) {
		return store.Policy{Wiki: wiki}, nil
	}
	if err != nil {
		return store.Policy{}, fmt.Errorf("read the policy of %q: %w", wiki, err)
	}
	return p, nil
}

// SavePolicy replaces it and says so in the log, unless somebody else was faster.
func (s *Store) SavePolicy(ctx context.Context, p store.Policy, e store.Entry) (first bool, err error) {
	if err = cmp.Or(checkKey("wiki", p.Wiki), checkText("policy", p.Body)); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			if p.Version == 0 {
				first, err = changed(ctx, tx, insertPolicy, p.Wiki, []byte(p.Body), micros(p.Changed))
			} else {
				first, err = changed(ctx, tx, updatePolicy, p.Wiki, []byte(p.Body), micros(p.Changed), p.Version)
			}
			if err != nil || !first {
				return err
			}
			return appendEntries(ctx, tx, p.Wiki, []store.Entry{e})
		})
	}
	if err != nil {
		return false, fmt.Errorf("keep the policy of %q: %w", p.Wiki, err)
	}
	return first, nil
}

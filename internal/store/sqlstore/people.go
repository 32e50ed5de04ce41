package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/internal/store"
)

const (
	recoveryColumns = `wiki, id, user_id, name, state, version, key_id, label, public, notes, created, changed, expires`
	insertRecovery  = `INSERT INTO recovery (` + recoveryColumns + `) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $10, $11)`
	countRecovery   = `SELECT count(*), coalesce(sum(CASE WHEN user_id = $2 THEN 1 ELSE 0 END), 0) FROM recovery
		WHERE wiki = $1 AND state = 'asked' AND expires > $3`
	selectRecovery = `SELECT ` + recoveryColumns + ` FROM recovery WHERE wiki = $1 AND id = $2`
	listRecovery   = `SELECT ` + recoveryColumns + ` FROM recovery WHERE wiki = $1 AND state = 'asked' AND expires > $2
		ORDER BY created, id LIMIT $3`
	updateRecovery = `UPDATE recovery SET state = $4, notes = $5, changed = $6, version = version + 1 WHERE wiki = $1 AND id = $2 AND version = $3`
	forgetRecovery = `DELETE FROM recovery WHERE wiki = $1 AND expires < $2`
)

// AskRecovery keeps a wish for a key.
func (s *Store) AskRecovery(ctx context.Context, r store.Recovery, most, mostOfAll int, entries ...store.Entry) error {
	err := cmp.Or(checkKey("wiki", r.Wiki), checkKey("id", r.ID), checkID("user id", r.UserID), checkName("user", r.User),
		checkKey("key", r.KeyID), checkName("label", r.Label), checkBytes("public key", r.Public), checkText("notes", r.Notes))
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			if err := appendEntries(ctx, tx, r.Wiki, entries); err != nil { // first: it makes two who ask at once take turns
				return err
			}
			var all, own int
			if err := tx.QueryRowContext(ctx, countRecovery, r.Wiki, r.UserID, r.Created.UnixMicro()).Scan(&all, &own); err != nil {
				return err
			}
			if own >= most || all >= mostOfAll {
				return store.ErrTooMany
			}
			_, err := tx.ExecContext(ctx, insertRecovery, r.Wiki, r.ID, r.UserID, r.User, string(r.State), r.KeyID, []byte(r.Label), r.Public,
				[]byte(r.Notes), r.Created.UnixMicro(), r.Expires.UnixMicro())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep the wish for a key of user %d of %q: %w", r.UserID, r.Wiki, err)
	}
	return nil
}

// Recovery returns a wish.
func (s *Store) Recovery(ctx context.Context, wiki, id string) (r store.Recovery, err error) {
	if !kept(wiki, id) {
		return r, fmt.Errorf("read the wish for a key %.40q: %w", id, store.ErrNotFound)
	}
	err = s.reader.QueryRowContext(ctx, selectRecovery, wiki, id).Scan(recoveryFields(&r)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Recovery{}, fmt.Errorf("read the wish for a key %q: %w", id, err)
	}
	return r, nil
}

// Recoveries lists open wishes.
func (s *Store) Recoveries(ctx context.Context, wiki string, at time.Time, limit int) (all []store.Recovery, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, listRecovery, wiki, at.UnixMicro(), limit)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var r store.Recovery
			err := rows.Scan(recoveryFields(&r)...)
			all = append(all, r)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list wishes for keys of %q: %w", wiki, err)
	}
	return all, nil
}

// AdvanceRecovery changes a wish that nobody else has changed, and keeps its key.
func (s *Store) AdvanceRecovery(ctx context.Context, r store.Recovery, k *store.Key, entries ...store.Entry) (first bool, err error) {
	if err = checkText("notes", r.Notes); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			first, err = changed(ctx, tx, updateRecovery, r.Wiki, r.ID, r.Version, string(r.State), []byte(r.Notes), r.Changed.UnixMicro())
			if err != nil || !first {
				return err
			}
			if k != nil {
				if _, err := tx.ExecContext(ctx, insertKey, keyValues(k)...); err != nil {
					return err
				}
			}
			return appendEntries(ctx, tx, r.Wiki, entries)
		})
	}
	if err != nil {
		return false, fmt.Errorf("bring the wish for a key %q on: %w", r.ID, err)
	}
	return first, nil
}

// ForgetPeople removes what nothing can become of any more.
func (s *Store) ForgetPeople(ctx context.Context, wiki string, before time.Time) error {
	for _, statement := range []string{forgetRecovery, forgetTries} {
		if _, err := s.writer.ExecContext(ctx, statement, wiki, before.UnixMicro()); err != nil {
			return fmt.Errorf("forget wishes and tries of %q: %w", wiki, err)
		}
	}
	return nil
}

// recoveryFields follow recoveryColumns.
func recoveryFields(r *store.Recovery) []any {
	return []any{&r.Wiki, &r.ID, &r.UserID, &r.User, &r.State, &r.Version, &r.KeyID, textField{&r.Label}, &r.Public, textField{&r.Notes},
		timeField{&r.Created}, timeField{&r.Changed}, timeField{&r.Expires}}
}

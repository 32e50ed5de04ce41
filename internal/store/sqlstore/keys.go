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
	keyColumns = `wiki, id, kind, user_id, name, label, public, added, counts, revoked`
	upsertKey  = `INSERT INTO approver_key (` + keyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (wiki, id) DO UPDATE SET label = excluded.label, counts = excluded.counts, revoked = excluded.revoked`
	insertKey    = `INSERT INTO approver_key (` + keyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	selectKey    = `SELECT ` + keyColumns + ` FROM approver_key WHERE wiki = $1 AND id = $2`
	selectKeys   = `SELECT ` + keyColumns + ` FROM approver_key WHERE wiki = $1 AND (user_id = $2 OR $2 = 0) ORDER BY added, id`
	insertInvite = `INSERT INTO invite (wiki, token, user_id, name, origin, expires) VALUES ($1, $2, $3, $4, $5, $6)`
	selectInvite = `SELECT wiki, token, user_id, name, origin, expires FROM invite WHERE wiki = $1 AND token = $2`
	deleteInvite = `DELETE FROM invite WHERE wiki = $1 AND token = $2`
)

// SaveKey inserts a key, or replaces what may change of one: its label, when it counts, and whether it is revoked.
func (s *Store) SaveKey(ctx context.Context, k store.Key, entries ...store.Entry) error {
	return s.saveKey(ctx, k, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, upsertKey, keyValues(&k)...); err != nil {
			return err
		}
		return appendEntries(ctx, tx, k.Wiki, entries)
	})
}

// UseInvite turns a permission into a key.
func (s *Store) UseInvite(ctx context.Context, wiki string, token store.Digest, k store.Key, entries ...store.Entry) error {
	return s.saveKey(ctx, k, func(tx *sql.Tx) error {
		used, err := changed(ctx, tx, deleteInvite, wiki, string(token))
		if err == nil && !used {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insertKey, keyValues(&k)...); err != nil {
			return err
		}
		return appendEntries(ctx, tx, k.Wiki, entries)
	})
}

func (s *Store) saveKey(ctx context.Context, k store.Key, do func(tx *sql.Tx) error) error {
	err := cmp.Or(checkKey("wiki", k.Wiki), checkKey("id", k.ID), checkKey("kind", k.Kind), checkID("user id", k.UserID),
		checkName("user", k.User), checkName("label", k.Label), checkBytes("public key", k.Public))
	if err == nil {
		err = s.write(ctx, do)
	}
	if err != nil {
		return fmt.Errorf("save a key of user %d of %q: %w", k.UserID, k.Wiki, err)
	}
	return nil
}

// Key returns one key.
func (s *Store) Key(ctx context.Context, wiki, id string) (k store.Key, err error) {
	if !kept(wiki, id) {
		return k, fmt.Errorf("read key: %w", store.ErrNotFound)
	}
	err = s.reader.QueryRowContext(ctx, selectKey, wiki, id).Scan(keyFields(&k)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Key{}, fmt.Errorf("read key %q: %w", id, err)
	}
	return k, nil
}

// Keys lists keys.
func (s *Store) Keys(ctx context.Context, wiki string, userID int64) (all []store.Key, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectKeys, wiki, userID)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var k store.Key
			err := rows.Scan(keyFields(&k)...)
			all = append(all, k)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list keys of %q: %w", wiki, err)
	}
	return all, nil
}

// SaveInvite keeps a permission to add a key.
func (s *Store) SaveInvite(ctx context.Context, i store.Invite, entries ...store.Entry) error {
	err := cmp.Or(checkKey("wiki", i.Wiki), checkKey("token", string(i.Token)), checkID("user id", i.UserID), checkName("user", i.User),
		checkName("origin", i.From))
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, insertInvite, i.Wiki, string(i.Token), i.UserID, i.User, i.From, i.Expires.UnixMicro()); err != nil {
				return err
			}
			return appendEntries(ctx, tx, i.Wiki, entries)
		})
	}
	if err != nil {
		return fmt.Errorf("invite user %d of %q: %w", i.UserID, i.Wiki, err)
	}
	return nil
}

// Invite returns a permission.
func (s *Store) Invite(ctx context.Context, wiki string, token store.Digest) (i store.Invite, err error) {
	if !kept(wiki, string(token)) {
		return i, fmt.Errorf("read invitation: %w", store.ErrNotFound)
	}
	err = s.reader.QueryRowContext(ctx, selectInvite, wiki, string(token)).Scan(&i.Wiki, &i.Token, &i.UserID, &i.User, &i.From, timeField{&i.Expires})
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Invite{}, fmt.Errorf("read invitation: %w", err)
	}
	return i, nil
}

// keyValues and keyFields follow keyColumns.
func keyValues(k *store.Key) []any {
	return []any{k.Wiki, k.ID, k.Kind, k.UserID, k.User, []byte(k.Label), k.Public, micros(k.Added), micros(k.Counts), micros(k.Revoked)}
}

func keyFields(k *store.Key) []any {
	return []any{&k.Wiki, &k.ID, &k.Kind, &k.UserID, &k.User, textField{&k.Label}, &k.Public, timeField{&k.Added}, timeField{&k.Counts}, timeField{&k.Revoked}}
}

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
	upsertAcceptance = `INSERT INTO acceptance (wiki, user_id, gadget, text_set, made, stays) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (wiki, user_id, gadget) DO UPDATE SET text_set = excluded.text_set, made = excluded.made, stays = excluded.stays`
	deleteAcceptance  = `DELETE FROM acceptance WHERE wiki = $1 AND user_id = $2 AND gadget = $3`
	selectAcceptances = `SELECT wiki, user_id, gadget, text_set, made, stays FROM acceptance WHERE wiki = $1 AND user_id = $2 ORDER BY gadget`
	selectStays       = `SELECT 1 FROM acceptance WHERE wiki = $1 AND gadget = $2 AND text_set = $3 AND stays <> 0 LIMIT 1`
)

// Accept keeps an acceptance in place of an earlier one of the same gadget.
func (s *Store) Accept(ctx context.Context, a store.Acceptance) error {
	err := cmp.Or(checkKey("wiki", a.Wiki), checkID("user id", a.UserID), checkID("gadget", a.Gadget), checkKey("set", string(a.Set)))
	if err == nil {
		_, err = s.writer.ExecContext(ctx, upsertAcceptance, a.Wiki, a.UserID, a.Gadget, string(a.Set), micros(a.At), micros(a.Stays))
	}
	if err != nil {
		return fmt.Errorf("keep which texts of gadget %d of %q user %d accepts: %w", a.Gadget, a.Wiki, a.UserID, err)
	}
	return nil
}

// Unaccept forgets an acceptance.
func (s *Store) Unaccept(ctx context.Context, wiki string, userID, gadget int64) error {
	if !kept(wiki) {
		return nil
	}
	if _, err := s.writer.ExecContext(ctx, deleteAcceptance, wiki, userID, gadget); err != nil {
		return fmt.Errorf("forget which texts of gadget %d of %q user %d accepted: %w", gadget, wiki, userID, err)
	}
	return nil
}

// Acceptances lists those of an account.
func (s *Store) Acceptances(ctx context.Context, wiki string, userID int64) (all []store.Acceptance, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectAcceptances, wiki, userID)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var a store.Acceptance
			err := rows.Scan(&a.Wiki, &a.UserID, &a.Gadget, &a.Set, timeField{&a.At}, timeField{&a.Stays})
			all = append(all, a)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read which texts user %d of %q accepted: %w", userID, wiki, err)
	}
	return all, nil
}

// Stays says whether anybody stays on a set.
func (s *Store) Stays(ctx context.Context, wiki string, gadget int64, set store.Digest) (bool, error) {
	if !kept(wiki, string(set)) {
		return false, nil
	}
	var one int
	err := s.reader.QueryRowContext(ctx, selectStays, wiki, gadget, string(set)).Scan(&one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read who stays on texts of gadget %d of %q: %w", gadget, wiki, err)
	}
	return true, nil
}

package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/store"
)

const (
	upsertAgreement = `INSERT INTO agreement (wiki, user_id, title, digest, confirmed, capabilities, made) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (wiki, user_id, title) DO UPDATE SET digest = excluded.digest, confirmed = excluded.confirmed, capabilities = excluded.capabilities, made = excluded.made`
	selectAgreements = `SELECT wiki, user_id, title, digest, confirmed, capabilities, made FROM agreement WHERE wiki = $1 AND user_id = $2`
)

// maxCapabilities is the length of the longest list of capabilities that is kept, in bytes of JSON.
const maxCapabilities = 1 << 20

// Agree keeps an agreement in place of an earlier one about the same page.
func (s *Store) Agree(ctx context.Context, a store.Agreement) error {
	err := cmp.Or(checkKey("wiki", a.Wiki), checkID("user id", a.UserID), checkKey("title", a.Title), checkKey("digest", string(a.Digest)),
		checkWords("capabilities", a.Capabilities, maxCapabilities))
	if err == nil {
		_, err = s.writer.ExecContext(ctx, upsertAgreement, a.Wiki, a.UserID, a.Title, string(a.Digest), a.Confirmed, a.Capabilities, micros(a.At))
	}
	if err != nil {
		return fmt.Errorf("keep what user %d of %q agreed to: %w", a.UserID, a.Wiki, err)
	}
	return nil
}

// Agreements lists those of an account.
func (s *Store) Agreements(ctx context.Context, wiki string, userID int64) (all []store.Agreement, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectAgreements, wiki, userID)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var a store.Agreement
			err := rows.Scan(&a.Wiki, &a.UserID, &a.Title, &a.Digest, &a.Confirmed, &a.Capabilities, timeField{&a.At})
			all = append(all, a)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read what user %d of %q agreed to: %w", userID, wiki, err)
	}
	slices.SortFunc(all, func(a, b store.Agreement) int { return strings.Compare(a.Title, b.Title) }) // databases order text their own way
	return all, nil
}

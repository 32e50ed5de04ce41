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
	addressColumns = `wiki, user_id, name, address, told, asked, code, sent`
	upsertAddress  = `INSERT INTO address (` + addressColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (wiki, user_id) DO UPDATE SET name = excluded.name, address = excluded.address, told = excluded.told,
			asked = excluded.asked, code = excluded.code, sent = excluded.sent`
	selectAddress = `SELECT ` + addressColumns + ` FROM address WHERE wiki = $1 AND user_id = $2`
	deleteAddress = `DELETE FROM address WHERE wiki = $1 AND user_id = $2`
)

// SaveAddress keeps where an account wants to be told. No error names the address.
func (s *Store) SaveAddress(ctx context.Context, a store.Address) error {
	err := cmp.Or(checkKey("wiki", a.Wiki), checkID("user id", a.UserID), checkName("user", a.User), checkName("address", a.Address),
		checkName("asked address", a.Asked), checkName("code", string(a.Code)))
	if err == nil {
		_, err = s.writer.ExecContext(ctx, upsertAddress, a.Wiki, a.UserID, a.User, a.Address, a.All, a.Asked, string(a.Code), micros(a.Sent))
	}
	if err != nil {
		return fmt.Errorf("keep the address of user %d of %q: %w", a.UserID, a.Wiki, err)
	}
	return nil
}

// Address returns where an account wants to be told.
func (s *Store) Address(ctx context.Context, wiki string, userID int64) (a store.Address, err error) {
	err = sql.ErrNoRows
	if kept(wiki) {
		row := s.reader.QueryRowContext(ctx, selectAddress, wiki, userID)
		err = row.Scan(&a.Wiki, &a.UserID, &a.User, &a.Address, &a.All, &a.Asked, &a.Code, timeField{&a.Sent})
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Address{}, fmt.Errorf("read the address of user %d: %w", userID, err)
	}
	return a, nil
}

// ForgetAddress removes it.
func (s *Store) ForgetAddress(ctx context.Context, wiki string, userID int64) error {
	if _, err := s.writer.ExecContext(ctx, deleteAddress, wiki, userID); err != nil {
		return fmt.Errorf("forget the address of user %d of %q: %w", userID, wiki, err)
	}
	return nil
}

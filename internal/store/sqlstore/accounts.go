package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"sallyport/internal/store"
)

const (
	deleteOtherNames = `DELETE FROM account WHERE wiki = $1 AND user_id = $2 AND name <> $3`
	upsertAccount    = `INSERT INTO account (wiki, name, user_id, user_groups, user_rights, checked)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (wiki, name) DO UPDATE SET user_id = excluded.user_id, user_groups = excluded.user_groups,
			user_rights = excluded.user_rights, checked = excluded.checked`
	selectAccount = `SELECT wiki, user_id, name, user_groups, user_rights, checked FROM account
		WHERE wiki = $1 AND name = $2`
)

// Account returns what we last heard about a user name.
func (s *Store) Account(ctx context.Context, wiki, name string) (store.Account, error) {
	if !kept(wiki, name) {
		return store.Account{}, fmt.Errorf("read account %q of %q: %w", name, wiki, store.ErrNotFound)
	}
	var a store.Account
	var groups, rights string
	var checked int64
	row := s.reader.QueryRowContext(ctx, selectAccount, wiki, name)
	err := row.Scan(&a.Wiki, &a.UserID, &a.Name, &groups, &rights, &checked)
	if err == nil {
		a.Checked = moment(checked)
		err = cmp.Or(fromJSON("groups", groups, &a.Groups), fromJSON("rights", rights, &a.Rights))
	}
	if err != nil {
		return store.Account{}, fmt.Errorf("read account %q of %q: %w", name, wiki, orNotFound(err))
	}
	return a, nil
}

// SaveAccount stores what we heard about a user name and forgets an older name of the same person.
func (s *Store) SaveAccount(ctx context.Context, a store.Account) error {
	groups, rights, err := accountLists(a)
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			if a.UserID != 0 {
				if _, err := tx.ExecContext(ctx, deleteOtherNames, a.Wiki, a.UserID, a.Name); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, upsertAccount, a.Wiki, a.Name, a.UserID, groups, rights, a.Checked.UnixMicro())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("save account %q of %q: %w", a.Name, a.Wiki, err)
	}
	return nil
}

// accountLists checks an account and returns its groups and rights as JSON.
func accountLists(a store.Account) (groups, rights string, err error) {
	err = cmp.Or(checkKey("wiki", a.Wiki), checkKey("user name", a.Name),
		checkNames("group", a.Groups), checkNames("right", a.Rights))
	if err != nil {
		return "", "", err
	}
	groups, err = toJSON("groups", a.Groups)
	if err != nil {
		return "", "", err
	}
	rights, err = toJSON("rights", a.Rights)
	return groups, rights, err
}

package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"sallyport/internal/store"
)

const (
	upsertUse = `INSERT INTO used (wiki, user_id, name, is_page, made) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (wiki, user_id, is_page, name) DO UPDATE SET made = excluded.made WHERE used.made < excluded.made`
	selectUses = `SELECT wiki, user_id, name, is_page, made FROM used WHERE wiki = $1 ORDER BY user_id, name, is_page`
	deleteUses = `DELETE FROM used WHERE wiki = $1 AND is_page AND made < $2`
)

// SaveUses keeps uses, all or none of them.
func (s *Store) SaveUses(ctx context.Context, uses ...store.Use) error {
	if len(uses) == 0 {
		return nil
	}
	for _, u := range uses {
		if err := cmp.Or(checkKey("wiki", u.Wiki), checkID("user id", u.UserID), checkKey("right or page", u.Name)); err != nil {
			return fmt.Errorf("keep a use: %w", err)
		}
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, u := range uses {
			if _, err := tx.ExecContext(ctx, upsertUse, u.Wiki, u.UserID, u.Name, u.Page, micros(u.At)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep %d uses: %w", len(uses), err)
	}
	return nil
}

// Uses lists everything that is remembered of a wiki.
func (s *Store) Uses(ctx context.Context, wiki string) (all []store.Use, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectUses, wiki)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var u store.Use
			err := rows.Scan(&u.Wiki, &u.UserID, &u.Name, &u.Page, timeField{&u.At})
			all = append(all, u)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list uses of %q: %w", wiki, err)
	}
	return all, nil
}

// ForgetUses removes pages that were not served for long.
func (s *Store) ForgetUses(ctx context.Context, wiki string, before time.Time) error {
	if _, err := s.writer.ExecContext(ctx, deleteUses, wiki, before.UnixMicro()); err != nil {
		return fmt.Errorf("forget uses of %q: %w", wiki, err)
	}
	return nil
}

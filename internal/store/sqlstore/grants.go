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
	deleteGrants = `DELETE FROM granted WHERE wiki = $1 AND user_id = $2 AND gadget = $3`
	insertGrant  = `INSERT INTO granted (wiki, user_id, gadget, directive, source, made) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (wiki, user_id, gadget, directive, source) DO NOTHING`
	selectGrants = `SELECT wiki, user_id, gadget, directive, source, made FROM granted WHERE wiki = $1 AND user_id = $2`

	selectGranted = `SELECT directive, source, COUNT(DISTINCT user_id) AS people FROM granted WHERE wiki = $1
		GROUP BY directive, source ORDER BY people DESC, directive, source LIMIT $2`
)

// SetGrants makes a list all that somebody granted a gadget, in one transaction.
func (s *Store) SetGrants(ctx context.Context, wiki string, userID, gadget int64, list []store.Grant) error {
	err := cmp.Or(checkKey("wiki", wiki), checkID("user id", userID), checkID("gadget", gadget))
	for _, g := range list {
		err = cmp.Or(err, checkKey("directive", g.Directive), checkKey("source", g.Source))
	}
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, deleteGrants, wiki, userID, gadget); err != nil {
				return err
			}
			for _, g := range list {
				if _, err := tx.ExecContext(ctx, insertGrant, wiki, userID, gadget, g.Directive, g.Source, micros(g.At)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("keep what user %d of %q grants gadget %d: %w", userID, wiki, gadget, err)
	}
	return nil
}

// Grants lists what somebody granted.
func (s *Store) Grants(ctx context.Context, wiki string, userID int64) (all []store.Grant, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectGrants, wiki, userID)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var g store.Grant
			err := rows.Scan(&g.Wiki, &g.UserID, &g.Gadget, &g.Directive, &g.Source, timeField{&g.At})
			all = append(all, g)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read what user %d of %q granted: %w", userID, wiki, err)
	}
	slices.SortFunc(all, func(a, b store.Grant) int { // databases order text their own way
		return cmp.Or(cmp.Compare(a.Gadget, b.Gadget), strings.Compare(a.Directive, b.Directive), strings.Compare(a.Source, b.Source))
	})
	return all, nil
}

// GrantedServers lists what was granted by how many people.
func (s *Store) GrantedServers(ctx context.Context, wiki string, most int) (all []store.GrantedServer, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectGranted, wiki, most)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var g store.GrantedServer
			err := rows.Scan(&g.Directive, &g.Source, &g.People)
			all = append(all, g)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read what is granted on %q: %w", wiki, err)
	}
	return all, nil
}

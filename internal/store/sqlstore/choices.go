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
	upsertChoice = `INSERT INTO choice (wiki, user_id, gadget, owner_id, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (wiki, user_id, gadget) DO UPDATE SET owner_id = excluded.owner_id, since = excluded.since,
			renewed = choice.renewed + 1
		RETURNING renewed`
	deleteChoice  = `DELETE FROM choice WHERE wiki = $1 AND user_id = $2 AND gadget = $3`
	selectChoices = `SELECT wiki, user_id, gadget, owner_id, since FROM choice
		WHERE wiki = $1 AND user_id = $2 ORDER BY since, gadget`
	selectChosen = `SELECT wiki, user_id, gadget, owner_id, since FROM choice WHERE wiki = $1 ORDER BY gadget, user_id`

	// The number of users stands in the gallery and moves in the transaction of the choice.
	oneUserMore = `INSERT INTO gallery (wiki, gadget, users) VALUES ($1, $2, 1)
		ON CONFLICT (wiki, gadget) DO UPDATE SET users = gallery.users + 1`
	oneUserLess = `UPDATE gallery SET users = users - 1 WHERE wiki = $1 AND gadget = $2`
	selectUsers = `SELECT users FROM gallery WHERE wiki = $1 AND gadget = $2`
)

// Choose switches a gadget on for a person. The gadget need not be known: choices outlive gadgets.
func (s *Store) Choose(ctx context.Context, c store.Choice) error {
	err := cmp.Or(checkKey("wiki", c.Wiki), checkID("user id", c.UserID), checkID("gadget", c.Gadget))
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			var renewed int64
			row := tx.QueryRowContext(ctx, upsertChoice, c.Wiki, c.UserID, c.Gadget, c.OwnerID, c.Since.UnixMicro())
			if err := row.Scan(&renewed); err != nil || renewed > 0 {
				return err
			}
			_, err := tx.ExecContext(ctx, oneUserMore, c.Wiki, c.Gadget)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("switch gadget %d of %q on for user %d: %w", c.Gadget, c.Wiki, c.UserID, err)
	}
	return nil
}

// Unchoose switches a gadget off.
func (s *Store) Unchoose(ctx context.Context, wiki string, userID, gadget int64) error {
	if !kept(wiki) {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		did, err := changed(ctx, tx, deleteChoice, wiki, userID, gadget)
		if err != nil || !did {
			return err
		}
		_, err = tx.ExecContext(ctx, oneUserLess, wiki, gadget)
		return err
	})
	if err != nil {
		return fmt.Errorf("switch gadget %d of %q off for user %d: %w", gadget, wiki, userID, err)
	}
	return nil
}

// Choices returns what a person has switched on, oldest first.
func (s *Store) Choices(ctx context.Context, wiki string, userID int64) ([]store.Choice, error) {
	if !kept(wiki) {
		return nil, nil
	}
	var choices []store.Choice
	rows, err := s.reader.QueryContext(ctx, selectChoices, wiki, userID)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var c store.Choice
			var since int64
			err := rows.Scan(&c.Wiki, &c.UserID, &c.Gadget, &c.OwnerID, &since)
			c.Since = moment(since)
			choices = append(choices, c)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read choices of user %d of %q: %w", userID, wiki, err)
	}
	return choices, nil
}

// Chosen lists what everybody has switched on.
func (s *Store) Chosen(ctx context.Context, wiki string) (all []store.Choice, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectChosen, wiki)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var c store.Choice
			err := rows.Scan(&c.Wiki, &c.UserID, &c.Gadget, &c.OwnerID, timeField{&c.Since})
			all = append(all, c)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read everybody's choices of %q: %w", wiki, err)
	}
	return all, nil
}

// Users counts the people who have a gadget switched on.
func (s *Store) Users(ctx context.Context, wiki string, gadget int64) (int, error) {
	if !kept(wiki) {
		return 0, nil
	}
	var users int
	err := s.reader.QueryRowContext(ctx, selectUsers, wiki, gadget).Scan(&users)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("count users of gadget %d of %q: %w", gadget, wiki, err)
	}
	return users, nil
}

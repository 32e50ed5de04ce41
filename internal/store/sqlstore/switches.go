package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"sallyport/internal/store"
)

const (
	switchColumns = `wiki, id, kind, target, title, reason, person, made, ended, ended_by, ended_why`
	insertSwitch  = `INSERT INTO switch (` + switchColumns + `)
		VALUES ($1, (SELECT COALESCE(MAX(id), 0) + 1 FROM switch WHERE wiki = $1), $2, $3, $4, $5, $6, $7, 0, '', $8)
		ON CONFLICT (wiki, kind, target) WHERE ended = 0 DO NOTHING`
	switchInForce = `SELECT id FROM switch WHERE wiki = $1 AND kind = $2 AND target = $3 AND ended = 0`
	endSwitch     = `UPDATE switch SET ended = $3, ended_by = $4, ended_why = $5 WHERE wiki = $1 AND id = $2 AND ended = 0`
	selectSwitch  = `SELECT ` + switchColumns + ` FROM switch WHERE wiki = $1 AND id = $2`
	switchedOff   = `SELECT ` + switchColumns + ` FROM switch WHERE wiki = $1 AND ended = 0 ORDER BY id`
	lastSwitches  = `SELECT ` + switchColumns + ` FROM switch WHERE wiki = $1 ORDER BY id DESC LIMIT $2`
)

// AddSwitch keeps that something is off, unless it is.
func (s *Store) AddSwitch(ctx context.Context, w store.Switch, entries ...store.Entry) (id int64, first bool, err error) {
	if err = checkSwitch(w); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			first, err = changed(ctx, tx, insertSwitch, w.Wiki, w.Kind, w.Target, w.Title, []byte(w.Reason), w.By, micros(w.At), []byte{})
			if err == nil {
				err = tx.QueryRowContext(ctx, switchInForce, w.Wiki, w.Kind, w.Target).Scan(&id)
			}
			if err != nil || !first {
				return err
			}
			return appendEntries(ctx, tx, w.Wiki, entries)
		})
	}
	if err != nil {
		return 0, false, fmt.Errorf("switch off %s %.200q: %w", w.Kind, w.Target, err)
	}
	return id, first, nil
}

// EndSwitch keeps that something is on again.
func (s *Store) EndSwitch(ctx context.Context, w store.Switch, entries ...store.Entry) (first bool, err error) {
	err = cmp.Or(checkKey("wiki", w.Wiki), checkName("person", w.EndedBy), checkName("reason", w.EndedWhy))
	if err == nil && w.Ended.IsZero() {
		err = fmt.Errorf("%w: no time at which it ended", store.ErrRefused)
	}
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			first, err = changed(ctx, tx, endSwitch, w.Wiki, w.ID, micros(w.Ended), w.EndedBy, []byte(w.EndedWhy))
			if err != nil || !first {
				return err
			}
			return appendEntries(ctx, tx, w.Wiki, entries)
		})
	}
	if err != nil {
		return false, fmt.Errorf("switch on what was switched off as number %d: %w", w.ID, err)
	}
	return first, nil
}

func checkSwitch(w store.Switch) error {
	err := cmp.Or(checkKey("wiki", w.Wiki), checkKey("kind", w.Kind), checkName("target", w.Target), checkName("title", w.Title),
		checkKey("reason", w.Reason), checkName("person", w.By))
	if err == nil && w.At.IsZero() {
		err = fmt.Errorf("%w: no time at which it was switched off", store.ErrRefused)
	}
	return err
}

// Switch returns one.
func (s *Store) Switch(ctx context.Context, wiki string, id int64) (w store.Switch, err error) {
	err = store.ErrNotFound
	if kept(wiki) {
		err = orNotFound(s.reader.QueryRowContext(ctx, selectSwitch, wiki, id).Scan(switchFields(&w)...))
	}
	if err != nil {
		return store.Switch{}, fmt.Errorf("read what was switched off as number %d: %w", id, err)
	}
	return w, nil
}

// SwitchedOff lists what is off.
func (s *Store) SwitchedOff(ctx context.Context, wiki string) ([]store.Switch, error) {
	return s.switches(ctx, wiki, switchedOff, wiki)
}

// LastSwitches lists what was switched off last.
func (s *Store) LastSwitches(ctx context.Context, wiki string, limit int) ([]store.Switch, error) {
	return s.switches(ctx, wiki, lastSwitches, wiki, limit)
}

func (s *Store) switches(ctx context.Context, wiki, query string, args ...any) (all []store.Switch, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var w store.Switch
			err := rows.Scan(switchFields(&w)...)
			all = append(all, w)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list what is switched off on %q: %w", wiki, err)
	}
	return all, nil
}

// switchFields follow switchColumns.
func switchFields(w *store.Switch) []any {
	return []any{&w.Wiki, &w.ID, &w.Kind, &w.Target, &w.Title, textField{&w.Reason}, &w.By, timeField{&w.At}, timeField{&w.Ended}, &w.EndedBy, textField{&w.EndedWhy}}
}

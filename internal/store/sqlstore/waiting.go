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
	isOpen         = `state IN ('parked', 'approved', 'sending')`
	waitingColumns = `wiki, id, user_id, name, digest, state, version, sealed, notes, created, changed, expires`
	insertWaiting  = `INSERT INTO waiting (` + waitingColumns + `) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11)`
	countWaiting   = `SELECT count(*) FROM waiting WHERE wiki = $1 AND user_id = $2 AND ` + isOpen + ` AND expires > $3`
	selectWaiting  = `SELECT ` + waitingColumns + ` FROM waiting WHERE wiki = $1 AND id = $2`
	listColumns    = `wiki, id, user_id, name, digest, state, version, notes, created, changed, expires`
	selectOf       = `SELECT ` + listColumns + ` FROM waiting WHERE wiki = $1 AND user_id = $2 AND changed >= $3 ORDER BY changed, id LIMIT 1000`
	selectQueue    = `SELECT ` + listColumns + ` FROM waiting WHERE wiki = $1 AND ` + isOpen + ` AND expires > $2 ORDER BY created, id LIMIT $3`
	selectStuck    = `SELECT ` + listColumns + ` FROM waiting WHERE wiki = $1 AND state = 'sending' AND changed < $2 ORDER BY changed, id LIMIT $3`
	updateWaiting  = `UPDATE waiting SET state = $4, sealed = $5, notes = $6, changed = $7, expires = $8, version = version + 1
		WHERE wiki = $1 AND id = $2 AND version = $3`
	deleteWaiting = `DELETE FROM waiting WHERE wiki = $1 AND changed < $2 AND (NOT ` + isOpen + ` OR state <> 'sending' AND expires < $2)`
)

// Park keeps a new change.
func (s *Store) Park(ctx context.Context, w store.Waiting, most int, entries ...store.Entry) error {
	err := cmp.Or(checkKey("wiki", w.Wiki), checkKey("id", w.ID), checkID("user id", w.UserID), checkName("user", w.User),
		checkName("digest", string(w.Digest)), checkBytes("parked change", w.Sealed), checkText("notes", w.Notes))
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			if err := appendEntries(ctx, tx, w.Wiki, entries); err != nil { // first: it makes two who park at once take turns
				return err
			}
			var open int
			if err := tx.QueryRowContext(ctx, countWaiting, w.Wiki, w.UserID, w.Created.UnixMicro()).Scan(&open); err != nil {
				return err
			}
			if open >= most {
				return store.ErrTooMany
			}
			_, err := tx.ExecContext(ctx, insertWaiting, w.Wiki, w.ID, w.UserID, w.User, string(w.Digest), string(w.State), w.Sealed,
				[]byte(w.Notes), w.Created.UnixMicro(), w.Created.UnixMicro(), w.Expires.UnixMicro())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("park a change of user %d of %q: %w", w.UserID, w.Wiki, err)
	}
	return nil
}

// Waiting returns a change.
func (s *Store) Waiting(ctx context.Context, wiki, id string) (w store.Waiting, err error) {
	if !kept(wiki, id) {
		return w, fmt.Errorf("read change %.40q: %w", id, store.ErrNotFound)
	}
	err = s.reader.QueryRowContext(ctx, selectWaiting, wiki, id).Scan(waitingFields(&w, true)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Waiting{}, fmt.Errorf("read change %q: %w", id, err)
	}
	return w, nil
}

// WaitingOf lists an account's changes.
func (s *Store) WaitingOf(ctx context.Context, wiki string, userID int64, since time.Time) ([]store.Waiting, error) {
	if !kept(wiki) {
		return nil, nil
	}
	return s.listWaiting(ctx, selectOf, wiki, userID, since.UnixMicro())
}

// Queue lists a wiki's open changes.
func (s *Store) Queue(ctx context.Context, wiki string, at time.Time, limit int) ([]store.Waiting, error) {
	if !kept(wiki) {
		return nil, nil
	}
	return s.listWaiting(ctx, selectQueue, wiki, at.UnixMicro(), limit)
}

func (s *Store) listWaiting(ctx context.Context, statement string, args ...any) (all []store.Waiting, err error) {
	rows, err := s.reader.QueryContext(ctx, statement, args...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var w store.Waiting
			err := rows.Scan(waitingFields(&w, false)...)
			all = append(all, w)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list changes that wait on %q: %w", args[0], err)
	}
	return all, nil
}

// Stuck lists changes that are on their way for long.
func (s *Store) Stuck(ctx context.Context, wiki string, before time.Time, limit int) ([]store.Waiting, error) {
	if !kept(wiki) {
		return nil, nil
	}
	return s.listWaiting(ctx, selectStuck, wiki, before.UnixMicro(), limit)
}

// Advance changes a row that nobody else has changed.
func (s *Store) Advance(ctx context.Context, w store.Waiting, entries ...store.Entry) (first bool, err error) {
	return s.AdvanceAll(ctx, []store.Waiting{w}, entries...)
}

// errSlower undoes a transaction of which a part was too late.
var errSlower = errors.New("somebody else was faster")

// AdvanceAll changes rows that nobody else has changed, all or none.
func (s *Store) AdvanceAll(ctx context.Context, all []store.Waiting, entries ...store.Entry) (first bool, err error) {
	if len(all) == 0 {
		return true, nil
	}
	for _, w := range all {
		if err := cmp.Or(checkBytes("parked change", w.Sealed), checkText("notes", w.Notes)); err != nil {
			return false, fmt.Errorf("bring change %q on: %w", w.ID, err)
		}
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		for _, w := range all {
			ours, err := changed(ctx, tx, updateWaiting, w.Wiki, w.ID, w.Version, string(w.State), w.Sealed, []byte(w.Notes),
				w.Changed.UnixMicro(), w.Expires.UnixMicro())
			if err == nil && !ours {
				err = errSlower
			}
			if err != nil {
				return err
			}
		}
		return appendEntries(ctx, tx, all[0].Wiki, entries)
	})
	if errors.Is(err, errSlower) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("bring change %q on: %w", all[0].ID, err)
	}
	return true, nil
}

// ForgetWaiting removes changes that are over. One that was being sent stays: somebody must look.
func (s *Store) ForgetWaiting(ctx context.Context, wiki string, before time.Time) error {
	if _, err := s.writer.ExecContext(ctx, deleteWaiting, wiki, before.UnixMicro()); err != nil {
		return fmt.Errorf("forget changes of %q: %w", wiki, err)
	}
	return nil
}

// waitingFields follow waitingColumns, or listColumns.
func waitingFields(w *store.Waiting, sealed bool) []any {
	fields := []any{&w.Wiki, &w.ID, &w.UserID, &w.User, &w.Digest, &w.State, &w.Version}
	if sealed {
		fields = append(fields, &w.Sealed)
	}
	return append(fields, textField{&w.Notes}, timeField{&w.Created}, timeField{&w.Changed}, timeField{&w.Expires})
}

func checkBytes(what string, b []byte) error {
	if len(b) > MaxText {
		return fmt.Errorf("%w: %s has %d bytes, at most %d are kept", store.ErrRefused, what, len(b), MaxText)
	}
	return nil
}

// textField reads bytes as text.
type textField struct{ to *string }

// Scan implements [sql.Scanner].
func (f textField) Scan(v any) error {
	switch v := v.(type) {
	case []byte:
		*f.to = string(v)
	case string:
		*f.to = v
	default:
		return fmt.Errorf("text is kept as %T", v)
	}
	return nil
}

// timeField reads microseconds as a moment; 0 is no moment.
type timeField struct{ to *time.Time }

// Scan implements [sql.Scanner].
func (f timeField) Scan(v any) error {
	micros, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a moment is kept as %T", v)
	}
	*f.to = time.Time{}
	if micros != 0 {
		*f.to = moment(micros)
	}
	return nil
}

// micros is the inverse of [timeField].
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

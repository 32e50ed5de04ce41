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
	noticeColumns = `wiki, id, user_id, name, send_to, kind, body, made, mail, tries, due, trouble`
	insertNotice  = `INSERT INTO notice (` + noticeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (wiki, id) DO NOTHING`
	selectNotices = `SELECT ` + noticeColumns + ` FROM notice WHERE wiki = $1 AND user_id = $2 ORDER BY made DESC, id LIMIT $3`
	selectDue     = `SELECT ` + noticeColumns + ` FROM notice WHERE wiki = $1 AND mail = 'waiting' AND due <= $2 ORDER BY due, id LIMIT $3`
	selectAside   = `SELECT ` + noticeColumns + ` FROM notice WHERE wiki = $1 AND mail = 'aside' ORDER BY made DESC, id LIMIT $2`
	takeNotice    = `UPDATE notice SET tries = tries + 1, due = $4 WHERE wiki = $1 AND id = $2 AND tries = $3 AND mail = 'waiting'`
	settleNotice  = `UPDATE notice SET mail = $4, due = $5, trouble = $6 WHERE wiki = $1 AND id = $2 AND tries = $3 AND mail = 'waiting'`
	retryNotices  = `UPDATE notice SET mail = 'waiting', tries = 0, due = $2 WHERE wiki = $1 AND mail = 'aside'`
	deleteNotices = `DELETE FROM notice WHERE wiki = $1 AND made < $2 AND mail <> 'waiting'`
)

// maxTrouble is the length of the longest reason, in bytes.
const maxTrouble = 300

// AddNotices keeps notices.
func (s *Store) AddNotices(ctx context.Context, notices ...store.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	for i := range notices {
		if err := checkNotice(&notices[i]); err != nil {
			return fmt.Errorf("keep a notice: %w", err)
		}
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for i := range notices {
			if _, err := tx.ExecContext(ctx, insertNotice, noticeValues(&notices[i])...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep %d notices: %w", len(notices), err)
	}
	return nil
}

func checkNotice(n *store.Notice) error {
	return cmp.Or(checkKey("wiki", n.Wiki), checkKey("id", n.ID), checkName("user", n.User), checkName("address", n.To),
		checkKey("kind", n.Kind), checkText("notice", n.Body), checkWords("trouble", n.Trouble, maxTrouble))
}

// NoticesOf lists an account's notices.
func (s *Store) NoticesOf(ctx context.Context, wiki string, userID int64, limit int) ([]store.Notice, error) {
	return s.listNotices(ctx, selectNotices, wiki, userID, limit)
}

// DueNotices lists notices to be sent.
func (s *Store) DueNotices(ctx context.Context, wiki string, at time.Time, limit int) ([]store.Notice, error) {
	return s.listNotices(ctx, selectDue, wiki, at.UnixMicro(), limit)
}

// AsideNotices lists notices that cannot be sent.
func (s *Store) AsideNotices(ctx context.Context, wiki string, limit int) ([]store.Notice, error) {
	return s.listNotices(ctx, selectAside, wiki, limit)
}

func (s *Store) listNotices(ctx context.Context, statement, wiki string, args ...any) (all []store.Notice, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, statement, append([]any{wiki}, args...)...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var n store.Notice
			err := rows.Scan(noticeFields(&n)...)
			all = append(all, n)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list notices of %q: %w", wiki, err)
	}
	return all, nil
}

// RetryNotices takes up what was set aside.
func (s *Store) RetryNotices(ctx context.Context, wiki string, at time.Time) (n int, err error) {
	result, err := s.writer.ExecContext(ctx, retryNotices, wiki, micros(at))
	if err == nil {
		var rows int64
		rows, err = result.RowsAffected()
		n = int(rows)
	}
	if err != nil {
		return 0, fmt.Errorf("take up mail of %q that was set aside: %w", wiki, err)
	}
	return n, nil
}

// TakeNotice counts a try.
func (s *Store) TakeNotice(ctx context.Context, n store.Notice, until time.Time) (first bool, err error) {
	return s.changeNotice(ctx, n, takeNotice, micros(until))
}

// SettleNotice keeps what came of a try.
func (s *Store) SettleNotice(ctx context.Context, n store.Notice) error {
	if err := checkWords("trouble", n.Trouble, maxTrouble); err != nil {
		return fmt.Errorf("settle notice %q: %w", n.ID, err)
	}
	_, err := s.changeNotice(ctx, n, settleNotice, string(n.Mail), micros(n.Due), n.Trouble)
	return err
}

func (s *Store) changeNotice(ctx context.Context, n store.Notice, statement string, args ...any) (did bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		did, err = changed(ctx, tx, statement, append([]any{n.Wiki, n.ID, n.Tries}, args...)...)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("change notice %q: %w", n.ID, err)
	}
	return did, nil
}

// ForgetNotices removes old notices.
func (s *Store) ForgetNotices(ctx context.Context, wiki string, before time.Time) error {
	if _, err := s.writer.ExecContext(ctx, deleteNotices, wiki, before.UnixMicro()); err != nil {
		return fmt.Errorf("forget notices of %q: %w", wiki, err)
	}
	return nil
}

// noticeValues and noticeFields follow noticeColumns.
func noticeValues(n *store.Notice) []any {
	return []any{n.Wiki, n.ID, n.UserID, n.User, n.To, n.Kind, []byte(n.Body), micros(n.Made), string(n.Mail), n.Tries, micros(n.Due), n.Trouble}
}

func noticeFields(n *store.Notice) []any {
	return []any{&n.Wiki, &n.ID, &n.UserID, &n.User, &n.To, &n.Kind, textField{&n.Body}, timeField{&n.Made}, &n.Mail, &n.Tries, timeField{&n.Due}, &n.Trouble}
}

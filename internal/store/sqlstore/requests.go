package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/violation"
)

const (
	requestColumns = `r.wiki, r.id, r.user_id, r.name, r.directive, r.host, r.script, r.gadget, r.why, r.state, r.decider, r.reason, r.asked, r.decided,
		(SELECT count(*) FROM host_request_by b WHERE b.wiki = r.wiki AND b.id = r.id) AS people`
	selectRequest = `SELECT ` + requestColumns + ` FROM host_request r WHERE r.wiki = $1 AND r.id = $2`
	openRequest   = `SELECT ` + requestColumns + ` FROM host_request r
		WHERE r.wiki = $1 AND r.host = $2 AND r.directive = $3 AND r.script = $4 AND r.state = 'open'`
	insertRequest = `INSERT INTO host_request (wiki, id, user_id, name, directive, host, script, gadget, why, state, decider, reason, asked, decided)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', '', $10, $11, 0)`
	insertAsker   = `INSERT INTO host_request_by (wiki, id, user_id, name, asked) VALUES ($1, $2, $3, $4, $5)`
	countRequests = `SELECT (SELECT count(*) FROM host_request WHERE wiki = $1 AND state = 'open'),
		(SELECT count(*) FROM host_request_by b JOIN host_request r ON r.wiki = b.wiki AND r.id = b.id
		WHERE b.wiki = $1 AND b.user_id = $2 AND r.state = 'open')`
	isAsker          = `SELECT count(*) FROM host_request_by WHERE wiki = $1 AND id = $2 AND user_id = $3`
	listOpenRequests = `SELECT ` + requestColumns + ` FROM host_request r WHERE r.wiki = $1 AND r.state = 'open' ORDER BY people DESC, r.asked, r.id LIMIT $2`
	listRequests     = `SELECT ` + requestColumns + ` FROM host_request r WHERE r.wiki = $1 AND r.state = $3 ORDER BY r.decided DESC, r.id LIMIT $2`
	listRequestsOf   = `SELECT ` + requestColumns + ` FROM host_request r JOIN host_request_by a ON a.wiki = r.wiki AND a.id = r.id
		WHERE a.wiki = $1 AND a.user_id = $2 ORDER BY a.asked DESC, r.id LIMIT $3`
	selectAskers  = `SELECT user_id, name FROM host_request_by WHERE wiki = $1 AND id = $2 ORDER BY asked, user_id`
	decideRequest = `UPDATE host_request SET state = $4, decider = $5, reason = $6, decided = $7 WHERE wiki = $1 AND id = $2 AND state = $3`

	oldRequests         = `wiki = $1 AND state IN ('refused', 'withdrawn') AND decided < $2`
	forgetAskers        = `DELETE FROM host_request_by WHERE wiki = $1 AND id IN (SELECT id FROM host_request WHERE ` + oldRequests + `)`
	forgetHostRequests  = `DELETE FROM host_request WHERE ` + oldRequests
	violationsByBlocked = `SELECT ` + violationKey + `, ` + violationFacts + ` FROM violation WHERE wiki = $1 AND day >= $2 AND blocked = $3`
	violationsBySource  = `SELECT ` + violationKey + `, ` + violationFacts + ` FROM violation WHERE wiki = $1 AND day >= $2 AND source = $3`
)

// maxRequested bounds what an index has to hold of one request, in bytes.
const maxRequested = 512

// Ask keeps a request, or lets an account join the one there is. Of two who ask the same at once, one is begun again.
func (s *Store) Ask(ctx context.Context, r store.Request, most store.Limits, entries ...store.Entry) (was store.Request, joined bool, err error) {
	err = cmp.Or(checkKey("wiki", r.Wiki), checkKey("id", r.ID), checkID("user id", r.UserID), checkName("user", r.User),
		checkWords("directive", r.Directive, 64), checkWords("host", r.Host, maxRequested), checkWords("script", r.Script, maxRequested), checkName("why", r.Why))
	if err == nil && (r.Directive == "" || r.Host == "") {
		err = fmt.Errorf("%w: a request names a directive and a host", store.ErrRefused)
	}
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			was, joined, err = ask(ctx, tx, r, most, entries)
			return err
		})
	}
	if err != nil {
		return store.Request{}, false, fmt.Errorf("keep the request for %q: %w", r.Host, err)
	}
	return was, joined, nil
}

func ask(ctx context.Context, tx *sql.Tx, r store.Request, most store.Limits, entries []store.Entry) (was store.Request, joined bool, err error) {
	err = tx.QueryRowContext(ctx, openRequest, r.Wiki, r.Host, r.Directive, r.Script).Scan(requestFields(&was)...)
	joined = err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return was, false, err
	}
	if joined {
		var already int
		if err := tx.QueryRowContext(ctx, isAsker, r.Wiki, was.ID, r.UserID).Scan(&already); err != nil || already > 0 {
			return was, true, err
		}
	}
	if err := appendEntries(ctx, tx, r.Wiki, entries); err != nil { // before counting: it makes two who ask at once take turns
		return was, false, err
	}
	var all, own int
	if err := tx.QueryRowContext(ctx, countRequests, r.Wiki, r.UserID).Scan(&all, &own); err != nil {
		return was, false, err
	}
	if own >= most.Account || !joined && all >= most.Wiki {
		return was, false, store.ErrTooMany
	}
	if !joined {
		was = r
		was.State, was.Asked = store.RequestOpen, moment(r.Asked.UnixMicro())
		if _, err := tx.ExecContext(ctx, insertRequest, r.Wiki, r.ID, r.UserID, r.User, r.Directive, r.Host, r.Script, r.Gadget, []byte(r.Why), []byte{}, r.Asked.UnixMicro()); err != nil {
			return was, false, err
		}
	}
	was.People++
	_, err = tx.ExecContext(ctx, insertAsker, r.Wiki, was.ID, r.UserID, r.User, r.Asked.UnixMicro())
	return was, joined, err
}

// Request returns one.
func (s *Store) Request(ctx context.Context, wiki, id string) (r store.Request, err error) {
	if !kept(wiki, id) {
		return r, fmt.Errorf("read request %.40q: %w", id, store.ErrNotFound)
	}
	err = s.reader.QueryRowContext(ctx, selectRequest, wiki, id).Scan(requestFields(&r)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Request{}, fmt.Errorf("read request %q: %w", id, err)
	}
	return r, nil
}

// Requests lists those in a state.
func (s *Store) Requests(ctx context.Context, wiki string, state store.RequestState, limit int) ([]store.Request, error) {
	if state == store.RequestOpen {
		return s.listRequests(ctx, listOpenRequests, wiki, limit)
	}
	return s.listRequests(ctx, listRequests, wiki, limit, string(state))
}

// RequestsOf lists those an account has a part in.
func (s *Store) RequestsOf(ctx context.Context, wiki string, userID int64, limit int) ([]store.Request, error) {
	return s.listRequests(ctx, listRequestsOf, wiki, userID, limit)
}

func (s *Store) listRequests(ctx context.Context, query, wiki string, args ...any) (all []store.Request, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, query, append([]any{wiki}, args...)...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var r store.Request
			err := rows.Scan(requestFields(&r)...)
			all = append(all, r)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list requests of %q: %w", wiki, err)
	}
	return all, nil
}

// Askers lists who asks for one.
func (s *Store) Askers(ctx context.Context, wiki, id string) (all []store.Asker, err error) {
	if !kept(wiki, id) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectAskers, wiki, id)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var a store.Asker
			err := rows.Scan(&a.UserID, &a.User)
			all = append(all, a)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list who asks for %q: %w", id, err)
	}
	return all, nil
}

// Decide changes a request that nobody else has decided.
func (s *Store) Decide(ctx context.Context, r store.Request, from store.RequestState, entries ...store.Entry) (first bool, err error) {
	if err = cmp.Or(checkName("decider", r.By), checkName("reason", r.Reason), checkKey("state", string(r.State))); err == nil {
		err = s.write(ctx, func(tx *sql.Tx) (err error) {
			first, err = changed(ctx, tx, decideRequest, r.Wiki, r.ID, string(from), string(r.State), r.By, []byte(r.Reason), r.Decided.UnixMicro())
			if err != nil || !first {
				return err
			}
			return appendEntries(ctx, tx, r.Wiki, entries)
		})
	}
	if err != nil {
		return false, fmt.Errorf("decide request %q: %w", r.ID, err)
	}
	return first, nil
}

// ForgetRequests removes what nothing can become of any more.
func (s *Store) ForgetRequests(ctx context.Context, wiki string, before time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{forgetAskers, forgetHostRequests} {
			if _, err := tx.ExecContext(ctx, statement, wiki, before.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget requests of %q: %w", wiki, err)
	}
	return nil
}

// Reported returns some of the rows that [Store.Rows] returns all of.
func (s *Store) Reported(ctx context.Context, wiki string, which store.About, since violation.Day) (all []violation.Row, err error) {
	query, arg := violationsByBlocked, which.Blocked
	if which.Blocked == "" {
		query, arg = violationsBySource, which.Source
	}
	if arg == "" || !kept(wiki, arg) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, query, wiki, int64(since), arg)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			r, err := readViolation(rows)
			if which.Source == "" || which.Source == r.Source {
				all = append(all, r)
			}
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read what browsers reported: %w", err)
	}
	slices.SortFunc(all, func(a, b violation.Row) int { return a.Key.Compare(b.Key) })
	return all, nil
}

// requestFields follow requestColumns.
func requestFields(r *store.Request) []any {
	return []any{&r.Wiki, &r.ID, &r.UserID, &r.User, &r.Directive, &r.Host, &r.Script, &r.Gadget, textField{&r.Why}, &r.State, &r.By, textField{&r.Reason},
		timeField{&r.Asked}, timeField{&r.Decided}, &r.People}
}

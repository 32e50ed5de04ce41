package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/internal/store"
)

const (
	upsertExposure = `INSERT INTO exposure (wiki, digest, minute, title, part, people, missed) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (wiki, digest, minute, title, part) DO UPDATE SET people = excluded.people, missed = excluded.missed`
	selectExposures = `SELECT wiki, digest, minute, title, part, people, missed FROM exposure WHERE wiki = $1 AND minute BETWEEN $2 AND $3 AND `
	ofText          = "digest = $4 AND digest <> ''"
	ofPage          = "title = $4 AND digest <> ''"
	roomlessAlso    = ` UNION ALL ` + selectExposures + `digest = '' ORDER BY minute, digest, title, part`
	deleteExposures = `DELETE FROM exposure WHERE wiki = $1 AND minute < $2`
)

// SaveExposures keeps sets of people, all or none.
func (s *Store) SaveExposures(ctx context.Context, all ...store.Exposure) error {
	if len(all) == 0 {
		return nil
	}
	packed := make([][]byte, len(all))
	for i, e := range all {
		err := cmp.Or(checkKey("wiki", e.Wiki), checkName("title", e.Title), checkName("digest", string(e.Digest)))
		if err == nil {
			packed[i], err = packPeople(e.People)
		}
		if err != nil {
			return fmt.Errorf("keep who was served a text of %.200q: %w", e.Title, err)
		}
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for i, e := range all {
			if _, err := tx.ExecContext(ctx, upsertExposure, e.Wiki, string(e.Digest), e.Minute.UnixMicro(), e.Title, e.Part, packed[i], e.Missed); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep who was served %d texts: %w", len(all), err)
	}
	return nil
}

// EachExposure calls do with what matches, by minute.
func (s *Store) EachExposure(ctx context.Context, wiki string, q store.ExposureQuery, do func(store.Exposure) error) error {
	if !kept(wiki, q.Title, string(q.Digest)) || q.Title == "" && q.Digest == "" {
		return nil
	}
	args := []any{wiki, q.From.UnixMicro(), q.To.UnixMicro()}
	where := ofText
	switch {
	case q.Title == "":
		args = append(args, string(q.Digest))
	case q.Digest == "":
		where, args = ofPage, append(args, q.Title)
	default:
		where, args = ofText+" AND title = $5", append(args, string(q.Digest), q.Title)
	}
	rows, err := s.reader.QueryContext(ctx, selectExposures+where+roomlessAlso, args...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			e, err := readExposure(rows)
			if err != nil {
				return err
			}
			return do(e)
		})
	}
	if err != nil {
		return fmt.Errorf("read who was served %.200q: %w", cmp.Or(q.Title, string(q.Digest)), err)
	}
	return nil
}

func readExposure(rows *sql.Rows) (e store.Exposure, err error) {
	var people []byte
	if err = rows.Scan(&e.Wiki, &e.Digest, timeField{&e.Minute}, &e.Title, &e.Part, &people, &e.Missed); err == nil {
		e.People, err = unpackPeople(people)
	}
	return e, err
}

// ForgetExposures removes what was served before a moment.
func (s *Store) ForgetExposures(ctx context.Context, wiki string, before time.Time) error {
	if _, err := s.writer.ExecContext(ctx, deleteExposures, wiki, before.UnixMicro()); err != nil {
		return fmt.Errorf("forget who was served what on %q: %w", wiki, err)
	}
	return nil
}

var errPeople = errors.New("a set of people is not as it was written")

// packPeople writes rising numbers from -1 on as their distances: on average one byte or two each.
func packPeople(all []int64) ([]byte, error) {
	packed := make([]byte, 0, 2*len(all))
	last := store.Unknown - 1
	for _, id := range all {
		if id <= last {
			return nil, fmt.Errorf("%w: account %d comes after %d", store.ErrRefused, id, last)
		}
		packed = binary.AppendUvarint(packed, uint64(id-last))
		last = id
	}
	return packed, nil
}

func unpackPeople(packed []byte) (all []int64, err error) {
	last := store.Unknown - 1
	for len(packed) > 0 {
		step, n := binary.Uvarint(packed)
		if n <= 0 || step == 0 || int64(step) <= 0 || last+int64(step) <= last {
			return nil, errPeople
		}
		last += int64(step)
		all, packed = append(all, last), packed[n:]
	}
	return slices.Clip(all), nil
}

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sallyport/internal/store"
)

const (
	upsertGallery = `INSERT INTO gallery (wiki, gadget, owner, saved, sort_key, words) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (wiki, gadget) DO UPDATE SET owner = excluded.owner, saved = excluded.saved,
			sort_key = excluded.sort_key, words = excluded.words`
	showGallery = `UPDATE gallery SET known = TRUE WHERE wiki = $1 AND gadget = $2 AND NOT known`
	hideGallery = `UPDATE gallery SET known = FALSE WHERE wiki = $1 AND gadget = $2 AND known`

	growGallery = `INSERT INTO gallery_size (wiki, gadgets) VALUES ($1, 1)
		ON CONFLICT (wiki) DO UPDATE SET gadgets = gallery_size.gadgets + 1`
	shrinkGallery = `UPDATE gallery_size SET gadgets = gadgets - 1 WHERE wiki = $1`

	selectGallerySize = `SELECT gadgets FROM gallery_size WHERE wiki = $1`
	countGallery      = `SELECT count(*) FROM gallery WHERE %s`

	// The part is cut out of the narrow table before anything is joined, so that what is skipped costs little.
	selectGallery = `SELECT ` + gadgetColumns + `, p.users
		FROM (SELECT gadget, users, saved, sort_key FROM gallery p WHERE %s ORDER BY %s LIMIT %d OFFSET %d) p
		JOIN gadget g ON g.wiki = $1 AND g.page_id = p.gadget
		ORDER BY %s`
)

// Rows of one answer.
const (
	defaultLimit = 50
	maxLimit     = 500
)

// show puts a gadget into the gallery or renews what the gallery says of it.
func show(ctx context.Context, tx *sql.Tx, g store.Gadget) error {
	words := fold(g.Title + "\n" + g.Owner + "\n" + g.Description)
	_, err := tx.ExecContext(ctx, upsertGallery, g.Wiki, g.PageID, g.Owner, g.Saved.UnixMicro(), sortKey(g.Title), words)
	if err != nil {
		return err
	}
	return resize(ctx, tx, g.Wiki, g.PageID, showGallery, growGallery)
}

// hide takes a gadget out of the gallery; its number of users stays.
func hide(ctx context.Context, tx *sql.Tx, wiki string, gadget int64) error {
	return resize(ctx, tx, wiki, gadget, hideGallery, shrinkGallery)
}

// resize corrects the gallery's size when a gadget's being shown changes.
func resize(ctx context.Context, tx *sql.Tx, wiki string, gadget int64, change, correct string) error {
	did, err := changed(ctx, tx, change, wiki, gadget)
	if err != nil || !did {
		return err
	}
	_, err = tx.ExecContext(ctx, correct, wiki)
	return err
}

// List answers a gallery query. Without words its cost does not depend on how many gadgets there are; with words every
// gadget of the wiki is looked at.
func (s *Store) List(ctx context.Context, wiki string, q store.Query) ([]store.Listed, int, error) {
	p, err := plan(wiki, q)
	if err != nil {
		return nil, 0, fmt.Errorf("list gadgets of %q: %w", wiki, err)
	}
	if !kept(wiki, q.Owner) {
		return nil, 0, nil
	}
	var total int
	err = s.reader.QueryRowContext(ctx, p.count, p.args...).Scan(&total)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, 0, fmt.Errorf("count gadgets of %q: %w", wiki, err)
	}
	rows, err := s.reader.QueryContext(ctx, p.rows, p.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list gadgets of %q: %w", wiki, err)
	}
	var list []store.Listed
	err = scan(rows, func(rows *sql.Rows) error {
		var users int
		g, err := scanGadget(rows, &users)
		list = append(list, store.Listed{Gadget: g, Users: users})
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list gadgets of %q: %w", wiki, err)
	}
	return list, total, nil
}

// listing is a gallery query in SQL. Both statements take the same arguments.
type listing struct {
	rows, count string
	args        []any
}

func plan(wiki string, q store.Query) (listing, error) {
	order, err := orderOf(q.Sort)
	if err != nil {
		return listing{}, err
	}
	limit, err := limitOf(q)
	if err != nil {
		return listing{}, err
	}
	words, err := patterns(q.Words)
	if err != nil {
		return listing{}, err
	}
	where, args := []string{"wiki = $1", "known"}, []any{wiki}
	if q.Owner != "" {
		args = append(args, q.Owner)
		where = append(where, fmt.Sprintf("owner = $%d", len(args)))
	}
	for _, word := range words {
		args = append(args, word)
		where = append(where, fmt.Sprintf(`words LIKE $%d ESCAPE '\'`, len(args)))
	}
	filter := strings.Join(where, " AND ")
	p := listing{
		rows:  fmt.Sprintf(selectGallery, filter, order, limit, q.Offset, order),
		count: fmt.Sprintf(countGallery, filter),
		args:  args,
	}
	if len(args) == 1 {
		p.count = selectGallerySize
	}
	return p, nil
}

// orderOf is the order of rows, those of the part cut out and those joined to it alike: each has an index.
func orderOf(sort string) (string, error) {
	switch sort {
	case "", "users":
		return "p.users DESC, p.gadget", nil
	case "title":
		return "p.sort_key, p.gadget", nil
	case "saved":
		return "p.saved DESC, p.gadget", nil
	}
	return "", fmt.Errorf("%w: no order %q; there are users, title and saved", store.ErrRefused, sort)
}

func limitOf(q store.Query) (int, error) {
	switch {
	case q.Offset < 0:
		return 0, fmt.Errorf("%w: offset %d is below 0", store.ErrRefused, q.Offset)
	case q.Limit < 0 || q.Limit > maxLimit:
		return 0, fmt.Errorf("%w: limit %d is not between 1 and %d", store.ErrRefused, q.Limit, maxLimit)
	case q.Limit == 0:
		return defaultLimit, nil
	}
	return q.Limit, nil
}

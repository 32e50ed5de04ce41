package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"sallyport/internal/store"
)

const (
	// An answer that was asked for earlier and arrives later must not bring an old revision back. A page with another id
	// is another page, whose revisions say nothing about this one's.
	upsertPage = `INSERT INTO page (wiki, title, page_id, rev_id, model, author, digest, saved, checked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (wiki, title) DO UPDATE SET page_id = excluded.page_id, rev_id = excluded.rev_id,
			model = excluded.model, author = excluded.author, digest = excluded.digest,
			saved = excluded.saved, checked = excluded.checked
		WHERE NOT (page.page_id = excluded.page_id AND page.rev_id > excluded.rev_id AND page.checked > excluded.checked)`

	selectPages = `SELECT wiki, title, page_id, rev_id, model, author, digest, saved, checked
		FROM page WHERE wiki = $1 AND title IN (%s)`
)

// SavePage stores the copy of a page and its text. An older revision of the same page whose answer was asked for before
// the stored one's is not stored.
func (s *Store) SavePage(ctx context.Context, p store.Page, text string) error {
	if err := checkPage(p, text); err != nil {
		return fmt.Errorf("save page %q of %q: %w", p.Title, p.Wiki, err)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if p.Digest != "" {
			if _, err := tx.ExecContext(ctx, insertText, string(p.Digest), []byte(text)); err != nil {
				return fmt.Errorf("text %s: %w", p.Digest, err)
			}
		}
		_, err := tx.ExecContext(ctx, upsertPage, p.Wiki, p.Title, p.PageID, p.RevID, p.Model, p.Author,
			string(p.Digest), p.Saved.UnixMicro(), p.Checked.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("save page %q of %q: %w", p.Title, p.Wiki, err)
	}
	return nil
}

func checkPage(p store.Page, text string) error {
	var want store.Digest
	if p.PageID != 0 && (p.Digest != "" || text != "") {
		want = store.DigestOf(text)
	}
	if p.Digest != want {
		return fmt.Errorf("%w: digest %q is not that of the text, which is %q", store.ErrRefused, p.Digest, want)
	}
	return cmp.Or(checkKey("wiki", p.Wiki), checkKey("title", p.Title), checkName("content model", p.Model),
		checkName("author", p.Author), checkText("text", text))
}

// Pages returns the copies we have of the titles asked for.
func (s *Store) Pages(ctx context.Context, wiki string, titles []string) (map[string]store.Page, error) {
	pages := make(map[string]store.Page, len(titles))
	possible := make([]string, 0, len(titles))
	for _, title := range titles {
		if kept(wiki, title) {
			possible = append(possible, title)
		}
	}
	err := inBatches(possible, func(part []string) error {
		rows, err := s.reader.QueryContext(ctx, fmt.Sprintf(selectPages, marks(2, len(part))), arguments(part, wiki)...)
		if err != nil {
			return err
		}
		return scan(rows, func(rows *sql.Rows) error {
			p, err := scanPage(rows)
			pages[p.Title] = p
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read %d pages of %q: %w", len(titles), wiki, err)
	}
	return pages, nil
}

func scanPage(rows *sql.Rows) (store.Page, error) {
	var p store.Page
	var saved, checked int64
	err := rows.Scan(&p.Wiki, &p.Title, &p.PageID, &p.RevID, &p.Model, &p.Author, &p.Digest, &saved, &checked)
	p.Saved, p.Checked = moment(saved), moment(checked)
	return p, err
}

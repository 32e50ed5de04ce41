package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport/internal/store"
)

const (
	upsertGadget = `INSERT INTO gadget (wiki, page_id, title, name, owner_id, owner, rev_id, digest, owners, needs, files,
			problem, description, saved)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (wiki, page_id) DO UPDATE SET title = excluded.title, name = excluded.name,
			owner_id = excluded.owner_id, owner = excluded.owner, rev_id = excluded.rev_id, digest = excluded.digest,
			owners = excluded.owners, needs = excluded.needs, files = excluded.files, problem = excluded.problem,
			description = excluded.description, saved = excluded.saved`
	upsertGadgetTitle = `INSERT INTO gadget_title (wiki, title, gadget) VALUES ($1, $2, $3)
		ON CONFLICT (wiki, title) DO UPDATE SET gadget = excluded.gadget`
	insertGadgetFiles = `INSERT INTO gadget_file (wiki, gadget, title) VALUES %s
		ON CONFLICT (wiki, title, gadget) DO NOTHING`

	deleteGadget      = `DELETE FROM gadget WHERE wiki = $1 AND page_id = $2`
	deleteGadgetFiles = `DELETE FROM gadget_file WHERE wiki = $1 AND gadget = $2`

	gadgetColumns = `g.wiki, g.page_id, g.title, g.name, g.owner_id, g.owner, g.rev_id, g.digest, g.owners, g.needs, g.files,
		g.problem, g.description, g.saved`
	selectGadgets       = `SELECT ` + gadgetColumns + ` FROM gadget g WHERE g.wiki = $1 AND g.page_id IN (%s)`
	selectGadgetByTitle = `SELECT ` + gadgetColumns + ` FROM gadget_title t
		JOIN gadget g ON g.wiki = t.wiki AND g.page_id = t.gadget AND g.title = t.title
		WHERE t.wiki = $1 AND t.title = $2`
	selectGadgetsUsing = `SELECT gadget FROM gadget_file WHERE wiki = $1 AND title = $2 ORDER BY gadget`
)

// SaveGadget inserts or replaces a gadget. When two gadgets claim a title, as happens while moves are being noticed, the one
// saved last has it.
func (s *Store) SaveGadget(ctx context.Context, g store.Gadget) error {
	row, err := gadgetRow(g)
	if err != nil {
		return fmt.Errorf("save gadget %d %q of %q: %w", g.PageID, g.Title, g.Wiki, err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		// The gallery's row comes first here and in DropGadget: two writers of one gadget wait for each other there, and
		// the rest is theirs in turn.
		if err := show(ctx, tx, g); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, upsertGadget, row...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, upsertGadgetTitle, g.Wiki, g.Title, g.PageID); err != nil {
			return err
		}
		return replaceFiles(ctx, tx, g)
	})
	if err != nil {
		return fmt.Errorf("save gadget %d %q of %q: %w", g.PageID, g.Title, g.Wiki, err)
	}
	return nil
}

// gadgetRow checks a gadget and returns the arguments of upsertGadget.
func gadgetRow(g store.Gadget) ([]any, error) {
	err := cmp.Or(checkKey("wiki", g.Wiki), checkID("page id", g.PageID), checkKey("title", g.Title),
		checkName("name", g.Name), checkName("owner", g.Owner), checkName("digest", string(g.Digest)),
		checkNames("owner of a file", slices.Collect(maps.Keys(g.Owners))),
		checkNames("gadget it needs", slices.Collect(maps.Keys(g.Needs))), checkNames("file", g.Files),
		checkText("problem", g.Problem), checkText("description", g.Description))
	if err != nil {
		return nil, err
	}
	owners, err := toJSON("owners of files", g.Owners)
	if err != nil {
		return nil, err
	}
	needs, err := toJSON("gadgets it needs", g.Needs)
	if err != nil {
		return nil, err
	}
	files, err := toJSON("files", g.Files)
	if err != nil {
		return nil, err
	}
	return []any{
		g.Wiki, g.PageID, g.Title, g.Name, g.OwnerID, g.Owner, g.RevID, string(g.Digest), owners, needs, files,
		[]byte(g.Problem), []byte(g.Description), g.Saved.UnixMicro(),
	}, nil
}

func replaceFiles(ctx context.Context, tx *sql.Tx, g store.Gadget) error {
	if _, err := tx.ExecContext(ctx, deleteGadgetFiles, g.Wiki, g.PageID); err != nil {
		return err
	}
	return inBatches(g.Files, func(part []string) error {
		var rows strings.Builder
		for i := range part {
			if i > 0 {
				rows.WriteString(", ")
			}
			fmt.Fprintf(&rows, "($1, $2, $%d)", i+3)
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(insertGadgetFiles, rows.String()), arguments(part, g.Wiki, g.PageID)...)
		return err
	})
}

// DropGadget forgets a gadget. Dropping one we do not know is no error.
func (s *Store) DropGadget(ctx context.Context, wiki string, pageID int64) error {
	if !kept(wiki) {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := hide(ctx, tx, wiki, pageID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, deleteGadget, wiki, pageID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, deleteGadgetFiles, wiki, pageID)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop gadget %d of %q: %w", pageID, wiki, err)
	}
	return nil
}

// Gadgets returns the gadgets with these page ids.
func (s *Store) Gadgets(ctx context.Context, wiki string, ids []int64) (map[int64]store.Gadget, error) {
	gadgets := make(map[int64]store.Gadget, len(ids))
	if !kept(wiki) {
		return gadgets, nil
	}
	err := inBatches(ids, func(part []int64) error {
		rows, err := s.reader.QueryContext(ctx, fmt.Sprintf(selectGadgets, marks(2, len(part))), arguments(part, wiki)...)
		if err != nil {
			return err
		}
		return scan(rows, func(rows *sql.Rows) error {
			g, err := scanGadget(rows)
			gadgets[g.PageID] = g
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read %d gadgets of %q: %w", len(ids), wiki, err)
	}
	return gadgets, nil
}

// GadgetByTitle finds a gadget by the prefixed database key of its page.
func (s *Store) GadgetByTitle(ctx context.Context, wiki, title string) (store.Gadget, error) {
	if !kept(wiki, title) {
		return store.Gadget{}, fmt.Errorf("read gadget %q of %q: %w", title, wiki, store.ErrNotFound)
	}
	g, err := scanGadget(s.reader.QueryRowContext(ctx, selectGadgetByTitle, wiki, title))
	if err != nil {
		return store.Gadget{}, fmt.Errorf("read gadget %q of %q: %w", title, wiki, orNotFound(err))
	}
	return g, nil
}

// GadgetsUsing returns the page ids of the gadgets that name this page among their files.
func (s *Store) GadgetsUsing(ctx context.Context, wiki, title string) ([]int64, error) {
	if !kept(wiki, title) {
		return nil, nil
	}
	var ids []int64
	rows, err := s.reader.QueryContext(ctx, selectGadgetsUsing, wiki, title)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read gadgets that use %q of %q: %w", title, wiki, err)
	}
	return ids, nil
}

// scanGadget reads gadgetColumns, and whatever columns follow them into more.
func scanGadget(row interface{ Scan(...any) error }, more ...any) (store.Gadget, error) {
	var g store.Gadget
	var owners, needs, files string
	var problem, description []byte
	var saved int64
	err := row.Scan(append([]any{
		&g.Wiki, &g.PageID, &g.Title, &g.Name, &g.OwnerID, &g.Owner, &g.RevID, &g.Digest, &owners, &needs, &files,
		&problem, &description, &saved,
	}, more...)...)
	if err != nil {
		return store.Gadget{}, err
	}
	g.Problem, g.Description, g.Saved = string(problem), string(description), moment(saved)
	err = cmp.Or(fromJSON("owners of files", owners, &g.Owners), fromJSON("gadgets it needs", needs, &g.Needs),
		fromJSON("files", files, &g.Files))
	return g, err
}

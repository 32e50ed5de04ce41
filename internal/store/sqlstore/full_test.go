package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/store"
)

// full opens a store and fills it, faster than its methods would, with gadgets 1 to n of wiki "w": gadget i belongs to
// one of a hundred owners, is used by i%1000 people, has one file, and its page is kept.
// Person 1 has chosen 10, and n others one each.
func full(t testing.TB, address string, n int) *Store {
	t.Helper()
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	err = s.write(t.Context(), func(tx *sql.Tx) error { return fill(t.Context(), tx, n) })
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(min(n, 10)) {
		if err := s.Choose(t.Context(), store.Choice{Wiki: "w", UserID: 1, Gadget: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func fill(ctx context.Context, tx *sql.Tx, n int) error {
	tables := map[string][][]any{}
	for i := range n {
		title, owner := fmt.Sprintf("User:Person %d/gadget%d.gadget", i%100, i+1), fmt.Sprintf("Person %d", i%100)
		if i%100 == 0 {
			owner = "Mara"
		}
		text := fmt.Sprintf("Sorts the rows of table %d as you like, by number, date or title.", i)
		digest := string(store.DigestOf(text))
		files := fmt.Sprintf(`["User:Person %d/gadget%d.js"]`, i%100, i+1)
		tables["gadget"] = append(tables["gadget"], []any{
			"w", i + 1, title, "gadget", i % 100, owner, i, digest, `{"Mara":3}`, `{}`, files, []byte{}, []byte(text), i,
		})
		tables["gallery (wiki, gadget, known, users, owner, saved, sort_key, words)"] = append(
			tables["gallery (wiki, gadget, known, users, owner, saved, sort_key, words)"],
			[]any{"w", i + 1, true, i % 1000, owner, i, sortKey(title), fold(title + "\n" + owner + "\n" + text)})
		tables["gadget_title"] = append(tables["gadget_title"], []any{"w", title, i + 1})
		tables["gadget_file"] = append(tables["gadget_file"], []any{"w", title + ".js", i + 1})
		tables["page"] = append(tables["page"], []any{"w", title, i + 1, i, "json", owner, digest, i, i})
		tables["choice"] = append(tables["choice"], []any{"w", i + 2, i + 1, i % 100, i, 0})
		tables["body"] = append(tables["body"], []any{digest, []byte(text)})
	}
	if n > 0 {
		tables["gallery_size"] = [][]any{{"w", n}}
	}
	for table, rows := range tables {
		if err := insertAll(ctx, tx, table, rows); err != nil {
			return err
		}
	}
	return nil
}

// insertAll inserts rows, some with each statement.
func insertAll(ctx context.Context, tx *sql.Tx, table string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	for part := range slices.Chunk(rows, max(1, batchSize/len(rows[0]))) {
		var values []string
		var args []any
		for _, row := range part {
			values = append(values, "("+marks(len(args)+1, len(row))+")")
			args = append(args, row...)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO "+table+" VALUES "+strings.Join(values, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

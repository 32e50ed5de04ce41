package bench

import (
	"path/filepath"
	"testing"
	"time"

	"sallyport/internal/store/sqlstore"
	"sallyport/internal/violation"
)

const loadFor = 15 * time.Second

// Nothing that was answered is lost when the collector is stopped in the middle of it.
func BenchmarkSallyCSPStop(b *testing.B) {
	store := "sqlite:" + filepath.Join(b.TempDir(), "reports.db")
	server := startRole(b, roleCollect, store)
	load := &poster{addr: server.addr, path: signedPath(), next: inTurn(reportBodies(10, 10)), ends: true}
	time.AfterFunc(loadFor, server.ask)
	answered := 10 * load.send(b, 1<<40)
	server.end(b)

	kept := int64(0)
	for _, row := range storedReports(b, store) {
		kept += row.Count
	}
	r := begin(b, "Stop: batches of ten over 8 connections into SQLite for %v, then SIGTERM", loadFor)
	r.note("%d reports answered, %.0f a second beside the load; %d in the database, in flight included", answered, float64(answered)/loadFor.Seconds(), kept)
	r.goal("answered and lost", "lost", float64(max(0, answered-kept)), "reports", "≤ 0")
	r.print()
}

// storedReports is what a store has.
func storedReports(b *testing.B, store string) []violation.Row {
	b.Helper()
	db, err := sqlstore.Open(b.Context(), store)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Rows(b.Context(), "w", 0)
	if err != nil {
		b.Fatal(err)
	}
	return rows
}

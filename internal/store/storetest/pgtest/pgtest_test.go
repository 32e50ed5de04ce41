package pgtest_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"sallyport/internal/store/storetest/pgtest"
)

func TestEachCallLendsAnEmptyDatabase(t *testing.T) {
	for range 2 {
		conn, err := pgx.Connect(t.Context(), pgtest.Start(t))
		if err != nil {
			t.Fatal(err)
		}
		var tables int
		err = conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables)
		if err != nil || tables != 0 {
			t.Errorf("%d tables (%v), want none", tables, err)
		}
		if _, err := conn.Exec(t.Context(), "CREATE TABLE something (x int)"); err != nil {
			t.Error(err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestNothingOfTheServerIsLeftBehind(t *testing.T) {
	if os.Getenv("TEST_POSTGRES") != "" {
		t.Skip("TEST_POSTGRES names a server that is not ours to stop")
	}
	t.Setenv("TMPDIR", shortFolder(t))
	t.Run("a test that needs a database", func(t *testing.T) { pgtest.Start(t) })
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// shortFolder is a folder that other accounts can enter, with a name short enough for a socket.
func shortFolder(t *testing.T) string {
	folder, err := os.MkdirTemp("", "t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(folder, 0o755); err != nil { // the server's own account must pass
		t.Fatal(err)
	}
	return folder
}

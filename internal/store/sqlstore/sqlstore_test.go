package sqlstore_test

import (
	"path/filepath"
	"testing"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/store/storetest"
	"sallyport/internal/store/storetest/pgtest"
)

func TestMemoryKeepsThePromises(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, "") })
}

func TestSQLiteKeepsThePromises(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, newFile(t)) })
	storetest.RunDurable(t, func(t *testing.T) func() (store.Store, error) { return opener(t, newFile(t)) })
}

func TestPostgreSQLKeepsThePromises(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, pgtest.Start(t)) })
	storetest.RunDurable(t, func(t *testing.T) func() (store.Store, error) { return opener(t, pgtest.Start(t)) })
}

// newFile is the address of a database file that is not there yet, at a path that needs escaping.
func newFile(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "100% née?.db#1")
}

func opener(t *testing.T, address string) func() (store.Store, error) {
	return func() (store.Store, error) { return sqlstore.Open(t.Context(), address) }
}

func open(t testing.TB, address string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

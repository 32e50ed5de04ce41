package sqlstore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

func TestAnAddressThatIsNoneSaysWhatIsOne(t *testing.T) {
	for _, address := range []string{"sqlite", "sqlite:", "sqlite://", "mysql://localhost/x", "/var/lib/x.db", ":memory:"} {
		_, err := sqlstore.Open(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), "sqlite:PATH") {
			t.Errorf("open %q: error %v, want one that shows how addresses look", address, err)
		}
	}
}

func TestAFolderThatIsNotThereIsNamed(t *testing.T) {
	_, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "none", "x.db"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none/x.db") {
		t.Errorf("error %v, want one that names the path", err)
	}
}

func TestAFileThatIsNoDatabaseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	notes := strings.Repeat("not a database\n", 100)
	if err := os.WriteFile(path, []byte(notes), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(t.Context(), "sqlite:"+path); err == nil {
		t.Error("opened")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != notes {
		t.Errorf("the file changed (%v)", err)
	}
}

func TestAPasswordIsNotShownInErrors(t *testing.T) {
	for _, address := range []string{
		"postgres://mara:hunter2@127.0.0.1:1/x?connect_timeout=1", "postgres://mara:hunter2@127.0.0.1:notaport/x",
		"postgres://mara:hunter2@127.0.0.1/x?sslmode=nonsense",
	} {
		_, err := sqlstore.Open(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("open %s: error %v", address, err)
		}
	}
}

func TestADatabaseFileIsForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, "sqlite:"+path)
	if _, err := s.Secret(t.Context(), "csrf"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o, want 600", name, mode)
		}
	}
}

func TestMemoryIsPrivateToEachStore(t *testing.T) {
	first, second := open(t, ""), open(t, "sqlite::memory:")
	if err := first.SetCursor(t.Context(), "wiki", "changes", "1"); err != nil {
		t.Fatal(err)
	}
	if value, err := second.Cursor(t.Context(), "wiki", "changes"); err != nil || value != "" {
		t.Errorf("cursor %q (%v) from the other store", value, err)
	}
}

func TestWhatIsRefusedIsErrRefused(t *testing.T) {
	s := open(t, "")
	_, _, badQuery := s.List(t.Context(), "wiki", store.Query{Sort: "colour"})
	for what, err := range map[string]error{
		"page":    s.SavePage(t.Context(), store.Page{Wiki: "wiki", Title: "a\x00b"}, ""),
		"gadget":  s.SaveGadget(t.Context(), store.Gadget{}),
		"choice":  s.Choose(t.Context(), store.Choice{}),
		"account": s.SaveAccount(t.Context(), store.Account{}),
		"cursor":  s.SetCursor(t.Context(), "", "", ""),
		"query":   badQuery,
	} {
		if !errors.Is(err, store.ErrRefused) {
			t.Errorf("%s: error %v, want store.ErrRefused", what, err)
		}
	}
}

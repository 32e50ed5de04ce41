package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite" // registers itself as "sqlite"
	lib "modernc.org/sqlite/lib"
)

// SQLite has one writer at a time. A pool of one makes writers wait in Go, in order and with their contexts, instead of
// sleeping in SQLite's busy handler; that one remains for other processes on the same file. Write transactions take the
// lock when they begin (_txlock), or two of them could each hold what the other wants.
const (
	writerSettings = "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)"
	readerSettings = "?_pragma=busy_timeout(10000)&_pragma=query_only(ON)"
)

// openFile opens a database file. Secrets are in it, so it is made for its owner's eyes only; SQLite gives its
// companions (-wal, -shm) the same mode.
func openFile(path string) (*Store, dialect, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, dialect{}, err
	}
	if err := f.Close(); err != nil {
		return nil, dialect{}, err
	}
	name := "file:" + (&url.URL{Path: path}).EscapedPath()
	writer, err := sql.Open("sqlite", name+writerSettings)
	if err != nil {
		return nil, dialect{}, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", name+readerSettings)
	if err != nil {
		return nil, dialect{}, errors.Join(err, writer.Close())
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	return &Store{writer: writer, reader: reader}, sqlite(), nil
}

// openMemory opens a database that lives in its one connection, which everybody shares and which never idles out.
func openMemory() (*Store, dialect, error) {
	db, err := sql.Open("sqlite", ":memory:"+writerSettings)
	if err != nil {
		return nil, dialect{}, fmt.Errorf("open memory: %w", err)
	}
	db.SetMaxOpenConns(1)
	return &Store{writer: db, reader: db}, sqlite(), nil
}

func sqlite() dialect {
	return dialect{name: goose.DialectSQLite3, late: late}
}

// late says that somebody else changed the schema first: the lock was taken (SQLITE_BUSY), or a table is there already,
// which has no code of its own (SQLITE_ERROR).
func late(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff // without the extension
	return code == lib.SQLITE_BUSY || code == lib.SQLITE_ERROR
}

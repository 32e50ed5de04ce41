// Package pgtest lends tests an empty PostgreSQL database.
//
// The server is a throw-away cluster of our own, made from the installed binaries when the first test asks and stopped when
// the last one ends; it listens on a socket in its own folder and nowhere else. Where TEST_POSTGRES names a server
// (postgres://…, a role that may create databases), that one is used instead.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// errMissing is the one reason to skip.
var errMissing = errors.New("PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql); " +
	"or name a server in TEST_POSTGRES")

// shared is the cluster of this process and how many tests hold it.
var shared struct {
	sync.Mutex
	held    int
	cluster *cluster
}

// Run is for TestMain: the tests of m share one cluster instead of one for each time that somebody needs it.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
func Run(m *testing.M) int {
	shared.Lock()
	shared.held++
	shared.Unlock()
	code := m.Run()
	if err := release(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// Start returns the address of a new, empty database, which lasts until the test ends. Without PostgreSQL the test is
// skipped, or fails when SALLYPORT_TEST_ALL=1.
func Start(t testing.TB) string {
	t.Helper()
	server, err := server(t)
	if errors.Is(err, errMissing) && os.Getenv("SALLYPORT_TEST_ALL") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "sallyport_test_" + strings.ToLower(rand.Text())
	execute(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { execute(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	return withDatabase(t, server, name)
}

// server returns the address of a server, ours or the one the environment names.
func server(t testing.TB) (string, error) {
	if address := os.Getenv("TEST_POSTGRES"); address != "" {
		return address, nil
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil {
		c, err := startCluster()
		if err != nil {
			return "", err
		}
		shared.cluster = c
	}
	shared.held++
	t.Cleanup(func() {
		if err := release(); err != nil {
			t.Error(err)
		}
	})
	return shared.cluster.address, nil
}

// release gives the cluster back; the last to do so stops it.
func release() error {
	shared.Lock()
	defer shared.Unlock()
	shared.held--
	if shared.held > 0 || shared.cluster == nil {
		return nil
	}
	c := shared.cluster
	shared.cluster = nil
	return c.stop()
}

func execute(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func withDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("TEST_POSTGRES is not a postgres:// address: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

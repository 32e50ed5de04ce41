// Package mediawikitest runs a real, unmodified MediaWiki for tests.
//
// The wiki is Debian's mediawiki package with SQLite on PHP's built-in server, on a free port of the loopback interface.
// It is installed once per machine and user, into a folder of the temporary directory; each [Start] copies the database
// and serves it in a fraction of a second. Nothing of it outlives the test process, even one that is killed.
//
// Addresses are those of a small real wiki: script path "" (so /api.php, /index.php, /load.php) and articles at /wiki/$1;
// /index.php/$1 and /index.php?title=$1 work as well.
package mediawikitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The account the installer makes: in groups sysop, bureaucrat and interface-admin.
const (
	Admin         = "Admin"
	AdminPassword = "admin password 1"
)

// MainPage is the title of the only page of a new wiki whose content language is English.
const MainPage = "Main Page"

// codeTree is where Debian puts MediaWiki's program files. They are served in place and never written.
const codeTree = "/usr/share/mediawiki"

// Options say how an instance differs from the usual one. The zero value is fine.
type Options struct {
	Server   string // public address ($wgServer); empty means the wiki's own, see [Wiki.SetServer]
	WikiID   string // database name, which is the wiki's id; empty means "testwiki"
	Lang     string // content language; empty means "en". "en", "de" and "he" start fast
	Settings string // PHP appended to LocalSettings.php, without "<?php"
}

// Start runs a new wiki until the test ends. Without PHP or MediaWiki on the machine the test is skipped with the reason,
// or fails when SALLYPORT_TEST_ALL=1.
func Start(t testing.TB, o Options) *Wiki {
	t.Helper()
	need(t)
	w, err := open(o)
	if err != nil {
		t.Fatalf("start mediawiki: %v", err)
	}
	w = w.with(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("mediawiki's log:\n%s", w.logTail())
		}
		w.stop(true)
	})
	return w
}

// Shared returns a wiki that all tests of this process share, for tests that do not mind each other's pages. It ends with
// the process.
func Shared(t testing.TB) *Wiki {
	t.Helper()
	need(t)
	w, err := openShared()
	if err != nil {
		t.Fatalf("start mediawiki: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("mediawiki's log:\n%s", w.logTail())
		}
	})
	return w.with(t)
}

var openShared = sync.OnceValues(func() (*Wiki, error) { return open(Options{}) })

// need skips the test, or fails it, when the machine lacks something.
func need(t testing.TB) {
	t.Helper()
	switch missing := missing(); {
	case missing == "":
	case os.Getenv("SALLYPORT_TEST_ALL") == "1":
		t.Fatalf("a real MediaWiki is needed; missing: %s (apt-get install mediawiki php-cli php-sqlite3 php-intl php-apcu)", missing)
	default:
		t.Skipf("needs a real MediaWiki; missing: %s", missing)
	}
}

// missing lists what the machine lacks.
var missing = sync.OnceValue(func() string {
	var list []string
	const extensions = `foreach (['pdo_sqlite','mbstring','xml','intl','apcu'] as $e) if (!extension_loaded($e)) echo "PHP's $e,";`
	if out, err := exec.Command("php", "-r", extensions).Output(); err != nil {
		list = append(list, "php-cli")
	} else if len(out) > 0 {
		list = append(list, strings.TrimSuffix(string(out), ","))
	}
	if _, err := os.Stat(filepath.Join(codeTree, "api.php")); err != nil {
		list = append(list, "Debian's mediawiki package")
	}
	return strings.Join(list, ", ")
})

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/fakewiki"
	"sallyport/internal/finding"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

const evil = "new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', appendtext: 'x' } );"

// settle writes a settings file for a pretend wiki, and returns its path and the store's address.
func settle(t *testing.T, pretend *fakewiki.Wiki, jobs int, detonate bool) (path, address string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "worker") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	server := httptest.NewServer(pretend)
	t.Cleanup(server.Close)
	address = "sqlite:" + filepath.Join(dir, "store.db")
	text := fmt.Sprintf("listen = \"127.0.0.1:0\"\nconfirm_listen = \"127.0.0.1:0\"\nstore = %q\nbus = \"embedded:%s/bus\"\n[wiki]\nurl = %q\nscript_path = \"/w\"\n[analysis]\njobs = %d\ndetonate = %t\n",
		address, dir, server.URL, jobs, detonate)
	path = filepath.Join(dir, "sallyport.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, address
}

// began is a command that runs until stop is called, which returns its exit code and standard error.
func began(t *testing.T, args ...string) (stop func() (int, string)) {
	stop, _ = beganAloud(t, args...)
	return stop
}

// aloud is standard error that can be read while it is written.
type aloud struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (a *aloud) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.Write(p)
}

func (a *aloud) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.String()
}

// beganAloud is began, with standard error as it is so far.
func beganAloud(t *testing.T, args ...string) (stop func() (int, string), said *aloud) {
	ctx, cancel := context.WithCancel(context.Background())
	var stderr aloud
	code := make(chan int, 1)
	go func() { code <- Run(ctx, args, &bytes.Buffer{}, &stderr) }()
	var once sync.Once
	var got int
	stop = func() (int, string) {
		once.Do(func() {
			cancel()
			got = <-code
		})
		return got, stderr.String()
	}
	t.Cleanup(func() { stop() })
	return stop, &stderr
}

// resultOf waits for what a kind of analysis says of a text.
func resultOf(t *testing.T, db store.Store, kind, wiki, text string) store.Result {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		results, err := db.Results(t.Context(), wiki, store.DigestOf(text))
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(results, func(r store.Result) bool { return r.Kind == kind }); i >= 0 {
			return results[i]
		}
		if failed, err := db.FailuresOf(t.Context(), wiki, store.DigestOf(text)); err != nil || len(failed) > 0 {
			t.Fatalf("set aside: %v (%v)", failed, err)
		}
	}
	t.Fatalf("%.50q has no %s", text, kind)
	return store.Result{}
}

// scanned waits for the scan of a text.
func scanned(t *testing.T, db store.Store, wiki, text string) finding.Script {
	t.Helper()
	var s finding.Script
	if err := json.Unmarshal([]byte(resultOf(t, db, scanKind, wiki, text).Body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryNewRevisionIsScannedByServeOrByAWorkerBesideIt(t *testing.T) {
	for _, jobs := range []int{1, 0} {
		t.Run(fmt.Sprintf("serve has %d jobs", jobs), func(t *testing.T) {
			t.Parallel()
			pretend := fakewiki.New(fakewiki.Options{})
			pretend.AddUser("Ira", "password of Ira", "interface-admin")
			save := func(title, text string) {
				if _, err := pretend.Save(title, text, "Ira", "test"); err != nil {
					t.Error(err)
				}
			}
			save("MediaWiki:Old.js", "// was here before")
			config, address := settle(t, pretend, jobs, false)
			db, err := sqlstore.Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			serve := began(t, "serve", "--config", config)
			worker := func() (int, string) { return 0, "" }
			if jobs == 0 {
				worker = began(t, "worker", "--config", config, "--jobs", "2")
			}
			wiki := pretend.Site().ID
			scanned(t, db, wiki, "// was here before")
			save("MediaWiki:Common.js", evil)
			s := scanned(t, db, wiki, evil)
			if s.Path != "MediaWiki:Common.js" || len(s.Capabilities) == 0 || s.Capabilities[0].Name != "write:site-code" {
				t.Errorf("the scan says %+v", s)
			}
			for name, stop := range map[string]func() (int, string){"worker": worker, "serve": serve} {
				code, said := stop()
				wrong := strings.Count(said, `"level":"ERROR"`) - strings.Count(said, "a script of the site's own is not switched off") // it is hostile
				if code != exitOK || wrong > 0 && name == "serve" {
					t.Errorf("%s ends with %d: %s", name, code, said)
				}
			}
		})
	}
}

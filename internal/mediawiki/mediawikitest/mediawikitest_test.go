package mediawikitest

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestPathsLeadWhereAWebServerWouldSendThem(t *testing.T) {
	w := Shared(t)
	w.Edit(Admin, "User:Admin/paths.js", "paths();")
	for _, tt := range []struct{ path, kind, contains string }{
		{"/wiki/Main_Page", "text/html; charset=UTF-8", `"wgPageName":"Main_Page"`},
		{"/wiki/User:Admin/paths.js", "text/html; charset=UTF-8", `"wgPageName":"User:Admin/paths.js"`},
		{"/index.php/User:Admin/paths.js", "text/html; charset=UTF-8", `"wgPageName":"User:Admin/paths.js"`},
		{"/index.php?title=User:Admin/paths.js&action=raw&ctype=text/javascript", "text/javascript; charset=UTF-8", "paths();"},
		{"/load.php?modules=startup&only=scripts&raw=1", "text/javascript; charset=utf-8", "mw.loader.register("},
		{"/api.php?action=query&meta=siteinfo&format=json", "application/json; charset=utf-8", `"wikiid":"testwiki"`},
		{"/rest.php/v1/page/Main_Page", "application/json", `"key":"Main_Page"`},
		{"/resources/src/mediawiki.base/mediawiki.base.js", "", "mw.hook"},
	} {
		resp, body := get(t, w.URL+tt.path)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", tt.path, resp.Status)
		}
		if kind := resp.Header.Get("Content-Type"); tt.kind != "" && kind != tt.kind {
			t.Errorf("%s is %q, want %q", tt.path, kind, tt.kind)
		}
		if !strings.Contains(body, tt.contains) {
			t.Errorf("%s lacks %q: %.300s", tt.path, tt.contains, body)
		}
	}
	for _, path := range []string{"/LocalSettings.php", "/includes/Setup.php", "/skins/../api.php", "/sallyport-eval"} {
		if resp, _ := get(t, w.URL+path); resp.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestTheWikiKnowsItsPublicAddress(t *testing.T) {
	w := Start(t, Options{WikiID: "dewiki", Lang: "de", Settings: `$wgSitename = 'Probewiki';`})
	w.SetServer("https://wiki.example")
	_, body := get(t, w.URL+"/api.php?action=query&meta=siteinfo&format=json&formatversion=2")
	var answer struct {
		Query struct{ General map[string]any }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"server": "https://wiki.example", "wikiid": "dewiki", "lang": "de", "sitename": "Probewiki",
		"articlepath": "/wiki/$1", "scriptpath": "", "script": "/index.php",
	} {
		if got := answer.Query.General[key]; got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
}

func TestRenamingAPersonMovesTheirPages(t *testing.T) {
	w := Start(t, Options{})
	id := w.AddUser("Mara", "mara password", "sysop")
	w.Edit("Mara", "User:Mara", "hello")
	w.Edit("Mara", "User:Mara/doit.js", "doit();")
	w.Edit("Mara", "User:Marathon/other.js", "other();")
	page := "return Title::newFromText( $args[0] )->getArticleID( Title::READ_LATEST );"
	before := string(w.Eval(page, "User:Mara/doit.js"))
	w.RenameUser("Mara", "Tamar")
	if got := string(w.Eval(page, "User:Tamar/doit.js")); got != before {
		t.Errorf("page id was %s, is %s", before, got)
	}
	if got := string(w.Eval(page, "User:Marathon/other.js")); got == "0" {
		t.Error("a page of somebody else has moved")
	}
	if got := w.AddUser("Tamar", "mara password"); got != id {
		t.Errorf("user id was %d, is %d", id, got)
	}
}

func TestPagesCanBeMovedDeletedAndRestored(t *testing.T) {
	w := Start(t, Options{})
	page := "return Title::newFromText( $args[0] )->getArticleID( Title::READ_LATEST );"
	rev := w.Edit(Admin, "Sand", "one")
	if next := w.Edit(Admin, "Sand", "two"); next <= rev {
		t.Errorf("revision %d follows %d", next, rev)
	}
	id := string(w.Eval(page, "Sand"))
	w.Move(Admin, "Sand", "Stone")
	w.Delete(Admin, "Stone")
	if got := string(w.Eval(page, "Stone")); got != "0" {
		t.Errorf("deleted page has id %s", got)
	}
	w.Undelete(Admin, "Stone")
	if got := string(w.Eval(page, "Stone")); got != id {
		t.Errorf("restored page has id %s, want %s", got, id)
	}
}

func TestPagesAndAddressOutliveARestart(t *testing.T) {
	w := Start(t, Options{})
	w.Edit(Admin, "Kept", "kept text")
	w.Down()
	if _, err := http.Get(w.URL); err == nil {
		t.Error("the wiki answers while it is down")
	}
	w.Up()
	if _, body := get(t, w.URL+"/wiki/Kept"); !strings.Contains(body, "kept text") {
		t.Errorf("page is gone: %.300s", body)
	}
	w.Pause()
	impatient := http.Client{Timeout: 100 * time.Millisecond}
	if _, err := impatient.Get(w.URL + "/wiki/Kept"); err == nil {
		t.Error("the wiki answers while it is paused")
	}
	w.Resume()
	if resp, _ := get(t, w.URL+"/wiki/Kept"); resp.StatusCode != http.StatusOK {
		t.Errorf("after the pause: %s", resp.Status)
	}
}

// TestNothingOutlivesAKilledProcess runs itself: the inner process starts a wiki and waits to be killed.
func TestNothingOutlivesAKilledProcess(t *testing.T) {
	if os.Getenv("MEDIAWIKITEST_INNER") != "" {
		w := Start(t, Options{})
		os.Stdout.WriteString("\nwiki " + w.URL + " " + w.dir + "\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	need(t)
	inner := exec.Command(os.Args[0], "-test.run=^TestNothingOutlivesAKilledProcess$")
	inner.Env = append(os.Environ(), "MEDIAWIKITEST_INNER=1")
	if _, err := inner.StdinPipe(); err != nil { // held open: the inner process waits
		t.Fatal(err)
	}
	out, err := inner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := inner.Start(); err != nil {
		t.Fatal(err)
	}
	var url, dir string
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "wiki "); ok {
			url, dir, _ = strings.Cut(rest, " ")
		}
	}
	if resp, _ := get(t, url+"/api.php"); resp.StatusCode != http.StatusOK {
		t.Errorf("before: %s", resp.Status)
	}
	_ = inner.Process.Kill()
	_ = inner.Wait()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, gone := os.Stat(dir)
		_, refused := http.Get(url)
		if os.IsNotExist(gone) && refused != nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the wiki at %s is still there: %v, %v", url, gone, refused)
		}
	}
}

func TestInstancesAreApart(t *testing.T) {
	a, b := Start(t, Options{}), Start(t, Options{})
	a.Edit(Admin, "Only here", "text")
	if resp, _ := get(t, b.URL+"/wiki/Only_here"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the other wiki answers %s", resp.Status)
	}
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

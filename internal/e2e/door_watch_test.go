package e2e

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

// spreading stands for a script that spreads: nobody runs it, and it would do nothing.
const spreading = "mw.hook( 'wikipage.content' ).add( function ( $c ) { var n = 0; $c.find( 'a' ).each( function () { n += this.href.length; } ); mw.notify( 'count ' + n ); } );\n" +
	"function again( x ) { return [ x, x + 1, x * 2 ].map( function ( y ) { return y > 3 ? y : again( y + 4 ); } ); }\nif ( mw.config.get( 'wgAction' ) === 'view' ) { again( 7 ); }\n"

// watched is a real wiki whose pages are put back, with its log.
type watched struct {
	*guarded
	db   *sqlstore.Store
	wiki string
}

func watch(t *testing.T) *watched {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte(password("Keeper")), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &watched{guarded: guard(t, realWiki, "[watch]\nrevert = \"revert\"\naccount = \"Keeper\"\npassword_file = \""+secret+"\"\n")}
	w.addUser("Keeper", password("Keeper"), "interface-admin")
	w.people("Ulo", "Mara")
	w.edit("Admin", "Sandbox", "x")
	var err error
	if w.db, err = sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(filepath.Dir(w.file), "sallyport.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	site, err := mediawiki.New(w.front, w.script, local, mediawiki.Options{}).Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.wiki = site.ID
	w.eventually("the watcher has begun", func() bool {
		at, err := w.db.Cursor(t.Context(), w.wiki, "door-watch")
		return err == nil && at != ""
	})
	return w
}

// logged are the entries of one kind.
func (w *watched) logged(kind string) (all []store.Entry) {
	w.Helper()
	entries, err := w.db.Entries(w.Context(), w.wiki, 0, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == kind {
			all = append(all, e)
		}
	}
	return all
}

// save edits a page with the API, as a script does.
func (c *client) save(title, text string) string {
	c.Helper()
	form := url.Values{"action": {"edit"}, "format": {"json"}, "title": {title}, "text": {text}, "token": {c.token("csrf")}}
	_, body := c.do("POST", c.front+c.script+"/api.php", "application/x-www-form-urlencoded", []byte(form.Encode()))
	return body
}

// served is what a browser gets as a page's script.
func (c *client) served(title string) string {
	c.Helper()
	_, body := c.do("GET", c.front+c.script+"/index.php?action=raw&ctype=text/javascript&title="+url.QueryEscape(title), "", nil, "Sec-Fetch-Dest", "script", "Accept-Encoding", "gzip")
	return body
}

// opened is a page as a browser gets it.
func (c *client) opened(title string) string {
	c.Helper()
	_, body := c.do("GET", c.page(title), "", nil, navigation...)
	return body
}

// On a real wiki: a script is stopped when its second reader's session writes it on, that stays so after a restart, and it ends
// with a reset. Meanwhile code that gets past the gateway is put back, and what was approved stays.
func TestAnOutbreakOnARealWikiIsStoppedAndWhatGotPastTheGatewayIsPutBack(t *testing.T) {
	w := watch(t)
	admin, ulo, mara := w.client(), w.clientOf("Ulo", password("Ulo")), w.clientOf("Mara", password("Mara"))
	var waits struct {
		Error struct{ Sallyport struct{ Address string } }
	}
	if err := json.Unmarshal([]byte(admin.save("MediaWiki:Common.js", "good();")), &waits); err != nil || waits.Error.Sallyport.Address == "" {
		t.Fatalf("it does not wait: %v", err)
	}
	admin.approve(waits.Error.Sallyport.Address)
	w.edit("Admin", "MediaWiki:Evil.js", "evil();")
	w.edit("Admin", "User:Admin/tool.js", spreading)

	if got := ulo.served("User:Admin/tool.js"); got != spreading && strings.TrimSpace(got) != strings.TrimSpace(spreading) {
		t.Fatalf("Ulo is served %q", got)
	}
	if got := ulo.save("User:Ulo/tool.js", spreading); !strings.Contains(got, "Success") {
		t.Fatalf("the first: %s", got)
	}
	mara.served("User:Ulo/tool.js")
	if got := mara.save("User:Mara/tool.js", spreading); !strings.Contains(got, "sallyport-held") {
		t.Fatalf("the second: %s", got)
	}
	w.stopped(mara, admin)
	w.restart()
	w.stopped(mara, admin)
	w.putBack()
	w.let(mara)
	w.notMe(admin)
}

// stopped looks at what a tripped breaker does to somebody who took part, and to somebody who did not.
func (w *watched) stopped(took, other *client) {
	w.Helper()
	if got := took.save("User:Mara/other.js", "x();"); !strings.Contains(got, "sallyport-held") {
		w.Errorf("a script may still change scripts: %s", got)
	}
	if got := took.opened("Sandbox"); !strings.Contains(got, "safemode=1") || strings.Contains(got, "/sallyport/boot/") {
		w.Errorf("the page is not in safe mode")
	}
	if _, got := took.do("GET", w.front+w.script+"/load.php?lang=en&modules=site&only=scripts&skin=vector", "", nil); strings.Contains(got, "good()") || !strings.Contains(got, `"site":"ready"`) {
		w.Errorf("the site's script is served: %s", got)
	}
	if got := other.served("User:Ulo/tool.js"); strings.Contains(got, "again") {
		w.Errorf("a page that carries the text is served: %s", got)
	}
	if got := other.opened("Sandbox"); strings.Contains(got, "safemode=1") || !strings.Contains(got, "/sallyport/boot/") {
		w.Errorf("somebody who has nothing to do with it is in safe mode")
	}
	if _, got := other.do("GET", w.front+w.script+"/load.php?lang=en&modules=site&only=scripts&skin=vector", "", nil); !strings.Contains(got, "good()") {
		w.Errorf("somebody who has nothing to do with it gets no script: %s", got)
	}
	if got := other.save("Sandbox", "words "+time.Now().String()); !strings.Contains(got, "Success") {
		w.Errorf("an ordinary edit: %s", got)
	}
	if got := w.sally("breaker", "status", "--config", w.file); !strings.Contains(got, "Tripped") || !strings.Contains(got, "Mara was served that page") {
		w.Errorf("status: %s", got)
	}
}

// putBack waits for the watcher, which gives approvals time to be noted.
func (w *watched) putBack() {
	w.Helper()
	for end := time.Now().Add(3 * time.Minute); len(w.logged("unapproved")) == 0 && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
	}
	found := w.logged("unapproved")
	if len(found) != 1 || !strings.Contains(found[0].Body, "Evil.js") || !strings.Contains(found[0].Body, `"undone"`) {
		w.Errorf("alarms: %+v", found)
	}
	if evil, good := w.raw("MediaWiki:Evil.js"), w.raw("MediaWiki:Common.js"); strings.Contains(evil, "evil") || !strings.Contains(good, "good") {
		w.Errorf("put back: %q, approved: %q", evil, good)
	}
}

// let pulls the breaker, and resets it from the command line.
func (w *watched) let(mara *client) {
	w.Helper()
	w.sally("breaker", "pull", "--config", w.file, "--by", "Ira", "--why", "to see")
	w.eventually("it is pulled", func() bool { return strings.Contains(mara.served("User:Admin/tool.js"), "switched off") })
	w.sally("breaker", "reset", "--config", w.file, "--by", "Ira")
	w.eventually("it is reset", func() bool { return strings.Contains(mara.save("User:Mara/other.js", "x();"), "Success") })
	if strings.Contains(mara.opened("Sandbox"), "safemode=1") {
		w.Error("still in safe mode")
	}
	if n, m := len(w.logged("breaker tripped")), len(w.logged("breaker reset")); n != 2 || m != 1 {
		w.Errorf("%d trips and %d resets are in the log", n, m)
	}
	w.sally("audit", "verify", "--config", w.file)
}

// notMe says that a change was not Admin's: then no user code runs in Admin's sessions.
func (w *watched) notMe(admin *client) {
	w.Helper()
	admin.served("User:Admin/tool.js")
	var waits struct {
		Error struct{ Sallyport struct{ Address string } }
	}
	if err := json.Unmarshal([]byte(admin.save("MediaWiki:Common.css", "a {}")), &waits); err != nil || waits.Error.Sallyport.Address == "" {
		w.Fatalf("it does not wait: %v", err)
	}
	if r, body := admin.do("POST", waits.Error.Sallyport.Address+"/not-me", "application/x-www-form-urlencoded", nil, navigation...); r.StatusCode != 200 {
		w.Fatalf("not me: %s %.500s", r.Status, body)
	}
	if got := admin.opened("Sandbox"); !strings.Contains(got, "safemode=1") {
		w.Error("the page is not in safe mode")
	}
	if again := w.clientOf("Admin", "admin password 1"); strings.Contains(again.served("User:Admin/tool.js"), "again") {
		w.Error("another session of the account is served scripts")
	}
	if got := admin.save("Sandbox", "by a script"); !strings.Contains(got, "sallyport-held") {
		w.Errorf("a script may still write in Admin's name: %s", got)
	}
}

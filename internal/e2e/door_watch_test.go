package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store/sqlstore"
)

// Code that gets past the gateway, while the wiki is not sealed, is noticed within a minute.
func TestCodeSavedPastTheGatewayIsNoticed(t *testing.T) {
	g := guard(t, realWiki, "")
	c := g.client()
	g.edit("Admin", "Sandbox", "x")
	db, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(filepath.Dir(g.file), "sallyport.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	site, err := mediawiki.New(g.front, g.script, local, mediawiki.Options{}).Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g.eventually("the watcher has begun", func() bool {
		at, err := db.Cursor(t.Context(), site.ID, "door-watch")
		return err == nil && at != ""
	})
	if address := c.vector(vector{name: "approved", path: "/api.php", token: "csrf", form: map[string][]string{
		"action": {"edit"}, "format": {"json"}, "title": {"MediaWiki:Common.js"}, "text": {"good();"},
	}}); address == "" {
		t.Fatal("it does not wait")
	} else {
		c.approve(address)
	}
	g.edit("Admin", "MediaWiki:Evil.js", "evil();")
	found := ""
	for end := time.Now().Add(time.Minute); found == "" && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		entries, err := db.Entries(t.Context(), site.ID, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Kind == "unapproved" {
				found += e.Body
			}
		}
	}
	if !strings.Contains(found, "Evil.js") || strings.Contains(found, "Common.js") {
		t.Errorf("alarms: %s", found)
	}
}

package sandbox

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport/internal/decoy"
	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/snapshot"
)

// recordedWiki is a snapshot of a real MediaWiki that has the pages of the standard matrix, and people.
func recordedWiki(t *testing.T) Options {
	t.Helper()
	w := mediawikitest.Start(t, mediawikitest.Options{})
	people := map[string]string{decoy.Editor: "Ilse Lamp", decoy.InterfaceAdmin: "Cora Lamp", decoy.Sysop: "Bram Lamp"}
	w.AddUser(people[decoy.Editor], "a password 12345")
	w.AddUser(people[decoy.Sysop], "a password 12345", "sysop")
	w.AddUser(people[decoy.InterfaceAdmin], "a password 12345", "sysop", "interface-admin", "bureaucrat")
	for _, title := range []string{"Harbour lights", "Talk:Harbour lights", "Harbour", "Category:Lamps", "User talk:Ilse Lamp", "User talk:Cora Lamp", "User:Henk Visser"} {
		w.Edit(people[decoy.Sysop], title, "'''Lamps''' at a [[Harbour]].\n\n== History ==\nOld.\n[[Category:Lamps]]")
	}
	rev := w.Edit(people[decoy.Editor], "Harbour lights", "'''Lamps''' at a [[Harbour]].\n\n== History ==\nOlder.\n[[Category:Lamps]]")
	client := mediawiki.New(w.URL, "", http.DefaultClient, mediawiki.Options{})
	ctx := context.Background()
	site, err := client.Site(ctx)
	if err != nil {
		t.Fatal(err)
	}
	site.Server = w.URL
	visitors := []snapshot.Visitor{{Key: decoy.Anonymous}}
	for key, name := range people {
		s, err := client.Login(ctx, name, "a password 12345")
		if err != nil {
			t.Fatal(err)
		}
		visitors = append(visitors, snapshot.Visitor{Key: key, Cookies: s.Cookies()})
	}
	var pages []Page
	var recorded []snapshot.Page
	for _, p := range StandardPages() {
		p.Query = strings.ReplaceAll(p.Query, "$rev", strconv.FormatInt(rev, 10))
		pages = append(pages, p)
		recorded = append(recorded, snapshot.Page(p))
	}
	shot, err := snapshot.Record(ctx, snapshot.Options{HTTP: http.DefaultClient, Site: site, Visitors: visitors, Pages: recorded})
	if err != nil {
		t.Fatal(err)
	}
	pretend, err := decoy.Seeded(shot.Cast(), nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return Options{Tier: Quick, Until: fewRuns, Snapshot: &snapshot.Source{Snapshot: shot, Fallback: decoy.NewPretend(pretend)}, People: shot.Cast(), Pages: pages}
}

func TestRealScriptsFindWhatTheyWantOnARecordedWiki(t *testing.T) {
	proofFor(t)
	scripts := real(t)
	o := recordedWiki(t)
	n := 6
	if os.Getenv("SALLYPORT_FIDELITY") != "" { // all, or those whose path matches
		n = len(scripts)
	}
	if share := tell(t, "a recorded MediaWiki", fidelity(t, spread(scripts, n), o)); n == len(scripts) && share < 80 {
		t.Errorf("%d in 100, not 80", share)
	}
}

package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"sallyport/internal/mediawiki/mediawikitest"
)

// differentialSites runs one MediaWiki with every twin as a site gadget, and the program before it with every twin as a
// gadget of Mara's.
func differentialSites(t *testing.T) (wiki, gateway *side) {
	t.Helper()
	var w *mediawikitest.Wiki
	s := serve(t, func(t *testing.T, front string) *site {
		w = mediawikitest.Start(t, mediawikitest.Options{Server: front})
		return &site{T: t, kind: "mediawiki", back: w.URL}
	})
	w.AddUser("Mara", password("Mara"))
	wiki = &side{site: s, address: s.back + "/load.php", prefix: "ext.gadget.", module: map[string]string{}}
	gateway = &side{site: s, address: s.front + "/sallyport/load.php", prefix: "ext.usergadget.", module: map[string]string{}}
	var lines strings.Builder
	for _, g := range twins {
		for _, p := range g.pages {
			if !p.absent {
				plant(w, "Admin", "MediaWiki:Gadget-"+p.name, p.text)
				plant(w, "Mara", "User:Mara/"+p.name, p.text)
			}
		}
		lines.WriteString(g.line())
	}
	w.Move("Admin", "MediaWiki:Gadget-old.js", "MediaWiki:Gadget-new.js")
	w.Move("Mara", "User:Mara/old.js", "User:Mara/new.js")
	w.Edit("Admin", "MediaWiki:Gadgets-definition", lines.String())
	for _, g := range twins {
		w.Edit("Mara", "User:Mara/"+g.name+".gadget", g.definition())
	}
	for _, g := range twins {
		wiki.module[g.name] = g.name
		gateway.module[g.name] = strings.TrimPrefix(s.module("User:Mara/"+g.name), "ext.usergadget.")
	}
	s.eventually("the wiki knows its gadgets", func() bool { // it keeps their list for some seconds
		_, body := fetch(t, wiki.address+"?modules=ext.gadget."+twins[len(twins)-1].name)
		return !strings.Contains(body, `"missing"`)
	})
	return wiki, gateway
}

// plant saves a page. MediaWiki refuses JSON that is none, so such a page is saved as a good one and changed behind its back,
// as a broken import would.
func plant(w *mediawikitest.Wiki, user, title, text string) {
	if !strings.HasSuffix(title, "wrong.json") {
		w.Edit(user, title, text)
		return
	}
	w.Edit(user, title, "{}")
	w.Eval(`
		$revision = MediaWiki\MediaWikiServices::getInstance()->getRevisionLookup()->getRevisionByTitle( Title::newFromText( $args[0] ) );
		$address = $revision->getSlot( 'main' )->getAddress();
		wfGetDB( DB_PRIMARY )->update( 'text', [ 'old_text' => $args[1] ], [ 'old_id' => substr( $address, 3 ) ], 'test' );
		apcu_clear_cache();
		return null;`, title, text)
}

func send(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

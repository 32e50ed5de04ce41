package mediawikitest

import (
	"net/http"
	"testing"

	"sallyport/internal/browsertest"
)

func TestAPersonLogsInAndTheirScriptRuns(t *testing.T) {
	browser := browsertest.Start(t)
	w := Start(t, Options{})
	w.AddUser("Mara", "mara's password")
	w.Edit("Mara", "User:Mara/common.js", "mw.loader.using( 'mediawiki.util' ).then( function () { window.ran = mw.util.getUrl( 'A b' ); } );")
	w.Edit(Admin, "MediaWiki:Gadgets-definition", "* plain[ResourceLoader|default]|plain.js")
	w.Edit(Admin, "MediaWiki:Gadget-plain.js", "window.plain = mw.config.get( 'wgUserName' );")
	p := browser.NewPage(t)
	p.Goto(w.URL + "/wiki/Main_Page")
	p.WaitFor("window.plain === null") // the wiki's gadget, for somebody who is not logged in
	p.Goto(w.URL + "/index.php?title=Special:UserLogin")
	p.Type("#wpName1", "Mara")
	p.Type("#wpPassword1", "mara's password")
	p.ClickTo("#wpLoginAttempt")
	if status := p.Goto(w.URL + "/wiki/Main_Page"); status != http.StatusOK {
		t.Errorf("the main page has status %d", status)
	}
	p.WaitFor("window.ran === '/wiki/A_b' && window.plain === 'Mara'")
	if got := p.Problems(); len(got) > 0 {
		t.Errorf("the console says %+v", got)
	}
}

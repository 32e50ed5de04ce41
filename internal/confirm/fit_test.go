package confirm

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sallyport/internal/browsertest"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/writedoor"
)

// booth is the origin of approvals with a person in front of it, whose browser has an authenticator.
type booth struct {
	*desk
	*browsertest.Page
	origin string
}

// The text before and after is what a reviewer has to be able to read: long lines, two directions of writing, characters
// that hide.
const (
	oldText = "// Greets everybody.\nmw.hook( 'wikipage.content' ).add( function () {\n\tmw.notify( 'hello' );\n} );\n"
	newText = "// Greets everybody. שלום לכולם\nmw.hook( 'wikipage.content' ).add( function () {\n\tif ( isAdmin\u202e ) { // \u2066grave\n\t\tmw.loader.load( 'https://a-rather-long-host-name-that-does-not-break.example/and/a/path/that/is/longer/than/any/window/script.js' );\n\t}\n\tmw.notify( 'he\u200bllo' ); v\u0430r = 1;\n} );\n"
)

func newBooth(t *testing.T) *booth {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	b := &booth{Page: browsertest.Start(t).NewPage(t), origin: "http://confirm.localhost:" + port}
	b.desk = openAt(t, passkey.Site{Origin: b.origin, Host: "confirm.localhost"}, pending.TwoPeople, oldText, newText)
	server.Config.Handler = b.desk.h
	server.Start()
	t.Cleanup(server.Close)
	command(b, webauthn.Enable, webauthn.EnableParams{})
	command(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true,
	}})
	return b
}

func command[P, R any](b *booth, c cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.Context(), c, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *booth) reads(lang, colours string) {
	b.t.Helper()
	command(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}})
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}}})
}

func (b *booth) invitation() string {
	b.t.Helper()
	invite, path := NewInvite("testwiki", 7, "Ira <b>", "operator", b.now.Add(time.Hour))
	b.ok(b.store.SaveInvite(b.t.Context(), invite))
	return path
}

// inspect looks at the page that is open in every language, width and colour. With SCREENSHOTS=dir set, pictures are left
// there to be looked at.
func (b *booth) inspect(name string, reopen func()) (least float64) {
	b.t.Helper()
	least = 21
	dir := os.Getenv("SCREENSHOTS")
	for _, lang := range []string{"en", "he"} {
		for _, colours := range []string{"light", "dark"} {
			b.reads(lang, colours)
			reopen()
			for _, width := range []int64{320, 1200} {
				b.Viewport(width, 800)
				wrong, contrast := b.Faults()
				least = min(least, contrast)
				for _, w := range wrong {
					b.t.Errorf("%s in %s, %d wide, %s: %s", name, lang, width, colours, w)
				}
				if dir != "" {
					b.picture(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", name, lang, width, colours)), width)
				}
			}
		}
	}
	return least
}

// picture is of the whole page in a window that is as high: what is taken beyond a window is shifted where writing goes from
// right to left.
func (b *booth) picture(path string, width int64) {
	b.t.Helper()
	b.Viewport(width, max(800, browsertest.Eval[int64](b.Page, "document.documentElement.scrollHeight")))
	shot, err := chromedp.Call(b.Context(), page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	b.ok(err)
	b.ok(os.WriteFile(path, shot.Data, 0o600))
}

func TestBrowserPagesFitAndCanBeReadByEverybody(t *testing.T) {
	b := newBooth(t)
	at := func(path string) func() { return func() { b.Goto(b.origin + path) } }
	signed := func(path string) func() {
		return func() {
			b.Goto(b.origin + path)
			b.ClickTo("button.main")
		}
	}
	least := 21.0
	see := func(name string, reopen func()) { t.Helper(); least = min(least, b.inspect(name, reopen)) }
	see("home", at("/"))
	see("approve-nokey", at("/a/"+b.id))
	see("recover", at("/recover"))
	see("recover-key", at("/recover?user=Ira"))
	b.ClickTo("button.main")
	wishes, err := b.store.Recoveries(t.Context(), "testwiki", b.now, 1)
	b.ok(err)
	if len(wishes) != 1 {
		t.Fatalf("%d wishes for a key", len(wishes))
	}
	see("recovery", at("/recovery/"+wishes[0].ID))
	see("invited", at(b.invitation()))
	b.ClickTo("button.main")
	if got := b.Text("h1"); got != "המפתח נשמר" {
		t.Fatalf("after a key was made: %s", got)
	}
	see("ask", at("/keys"))
	see("keys", signed("/keys"))
	see("queue", signed("/queue"))
	other := b.park(pending.Approve, writedoor.OptionsTier, "", "gadget-x=1")
	b.park(pending.TwoPeople, writedoor.Interface, "Sidebar", newText[:40])
	see("set", at("/a/"+other+"/all"))
	see("options", at("/a/"+other))
	see("say", func() {
		b.Goto(b.origin + "/a/" + other)
		b.Click("summary:has( + form textarea )")
		b.Click("textarea")
		b.Press("Why does it need this?")
		b.ClickTo("button[value=comment]")
	})
	see("code", at(b.invitation()+"/code"))
	see("notices", signed("/notices"))
	see("compose-which", at("/compose"))
	see("compose", at("/compose?title=MediaWiki:Common.js"))
	see("trouble", at("/nowhere"))
	see("approve", at("/a/"+b.id))
	b.reads("en", "light")
	b.Viewport(320, 800)
	at("/a/" + b.id)()
	b.rejects()
	see("rejected", at("/a/"+b.id))
	t.Logf("the least contrast of a text is %.2f", least)
}

// rejects presses the button, once it answers.
func (b *booth) rejects() {
	b.t.Helper()
	b.WaitFor("getComputedStyle( document.querySelector( '.decide' ) ).pointerEvents !== 'none'")
	b.ClickTo("form[action$=reject] button")
}

// mostTabs is how often the tabulator is pressed to reach the main button of the longest page: past the difference, which
// can be scrolled, the whole text, what people say, and the field for the page's name.
const mostTabs = 5

func TestBrowserTheKeyboardReachesEveryButtonAndShowsWhereItIs(t *testing.T) {
	b := newBooth(t)
	b.Viewport(320, 800)
	for _, path := range []string{"/keys", "/queue", "/compose", "/compose?title=MediaWiki:Common.js", "/a/" + b.id, b.invitation()} {
		b.Goto(b.origin + path)
		for n := 1; ; n++ {
			b.Press(kb.Tab)
			if got := browsertest.Eval[string](b.Page, `( ( s ) => s.outlineStyle === 'none' ? 'nothing' : s.outlineWidth )( getComputedStyle( document.activeElement ) )`); got != "3px" {
				t.Errorf("%s: the focus is shown by %s", path, got)
			}
			if browsertest.Eval[bool](b.Page, `document.activeElement.matches( 'button.main' )`) {
				t.Logf("%s: %d tabs", path, n)
				break
			}
			if n == mostTabs {
				t.Errorf("%s: after %d tabs the focus is on %s", path, n, browsertest.Eval[string](b.Page, `document.activeElement.outerHTML.slice( 0, 200 )`))
				break
			}
		}
	}
}

func TestBrowserWhatGoesWrongWithAKeyIsSaidInTheReadersLanguage(t *testing.T) {
	b := newBooth(t)
	b.reads("he", "light")
	b.Goto(b.origin + "/keys")
	b.Click("button.main") // there is no key yet
	b.WaitFor("!document.querySelector( '[role=alert]' ).hidden")
	if got := b.Text("[role=alert]"); got != "אף מפתח לא ענה (NotAllowedError). דבר לא השתנה. נסו שוב, או השתמשו במפתח אחר." {
		t.Errorf("it says %q", got)
	}
	command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.Goto(b.origin + "/a/" + b.id)
	if got := b.Text("noscript p"); !strings.Contains(got, "סקריפטים כבויים") {
		t.Errorf("without scripts it says %q", got)
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		b.picture(filepath.Join(dir, "noscript-he.png"), 1200)
	}
	b.rejects()
	if got := b.Text("h1"); got != "נדחה" {
		t.Errorf("after the button: %s", got)
	}
}

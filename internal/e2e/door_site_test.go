package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"sallyport/internal/addrtest"
	"sallyport/internal/browsertest"
	"sallyport/internal/cli"
	"sallyport/internal/mediawiki/mediawikitest"
)

// guarded is a wiki behind `sallyport serve` with the write door closed, and the origin where approvals are given.
type guarded struct {
	*site
	confirm string
	file    string // settings
	addr    string
	stop    func() // ends serve; see restart
}

// guard starts the program in front of a wiki. The wiki is at wiki.localhost, approvals are given at confirm.localhost: two
// sites, both of which browsers take for trustworthy without TLS.
func guard(t *testing.T, open func(t *testing.T, front string) *site, settings string) *guarded {
	t.Helper()
	addr, approvals := addrtest.Address(t), addrtest.Address(t)
	front := "http://wiki.localhost:" + port(addr)
	g := &guarded{site: open(t, front), confirm: "http://confirm.localhost:" + port(approvals)}
	g.front = front
	dir := t.TempDir()
	g.file = filepath.Join(dir, "sallyport.toml")
	text := fmt.Sprintf("listen = %q\nconfirm_listen = %q\nstore = %q\nbus = \"embedded:\"\nlog_level = \"info\"\n[analysis]\ndetonate = false\n[wiki]\nurl = %q\nscript_path = %q\n[write_door]\nconfirm_origin = %q\nwiki_origin = %q\n%s",
		addr, approvals, "sqlite:"+filepath.Join(dir, "sallyport.db"), g.back, g.script, g.confirm, front, settings)
	if err := os.WriteFile(g.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g.addr = addr
	g.begin()
	t.Cleanup(func() { g.stop() })
	return g
}

// begin starts serve.
func (g *guarded) begin() {
	g.Helper()
	g.stop = g.run(g.file, g.addr)
}

// restart ends serve and starts it again on the same store.
func (g *guarded) restart() {
	g.Helper()
	g.stop()
	g.begin()
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// local reaches every *.localhost, which Go leaves to the resolver.
var local = &http.Client{
	Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port(addr))
	}},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// sally runs one of the program's commands beside serve.
func (g *guarded) sally(args ...string) string {
	g.Helper()
	var out, errs bytes.Buffer
	if code := cli.Run(g.Context(), args, &out, &errs); code != 0 {
		g.Fatalf("sallyport %s: %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
	}
	return out.String()
}

// person opens a window with an authenticator that says yes to everything: the worst user there is.
func (g *guarded) person(b *browsertest.Browser) *browsertest.Page {
	g.Helper()
	p := b.NewPage(g.T)
	authenticator(g.T, p)
	return p
}

func authenticator(t *testing.T, p *browsertest.Page) {
	t.Helper()
	if _, err := chromedp.Call(p.Context(), webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Call(p.Context(), webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true,
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// enrol makes a passkey for an account in a window.
func (g *guarded) enrol(p *browsertest.Page, name string) {
	g.Helper()
	p.Goto(strings.TrimSpace(g.sally("key", "invite", "--config", g.file, name)))
	p.ClickTo("button.main")
	p.WaitFor("document.querySelector( 'h1' ).textContent === 'The key is kept'")
}

// admin is Admin, logged in, with a passkey.
func (g *guarded) admin(b *browsertest.Browser) *browsertest.Page {
	g.Helper()
	p := g.person(b)
	g.enrol(p, "Admin")
	g.login(p, "Admin")
	return p
}

// login uses Admin's own password.
func (g *guarded) login(p *browsertest.Page, name string) {
	g.Helper()
	p.Goto(g.page("Special:UserLogin"))
	p.Type("#wpName1", name)
	word := password(name)
	if name == "Admin" {
		word = "admin password 1"
	}
	p.Type("#wpPassword1", word)
	p.ClickTo("#wpLoginAttempt")
}

// raw is what the wiki itself holds.
func (g *guarded) raw(title string) string {
	g.Helper()
	r, err := local.Get(g.back + g.script + "/index.php?action=raw&title=" + url.QueryEscape(title))
	if err != nil {
		g.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		g.Fatal(err)
	}
	if r.StatusCode == http.StatusNotFound {
		return ""
	}
	return string(text)
}

// editForm writes a text into the edit form and presses save, as a person does.
func (g *guarded) editForm(p *browsertest.Page, title, text string) {
	g.Helper()
	p.Goto(g.page(title + "&action=edit"))
	browsertest.Eval[string](p, fmt.Sprintf("document.querySelector( '#wpTextbox1' ).value = %q", text))
	p.ClickTo("#wpSave")
}

// approve waits for the approval page and presses the button.
func (g *guarded) approve(p *browsertest.Page) {
	g.Helper()
	p.WaitFor(fmt.Sprintf("location.href.startsWith( %q )", g.confirm+"/a/"))
	p.WaitFor("getComputedStyle( document.querySelector( '.decide' ) ).pointerEvents !== 'none'")
	p.Click("button.main")
	p.WaitFor(fmt.Sprintf("!location.href.startsWith( %q ) || location.pathname.endsWith( '/approve' ) || document.querySelector( '[role=alert]:not( [hidden] )' )", g.confirm+"/a/"))
}

// sealed is a guarded wiki that includes the file which `sallyport wiki-hook` prints. What a test prepares goes past it.
func sealed(t *testing.T, settings string) *guarded {
	t.Helper()
	file := filepath.Join(t.TempDir(), "SallyportSeal.php")
	g := guard(t, func(t *testing.T, front string) *site {
		return realWikiWith(t, front, "if ( ( $_SERVER['REQUEST_URI'] ?? '' ) !== '/sallyport-eval' && file_exists( '"+file+"' ) ) { require_once '"+file+"'; }")
	}, "sealed = true\n"+settings)
	if err := os.WriteFile(file, []byte(g.sally("wiki-hook", "--config", g.file)), 0o600); err != nil {
		t.Fatal(err)
	}
	return g
}

// realWikiWith is realWiki with further settings.
func realWikiWith(t *testing.T, front, settings string) *site {
	w := mediawikitest.Start(t, mediawikitest.Options{Server: front, Settings: settings})
	return &site{
		T: t, kind: "mediawiki", back: w.URL,
		addUser: func(name, password string, groups ...string) { w.AddUser(name, password, groups...) },
		edit:    func(user, title, text string) { w.Edit(user, title, text) },
	}
}

package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"sallyport/internal/browsertest"
	"sallyport/internal/cli"
)

// A gadget runs in the author's pages of a real wiki, in their browser alone, from a folder: they log in there, edit as ever, and what they
// save in the folder is in the page a moment later. The wiki, which has us in front of it for its readers, is sent nothing of the folder.
func TestAFolderIsPreviewedInTheRealWikiForItsAuthorAlone(t *testing.T) {
	b := browsertest.Start(t)
	s := serve(t, realWiki)
	s.people("Mara", "Noor")
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("doit.js", marks("doit", "one"))
	write("doit.gadget", `{"module":{"pages":["/doit.js"],"dependencies":["mediawiki.util"]}}`)
	here := preview(t, dir, "--wiki", s.front, "--as", "mara", "--listen", "127.0.0.1:0")
	there := &site{T: t, kind: s.kind, front: here, back: s.back, script: s.script}

	p := b.NewPage(t)
	p.Goto(there.page("Main_Page"))
	there.quiet(p)
	if browsertest.Eval[bool](p, "!!document.documentElement.dataset.doit") {
		t.Error("it runs for nobody")
	}
	there.login(p, "Mara")
	p.Goto(there.page("Main_Page"))
	p.WaitFor("document.documentElement.dataset.doit === 'one' && mw.config.get( 'wgUserName' ) === 'Mara'")
	if got := browsertest.Eval[string](p, "new mw.Api().postWithEditToken( { action: 'edit', title: 'Sandbox', text: 'saved' } ).then( ( a ) => a.edit.result, String )"); got != "Success" {
		t.Errorf("an edit: %s", got)
	}
	write("doit.js", marks("doit", "two"))
	p.WaitFor("document.documentElement.dataset.doit === 'two'")
	for _, m := range p.Problems() {
		t.Errorf("the console says %s", m.Text)
	}
	for _, page := range []string{"doit.js", "doit.gadget"} {
		if r, _ := s.get(s.script + "/index.php?action=raw&title=User:Mara/" + page); r.StatusCode != http.StatusNotFound {
			t.Errorf("the wiki has %s: %d", page, r.StatusCode)
		}
	}
	other := b.NewPage(t)
	there.login(other, "Noor")
	other.Goto(there.page("Main_Page"))
	there.quiet(other)
	if browsertest.Eval[bool](other, "!!document.documentElement.dataset.doit") {
		t.Error("it runs for somebody else")
	}
}

// preview runs `sallyport gadget preview`, and returns the address that it says, without a slash at its end.
func preview(t *testing.T, dir string, flags ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	errs := &syncBuffer{}
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(ctx, append([]string{"gadget", "preview", dir}, flags...), w, errs)
		_ = w.Close()
	}()
	said := bufio.NewScanner(r)
	t.Cleanup(func() {
		stop()
		_, _ = io.Copy(io.Discard, r)
		if code := <-done; code != 0 {
			t.Errorf("preview ended with %d: %s", code, errs.String())
		}
	})
	at := regexp.MustCompile(` run at (http://127\.0\.0\.1:\d+)/`)
	for said.Scan() {
		if m := at.FindStringSubmatch(said.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return m[1]
		}
	}
	t.Fatalf("preview says nothing of an address: %s", errs.String())
	return ""
}

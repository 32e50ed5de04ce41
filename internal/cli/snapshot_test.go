package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/mediawiki/mediawikitest"
)

func TestAScriptIsRunOnARecordingOfARealWiki(t *testing.T) {
	ok, err := condition("browser")
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		t.Skip("needs a browser, and a minute")
	}
	w := mediawikitest.Start(t, mediawikitest.Options{})
	w.AddUser("Ilse Lamp", "a password 12345")
	w.Edit(mediawikitest.Admin, "Harbour lights", "Lamps.")
	dir := t.TempDir()
	file, people, script := filepath.Join(dir, "wiki.snapshot"), filepath.Join(dir, "people.json"), filepath.Join(dir, "lamp.js")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(people, `[{"persona": "editor", "user": "Ilse Lamp", "password": "a password 12345"}, {"persona": "interface-admin", "user": "Admin", "password": "`+mediawikitest.AdminPassword+`"}]`)
	write(script, `mw.util.addPortletLink( 'p-tb', '#', 'MediaWiki ' + mw.config.get( 'wgVersion' ) );
if ( mw.config.get( 'wgUserGroups' ).includes( 'interface-admin' ) ) {
	new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', text: mw.config.get( 'wgVersion' ) } );
}`)
	var out, said bytes.Buffer
	if code := Run(context.Background(), []string{"snapshot", "--wiki", w.URL, "--script-path=", "--people", people, "--page", "Harbour lights", "-o", file}, &out, &said); code != 0 {
		t.Fatalf("exit code %d: %s", code, said.String())
	}
	out.Reset()
	code := Run(context.Background(), []string{"detonate", "--tier", "quick", "--snapshot", file, "--format", "json", script}, &out, &said)
	if code != exitFindings || !strings.Contains(out.String(), `"verdict":"hostile"`) || !strings.Contains(out.String(), `"persona":"interface-admin"`) || said.Len() > 0 {
		t.Errorf("exit code %d: %.600s %s", code, out.String(), said.String())
	}
	if before := w.Eval(`return WikiPage::factory( Title::newFromText( 'MediaWiki:Common.js' ) )->exists();`); string(before) != "false" {
		t.Error("the real wiki was written to")
	}
}

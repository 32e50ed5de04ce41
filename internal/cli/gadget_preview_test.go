package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sallyport/internal/author"
	"sallyport/internal/fakewiki"
)

func TestAPreviewRunsTheFolderAndSavesWhatChanges(t *testing.T) {
	dir := t.TempDir()
	files, err := author.New("plain", "my-tool")
	if err != nil {
		t.Fatal(err)
	}
	if err := writeCopy(io.Discard, dir, files); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	done := make(chan int, 1)
	var complaints strings.Builder
	go func() {
		done <- Run(ctx, []string{"gadget", "preview", dir, "--listen", "127.0.0.1:0", "--confirm-listen", "127.0.0.1:0"}, w, &complaints)
		w.Close()
	}()
	said := bufio.NewScanner(r)
	wait := func(part string) {
		t.Helper()
		for said.Scan() {
			if strings.Contains(said.Text(), part) {
				return
			}
		}
		t.Fatalf("%q was never said; complaints: %s", part, complaints.String())
	}
	wait("Your 1 gadgets run at http://127.0.0.1:")
	if err := os.WriteFile(filepath.Join(dir, "my-tool.js"), []byte("mw.notify( 'again' );\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wait("saved User:You/my-tool.js")
	more, err := author.New("styles", "wide")
	if err != nil {
		t.Fatal(err)
	}
	if err := writeCopy(io.Discard, dir, more); err != nil {
		t.Fatal(err)
	}
	wait("saved User:You/wide.gadget")
	stop()
	go func() { _, _ = io.Copy(io.Discard, r) }()
	if code := <-done; code != exitOK {
		t.Errorf("exit %d: %s", code, complaints.String())
	}
}

func TestAFolderThatIsTooMuchIsSaid(t *testing.T) {
	all := fstest.MapFS{".git/x": {}, ".hidden": {}}
	for i := range maxPreviewed + 1 {
		all["f"+strings.Repeat("x", i)[:i%200]+string(rune('a'+i%26))+strings.Repeat("y", i/200)+".js"] = &fstest.MapFile{}
	}
	w := fakewiki.New(fakewiki.Options{})
	if _, err := saveChanged(w, previewer, all, map[string]string{}); err == nil || !strings.Contains(err.Error(), "more than 500 files") {
		t.Error(err)
	}
}

func TestAPreviewInAWikiIsForThisComputerAndOneAccount(t *testing.T) {
	dir := t.TempDir()
	for want, flags := range map[string][]string{
		"--wiki needs --as":                 {"--wiki", "http://127.0.0.1:1"},
		"an address of this computer alone": {"--wiki", "http://127.0.0.1:1", "--as", "Mara", "--listen", "0.0.0.0:0"},
		"write the address that api.php":    {"--wiki", "wiki.test", "--as", "Mara"},
		`--wiki "http://127.0.0.1:1/w": `:   {"--wiki", "http://127.0.0.1:1/w", "--as", "Mara"},
	} {
		var complaints strings.Builder
		if code := Run(t.Context(), append([]string{"gadget", "preview", dir}, flags...), io.Discard, &complaints); code == exitOK || !strings.Contains(complaints.String(), want) {
			t.Errorf("%v: %d %s", flags, code, complaints.String())
		}
	}
}

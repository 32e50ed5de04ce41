package scan

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/fakewiki"
	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/mediawiki"
)

// asking is an analysis that looks up what a script names, one name a line, and says what it got.
func asking(path string, src []byte, find link.Find) *finding.Script {
	s := &finding.Script{Goal: "script"}
	for _, name := range strings.Fields(string(src)) {
		ref := link.Ref{Kind: link.Page, Name: name}
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "ext.") {
			ref.Kind = link.Module
		}
		if find == nil {
			continue
		}
		if found, text, ok := find(path, ref); ok {
			s.Others = append(s.Others, finding.Other{Path: filepath.Base(found) + "=" + string(text)})
		}
	}
	return s
}

func others(t *testing.T, o Options, src Source) map[string]string {
	t.Helper()
	got := map[string]string{}
	o.Analyse = asking
	_, err := Run(t.Context(), o, []Source{src}, handler(func(s *finding.Script) {
		for _, other := range s.Others {
			got[filepath.Base(s.Path)] += other.Path + " "
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFilesFindEachOtherInsideTheirFolder(t *testing.T) {
	dir := tree(t, map[string]string{
		"out.js": "secret", "in/main.js": "./lib ./lib.js ./sub/deep.mjs ../out.js ./gone ext.gadget.x User:A/b_c.js vue",
		"in/lib.js": "L", "in/sub/deep.mjs": "../lib", "in/MediaWiki:Gadget-x.js": "G", "in/User:A/b c.js": "P",
	})
	if err := os.Symlink("../out.js", filepath.Join(dir, "in/link.js")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in/way.js"), []byte("./link.js"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"main.js": "lib.js=L lib.js=L deep.mjs=../lib MediaWiki:Gadget-x.js=G b c.js=P ", "deep.mjs": "lib.js=L "}
	if diff := cmp.Diff(want, others(t, Options{}, Files([]string{filepath.Join(dir, "in")}, silent))); diff != "" {
		t.Error(diff)
	}
}

func TestPagesOfADumpFindEachOther(t *testing.T) {
	dump := strings.Replace(export11, `if ( a &lt; b &amp;&amp; c ) { alert( "é" ); }`, "user:Mara/my_tool User:Mara/stub.js User:Mara/notes.js", 1)
	want := map[string]string{"MediaWiki:Common.js": "my tool=eval(x) "}
	if diff := cmp.Diff(want, others(t, Options{}, Dump(dumpFile(t, []byte(dump)), silent))); diff != "" {
		t.Error(diff)
	}
}

func TestPagesOfAWikiFindEachOther(t *testing.T) {
	w := fakewiki.New(fakewiki.Options{})
	w.AddUser("Ira", "ira's password", "interface-admin", "sysop")
	for title, text := range map[string]string{
		"User:Ira/common.js": "user:ira/lib.js Main_Page User:Ira/none.js ext.gadget.tool", "User:Ira/lib.js": "L",
		"MediaWiki:Gadget-tool.js": "./data.json", "MediaWiki:Gadget-data.json": "{}",
	} {
		if _, err := w.Save(title, text, "Ira", "test"); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewServer(w)
	defer s.Close()
	client := mediawiki.New(s.URL, "/w", nil, mediawiki.Options{})
	if diff := cmp.Diff(map[string]string{"common.js": "lib.js=L MediaWiki:Gadget-tool.js=./data.json "}, others(t, Options{}, Pages(client, "User:Ira/common.js", silent))); diff != "" {
		t.Error(diff)
	}
	got := others(t, Options{}, Pages(client, "MediaWiki:*", silent))
	if got["MediaWiki:Gadget-tool.js"] == "" {
		t.Error("a gadget's package does not find its own files")
	}
}

func TestTheCacheHoldsAsLongAsTheOthersAreAsTheyWere(t *testing.T) {
	dir := tree(t, map[string]string{"main.js": "./lib ./late", "lib.js": "1"})
	cache, err := OpenCache(t.TempDir(), "1", noon)
	if err != nil {
		t.Fatal(err)
	}
	scan := func() string { return others(t, Options{Cache: cache}, Files([]string{dir}, silent))["main.js"] }
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct{ name, text, want string }{
		{"lib.js", "1", "lib.js=1 "}, {"lib.js", "2", "lib.js=2 "}, {"late.js", "new", "lib.js=2 late.js=new "},
	} {
		write(step.name, step.text)
		if got := scan(); got != step.want {
			t.Errorf("after %s is %s: %q", step.name, step.text, got)
		}
		if got := scan(); got != step.want {
			t.Errorf("again: %q", got)
		}
	}
}

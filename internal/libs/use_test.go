package libs

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestALibraryComesWithALineToUseIt(t *testing.T) {
	folder := fstest.MapFS{
		"a.tgz": pack(t, "package/package.json", about("charts", "1.9.0"), "package/dist/x.js", "old"),
		"b.tgz": pack(t, "package/package.json", `{"name":"@scope/plot","version":"2.0.0"}`, "package/a.js", "1", "package/dist/plot.min.js", "2", "package/dist/plot.js", "3"),
		"c.tgz": pack(t, "package/package.json", `{"name":"letters","version":"3.0.0"}`, "package/f.woff2", "1", "package/README.md", "2"),
		"d.tgz": pack(t, "package/package.json", `{"name":"words","version":"4.0.0"}`, "package/README.md", "2"),
	}
	m, errs := Open(folder)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct{ name, version, file, line string }{
		{"charts", "1.9.0", "dist/x.js", "mw.loader.getScript( '/w/libs/charts@1.9.0/dist/x.js' )"},
		{"@scope/plot", "2.0.0", "dist/plot.min.js", "mw.loader.getScript( '/w/libs/@scope/plot@2.0.0/dist/plot.min.js' )"},
		{"letters", "3.0.0", "f.woff2", "url( '/w/libs/letters@3.0.0/f.woff2' )"},
		{"words", "4.0.0", "", ""},
	} {
		l, ok := m.Find(c.name, c.version)
		if !ok {
			t.Fatal(c.name)
		}
		f, ok := l.Best()
		if f.Path != c.file || ok != (c.file != "") {
			t.Errorf("%s: the best file is %q", c.name, f.Path)
		}
		if !ok {
			continue
		}
		u := l.Use("https://wiki.example", "/w/libs/", f)
		if !strings.HasPrefix(u.Line, c.line) || u.Integrity != f.Integrity || !strings.HasPrefix(u.Address, "https://wiki.example/w/libs/") {
			t.Errorf("%s: %+v", c.name, u)
		}
		if script := strings.HasSuffix(c.file, ".js"); script != (u.Require == "// @require "+u.Address+"#"+f.Integrity) {
			t.Errorf("%s: %q", c.name, u.Require)
		}
	}
	if l, err := Read(folder, "a.tgz"); err != nil || l.Name != "charts" || l.Bytes() == 0 {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := Read(folder, "z.tgz"); err == nil {
		t.Error("a tarball that is not there is read")
	}
}

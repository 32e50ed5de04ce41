package libs

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sallyport/internal/npmtest"
)

// pack makes a tarball of paths and texts; a path that ends in "->" is a link.
func pack(t testing.TB, files ...string) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := 0; i+1 < len(files); i += 2 {
		h := &tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1])), Typeflag: tar.TypeReg}
		if name, ok := strings.CutSuffix(files[i], "->"); ok {
			h = &tar.Header{Name: name, Linkname: files[i+1], Typeflag: tar.TypeSymlink}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := io.WriteString(w, files[i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if w.Close() != nil || z.Close() != nil {
		t.Fatal("not packed")
	}
	return &fstest.MapFile{Data: b.Bytes()}
}

func about(name, version string) string {
	return fmt.Sprintf(`{"name":%q,"version":%q,"description":"Draws charts","keywords":["svg",7],"main":"./dist/x.js","license":"MIT"}`, name, version)
}

func TestALibraryIsFoundAndHandedOut(t *testing.T) {
	m, errs := Open(fstest.MapFS{
		"a.tgz": pack(t, "package/package.json", about("charts", "1.9.0"), "package/dist/x.js", "old", "package/page.html", "<script>x</script>"),
		"b.tgz": pack(t, "package/package.json", about("charts", "1.10.0"), "package/dist/x.js", "new", "package/x.svg", "<svg/>"),
		"c.tgz": pack(t, "package/package.json", about("@scope/other", "2.0.0-beta.1"), "package/x.css", "a{}"),
	})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := m.Search("CHARTS svg"); len(got) != 3 || got[1].Version != "1.10.0" || got[2].Version != "1.9.0" || got[1].Main != "dist/x.js" {
		t.Errorf("%+v", got)
	}
	if got := m.Search("nothing"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	h := m.Handler("/libs/", slog.New(slog.DiscardHandler))
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		if len(header) > 0 {
			r.Header.Set(header[0], header[1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", path, w.Header())
		}
		return w
	}
	w := get("/libs/charts@1.10.0/dist/x.js")
	if w.Code != 200 || w.Body.String() != "new" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
	if again := get("/libs/charts@1.10.0/dist/x.js", "If-None-Match", w.Header().Get("ETag")); again.Code != 304 {
		t.Errorf("asked again: %d", again.Code)
	}
	if w := get("/libs/@scope/other@2.0.0-beta.1/x.css"); w.Code != 200 || w.Body.String() != "a{}" {
		t.Errorf("with a scope: %d %q", w.Code, w.Body)
	}
	for _, path := range []string{"/libs/charts@1.9.0/page.html", "/libs/charts@1.9.0/", "/libs/charts@3.0.0/dist/x.js", "/libs/charts", "/libs/@", "/libs/charts@1.9.0/../../x"} {
		if w := get(path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get("/libs/?search=scope"); !strings.Contains(w.Body.String(), `"@scope/other"`) || strings.Contains(w.Body.String(), `"charts"`) {
		t.Errorf("index: %s", w.Body)
	}
}

func TestBadTarballsAreSaidAndLeftOut(t *testing.T) {
	zeros := strings.Repeat("\x00", maxFile)
	bomb := []string{"package/package.json", about("bomb", "1.0.0")}
	for i := range maxUnpacked/maxFile + 1 {
		bomb = append(bomb, fmt.Sprintf("package/%d.js", i), zeros)
	}
	m, errs := Open(fstest.MapFS{
		"bomb.tgz":      pack(t, bomb...),
		"broken.tgz":    {Data: []byte("no gzip")},
		"cut.tgz":       {Data: pack(t, "package/package.json", about("cut", "1.0.0"), "package/x.js", strings.Repeat("x", 1e5)).Data[:100]},
		"nameless.tgz":  pack(t, "package/package.json", about("../evil", "1.0.0")),
		"versions.tgz":  pack(t, "package/package.json", about("x", "latest")),
		"twice.tgz":     pack(t, "package/package.json", about("good", "1.0.0")),
		"empty.tgz":     pack(t),
		"agood.tgz":     pack(t, "package/package.json", about("good", "1.0.0"), "package/../../etc/x.js", "no", "/abs.js", "no", "package/l.js->", "/etc/passwd", "package/ok.js", "yes", "package/ok.js", "second"),
		"wrongtype.tgz": pack(t, "package/package.json", `{"name":"odd","version":"1.0.0","main":{"a":1},"keywords":"x","license":{"type":"MIT"}}`, "package/a.js", "1"),
	})
	if len(errs) != 7 {
		t.Errorf("%d errors: %v", len(errs), errs)
	}
	var found []string
	for _, l := range m.Search("") {
		found = append(found, l.Name)
		for _, f := range l.Files {
			found = append(found, f.Path)
		}
	}
	if got, want := strings.Join(found, " "), "good ok.js package.json odd a.js package.json"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if body, _, err := m.Body("good", "1.0.0", "ok.js"); err != nil || string(body) != "yes" {
		t.Errorf("%q %v", body, err)
	}
}

// A real tarball's integrity is what npm itself would say about its bytes.
func TestARealPackageIsRead(t *testing.T) {
	dir := npmtest.Package(t, "acorn", "8.19.0")
	want, err := os.ReadFile(filepath.Join(dir, "dist", "acorn.js"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, errs := Open(fstest.MapFS{"acorn.tgz": pack(t, "package/package.json", string(text), "package/dist/acorn.js", string(want))})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	body, f, err := m.Body("acorn", "8.19.0", "dist/acorn.js")
	if err != nil || !bytes.Equal(body, want) || f.Integrity != integrity(want) {
		t.Errorf("%v %+v", err, f)
	}
	if l, _ := m.Find("acorn", "8.19.0"); l.Main != "dist/acorn.js" || l.License != "MIT" {
		t.Errorf("%+v", l)
	}
}

func FuzzTarball(f *testing.F) {
	f.Add(pack(f, "package/package.json", about("good", "1.0.0"), "package/ok.js", "yes").Data)
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _ := Open(fstest.MapFS{"x.tgz": {Data: data}})
		for _, l := range m.Search("") {
			for _, file := range l.Files {
				if body, _, err := m.Body(l.Name, l.Version, file.Path); err != nil || len(body) != file.Bytes {
					t.Fatalf("%s: %v", file.Path, err)
				}
			}
		}
	})
}

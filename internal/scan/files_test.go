package scan

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inDir makes the tests' paths short: relative to a folder.
func inDir(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(tree(t, files))
}

func TestAFolderIsReadInOrderWithoutWhatIsHidden(t *testing.T) {
	inDir(t, map[string]string{
		"g/b.js": "eval(1)", "g/A.JS": "", "g/sub/c.mjs": "", "g/sub/d.css": "", "g/e.json": "{}", "g/f.vue": "", "g/h.cjs": "", "g/i.ts": "",
		"g/read.me": "eval(1)", "g/.hidden/x.js": "eval(1)", "g/.x.js": "eval(1)", "named.txt": "eval(2)",
	})
	out, sum := scanned(t, Options{}, Files([]string{"./g/", "named.txt", "g/b.js", "g"}, silent))
	want := "g/A.JS script\ng/b.js script eval@1:1\ng/e.json script\ng/f.vue script\ng/h.cjs script\ng/i.ts script\n" +
		"g/sub/c.mjs script\ng/sub/d.css css\nnamed.txt script eval@1:1"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if sum.Expected != 9 {
		t.Errorf("%d were expected", sum.Expected)
	}
	out, _ = scanned(t, Options{}, Files([]string{"g/.hidden"}, silent))
	if got := out.String(); got != "g/.hidden/x.js script eval@1:1" {
		t.Errorf("a hidden folder that is named: %q", got)
	}
	out, _ = scanned(t, Options{}, Files([]string{"."}, silent))
	if !strings.HasPrefix(out.String(), "g/A.JS script\n") {
		t.Errorf("this folder: %q", out.String())
	}
}

func TestLinksLeadNeitherInCirclesNorOutOfTheFolder(t *testing.T) {
	inDir(t, map[string]string{"g/real.js": "eval(1)", "g/sub/x.js": "", "secret.js": "eval(2)"})
	for link, target := range map[string]string{
		"g/loop": ".", "g/sub/up.js": "..", "g/a.js": "b.js", "g/b.js": "a.js", "g/in.js": "real.js", "g/out.js": "../secret.js",
		"g/nowhere.js": "nothing", "g/nowhere": "nothing", "way": "g",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo("g/pipe.js", 0o600); err != nil {
		t.Fatal(err)
	}
	var said []string
	out, sum := scanned(t, Options{}, Files([]string{"g"}, func(line string) { said = append(said, line) }))
	want := `g/a.js opaque opaque@0:0 It could not be read: too many levels of symbolic links.
g/b.js opaque opaque@0:0 It could not be read: too many levels of symbolic links.
g/in.js script eval@1:1
g/nowhere.js opaque opaque@0:0 It could not be read: no such file or directory.
g/out.js opaque opaque@0:0 It could not be read: a link to ../secret.js, out of the folder: path escapes from parent.
g/real.js script eval@1:1
g/sub/x.js script`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	notes := []string{"g/loop: a link to a folder; not followed", "g/pipe.js: not a file; not read", "g/sub/up.js: a link to a folder; not followed"}
	if diff := cmp.Diff(notes, said); diff != "" || sum.Broken != 4 {
		t.Errorf("%d are broken: %s", sum.Broken, diff)
	}
	if out, _ := scanned(t, Options{}, Files([]string{"way"}, silent)); !strings.Contains(out.String(), "way/real.js script eval@1:1") {
		t.Errorf("a link to a folder that is named: %q", out.String())
	}
}

func TestWhatIsNotThereIsSaidAndTheRestIsScanned(t *testing.T) {
	inDir(t, map[string]string{"a.js": "eval(1)"})
	out, sum := scanned(t, Options{}, Files([]string{"none.js", "a.js"}, silent))
	want := "a.js script eval@1:1\nnone.js opaque opaque@0:0 It could not be read: no such file or directory."
	if diff := cmp.Diff(want, out.String()); diff != "" || sum.Broken != 1 {
		t.Errorf("%d are broken: %s", sum.Broken, diff)
	}
}

func TestHostileTextsAndNamesComeThrough(t *testing.T) {
	inDir(t, map[string]string{
		"zero.js": "", "nul.js": "\x00", "bytes.js": "\xff\xfe eval(1)", "deep.js": strings.Repeat("(", 100_000), "a\nb\x1b[2J.js": "eval(1)",
		"50mb.js": string(bytes.Repeat([]byte("x"), 50<<20)),
	})
	out, sum := scanned(t, Options{}, Files([]string{"."}, silent))
	if sum.Scripts != 6 || sum.Opaque != 2 || !strings.Contains(out.String(), "longer than 8 MB") {
		t.Errorf("%+v\n%s", sum, out)
	}
}

package gate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/js"
)

// node runs one of the scripts in testdata with a value as JSON on its input.
func node(t *testing.T, script string, in, out any) {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--no-warnings", "--experimental-vm-modules", filepath.Join("testdata", script))
	cmd.Stdin = bytes.NewReader(text)
	var said bytes.Buffer
	cmd.Stderr = &said
	answer, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		if os.Getenv("SALLYPORT_TEST_ALL") != "" {
			t.Fatal("Node.js is missing: ", err)
		}
		t.Skip("Node.js is missing: ", err)
	}
	if err != nil {
		t.Fatalf("%s: %v: %s", script, err, said.String())
	}
	if err := json.Unmarshal(answer, out); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

// corpusScripts are the JavaScript files of the corpus beside the checkout.
func corpusScripts(t testing.TB) []string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
	}
	dir = filepath.Join(dir, "..", "shared", "corpus", "files")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus of real scripts is not beside the checkout: ", err)
	}
	var files []string
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".js") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// plain says whether V8 can read a text as it stands: fences of wikitext around it are not JavaScript.
func plain(s *js.Script) bool { return len(s.Problems) == 0 }

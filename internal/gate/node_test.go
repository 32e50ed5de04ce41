package gate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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

// plain says whether V8 can read a text as it stands: fences of wikitext around it are not JavaScript.
func plain(s *js.Script) bool { return len(s.Problems) == 0 }

package js

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/npmtest"
)

// Scripts made by cutting up the standard's syntax tests: whatever V8 compiles, a browser runs, so we must read it.
func TestWhateverV8CompilesIsRead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(npmtest.Package(t, "test262-parser-tests", "0.0.5"), "pass", "*.js"))
	if err != nil || len(files) == 0 {
		t.Fatal("no tests ", err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var sources []string
	for _, path := range files {
		if strings.HasSuffix(path, ".module.js") {
			continue
		}
		src := string(load(t, path))
		other := string(load(t, files[random.IntN(len(files))]))
		for range 6 {
			sources = append(sources, mutate(src, other, random))
		}
	}
	valid := compiles(t, sources)
	var both, neither, lenient, missed int
	for i, src := range sources {
		s := Parse([]byte(src), Options{Goal: ScriptGoal})
		read := s.Goal != Opaque && !s.Lowered
		switch {
		case read && valid[i] == '1':
			both++
		case !read && valid[i] == '0':
			neither++
		case read:
			lenient++
		default:
			missed++
			t.Errorf("V8 compiles %q, we say %v", src, s.Problems)
		}
	}
	t.Logf("%d scripts: both accept %d, both refuse %d, only we accept %d, only V8 accepts %d", len(sources), both, neither, lenient, missed)
}

func compiles(t *testing.T, sources []string) []byte {
	t.Helper()
	var in bytes.Buffer
	e := json.NewEncoder(&in)
	for _, src := range sources {
		if err := e.Encode(src); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", filepath.Join("testdata", "check.js"))
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		npmtest.Missing(t, "node: "+err.Error())
	}
	return bytes.TrimSpace(out)
}

var snippets = []string{"/", "=>", "(", ")", "{", "}", "`", "${", "async ", "await ", "yield ", "let ", "of ", "in ", "get ", "static ", "...", "?.", "??=",
	"\n", "/*\n*/", "<!--", "-->", "#a", "=", ",", ";", "a", "1", "'x'", "/a/g", "new ", "class ", "function ", "for(", "if(a)", "return ", "import ", "\\u0061"}

// mutate cuts, swaps and inserts at places where words or marks meet.
func mutate(src, other string, random *rand.Rand) string {
	for range 1 + random.IntN(2) {
		i, j := cut(src, random), cut(src, random)
		switch random.IntN(4) {
		case 0:
			src = src[:min(i, j)] + src[max(i, j):]
		case 1:
			k, l := cut(other, random), cut(other, random)
			src = src[:i] + other[min(k, l):max(k, l)] + src[i:]
		case 2:
			src = src[:max(i, j)] + src[min(i, j):]
		default:
			src = src[:i] + snippets[random.IntN(len(snippets))] + src[i:]
		}
	}
	return strings.ToValidUTF8(src, "")
}

func cut(src string, random *rand.Rand) int { return random.IntN(len(src) + 1) }

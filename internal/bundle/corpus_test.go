package bundle

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sallyport/internal/corpustest"

	"github.com/google/go-cmp/cmp"
)

// corpusFile is one row of the developers' corpus: real user scripts and gadgets.
type corpusFile struct{ path, kind, text, truth string }

// Kinds of scripts a wiki serves as they are.
var servedKinds = words("user-script gadget-script site-js site-subpage imported-script built-bundle es-module-source stylesheet")

func corpus(tb testing.TB, ext string) []corpusFile {
	tb.Helper()
	truth, manifest := corpustest.Truth(tb), corpustest.Manifest(tb)
	var files []corpusFile
	for _, f := range corpustest.Files(tb, ext) {
		kind := manifest[f.Name]["kind"]
		if !servedKinds[kind] {
			continue
		}
		verdict := truth[f.Name]["min_ecma_script"]
		if truth[f.Name]["module_only"] == "1" {
			verdict = "module"
		}
		files = append(files, corpusFile{f.Name, kind, string(f.Text), verdict})
	}
	return files
}

// disagreements are the corpus scripts we judge otherwise than acorn judges them as classic scripts, with the reason.
var disagreements = map[string]string{}

func TestEveryScriptOfTheCorpusBundles(t *testing.T) {
	got := map[string]string{}
	in, out, refused := 0, 0, 0
	start := time.Now()
	var bundles []string
	for _, f := range corpus(t, ".js") {
		m := Build(Input{Module: "ext.usergadget.p1", Files: []File{{Name: "a.js", Title: f.path, Text: f.text}}})
		bundle := m.Combined()
		bundles = append(bundles, string(bundle))
		accepted := len(m.Problems) == 0
		if accepted {
			in += len(f.text)
			out += len(bundle)
		} else {
			refused++
		}
		if classic := f.truth != "none" && f.truth != "module"; classic != accepted {
			got[f.path] = "we accept"
			if !accepted {
				got[f.path] = m.Problems[0].String()
			}
		}
		for _, msg := range parses(string(bundle)) {
			t.Errorf("%s: the bundle does not parse: %s", f.path, msg.Text)
		}
	}
	t.Logf("%d scripts, %d refused; %d bytes became %d (%.3f) in %v", len(bundles), refused, in, out, float64(out)/float64(in), time.Since(start).Round(time.Millisecond))
	if diff := cmp.Diff(disagreements, got); diff != "" {
		t.Errorf("scripts we judge otherwise than acorn does (-listed +found):\n%s", diff)
	}
	nodeParses(t, bundles)
}

// nodeParses has V8 compile each script as a browser would.
func nodeParses(t *testing.T, scripts []string) {
	t.Helper()
	input, err := json.Marshal(scripts)
	if err != nil {
		t.Fatal(err)
	}
	out := node(t, `const vm = require('vm');
		JSON.parse(require('fs').readFileSync(0, 'utf8')).forEach((s, i) => {
			try { new vm.Script(s); } catch (e) { console.log(i + ': ' + e.message); }
		});`, string(input))
	if out != "" {
		t.Errorf("V8 refuses bundles:\n%s", out)
	}
}

// node runs a program with Node and returns what it prints.
func node(tb testing.TB, program, stdin string) string {
	tb.Helper()
	bin, err := exec.LookPath("node")
	if err != nil {
		missing(tb, "node")
	}
	cmd := exec.Command(bin, "-e", program)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("node: %v\n%s", err, stderr.String())
	}
	return string(out)
}

// missing skips a test whose tool is not installed, unless everything was asked for.
func missing(tb testing.TB, tool string) {
	tb.Helper()
	if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
		tb.Fatalf("%s is not installed, and SALLYPORT_TEST_ALL asks for every test", tool)
	}
	tb.Skipf("%s is not installed", tool)
}

func BenchmarkBuild(b *testing.B) {
	files := corpus(b, ".js")
	total := 0
	for _, f := range files {
		total += len(f.text)
	}
	b.SetBytes(int64(total))
	for b.Loop() {
		for _, f := range files {
			Build(Input{Module: "ext.usergadget.p1", Files: []File{{Name: "a.js", Title: f.path, Text: f.text}}})
		}
	}
}

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sallyport/internal/corpustest"
)

// sample is one script of the corpus.
type sample struct {
	name string // path in the corpus
	text []byte
}

// samples reads the scripts of the corpus, which stands beside the repository and is no part of it.
func samples(b *testing.B) []sample {
	b.Helper()
	var all []sample
	for _, f := range corpustest.Files(b, ".js") {
		all = append(all, sample{f.Name, f.Text})
	}
	return all
}

// megabytes counts in millions of bytes.
func megabytes(all []sample) float64 {
	n := 0
	for _, s := range all {
		n += len(s.text)
	}
	return float64(n) / 1e6
}

// lay writes scripts into a folder of the given name, under plain names, and returns the folder. Beside them, in the folder
// js, stands what makes the whole an add-on that addons-linter reads.
func lay(b *testing.B, dir string, all []sample) string {
	b.Helper()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "js"), 0o755))
	const manifest = `{"manifest_version":2,"name":"bench","version":"1.0","browser_specific_settings":{"gecko":{"id":"bench@bench.example"}}}`
	must(os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(manifest), 0o600))
	for i, s := range all {
		must(os.WriteFile(filepath.Join(dir, "js", plain(i)), s.text, 0o600))
	}
	return dir
}

// plain is the name of a script that no tool's patterns trip over.
func plain(i int) string { return fmt.Sprintf("%05d.js", i) }

// mutants are n scripts of the corpus's mix, no two alike: same code, another name, another last line.
func mutants(all []sample, n int) []sample {
	out := make([]sample, n)
	for i := range out {
		from := all[i%len(all)]
		out[i] = sample{plain(i), fmt.Appendf(nil, "%s\n/* copy %d */\n", from.text, i)}
	}
	return out
}

// Package corpustest reads what tests measure against and the project does not hold: real scripts of real wikis (corpus), and real
// holes with their fixes (vuln-pairs). Both stand in a folder named shared beside the checkout. A test is skipped, with the reason,
// where they are not there; nothing of them is ever copied into the project.
package corpustest

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Root is the folder of go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
	}
}

// Folder finds "corpus" or "vuln-pairs", or skips the test.
func Folder(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(Root(t), "..", "shared", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the folder shared/%s beside the checkout is no part of it, and not here", name)
	}
	return dir
}

// File is a file of the corpus.
type File struct {
	Name string // below files/, with slashes
	Text []byte
}

// Files reads those whose names end in one of ends, or all, by name.
func Files(t testing.TB, ends ...string) []File {
	t.Helper()
	root := filepath.Join(Folder(t, "corpus"), "files")
	var all []File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		fits := len(ends) == 0 || slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(path, end) })
		if err != nil || d.IsDir() || !fits {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		all = append(all, File{filepath.ToSlash(name), text})
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("read the corpus: %d files ending in %q, %v", len(all), ends, err)
	}
	return all
}

// Row is a line of a table, by the names in its head.
type Row map[string]string

// Table reads a file of tab-separated values with a head. Short lines lack their last cells.
func Table(t testing.TB, path string) []Row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("read %s: %d lines, %v", path, len(all), err)
	}
	var out []Row
	for _, cells := range all[1:] {
		row := Row{}
		for i, c := range cells[:min(len(cells), len(all[0]))] {
			row[all[0][i]] = c
		}
		out = append(out, row)
	}
	return out
}

// Manifest says of each file of the corpus, by name, where it is from and what it is.
func Manifest(t testing.TB) map[string]Row { return byName(t, "manifest.tsv") }

// Truth says of each script of the corpus, by name, what acorn makes of it.
func Truth(t testing.TB) map[string]Row { return byName(t, "parse-truth.tsv") }

func byName(t testing.TB, table string) map[string]Row {
	t.Helper()
	out := map[string]Row{}
	for _, row := range Table(t, filepath.Join(Folder(t, "corpus"), table)) {
		out[strings.TrimPrefix(row["path"], "files/")] = row
	}
	return out
}

package rule_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/rule"
)

// BenchmarkCorpus analyses every script of the corpus with all rules, on one core.
func BenchmarkCorpus(b *testing.B) {
	files, err := filepath.Glob("../../../shared/corpus/files/*/*")
	if err != nil || len(files) == 0 {
		b.Skip("the corpus is not here")
	}
	var texts [][]byte
	var names []string
	size := 0
	err = filepath.WalkDir("../../../shared/corpus/files", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".js") {
			return err
		}
		text, err := os.ReadFile(path)
		texts, names, size = append(texts, text), append(names, path), size+len(text)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for i, text := range texts {
			rule.Analyse(names[i], text)
		}
	}
}

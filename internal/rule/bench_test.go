package rule_test

import (
	"testing"

	"sallyport/internal/corpustest"
	"sallyport/internal/rule"
)

// BenchmarkCorpus analyses every script of the corpus with all rules, on one core.
func BenchmarkCorpus(b *testing.B) {
	files := corpustest.Files(b, ".js")
	size := 0
	for _, f := range files {
		size += len(f.Text)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, f := range files {
			rule.Analyse(f.Name, f.Text)
		}
	}
}

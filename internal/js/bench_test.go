package js

import (
	"testing"

	"sallyport/internal/corpustest"
)

func BenchmarkParse(b *testing.B) {
	var srcs [][]byte
	size := int64(0)
	for _, f := range corpustest.Files(b, ".js") {
		srcs = append(srcs, f.Text)
		size += int64(len(srcs[len(srcs)-1]))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, src := range srcs {
			Parse(src, Options{Name: "a.js"})
		}
	}
}

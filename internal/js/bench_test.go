package js

import "testing"

func BenchmarkParse(b *testing.B) {
	var srcs [][]byte
	size := int64(0)
	for _, path := range corpusFiles(b, ".js") {
		srcs = append(srcs, load(b, path))
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

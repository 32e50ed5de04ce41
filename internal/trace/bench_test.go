package trace

import (
	"strings"
	"testing"
)

// Every request of every run passes through the search.
func BenchmarkCanaries(b *testing.B) {
	c := NewCanaries([]Canary{
		{CanaryToken, "k7tq2mx9vb4w"}, {CanaryCookie, "c8hd3nz5ys1r"}, {CanaryEmail, "m4p9.decoy@decoy.example"}, {CanaryName, "Xq7 Pelican 81"},
		{CanaryDraft, "draft9wq2lk5zz"}, {CanaryStorage, "s3t8yb1nf6ja"}, {CanaryPassword, "pw5rg0hx2kqe"}, {CanaryKeys, "keys7vz4mdu1"},
	})
	for name, text := range map[string]string{
		"request": "https://wiki.test/w/api.php?action=query&titles=" + strings.Repeat("Some_page%7C", 100) + "&format=json&token=abcdef%2B%5C",
		"body":    strings.Repeat("some wikitext with [[links]] and {{templates|a=1}}\n", 20_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if len(c.Find(text)) > 0 {
					b.Fatal("something is found")
				}
			}
		})
	}
}

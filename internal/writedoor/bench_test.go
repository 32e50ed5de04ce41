package writedoor

import "testing"

func BenchmarkClassify(b *testing.B) {
	door := &Door{Wiki: newSmall()}
	for name, rest := range map[string]string{
		"View": "GET /wiki/Sandkasten", "Load": "GET /w/load.php?lang=de&modules=ext.gadget.a%2Cb%7Cjquery%2Csite&skin=vector",
	} {
		r := requestFrom("GET", rest[4:], "Mara")
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := door.Classify(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	r := requestFrom("POST", "/w/index.php?title=Sandkasten&action=submit wpTextbox1=lorem+ipsum&wpSummary=x&wpEditToken=y", "Mara")
	b.Run("Edit", func(b *testing.B) {
		for b.Loop() {
			if _, err := door.Classify(b.Context(), r); err != nil {
				b.Fatal(err)
			}
		}
	})
}

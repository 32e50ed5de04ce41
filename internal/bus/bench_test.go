package bus_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"sallyport/internal/bus"
)

func BenchmarkOpenInMemory(b *testing.B) {
	for b.Loop() {
		bus, err := bus.Open(b.Context(), bus.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := bus.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnItemFromAddToDone(b *testing.B) {
	for name, address := range map[string]string{"memory": "", "disk": "embedded:" + filepath.Join(b.TempDir(), "bus")} {
		b.Run(name, func(b *testing.B) {
			c, err := bus.Open(b.Context(), bus.Options{Address: address})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			w, err := c.Work(b.Context(), bus.WorkOptions{Name: "jobs", AckWait: silence, Most: 1000, Ranks: 1})
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if _, err := w.Add(b.Context(), "scan", 0, strconv.Itoa(i), []byte("a job of some length, as they are")); err != nil {
					b.Fatal(err)
				}
				item, err := w.Take(b.Context(), "scan")
				if err == nil {
					err = item.Done(b.Context())
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package sqlstore

import (
	"fmt"
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/store/storetest/pgtest"
)

// onBoth runs a benchmark on both databases, each with a few and with very many gadgets known: what it prints for the two
// should differ little.
func onBoth(b *testing.B, run func(b *testing.B, s *Store)) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("SQLite/%d", n), func(b *testing.B) { run(b, full(b, "sqlite:"+b.TempDir()+"/x.db", n)) })
		b.Run(fmt.Sprintf("PostgreSQL/%d", n), func(b *testing.B) {
			s := full(b, pgtest.Start(b), n)
			if _, err := s.writer.ExecContext(b.Context(), "VACUUM ANALYZE"); err != nil {
				b.Fatal(err)
			}
			run(b, s)
		})
	}
}

func BenchmarkChoose(b *testing.B) {
	onBoth(b, func(b *testing.B, s *Store) {
		for i := int64(0); b.Loop(); i++ {
			c := store.Choice{Wiki: "w", UserID: 1000 + i/7, Gadget: i%997 + 1, Since: time.Unix(i, 0)}
			if err := s.Choose(b.Context(), c); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReads(b *testing.B) {
	ids := []int64{1, 2, 3, 5, 8, 13, 21, 34, 55, 89}
	onBoth(b, func(b *testing.B, s *Store) {
		b.Run("Choices of 10", func(b *testing.B) {
			for b.Loop() {
				if choices, err := s.Choices(b.Context(), "w", 1); err != nil || len(choices) != 10 {
					b.Fatal(len(choices), err)
				}
			}
		})
		b.Run("Gadgets of 10", func(b *testing.B) {
			for b.Loop() {
				if gadgets, err := s.Gadgets(b.Context(), "w", ids); err != nil || len(gadgets) != len(ids) {
					b.Fatal(len(gadgets), err)
				}
			}
		})
		b.Run("Users", func(b *testing.B) {
			for b.Loop() {
				if users, err := s.Users(b.Context(), "w", 1000); err != nil || users != 999 {
					b.Fatal(users, err)
				}
			}
		})
	})
}

func BenchmarkPages(b *testing.B) {
	var titles []string
	for i := range 1000 {
		titles = append(titles, fmt.Sprintf("User:Person %d/gadget%d.gadget", i%100, i+1))
	}
	onBoth(b, func(b *testing.B, s *Store) {
		for _, n := range []int{1, 10, 100, 1000} {
			b.Run(fmt.Sprint("of ", n), func(b *testing.B) {
				for b.Loop() {
					if pages, err := s.Pages(b.Context(), "w", titles[:n]); err != nil || len(pages) != n {
						b.Fatal(len(pages), err)
					}
				}
			})
		}
	})
}

func BenchmarkList100k(b *testing.B) {
	onBoth(b, func(b *testing.B, s *Store) {
		for _, q := range []store.Query{
			{}, {Sort: "title"}, {Sort: "saved"}, {Owner: "Mara"}, {Offset: 900}, {Words: "rows 77"}, {Words: "gadget777."},
		} {
			b.Run(fmt.Sprintf("%+v", q), func(b *testing.B) {
				for b.Loop() {
					if _, total, err := s.List(b.Context(), "w", q); err != nil || total == 0 {
						b.Fatal(total, err)
					}
				}
			})
		}
	})
}

package storetest

import (
	"fmt"

	"sallyport/internal/store"
)

// listed asks the gallery and wants a total.
func (s subject) listed(q store.Query, total int) []store.Listed {
	s.t.Helper()
	rows, got, err := s.List(s.ctx, s.wiki, q)
	s.ok(err)
	s.equal(fmt.Sprintf("total of %+v", q), got, total)
	return rows
}

// order is the ids of rows.
func order(rows []store.Listed) []int64 {
	ids := []int64{}
	for _, row := range rows {
		ids = append(ids, row.PageID)
	}
	return ids
}

func gallery() []behaviour {
	return []behaviour{
		{"an empty gallery lists nothing", func(s subject) {
			s.equal("rows", order(s.listed(store.Query{}, 0)), []int64{})
			_, _, err := s.List(s.ctx, "no\x00wiki", store.Query{Owner: "a\x00b"})
			s.ok(err)
		}},
		{"the gallery shows the most used first and of equals the lower id", func(s subject) {
			s.saveGadgets(s.gadget(4, "d"), s.gadget(3, "c"), s.gadget(2, "b"), s.gadget(1, "a"))
			s.choose(1, 3)
			s.choose(2, 3)
			s.choose(1, 4)
			rows := s.listed(store.Query{}, 4)
			s.equal("order", order(rows), []int64{3, 4, 1, 2})
			s.equal("users", []int{rows[0].Users, rows[1].Users, rows[2].Users}, []int{2, 1, 0})
			s.equal("gadget", rows[0].Gadget, s.gadget(3, "c"))
			s.equal("asked by name", order(s.listed(store.Query{Sort: "users"}, 4)), []int64{3, 4, 1, 2})
			s.ok(s.Unchoose(s.ctx, s.wiki, 1, 3))
			s.ok(s.Unchoose(s.ctx, s.wiki, 2, 3))
			s.equal("later", order(s.listed(store.Query{}, 4)), []int64{4, 1, 2, 3})
		}},
		{"the gallery sorts by title without regard to case", func(s subject) {
			for id, name := range []string{"b", "B2", "a_", "A", "z", "Äb", "äa", "_"} {
				s.saveGadgets(s.gadget(int64(id+1), name))
			}
			// As bytes of the folded title: "." sorts before "_" and letters, and "ä" after "z".
			s.equal("order", order(s.listed(store.Query{Sort: "title"}, 8)), []int64{8, 4, 3, 1, 2, 5, 7, 6})
		}},
		{"the gallery sorts by what was saved last", func(s subject) {
			old, fresh := s.gadget(9, "old"), s.gadget(2, "fresh")
			old.Saved, fresh.Saved = after(1), after(99)
			s.saveGadgets(old, fresh, s.gadget(5, "middle"))
			s.equal("order", order(s.listed(store.Query{Sort: "saved"}, 3)), []int64{2, 5, 9})
			old.Saved = after(100)
			s.saveGadgets(old)
			s.equal("later", order(s.listed(store.Query{Sort: "saved"}, 3)), []int64{9, 2, 5})
		}},
		{"the gallery shows one person's gadgets", func(s subject) {
			noor := s.gadget(6, "hers")
			noor.Owner = "Noor"
			other := s.gadget(7, "other")
			other.Owner = "noor"
			s.saveGadgets(s.gadget(5, "mine"), noor, other)
			s.equal("hers", order(s.listed(store.Query{Owner: "Noor"}, 1)), []int64{6})
			s.equal("nobody's", order(s.listed(store.Query{Owner: "No%"}, 0)), []int64{})
			noor.Owner = "Noor Renamed"
			s.saveGadgets(noor)
			s.listed(store.Query{Owner: "Noor"}, 0)
			s.listed(store.Query{Owner: "Noor Renamed"}, 1)
		}},
		{"pages of the gallery follow each other without gap or overlap", func(s subject) {
			for id := range int64(57) {
				s.saveGadgets(s.gadget(id+1, fmt.Sprint("g", id)))
			}
			for _, sort := range []string{"", "title", "saved"} {
				s.equal("without a limit", len(s.listed(store.Query{Sort: sort}, 57)), 50)
				seen := map[int64]bool{}
				for offset := 0; offset < 60; offset += 10 {
					for _, id := range order(s.listed(store.Query{Sort: sort, Offset: offset, Limit: 10}, 57)) {
						seen[id] = true
					}
				}
				s.equal("seen by "+sort, len(seen), 57)
				s.equal("past the end", len(s.listed(store.Query{Sort: sort, Offset: 57}, 57)), 0)
			}
			s.equal("all", len(s.listed(store.Query{Limit: 500}, 57)), 57)
		}},
		{"the gallery counts a gadget once however often it is saved or dropped", func(s subject) {
			s.saveGadgets(s.gadget(1, "a"), s.gadget(1, "a"), s.gadget(2, "b"), s.gadget(1, "c"))
			s.listed(store.Query{}, 2)
			s.ok(s.DropGadget(s.ctx, s.wiki, 1))
			s.ok(s.DropGadget(s.ctx, s.wiki, 1))
			s.equal("rows", order(s.listed(store.Query{}, 1)), []int64{2})
			s.saveGadgets(s.gadget(1, "a"))
			s.listed(store.Query{}, 2)
		}},
		{"a gadget that is chosen but not known is not in the gallery", func(s subject) {
			s.choose(1, 77)
			for _, q := range []store.Query{{}, {Sort: "title"}, {Sort: "saved"}, {Owner: "Mara"}, {Words: "mara"}} {
				s.equal("rows", order(s.listed(q, 0)), []int64{})
			}
		}},
		{"a question the gallery cannot answer is refused", func(s subject) {
			for _, q := range []store.Query{{Limit: 501}, {Limit: -1}, {Offset: -1}, {Sort: "owner; DROP TABLE gallery"}} {
				_, _, err := s.List(s.ctx, s.wiki, q)
				s.refused(fmt.Sprintf("%+v", q), err)
			}
		}},
		{"the gallery's size is exact when many gadgets come and go at once", func(s subject) {
			s.together(8, func(i int) error {
				for n := range 10 {
					id := int64(i*10 + n + 1)
					if err := s.SaveGadget(s.ctx, s.gadget(id, fmt.Sprint("g", id))); err != nil {
						return err
					}
					if n%2 == 1 {
						if err := s.DropGadget(s.ctx, s.wiki, id); err != nil {
							return err
						}
					}
				}
				return nil
			})
			s.equal("rows", len(s.listed(store.Query{Limit: 100}, 40)), 40)
		}},
	}
}

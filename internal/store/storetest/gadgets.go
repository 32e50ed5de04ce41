package storetest

import (
	"fmt"
	"slices"

	"sallyport/internal/store"
)

// gadget is a gadget of Mara's with two files, one of them somebody else's.
func (s subject) gadget(id int64, name string) store.Gadget {
	return store.Gadget{
		Wiki: s.wiki, PageID: id, Title: "User:Mara/" + name + ".gadget", Name: name, OwnerID: 3, Owner: "Mara",
		RevID: 100 + id, Digest: store.DigestOf(name), Owners: map[string]int64{"Mara": 3, "Noor": 4}, Needs: map[string]int64{"User:Noor/lib.gadget": 9},
		Files:       []string{"User:Mara/" + name + ".js", "User:Noor/lib.js"},
		Description: "Does " + name + ".", Saved: after(int(id)),
	}
}

func (s subject) saveGadgets(list ...store.Gadget) {
	s.t.Helper()
	for _, g := range list {
		s.ok(s.SaveGadget(s.ctx, g))
	}
}

func (s subject) gadgets(ids ...int64) map[int64]store.Gadget {
	s.t.Helper()
	gadgets, err := s.Gadgets(s.ctx, s.wiki, ids)
	s.ok(err)
	return gadgets
}

// using is the ids of the gadgets that name a page.
func (s subject) using(title string) []int64 {
	s.t.Helper()
	ids, err := s.GadgetsUsing(s.ctx, s.wiki, title)
	s.ok(err)
	return ids
}

// titled wants a gadget, or 0 for none, under a title.
func (s subject) titled(title string, want int64) {
	s.t.Helper()
	g, err := s.GadgetByTitle(s.ctx, s.wiki, title)
	if want == 0 {
		s.missing(title, err)
		return
	}
	s.ok(err)
	s.equal(title, g.PageID, want)
}

func gadgets() []behaviour {
	return slices.Concat(gadgetsKept(), gadgetsByTitle(), gadgetsByFile(), gadgetsDropped())
}

func gadgetsKept() []behaviour {
	return []behaviour{
		{"a gadget comes back as it was saved", func(s subject) {
			g := s.gadget(5, "do_it")
			g.Problem = `The file "User:Noor/lib.js" is not there.`
			s.saveGadgets(g)
			s.equal("by id", s.gadgets(5), map[int64]store.Gadget{5: g})
			got, err := s.GadgetByTitle(s.ctx, s.wiki, g.Title)
			s.ok(err)
			s.equal("by title", got, g)
		}},
		{"a gadget with next to nothing comes back as it was saved", func(s subject) {
			bare := store.Gadget{Wiki: s.wiki, PageID: 5, Title: "User:Mara/a.gadget", Saved: after(0)}
			empty := s.gadget(6, "empty")
			empty.Owners, empty.Needs, empty.Files = map[string]int64{}, map[string]int64{}, []string{}
			s.saveGadgets(bare, empty)
			s.equal("gadgets", s.gadgets(5, 6), map[int64]store.Gadget{5: bare, 6: empty})
		}},
		{"a gadget saved again is replaced", func(s subject) {
			s.saveGadgets(s.gadget(5, "do_it"))
			g := s.gadget(5, "done")
			g.Owner, g.OwnerID, g.Owners, g.Needs, g.Description = "Noor", 4, nil, nil, ""
			g.Files = []string{"User:Noor/x.css"}
			s.saveGadgets(g)
			s.equal("gadgets", s.gadgets(5), map[int64]store.Gadget{5: g})
		}},
		{"ids that are not known are absent", func(s subject) {
			g := s.gadget(5, "do_it")
			s.saveGadgets(g)
			s.equal("gadgets", s.gadgets(-1, 0, 4, 5, 5, 6, 1<<62), map[int64]store.Gadget{5: g})
			s.equal("no ids", s.gadgets(), map[int64]store.Gadget{})
		}},
		{"more ids than a statement holds are asked for at once", func(s subject) {
			var ids []int64
			for id := range int64(1300) {
				ids = append(ids, id+1)
			}
			s.saveGadgets(s.gadget(1, "first"), s.gadget(513, "middle"), s.gadget(1300, "last"))
			s.equal("gadgets", len(s.gadgets(ids...)), 3)
		}},
		{"wikis of a farm have gadgets of the same id", func(s subject) {
			mine, theirs := s.gadget(5, "mine"), s.gadget(5, "theirs")
			theirs.Wiki = "other." + s.wiki
			s.saveGadgets(mine, theirs)
			s.equal("mine", s.gadgets(5)[5], mine)
			s.ok(s.DropGadget(s.ctx, theirs.Wiki, 5))
			s.equal("mine", s.gadgets(5)[5], mine)
		}},
		{"a description and a problem may hold any bytes", func(s subject) {
			g := s.gadget(5, "do_it")
			g.Description, g.Problem = "a\x00b\xff", "\x00'\\"
			s.saveGadgets(g)
			s.equal("gadgets", s.gadgets(5)[5], g)
		}},
		{"a gadget with an impossible name in it is refused whole", func(s subject) {
			for why, name := range unkeepable() {
				spoil := map[string]func(*store.Gadget){
					"title":  func(g *store.Gadget) { g.Title = name },
					"name":   func(g *store.Gadget) { g.Name = name },
					"owner":  func(g *store.Gadget) { g.Owner = name },
					"file":   func(g *store.Gadget) { g.Files = []string{"User:Mara/a.js", name} },
					"owners": func(g *store.Gadget) { g.Owners = map[string]int64{name: 1} },
					"needs":  func(g *store.Gadget) { g.Needs = map[string]int64{name: 1} },
				}
				for what, do := range spoil {
					g := s.gadget(5, "do_it")
					do(&g)
					s.refused(what+" with "+why, s.SaveGadget(s.ctx, g))
				}
			}
			s.equal("gadgets", s.gadgets(5), map[int64]store.Gadget{})
		}},
		{"a gadget without an id is refused", func(s subject) {
			s.refused("id 0", s.SaveGadget(s.ctx, s.gadget(0, "do_it")))
		}},
	}
}

func gadgetsByTitle() []behaviour {
	return []behaviour{
		{"a gadget that moved is found under its new title only", func(s subject) {
			s.saveGadgets(s.gadget(5, "old"), s.gadget(5, "new"))
			s.titled("User:Mara/new.gadget", 5)
			s.titled("User:Mara/old.gadget", 0)
		}},
		{"of two gadgets that claim a title the one saved last has it", func(s subject) {
			s.saveGadgets(s.gadget(5, "first"), s.gadget(6, "first"))
			s.titled("User:Mara/first.gadget", 6)
			s.saveGadgets(s.gadget(5, "elsewhere"))
			s.titled("User:Mara/first.gadget", 6)
			s.titled("User:Mara/elsewhere.gadget", 5)
		}},
		{"two gadgets that swap titles are found under the other's", func(s subject) {
			s.saveGadgets(s.gadget(5, "one"), s.gadget(6, "two"))
			s.together(2, func(i int) error {
				return s.SaveGadget(s.ctx, s.gadget(int64(5+i), []string{"two", "one"}[i]))
			})
			s.titled("User:Mara/two.gadget", 5)
			s.titled("User:Mara/one.gadget", 6)
		}},
		{"a title that no gadget has is not found", func(s subject) {
			s.titled("User:Mara/none.gadget", 0)
			for _, title := range unkeepable() {
				s.titled(title, 0)
			}
		}},
	}
}

func gadgetsByFile() []behaviour {
	return []behaviour{
		{"the gadgets that use a page are known in ascending order", func(s subject) {
			for _, id := range []int64{9, 100, 20} {
				s.saveGadgets(s.gadget(id, fmt.Sprint("g", id)))
			}
			s.equal("library", s.using("User:Noor/lib.js"), []int64{9, 20, 100})
			s.equal("one's own", s.using("User:Mara/g20.js"), []int64{20})
			s.equal("nobody's", len(s.using("User:Noor/lib.css")), 0)
			s.equal("impossible", len(s.using("a\x00b")), 0)
		}},
		{"a file that a gadget no longer names is no longer its", func(s subject) {
			g := s.gadget(5, "do_it")
			s.saveGadgets(g)
			g.Files = []string{"User:Mara/other.js", "User:Mara/other.js"}
			s.saveGadgets(g)
			s.equal("old", len(s.using("User:Mara/do_it.js")), 0)
			s.equal("new", s.using("User:Mara/other.js"), []int64{5})
		}},
		{"a gadget may name ten thousand files", func(s subject) {
			g := s.gadget(5, "huge")
			g.Files = nil
			for i := range 10_000 {
				g.Files = append(g.Files, fmt.Sprintf("User:Mara/%d.js", i))
			}
			s.saveGadgets(g)
			s.equal("files", s.gadgets(5)[5].Files, g.Files)
			s.equal("last", s.using("User:Mara/9999.js"), []int64{5})
		}},
	}
}

func gadgetsDropped() []behaviour {
	return []behaviour{
		{"a dropped gadget is forgotten everywhere", func(s subject) {
			s.saveGadgets(s.gadget(5, "do_it"))
			s.ok(s.DropGadget(s.ctx, s.wiki, 5))
			s.equal("by id", s.gadgets(5), map[int64]store.Gadget{})
			s.titled("User:Mara/do_it.gadget", 0)
			s.equal("by file", len(s.using("User:Noor/lib.js")), 0)
			s.listed(store.Query{}, 0)
		}},
		{"dropping what is not known is no error", func(s subject) {
			s.ok(s.DropGadget(s.ctx, s.wiki, 5))
			s.ok(s.DropGadget(s.ctx, "no\x00wiki", 5))
			s.listed(store.Query{}, 0)
		}},
		{"a gadget that comes back has the users it had", func(s subject) {
			g := s.gadget(5, "do_it")
			s.saveGadgets(g)
			s.choose(1, 5)
			s.choose(2, 5)
			s.ok(s.DropGadget(s.ctx, s.wiki, 5))
			s.equal("choices", len(s.choices(1)), 1)
			s.users(5, 2)
			s.ok(s.Unchoose(s.ctx, s.wiki, 2, 5))
			s.saveGadgets(g)
			s.equal("list", s.listed(store.Query{}, 1), []store.Listed{{Gadget: g, Users: 1}})
		}},
		{"a gadget saved and dropped from many sides at once is all there or all gone", func(s subject) {
			s.together(8, func(i int) error {
				for range 10 {
					if err := s.SaveGadget(s.ctx, s.gadget(5, fmt.Sprint("g", i))); err != nil {
						return err
					}
					if err := s.DropGadget(s.ctx, s.wiki, 5); err != nil {
						return err
					}
				}
				return nil
			})
			s.listed(store.Query{}, len(s.gadgets(5)))
			s.equal("uses", len(s.using("User:Noor/lib.js")), len(s.gadgets(5)))
			s.saveGadgets(s.gadget(5, "last"))
			s.listed(store.Query{}, 1)
			s.equal("uses", s.using("User:Noor/lib.js"), []int64{5})
		}},
	}
}

package storetest

import (
	"strings"

	"sallyport/internal/store"
)

// finds saves gadgets with these descriptions, ids from 1, and wants each search to find the ids it names.
func (s subject) finds(descriptions []string, want map[string][]int64) {
	s.t.Helper()
	for i, description := range descriptions {
		g := s.gadget(int64(i+1), "g")
		g.Title, g.Description = "User:Mara/g", description
		s.saveGadgets(g)
	}
	for words, ids := range want {
		rows := s.listed(store.Query{Words: words}, len(ids))
		s.equal("search for "+words, order(rows), ids)
	}
}

func search() []behaviour {
	none := []int64{}
	return []behaviour{
		{"a search looks into title, owner and description", func(s subject) {
			g := s.gadget(1, "Sort_rows")
			g.Title, g.Owner, g.Description = "User:Old_name/Sort_rows.gadget", "Mara Lind", "Orders tables."
			s.saveGadgets(g, s.gadget(2, "other"))
			for words, total := range map[string]int{
				"sort_rows": 1, "sort rows": 1, "lind": 1, "mara lind": 1, "old_name": 1, "tables.": 1, "mara": 2,
				"lind tables": 1, "lind other": 0, "order": 1, "lind\nOrders": 1, "linduser": 0,
			} {
				s.listed(store.Query{Words: words}, total)
			}
		}},
		{"every word of a search must occur, in any order", func(s subject) {
			s.finds([]string{"red fox", "fox, brown", "brown bear"}, map[string][]int64{
				"fox": {1, 2}, "brown fox": {2}, "fox brown": {2}, "fox bear": none, "  fox\t\n": {1, 2}, " ": {1, 2, 3},
			})
		}},
		{"a search does not regard case in any script", func(s subject) {
			s.finds([]string{"ÄRGER", "ärger", "Straße", "ΟΔΟΣ", "οδός", "ЁЛКА ёлка", "İzmir"}, map[string][]int64{
				"ärger": {1, 2}, "ÄRGER": {1, 2}, "STRASSE": {3}, "straße": {3}, "οδοσ": {4}, "ΟΔΌΣ": {5}, "Ёлка": {6},
				"İZMİR": {7},
			})
		}},
		{"a search does not regard how Unicode spells a letter", func(s subject) {
			s.finds([]string{"cafe\u0301", "café", "ｆｕｌｌ ﬁne"}, map[string][]int64{
				"CAFÉ": {1, 2}, "cafe\u0301": {1, 2}, "full": {3}, "fine": {3},
			})
		}},
		{"percent signs, underscores, backslashes and quotes stand for themselves", func(s subject) {
			s.finds([]string{"100%", "100x", "a_b", "axb", `c:\dir`, `c:/dir`, `it's "so"`, "its so"}, map[string][]int64{
				"100%": {1}, "%": {1}, "a_b": {3}, `\`: {5}, `c:\dir`: {5}, "'": {7}, `"so"`: {7}, `\%`: none, "%%": none,
			})
		}},
		{"a search finds right-to-left text with and without direction marks", func(s subject) {
			s.finds([]string{"כלי \u200fמיון\u200f לטבלאות", "أداة فرز", "\u202bمرتب\u202c"}, map[string][]int64{
				"מיון": {1}, "\u200eמיון לטבלאות": {1}, "فرز أداة": {2}, "مرتب": {3}, "\u200f": {1, 2, 3},
			})
		}},
		{"a search finds what is not a letter", func(s subject) {
			s.finds([]string{"🦊 fox", "日本語の道具", "a\x00b"}, map[string][]int64{
				"🦊": {1}, "道具": {2}, "ab": {3}, "a\x00b": {3}, "\xff": none,
			})
		}},
		{"a search goes together with owner, order and page", func(s subject) {
			for id := range int64(6) {
				g := s.gadget(id+1, string(rune('f'-id)))
				g.Description = "fox"
				if id%2 == 1 {
					g.Owner = "Noor"
				}
				s.saveGadgets(g)
			}
			s.choose(1, 4)
			q := store.Query{Words: "FOX", Owner: "Noor"}
			s.equal("by users", order(s.listed(q, 3)), []int64{4, 2, 6})
			q.Sort = "title"
			s.equal("by title", order(s.listed(q, 3)), []int64{6, 4, 2})
			q.Limit, q.Offset = 1, 1
			s.equal("second", order(s.listed(q, 3)), []int64{4})
		}},
		{"a search without end is refused", func(s subject) {
			for _, words := range []string{strings.Repeat("a ", 33), strings.Repeat("%", 1001)} {
				_, _, err := s.List(s.ctx, s.wiki, store.Query{Words: words})
				s.refused(words, err)
			}
			s.listed(store.Query{Words: strings.Repeat("%", 1000)}, 0)
			s.listed(store.Query{Words: strings.Repeat("a ", 32)}, 0)
		}},
	}
}

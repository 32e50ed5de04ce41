package violation

import (
	"cmp"
	"slices"
)

// Fold joins rows whose keys an edit makes equal, for instance one that forgets the day. The order follows from the keys.
func Fold(rows []Row, edit func(*Key)) []Row {
	at := map[Key]int{}
	var list []Row
	for i := range rows {
		k := rows[i].Key
		edit(&k)
		j, ok := at[k]
		if !ok {
			j = len(list)
			at[k] = j
			list = append(list, Row{Key: k})
		}
		list[j].Add(&rows[i])
	}
	slices.SortFunc(list, func(a, b Row) int { return a.Key.Compare(b.Key) })
	return list
}

// Compare orders keys: by wiki and day, then by what was blocked.
func (k Key) Compare(o Key) int {
	only := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(k.Wiki, o.Wiki), cmp.Compare(k.Day, o.Day), cmp.Compare(k.Directive, o.Directive), cmp.Compare(k.Blocked, o.Blocked),
		cmp.Compare(k.Source, o.Source), cmp.Compare(only(k.ReportOnly), only(o.ReportOnly)), cmp.Compare(k.Noise, o.Noise))
}

// ForEverybody returns what people who are not operators may see: a row with fewer than k people loses its script, and
// when it still has fewer, its host.
func ForEverybody(rows []Row, k int) []Row {
	few := func(r *Row) bool { return r.Users.Count() < k }
	shown, rest := apart(rows, few)
	more, rest := apart(Fold(rest, func(key *Key) { key.Source = "" }), few)
	return Fold(slices.Concat(shown, more, Fold(rest, func(key *Key) { key.Source, key.Blocked = "", Other })), func(*Key) {})
}

func apart(rows []Row, second func(*Row) bool) (one, other []Row) {
	for i := range rows {
		if second(&rows[i]) {
			other = append(other, rows[i])
		} else {
			one = append(one, rows[i])
		}
	}
	return one, other
}

// SuspectInjectors marks as noise what several people of a single network report without a script of ours behind it, while
// nobody elsewhere does: a provider writes into their pages. It changes what is read, never what is kept.
func SuspectInjectors(rows []Row) []Row {
	hosts := map[string]*Row{}
	for _, r := range Fold(rows, func(k *Key) { *k = Key{Wiki: k.Wiki, Blocked: k.Blocked, Source: k.Source} }) {
		h := hosts[r.Wiki+"\n"+r.Blocked]
		if h == nil {
			h = &Row{Key: r.Key}
			hosts[r.Wiki+"\n"+r.Blocked] = h
		}
		h.Add(&r)
		if r.Source != "" {
			h.Source = r.Source
		}
	}
	list := slices.Clone(rows)
	for i := range list {
		h := hosts[list[i].Wiki+"\n"+list[i].Blocked]
		if list[i].Noise == None && h.Source == "" && h.Users.Count() >= 3 && h.Networks.Count() == 1 {
			list[i].Noise = Injector
		}
	}
	return list
}

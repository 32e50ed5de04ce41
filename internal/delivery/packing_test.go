package delivery

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModuleListsExpandAsResourceLoaderDoes(t *testing.T) {
	for packed, want := range map[string][]string{
		"":                            nil,
		"jquery":                      {"jquery"},
		"foo.bar,baz|bar.baz,quux|jq": {"foo.bar", "foo.baz", "bar.baz", "bar.quux", "jq"},
		"a,b":                         {"a", "b"},
		"ext.usergadget.p1,p2":        {"ext.usergadget.p1", "ext.usergadget.p2"},
		"foo.bar":                     {"foo.bar"},
		"a.b.c,d":                     {"a.b.c", "a.b.d"},
		"|":                           {""},
		"a||b":                        {"a", "", "b"},
		"x.,y":                        {"x.", "x.y"},
		"a,b.c":                       {"a,b.c"}, // the group splits at the last dot of the whole group
		"a|a|a":                       {"a"},
	} {
		if got := expand(packed); !cmp.Equal(got, want) {
			t.Errorf("expand(%q) = %q, want %q", packed, got, want)
		}
	}
}

func TestAListOfAMillionModulesIsBounded(t *testing.T) {
	if got := expand("a." + strings.Repeat("b,", 1_000_000)); len(got) > maxModules {
		t.Errorf("%d names", len(got))
	}
}

func FuzzPackingIsUndoneByExpanding(f *testing.F) {
	f.Add("ext.usergadget.p1 ext.usergadget.p2 jquery mediawiki.util")
	f.Add("a.b a.c b a")
	f.Add("")
	f.Add(". 0")
	f.Fuzz(func(t *testing.T, list string) {
		expand(list) // hostile lists must not panic
		var names []string
		for _, name := range strings.Fields(list) {
			// With nothing before its only dot a name loses the dot in mw.loader's own packing.
			if validName(name) && strings.LastIndexByte(name, '.') != 0 && !slices.Contains(names, name) && len(names) < maxModules {
				names = append(names, name)
			}
		}
		got := expand(pack(names))
		slices.Sort(got)
		slices.Sort(names)
		if !slices.Equal(got, names) {
			t.Errorf("%q became %q by way of %q", names, got, pack(names))
		}
	})
}

// pack is what mw.loader does with a list before it asks: names with a common prefix share it.
func pack(names []string) string {
	var prefixes []string
	groups := map[string][]string{}
	for _, name := range names {
		prefix, suffix := "", name
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			prefix, suffix = name[:dot+1], name[dot+1:]
		}
		if !slices.Contains(prefixes, prefix) {
			prefixes = append(prefixes, prefix)
		}
		groups[prefix] = append(groups[prefix], suffix)
	}
	for i, prefix := range prefixes {
		prefixes[i] = prefix + strings.Join(groups[prefix], ",")
	}
	return strings.Join(prefixes, "|")
}

package fakewiki

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The vectors were computed with PHP's fnv132.
func TestHashesAreThoseOfResourceLoader(t *testing.T) {
	for in, want := range map[string]string{"": "ztntf", "a": "1efc7", "foobar": "duu7a", "site1": "b0vih", "jq001base1": "z6zdv", "x44700": "0gghe"} {
		if got := loadHash(in); got != want {
			t.Errorf("loadHash(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestModuleListsArePackedByWhatStandsBeforeTheLastDot(t *testing.T) {
	names := []string{"foo.bar", "foo.baz", "bar.baz", "bar.quux", "jquery"}
	if got := pack(names); got != "foo.bar,baz|bar.baz,quux|jquery" {
		t.Errorf("pack = %q", got)
	}
	for packed, want := range map[string][]string{
		"foo.bar,baz|bar.baz,quux|jquery": names,
		"a,b":                             {"a", "b"},
		"a.b,c.d,e":                       {"a.b,c.d", "a.b,c.e"},
		"":                                nil,
		"||,,|.,":                         nil,
		"a|a|a":                           {"a"},
		"ext.usergadget.p12,p7":           {"ext.usergadget.p12", "ext.usergadget.p7"},
	} {
		if got := unpack(packed); !slices.Equal(got, want) {
			t.Errorf("unpack(%q):\n%s", packed, cmp.Diff(want, got))
		}
	}
	if n := len(unpack(strings.Repeat("x,", 100) + strings.Join(strings.Split(strings.Repeat("ab", 5000), ""), ","))); n > maxModules {
		t.Errorf("%d names came out", n)
	}
}

func FuzzPackedListsComeBackAsTheyWere(f *testing.F) {
	for _, s := range []string{"a", "a.b,c|d", "x,y.z,w", "|,|.,", "ext.gadget.A,B|jquery", "\x00,\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, packed string) {
		names := slices.DeleteFunc(unpack(packed), func(n string) bool {
			return strings.ContainsAny(n, ",|!") || strings.HasSuffix(n, ".") || strings.HasPrefix(n, ".")
		})
		again := unpack(pack(names))
		slices.Sort(names)
		slices.Sort(again)
		if !slices.Equal(names, again) {
			t.Fatalf("%q unpacked to %q, packed as %q, unpacked to %q", packed, names, pack(names), again)
		}
	})
}

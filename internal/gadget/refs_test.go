package gadget

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/wiki"
)

func TestPagesOfOtherPeopleAreNamed(t *testing.T) {
	d, mistakes := Parse([]byte(`{"module":{"pages":["/a.js","User:Ira/b.js","MediaWiki:Gadget-c.js","user:mara/d.js","User:Zoë fox/e.css","User:Ira/f.css"]}}`),
		testOptions)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if diff := cmp.Diff([]string{"Ira", "Zoë fox"}, d.OtherOwners(testOptions.Site, testOptions.Title)); diff != "" {
		t.Error(diff)
	}
	want := []wiki.Title{{NS: 2, Key: "Mara/a.js"}, {NS: 2, Key: "Ira/b.js"}, {NS: 8, Key: "Gadget-c.js"}, {NS: 2, Key: "Mara/d.js"},
		{NS: 2, Key: "Zoë_fox/e.css"}, {NS: 2, Key: "Ira/f.css"}}
	if diff := cmp.Diff(want, d.Titles(testOptions.Site, testOptions.Title)); diff != "" {
		t.Error(diff)
	}
}

// A user is renamed and the pages move along: names that begin with a slash follow, whole titles do not.
func TestNamesThatBeginWithASlashFollowTheirOwner(t *testing.T) {
	d, _ := Parse([]byte(`{"module":{"pages":["/a.js","User:Mara/b.js"]}}`), testOptions)
	renamed := wiki.Title{NS: wiki.NSUser, Key: "Mara_the_2nd/doit.gadget"}
	want := []wiki.Title{{NS: 2, Key: "Mara_the_2nd/a.js"}, {NS: 2, Key: "Mara/b.js"}}
	if diff := cmp.Diff(want, d.Titles(testOptions.Site, renamed)); diff != "" {
		t.Error(diff)
	}
}

func TestDependenciesAreModulesOrGadgets(t *testing.T) {
	d := &Definition{Module: Module{
		Dependencies: []string{"mediawiki.util", "User:ira/lib.gadget", "user:Ira/lib", "BN:Ira/x.helferlein", "/own", "User:Mara", "a,b", "en:x"},
		Peers:        []string{"HotCat styles", "/own.gadget", "1x"},
	}}
	show := func(refs []Ref) (out []string) {
		for _, r := range refs {
			if r.Gadget != nil {
				out = append(out, testOptions.Site.PrefixedText(*r.Gadget))
			} else {
				out = append(out, r.Module)
			}
		}
		return out
	}
	want := []string{"mediawiki.util", "Benutzer:Ira/lib.gadget", "Benutzer:Ira/lib.gadget", "Benutzer:Ira/x.helferlein", "Benutzer:Mara/own.gadget", "en:x"}
	if diff := cmp.Diff(want, show(d.Requires(testOptions.Site, testOptions.Title, testOptions.Suffixes))); diff != "" {
		t.Error(diff)
	}
	want = []string{"ext.gadget.HotCat_styles", "Benutzer:Mara/own.gadget"}
	if diff := cmp.Diff(want, show(d.PeerRefs(testOptions.Site, testOptions.Title, testOptions.Suffixes))); diff != "" {
		t.Error(diff)
	}
}

func TestWhichTitlesAreDefinitions(t *testing.T) {
	for key, want := range map[string]string{
		"Mara/doit.gadget": "doit", "Mara/tools/do_it.gadget": "tools/do it", "Mara/x.helferlein": "x",
		"Mara/.gadget": "", "Mara/x/.gadget": "", "Mara.gadget": "", "Mara/doit.js": "", "Mara/doit.gadget/talk": "", "Mara/doit.Gadget": "",
	} {
		title := wiki.Title{NS: wiki.NSUser, Key: key}
		if got := Name(title, testOptions.Suffixes); got != want || IsDefinition(title, testOptions.Suffixes) != (want != "") {
			t.Errorf("Name(%q) = %q, IsDefinition %v; want %q", key, got, IsDefinition(title, testOptions.Suffixes), want)
		}
	}
	for _, title := range []wiki.Title{{NS: wiki.NSMain, Key: "Mara/x.gadget"}, {NS: wiki.NSUser, Key: "/x.gadget"}, {NS: wiki.NSMediaWiki, Key: "X/x.gadget"}} {
		if IsDefinition(title, nil) {
			t.Errorf("%v is taken for a definition", title)
		}
	}
	if !IsDefinition(wiki.Title{NS: wiki.NSUser, Key: "Mara/x.gadget"}, nil) || IsDefinition(wiki.Title{NS: wiki.NSUser, Key: "Mara/x.helferlein"}, nil) {
		t.Error("without a suffix given, it is not .gadget")
	}
}

// list is n entries of a JSON list.
func list(n int, format string) string {
	entries := make([]string, n)
	for i := range entries {
		entries[i] = fmt.Sprintf(format, i)
	}
	return "[" + strings.Join(entries, ",") + "]"
}

func TestWhatIsTooMuchGetsOneClearError(t *testing.T) {
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct{ page, code, pointer, says string }{
		"ten thousand pages": {`{"module":{"pages":` + list(10_000, `"/%d.js"`) + `}}`, "too-many", "/module/pages", "10000 entries; at most 200"},
		"a module name of 300 bytes": {`{"module":{"pages":["/a.js"],"dependencies":["` + long + `"]}}`, "too-long", "/module/dependencies/0",
			"300 bytes long; at most 255"},
		"a title of 300 bytes": {`{"module":{"pages":["/` + long + `.js"]}}`, "bad-title", "/module/pages/0", "too long"},
		"many messages":        {`{"module":{"pages":["/a.js"],"messages":` + list(501, `"m%d"`) + `}}`, "too-many", "/module/messages", "at most 500"},
		"many rights":          {`{"settings":{"rights":` + list(201, `"r%d"`) + `},"module":{"pages":["/a.js"]}}`, "too-many", "/settings/rights", "at most 200"},
		"a long description":   {`{"description":"` + strings.Repeat("ä", 501) + `","module":{"pages":["/a.js"]}}`, "too-long", "/description", "501 characters"},
		"a big page":           {`{"module":{"pages":["/a.js"]}}` + strings.Repeat(" ", MaxBytes), "too-large", "", "at most 262144"},
		"deep nesting":         {strings.Repeat(`{"a":`, 100_000/5), "syntax", "", "nested more than 32"},
		"deep lists":           {strings.Repeat(`[`, 100_000), "syntax", "", "nested more than 32"},
		"an open text":         {`{"a":"` + strings.Repeat("x", 100_000), "syntax", "", "ends inside a text"},
	} {
		_, mistakes := Parse([]byte(c.page), testOptions)
		if len(mistakes) != 1 || mistakes[0].Severity != Error || mistakes[0].Code != c.code || mistakes[0].Pointer != c.pointer ||
			!strings.Contains(mistakes[0].Message, c.says) || len(mistakes[0].String()) > 300 {
			t.Errorf("%s: %.500v", name, mistakes)
		}
	}
}

func TestMistakesAreCountedWhenThereAreTooMany(t *testing.T) {
	_, mistakes := Parse([]byte(`{"module":{"pages":["/a.js"],"dependencies":`+list(150, `%d`)+`}}`), testOptions)
	last := mistakes[len(mistakes)-1]
	if len(mistakes) != maxMistakes+1 || last.Code != "too-many-mistakes" || last.Severity != Error || !strings.Contains(last.Message, "50 more") {
		t.Errorf("%d mistakes, the last is %v", len(mistakes), last)
	}
}

func TestABigWikitextPageIsRefused(t *testing.T) {
	entries, mistakes := ParseWikitext(strings.Repeat("<!-- ", maxWikitext/5+1))
	if len(entries) > 0 || !Refused(mistakes) {
		t.Errorf("%d entries, %v", len(entries), mistakes)
	}
	if entries, _ := ParseWikitext(strings.Repeat("<!-- ", maxWikitext/5) + "-->"); len(entries) != 0 {
		t.Errorf("%d entries in a comment", len(entries))
	}
}

func TestADefinitionCanBeCheckedBeforeItHasATitle(t *testing.T) {
	d, mistakes := Parse([]byte(`{"module":{"pages":["/a.js","User:Ira/b.css"],"dependencies":["User:Ira/lib","x"]}}`), Options{})
	if d == nil || len(mistakes) > 0 || len(d.Module.Dependencies) != 2 {
		t.Errorf("%+v, %v", d, mistakes)
	}
	_, mistakes = Parse([]byte(`{"module":{"pages":["/a.js"]}}`), Options{Site: testSite()})
	if !Refused(mistakes) || !strings.Contains(mistakes[0].Message, "this definition has none") {
		t.Errorf("a relative name without an owner: %v", mistakes)
	}
	if d, mistakes := Parse([]byte("\uFEFF"+`{"module":{"pages":["/a.js"],"x":1}}`), Options{}); d == nil || len(mistakes) != 1 || mistakes[0].Column != 30 {
		t.Errorf("a byte order mark: %v", mistakes)
	}
}

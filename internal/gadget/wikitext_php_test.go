package gadget

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const gadgetsReader = "/usr/share/mediawiki/extensions/Gadgets/includes/MediaWikiGadgetsDefinitionRepo.php"

// phpGadget is a gadget as the extension of MediaWiki 1.39 knows it.
type phpGadget struct {
	Name, Category, Type                                    string
	ResourceLoaded, OnByDefault, Hidden, Package            bool
	SupportsURLLoad                                         bool
	RequiredRights, RequiredActions, RequiredSkins, Targets []string
	Dependencies, Peers, Scripts, Styles, Datas             []string
}

// asPHP tells an entry the same way.
func asPHP(e Entry) phpGadget {
	s, m := e.Definition.Settings, e.Definition.Module
	g := phpGadget{e.ID, s.Section, m.Type, !e.Legacy, s.Default, s.Hidden, s.Package, s.SupportsURLLoad,
		s.Rights, s.Actions, s.Skins, e.Targets, m.Dependencies, m.Peers, nil, nil, nil}
	for _, p := range m.Pages {
		switch kindOf(p) {
		case script:
			g.Scripts = append(g.Scripts, p)
		case style:
			g.Styles = append(g.Styles, p)
		case data:
			g.Datas = append(g.Datas, p)
		}
	}
	return g
}

// normalise takes out what we read otherwise on purpose. Spaces around page names go (titles lose them anyway), and kinds
// go by suffix as in later releases, where 1.39 takes "x.js.txt" for a script. Types there are not mean nothing, and
// the empty right is everybody's.
func (g phpGadget) normalise() phpGadget {
	pages := slices.Concat(g.Scripts, g.Styles, g.Datas)
	g.Scripts, g.Styles, g.Datas = nil, nil, nil
	for _, p := range pages {
		switch p = trim(p); kindOf(p) {
		case script:
			g.Scripts = append(g.Scripts, p)
		case style:
			g.Styles = append(g.Styles, p)
		case data:
			g.Datas = append(g.Datas, p)
		}
	}
	g.RequiredRights = slices.DeleteFunc(g.RequiredRights, func(r string) bool { return r == "" })
	g.Type = moduleType([]string{g.Type})
	return g
}

// wikitextPages are put together from pieces, the same in every run.
func wikitextPages(n int) []string {
	pieces := []string{"* ", "*", "** ", "\n", "\n* ", "\r\n* ", "\r", "a", "B9", "-x", "_", " ", "\t", "\v", "[", "]", "[ResourceLoader]",
		"[ResourceLoader|", "|", "|", "|x.js", "|y.css", " | z.json ", "|x.js", "==", "== s ==\n", "\n===t===\n", "=", ":", ".", "<!--", "-->", "<!-- c -->",
		"dependencies=a,b", "rights = edit ,move", "skins=vector", "default", "hidden", "package", "type=styles", "type=x", "peers=p",
		"supportsUrlLoad", "supportsUrlLoad=false", "actions=", "targets=desktop,mobile", "ä", "\x00", "future=1"}
	r := rand.New(rand.NewPCG(3, 4))
	some := func(b *strings.Builder, most int) {
		for range r.IntN(most) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
	}
	pages := make([]string, n)
	for i := range pages {
		var b strings.Builder
		for range r.IntN(4) {
			some(&b, 3)
			b.WriteString("* a")
			some(&b, 3)
			b.WriteString("[ResourceLoader|")
			some(&b, 5)
			b.WriteString("]|x.js")
			some(&b, 4)
			b.WriteString("\n")
		}
		some(&b, 6)
		pages[i] = b.String()
	}
	return pages
}

func TestWikitextIsReadAsTheGadgetsExtensionReadsIt(t *testing.T) {
	php, err := exec.LookPath("php")
	if _, missing := os.Stat(gadgetsReader); missing != nil || err != nil {
		if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
			t.Fatal("php and Debian's mediawiki package are needed")
		}
		t.Skip("php or Debian's mediawiki package is not installed")
	}
	pages := wikitextPages(20_000)
	for _, c := range corpusDefinitions(t) {
		if c.kind == "wikitext" {
			pages = append(pages, c.text)
		}
	}
	var asked []string
	for _, p := range pages {
		asked = append(asked, hex.EncodeToString([]byte(p)))
	}
	in, _ := json.Marshal(asked)
	cmd := exec.CommandContext(t.Context(), php, "testdata/gadgets.php", gadgetsReader)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("php: %v\n%s", err, out)
	}
	var answers [][]phpGadget
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	gadgets := 0
	for i, page := range pages {
		entries, _ := ParseWikitext(page)
		var got, want []phpGadget
		for _, e := range entries {
			got = append(got, asPHP(e).normalise())
		}
		for _, g := range answers[i] {
			want = append(want, g.normalise())
		}
		gadgets += len(want)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-extension +ours):\n%s", page, diff)
		}
	}
	t.Logf("%d pages with %d gadgets read alike", len(pages), gadgets)
}

package incident

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// program writes a script of n statements, different for each seed. It does nothing and is run by nobody.
func program(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	methods := strings.Fields("get post append prepend text html show hide each map filter find first last on off trigger then done fail attr prop css width height split join slice push")
	for range 25 { // names of its own
		methods = append(methods, fmt.Sprintf("m%d", r.IntN(2000)))
	}
	var b strings.Builder
	for i := range n {
		v := fmt.Sprintf("v%d", i)
		switch r.IntN(4) {
		case 0:
			fmt.Fprintf(&b, "var %s = $('%s').%s(%d).%s('x');\n", v, v, methods[r.IntN(len(methods))], r.IntN(100), methods[r.IntN(len(methods))])
		case 1:
			fmt.Fprintf(&b, "function %s(a, b) { return a.%s(b.%s); }\n", v, methods[r.IntN(len(methods))], methods[r.IntN(len(methods))])
		case 2:
			fmt.Fprintf(&b, "if (%s.%s > %d) { %s.%s(); }\n", v, methods[r.IntN(len(methods))], r.IntN(9), v, methods[r.IntN(len(methods))])
		default:
			fmt.Fprintf(&b, "new mw.Api().%s({ action: '%s' }).%s(%s);\n", methods[r.IntN(len(methods))], v, methods[r.IntN(len(methods))], v)
		}
	}
	return b.String()
}

// mutated renames what can be renamed, changes every string and number, adds comments, and puts a foreign statement after
// every fifth.
func mutated(text string, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		for v := 40; v >= 0; v-- {
			line = strings.ReplaceAll(line, fmt.Sprintf("v%d", v), fmt.Sprintf("q%d_%d", seed, v))
		}
		fmt.Fprintf(&b, "%s /* %d */\n", strings.ReplaceAll(line, " = ", "\t=\n"), r.IntN(1000))
		if i%5 == 4 {
			b.WriteString(strings.TrimSpace(program(seed*1000+uint64(i), 1)) + "\n")
		}
	}
	return b.String()
}

func TestAMutatedTextIsKnownAgainAndAForeignOneIsNot(t *testing.T) {
	lowest, highest := 1.0, 0.0
	for seed := range uint64(50) {
		text := program(seed, 30)
		share, shared := Read(text).Overlap(Read(mutated(text, seed+100)))
		lowest = min(lowest, share)
		if share < 0.6 || shared < 12 {
			t.Errorf("seed %d: a mutated text shares %.2f, %d fingerprints", seed, share, shared)
		}
		share, shared = Read(text).Overlap(Read(program(seed+1000, 30)))
		highest = max(highest, share)
		if share >= 0.6 && shared >= 12 {
			t.Errorf("seed %d: two foreign texts share %.2f, %d fingerprints", seed, share, shared)
		}
	}
	t.Logf("of 50 texts of 30 statements: mutated ones share at least %.2f, foreign ones at most %.2f", lowest, highest)
}

func TestATextIsFoundInsideALongOne(t *testing.T) {
	text := program(1, 30)
	long := program(2, 300) + text + program(3, 300)
	if share, shared := Read(text).Overlap(Read(long)); share < 0.6 || shared < 12 {
		t.Errorf("inside 600 statements: %.2f, %d", share, shared)
	}
	if share, _ := Added(program(2, 300), program(2, 300)+text).Overlap(Read(text)); share < 0.9 {
		t.Errorf("what was added to a long text shares %.2f with itself", share)
	}
}

func TestALoaderIsRecognisedInEveryForm(t *testing.T) {
	for _, text := range []string{
		`importScript('User:Mara/tool.js');`,
		`mw.loader.load("/w/index.php?title=User:Mara/tool.js&action=raw&ctype=text/javascript");`,
		`mw.loader.load('//wiki.test/w/index.php?title=User%3AMara%2Ftool.js&action=raw');`,
		"$.getScript(`/w/index.php?title=user:mara/tool.js`)",
		`importScript('User:' + 'Mara/' + 'tool.js')`,
		`import('/wiki/User:Mara/tool.js?action=raw')`,
	} {
		if !Read(text).Names("User:Mara/tool.js") {
			t.Errorf("%s names no page", text)
		}
	}
	for _, text := range []string{`importScript('User:Mara/tool.json');`, `importScript('User:Mara/other.js');`, `// importScript('User:Mara/tool.js')`, ``} {
		if Read(text).Names("User:Mara/tool.js") {
			t.Errorf("%s names the page", text)
		}
	}
	if Added(`importScript('User:Mara/tool.js');`, `importScript('User:Mara/tool.js'); x();`).Names("User:Mara/tool.js") {
		t.Error("a loader that was there before counts as new")
	}
	if !Read(`mw.loader.load('User:Mara/my_tool.js')`).Names("User:Mara/my tool.js") {
		t.Error("an underscore is not a space")
	}
}

func FuzzSketchesNeverFail(f *testing.F) {
	for _, s := range []string{"", "'", "/*", "//", "`a\n", "'\\", "a+'b'+'c'", "\xff\xfe", "<!--", "/'/", program(1, 5)} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		s := Added(a, b)
		if share, shared := s.Overlap(Read(b)); share < 0 || share > 1 || shared < 0 {
			t.Fatalf("share %f, %d", share, shared)
		}
		if share, _ := Read(a).Overlap(Read(a)); len(Read(a).prints) > 0 && share != 1 {
			t.Fatalf("a text shares %f with itself", share)
		}
	})
}

func BenchmarkReading100kB(b *testing.B) {
	text := program(1, 3000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(text)
	}
}

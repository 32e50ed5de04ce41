package js

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"unicode/utf16"

	"sallyport/internal/corpustest"
	"sallyport/internal/npmtest"
)

// The parser is our own, so another one's trees are the measure: kind, offsets and values of every node.
func TestTreesAgreeWithAcornsNodeByNode(t *testing.T) {
	acorn := filepath.Join(npmtest.Package(t, "acorn", "8.19.0"), "dist", "acorn.js")
	var files []string
	for _, f := range corpustest.Files(t, ".js") {
		files = append(files, filepath.Join(corpustest.Folder(t, "corpus"), "files", filepath.FromSlash(f.Name)))
	}
	tests, err := filepath.Glob(filepath.Join(npmtest.Package(t, "test262-parser-tests", "0.0.5"), "pass*", "*.js"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, tests...)
	cmd := exec.Command("node", filepath.Join("testdata", "acorn.js"), acorn)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	out, err := cmd.Output()
	if err != nil {
		npmtest.Missing(t, "node: "+err.Error())
	}
	nodes, refused, wrong := 0, 0, 0
	for _, file := range bytes.Split(out, []byte("= /"))[1:] {
		lines := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
		path, verdict, want := "/"+lines[0], lines[len(lines)-1], lines[1:len(lines)-1]
		if verdict != "." {
			refused++
			continue
		}
		src := load(t, path)
		o := Options{Name: path}
		if strings.HasSuffix(path, ".module.js") {
			o.Goal = ModuleGoal
		}
		s := Parse(src, o)
		got := estree(s.Tree)
		nodes += len(got)
		want = slices.DeleteFunc(want, func(line string) bool { return line == "" })
		sort.Strings(want)
		if d := firstDifference(got, want); d != "" {
			if wrong++; wrong <= 20 {
				t.Errorf("%s: %s", path, d)
			}
		}
	}
	t.Logf("%d files, %d nodes; acorn refuses %d, trees differ in %d", len(files), nodes, refused, wrong)
}

func firstDifference(got, want []string) string {
	if slices.Equal(got, want) {
		return ""
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return fmt.Sprintf("we say %v, acorn says %v", got[min(i, len(got)):min(i+2, len(got))], want[min(i, len(want)):min(i+2, len(want))])
		}
	}
	return ""
}

// estree prints a tree as testdata/acorn.js does.
func estree(t *Tree) []string {
	var lines []string
	add := func(start, end int, kind, says string) {
		lines = append(lines, fmt.Sprintf("%d %d %s %s", start, end, kind, says))
	}
	t.Walk(t.Root, func(n Node) bool {
		kind, says := t.Kind(n).String(), ""
		switch t.Kind(n) {
		case Program, ImportSpec, ExportSpec:
			return true
		case Ident, Name, PrivateName:
			kind, says = "word", t.Name(n)
		case String, TemplateText:
			says = escaped(t.Str(n))
			if t.Kind(n) == TemplateText && t.Is(n, IsEscaped) {
				says = ""
			}
		case Regexp:
			says = escaped(t.Str(n)) + "/" + t.RegexpFlags(n)
		case Dot:
			add(t.NameStart(n), t.End(n), "word", t.Name(n))
		case Unary, Update, Binary, Logical, Assign, VarDecl, Bool, Property, Method:
			says = t.Op(n).String()
		}
		add(t.Start(n), t.End(n), kind, says)
		return true
	})
	sort.Strings(lines)
	return lines
}

func escaped(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, u := range utf16.Encode([]rune(s)) {
		switch i := strings.IndexByte("\"\\\b\f\n\r\t", byte(u)); {
		case u < 0x80 && i >= 0:
			b.WriteString(`\` + string(`"\bfnrt`[i]))
		case u < ' ' || u >= 0x7f:
			fmt.Fprintf(&b, `\u%04x`, u)
		default:
			b.WriteByte(byte(u))
		}
	}
	b.WriteByte('"')
	return b.String()
}

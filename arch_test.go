// Package sallyport_test holds the architecture as a test: who may import whom, and who may touch what.
//
// It walks the tree and reads imports in-process, so that go test's cache sees every file it depends on.
package sallyport_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers, lowest first: imports only ever point up this list, to an earlier line.
// Packages on one line do not know each other.
var layers = [][]string{
	// words
	{"internal/wiki", "internal/capability", "internal/lines", "internal/csp", "internal/violation", "internal/hosting", "internal/diff"},
	{"internal/gadget", "internal/finding", "internal/message"},
	// engines
	{"internal/js", "internal/passkey", "internal/risk"},
	{"internal/bundle", "internal/flow", "internal/output", "internal/trace", "internal/link", "internal/phpform", "internal/narrow", "internal/policy", "internal/entry"},
	{"internal/rule", "internal/pattern", "internal/gate", "internal/story", "internal/author"},
	// outside: each knows exactly one outside thing
	{"internal/fakewiki/wikitext"},
	{"internal/config", "internal/store", "internal/mediawiki", "internal/fakewiki", "internal/browser", "internal/bus", "internal/libs", "internal/notice/mail"},
	{"internal/store/sqlstore"},
	// work
	{"internal/switches"},
	{"internal/registry", "internal/scan", "internal/queue", "internal/collect", "internal/decoy", "internal/writedoor/hook", "internal/rollout", "internal/dossier"},
	{"internal/writedoor", "internal/sandbox", "internal/snapshot", "internal/culprit", "internal/shelf", "internal/approved", "internal/exposure"},
	{"internal/pending", "internal/incident"},
	{"internal/incident/outbreak", "internal/audit", "internal/notice"},
	{"internal/audit/accounts"},
	{"internal/delivery", "internal/gateway"},
	// face
	{"internal/web", "internal/confirm"},
	{"internal/cli"},
	{"cmd/sallyport"},
}

// testOnly packages are imported by tests alone, and may import anything.
var testOnly = []string{
	"internal/store/storetest", "internal/store/storetest/pgtest", "internal/mediawiki/mediawikitest",
	"internal/browsertest", "internal/bus/bustest", "internal/passkey/passkeytest", "internal/collect/collecttest", "internal/message/messagetest", "internal/npmtest", "internal/addrtest", "internal/corpustest", "internal/audit/audittest", "internal/notice/mail/mailtest",
}

// powers says who may touch what, and why nobody else does: the program's attack surface on one screen.
var powers = []struct {
	pkg string
	who []string
	why string
}{
	{"os/exec", []string{"internal/browser"}, "only the sealed browser is a process of its own"},
	{"net", []string{"internal/browser", "internal/bus", "internal/cli", "internal/config", "internal/gateway"}, "only the command line and the sealed browser's proxy open sockets; the others take addresses apart"},
	{"net/http", []string{
		"internal/browser", "internal/mediawiki", "internal/fakewiki", "internal/decoy", "internal/snapshot", "internal/collect", "internal/libs", "internal/incident/outbreak",
		"internal/delivery", "internal/gateway", "internal/web", "internal/confirm", "internal/cli",
	}, "words, engines and the store stay away from the network"},
	{"net/http/httputil", []string{"internal/gateway"}, "one reverse proxy"},
	{"database/sql", []string{"internal/store/sqlstore"}, "only the store speaks SQL"},
	{"os", []string{"internal/browser", "internal/bus", "internal/cli", "internal/config", "internal/fakewiki", "internal/scan", "internal/store/sqlstore", "cmd/sallyport"}, "engines see bytes, not files"},
	{"github.com/evanw/esbuild/pkg/api", []string{"internal/bundle", "internal/js"}, "the minifier, and the parser's second opinion"},
	{"testing", nil, "no test code in the binary"},
	{"unsafe", []string{"internal/browser"}, "the kernel takes the seccomp filter as a pointer"},
	{"reflect", nil, "nothing here needs it"},
}

func TestImportsPointOneWayAndPowersAreKept(t *testing.T) {
	layer := map[string]int{}
	for i, l := range layers {
		for _, p := range l {
			layer[p] = i + 1
		}
	}
	documented := map[string]bool{}
	seen := map[string]bool{}
	for file, f := range sources(t) {
		dir := path.Dir(file)
		seen[dir] = true
		documented[dir] = documented[dir] || f.Doc != nil
		if slices.Contains(testOnly, dir) {
			continue
		}
		mine, ok := layer[dir]
		if !ok {
			t.Errorf("%s: give this package a layer in arch_test.go", dir)
			continue
		}
		for _, spec := range f.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			checkPower(t, file, dir, imp)
			own, inside := strings.CutPrefix(imp, "sallyport/")
			if inside && layer[own] >= mine {
				t.Errorf("%s imports %s: imports point to earlier lines of layers, never sideways", file, own)
			}
			if inside && slices.Contains(testOnly, own) {
				t.Errorf("%s imports %s: that package is for tests", file, own)
			}
		}
	}
	for dir := range seen {
		if !documented[dir] {
			t.Errorf("%s: a package begins with a comment that says what it is for", dir)
		}
	}
	for dir := range layer {
		if !seen[dir] {
			t.Errorf("%s has a layer in arch_test.go but no Go files", dir)
		}
	}
}

func checkPower(t *testing.T, file, dir, imp string) {
	t.Helper()
	for _, p := range powers {
		if imp == p.pkg && !slices.Contains(p.who, dir) {
			t.Errorf("%s imports %s: %s", file, imp, p.why)
		}
	}
}

// sources parses every Go file of the tree that is not a test.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	for _, root := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
			files[filepath.ToSlash(name)] = f
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"sallyport/internal/capability"
	"sallyport/internal/fakewiki"
	"sallyport/internal/finding"
	"sallyport/internal/link"
)

// small is an analysis for these tests: eval is critical, alert low, fetch contacts a host.
func small(_ string, src []byte, _ link.Find) *finding.Script {
	s, lines := &finding.Script{Goal: "script"}, finding.NewLines(string(src))
	for word, severity := range map[string]finding.Severity{"eval(": finding.Critical, "alert(": finding.Low} {
		if at := strings.Index(string(src), word); at >= 0 {
			span := finding.Span{Start: lines.Position(at), End: lines.Position(at + len(word))}
			s.Findings = append(s.Findings, finding.Finding{Rule: strings.Trim(word, "("), Severity: severity, Message: "called", Span: span})
		}
	}
	if strings.Contains(string(src), "fetch(") {
		s.Capabilities = []capability.Capability{{Name: capability.Network, Target: "stats.example", How: "fetch", Certainty: capability.Certain, Line: 1}}
	}
	return s
}

type outcome struct {
	code           int
	stdout, stderr string
}

// scanWith runs one command line in an empty cache, with text on standard input.
func scanWith(t *testing.T, ctx context.Context, stdin string, args ...string) outcome {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "cache"))
	c := scanCommand{analysis: analysis{analyse: small, version: "test"}, stdin: strings.NewReader(stdin)}
	parser, err := kong.New(&c, kong.Exit(func(int) { t.Error("kong exits") }), kong.Writers(io.Discard, io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return outcome{exitUsage, "", err.Error()}
	}
	var stdout, stderr bytes.Buffer
	err = parsed.Run(streams{ctx, &stdout, &stderr})
	var asked exitRequest
	switch {
	case errors.As(err, &asked):
		return outcome{int(asked), stdout.String(), stderr.String()}
	case err != nil:
		return outcome{exitBroke, stdout.String(), stderr.String() + err.Error()}
	}
	return outcome{exitOK, stdout.String(), stderr.String()}
}

func scanArgs(t *testing.T, args ...string) outcome {
	t.Helper()
	return scanWith(t, t.Context(), "", args...)
}

// folder makes a folder with files and goes there.
func folder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheExitCodeSaysHowAScanWent(t *testing.T) {
	folder(t, map[string]string{"clean.js": "1", "low.js": "alert(1)", "bad.js": "eval(1)", "other.html": ""})
	for line, want := range map[string]int{
		"clean.js": 0, "low.js": 0, "bad.js": 3, "low.js --fail-on low": 3, "bad.js --fail-on critical": 3, "none.js": 1, "bad.js none.js": 1,
		"": 2, "--diff clean.js": 2, "--diff a b --format html": 2, "clean.js --format pdf": 2, "clean.js --fail-on worse": 2, "clean.js --jobs -1": 2,
		"clean.js --baseline none": 1, "clean.js --suppressions none": 1, "clean.js --baseline clean.js": 1, "wiki:A": 1, "--dump none": 1,
		"clean.js -o none/out": 1, "clean.js --cache clean.js/x": 1, ".": 3,
	} {
		if got := scanArgs(t, strings.Fields(line)...); got.code != want || want != 0 && want != 3 && got.stderr == "" {
			t.Errorf("scan %s: %d, want %d; it says %q", line, got.code, want, got.stderr)
		}
	}
}

func TestTheRestIsScannedWhenSomethingIsMissing(t *testing.T) {
	folder(t, map[string]string{"bad.js": "eval(1)"})
	got := scanArgs(t, "none.js", "bad.js")
	if !strings.Contains(got.stdout, "bad.js:1:1: critical: called (eval)") || !strings.Contains(got.stdout, "none.js: medium: It could not be read: no such file or directory.") {
		t.Errorf("it prints %s", got.stdout)
	}
	if !strings.Contains(got.stderr, "1 script could not be read; what could be is scanned") {
		t.Errorf("it says %s", got.stderr)
	}
}

func TestStandardInputIsScanned(t *testing.T) {
	if got := scanWith(t, t.Context(), "\neval(1)", "-"); got.code != 3 || !strings.Contains(got.stdout, "stdin:2:1: critical") {
		t.Errorf("%+v", got)
	}
}

func TestEveryFormatIsWrittenWhereItShould(t *testing.T) {
	folder(t, map[string]string{"bad.js": "eval(1)"})
	for format, begins := range map[string]string{"text": "bad.js:1:1", "json": `{"schema":"sallyport.scan/1"`, "sarif": `{"$schema"`, "html": "<!DOCTYPE html>"} {
		if got := scanArgs(t, "--format", format, "bad.js"); got.code != 3 || !strings.HasPrefix(got.stdout, begins) || got.stderr != "" {
			t.Errorf("%s: %d %.80s %s", format, got.code, got.stdout, got.stderr)
		}
		if got := scanArgs(t, "--format", format, "-o", "out", "bad.js"); got.stdout != "" || got.code != 3 {
			t.Errorf("%s into a file: %+v", format, got)
		}
		if text, err := os.ReadFile("out"); err != nil || !strings.HasPrefix(string(text), begins) {
			t.Errorf("%s: the file is %.80s, %v", format, text, err)
		}
	}
	if left, _ := filepath.Glob("*.part"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if got := scanArgs(t, "-o", os.DevNull, "bad.js"); got.code != 3 {
		t.Errorf("into nothing: %+v", got)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("the null device is %v, %v", info.Mode(), err)
	}
}

func TestABaselineMakesOldFindingsOldNews(t *testing.T) {
	folder(t, map[string]string{"bad.js": "eval(1)"})
	scanArgs(t, "--format", "json", "-o", "base.json", "bad.js")
	if got := scanArgs(t, "--baseline", "base.json", "bad.js"); got.code != 0 || !strings.Contains(got.stdout, "1 known before") {
		t.Errorf("nothing changed: %+v", got)
	}
	if err := os.WriteFile("bad.js", []byte("\n\neval(1)\neval(2)"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := scanArgs(t, "--baseline", "base.json", "bad.js"); got.code != 0 {
		t.Errorf("the line moved: %+v", got)
	}
	if got := scanArgs(t, "--baseline", "base.json", "--format", "sarif", "bad.js"); !strings.Contains(got.stdout, `"baselineState":"unchanged"`) {
		t.Errorf("as SARIF: %+v", got)
	}
}

func TestASuppressionOfTheOperatorsIsTakenAndToldWhenItIsOld(t *testing.T) {
	folder(t, map[string]string{
		"bad.js":    "eval(1)",
		"now.toml":  "[[suppress]]\nrule = 'eval'\npath = 'bad.js'\nreason = 'r'\nexpires = 2999-01-31\n",
		"then.toml": "[[suppress]]\nrule = 'eval'\npath = 'bad.js'\nreason = 'r'\nexpires = 1999-01-31\n",
	})
	if got := scanArgs(t, "--suppressions", "now.toml", "bad.js"); got.code != 0 || !strings.Contains(got.stdout, "1 accepted") {
		t.Errorf("%+v", got)
	}
	if got := scanArgs(t, "--suppressions", "then.toml", "bad.js"); got.code != 3 || !strings.Contains(got.stderr, "expired on 1999-01-31") {
		t.Errorf("%+v", got)
	}
	if got := scanArgs(t, "-q", "--suppressions", "then.toml", "bad.js"); got.code != 3 || got.stderr != "" {
		t.Errorf("quiet: %+v", got)
	}
}

func TestADiffTellsWhatARevisionCanDoNow(t *testing.T) {
	folder(t, map[string]string{"old.js": "1", "new.js": "fetch(x)", "a/x.js": "1", "b/x.js": "fetch(x)", "page.json": "{}"})
	for line, want := range map[string]int{
		"old.js new.js": 3, "new.js old.js": 0, "a b": 3, "b b": 0, "old.js page.json": 0, "old.js none.js": 1, "none.json old.js": 1,
	} {
		if got := scanArgs(t, append([]string{"--diff"}, strings.Fields(line)...)...); got.code != want {
			t.Errorf("%s: %+v", line, got)
		}
	}
	got := scanArgs(t, "--diff", "a", "b")
	if want := "x.js\n  + now: contacts stats.example (fetch) [line 1]\n\n"; got.stdout != want {
		t.Errorf("it says %q", got.stdout)
	}
	scanArgs(t, "--format", "json", "-o", "saved.json", "b")
	if got := scanArgs(t, "--diff", "saved.json", "saved.json"); got.code != 0 || got.stdout != "No capability is gained or lost.\n" {
		t.Errorf("a saved scan against itself: %+v", got)
	}
	got = scanArgs(t, "--diff", "--format", "json", "old.js", "new.js")
	var doc struct {
		Schema  string
		Scripts []struct {
			Path         string
			Gained, Lost []capability.Capability
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil || doc.Schema != "sallyport.diff/1" || doc.Scripts[0].Gained[0].Target != "stats.example" {
		t.Errorf("as JSON: %s, %v", got.stdout, err)
	}
}

func TestPagesOfAWikiAreScanned(t *testing.T) {
	w := fakewiki.New(fakewiki.Options{})
	w.AddUser("Mara", "mara's password")
	for title, text := range map[string]string{"User:Mara/tool.js": "eval(1)", "User:Mara/fine.js": "1", "Main Page": "text"} {
		if _, err := w.Save(title, text, "Mara", "test"); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewServer(w)
	defer s.Close()
	folder(t, map[string]string{"wiki.toml": "[wiki]\nurl = \"" + s.URL + "\"\nscript_path = \"/w\"\n"})
	for args, want := range map[string]int{
		"--config wiki.toml wiki:User:Mara/tool.js": 3, "--config wiki.toml wiki:User:*": 3, "--config wiki.toml wiki:User:Mara/fine.js": 0,
		"--config wiki.toml wiki:User:Mara/none.js": 1, s.URL + "/wiki/User:Mara/tool.js": 3, s.URL + "/w/index.php?title=User:Mara/tool.js": 3,
		s.URL + "/w/index.php?title=User:Mara/tool.js&action=raw#L3": 3, s.URL + "/wiki/User:Mara/fine.js": 0, s.URL + "/wiki/User:Mara/none.js": 1,
		s.URL + "/w/index.php?title=User:Mara/tool.js&action=view": 1, "http://127.0.0.1:1/x.js": 1, "http://bad%zz/": 1,
	} {
		if got := scanArgs(t, strings.Fields(args)...); got.code != want {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

func TestAScanThatIsStoppedIsNoCleanOne(t *testing.T) {
	folder(t, map[string]string{"a.js": "1"})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range [][]string{{"a.js", "-o", "out"}, {"--diff", "a.js", "a.js"}} {
		if got := scanWith(t, ctx, "", args...); got.code != exitBroke || !strings.Contains(got.stderr, "stopped before the end") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if left, _ := filepath.Glob("out*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestASecondScanComesFromTheCache(t *testing.T) {
	folder(t, map[string]string{"bad.js": "eval(1)"})
	first := scanArgs(t, "--cache", "kept", "bad.js")
	entries, _ := filepath.Glob("kept/*/*/*")
	if len(entries) != 1 {
		t.Fatalf("entries are %v", entries)
	}
	if second := scanArgs(t, "--cache", "kept", "bad.js"); second != first {
		t.Errorf("%+v\n%+v", first, second)
	}
	if got := scanArgs(t, "--cache", "unused", "--no-cache", "bad.js"); got != first {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("unused"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("--no-cache keeps something: %v", err)
	}
}

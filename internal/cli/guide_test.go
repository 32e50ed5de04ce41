package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// guideBlock is a block of a guide: its language and its lines.
var guideBlock = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// guide makes a story of a guide in docs: its blocks of code are files, named by their first line; its commands are run, and every line that
// is shown below one has to be said, but for "…". A command that says "hostile" in its first line has to end like one that does.
func guide(text string) string {
	var story, files strings.Builder
	for _, m := range guideBlock.FindAllStringSubmatch(text, -1) {
		lines := strings.Split(strings.TrimSuffix(m[2], "\n"), "\n")
		if name, ok := strings.CutPrefix(lines[0], "// "); ok && m[1] == "js" {
			fmt.Fprintf(&files, "-- %s --\n%s", name, m[2])
			continue
		}
		for i, line := range lines {
			command, ok := strings.CutPrefix(line, "$ ")
			switch {
			case ok && i+1 < len(lines) && strings.HasSuffix(lines[i+1], ": hostile"):
				fmt.Fprintf(&story, "! exec %s\n", command)
			case ok:
				fmt.Fprintf(&story, "exec %s\n", command)
			case line != "…":
				fmt.Fprintf(&story, "stdout '(?m)^%s$'\n", strings.ReplaceAll(regexp.QuoteMeta(line), "'", "''"))
			}
		}
	}
	return story.String() + files.String()
}

func TestWhatTheGuideToTheSandboxShowsIsSo(t *testing.T) {
	tellGuide(t, "sandbox.md", "[!browser] skip 'there is no Chromium'\n")
}

func TestWhatTheGuideForAuthorsShowsIsSo(t *testing.T) { tellGuide(t, "authors.md", "") }

// tellGuide runs a guide as a story, after a line of its own.
func tellGuide(t *testing.T, name, first string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	story := first + guide(string(text))
	if strings.Count(story, "exec sallyport ") < 4 || strings.Count(story, "\nstdout ") < 4 {
		t.Fatalf("the guide shows too little: %s", story)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.TrimSuffix(name, ".md")+".txtar"), []byte(story), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir, Condition: condition})
}

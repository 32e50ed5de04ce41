package rule_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// Deeds have many spellings. These are a few lines each, so that a way that is no longer seen has a name.

func TestEveryWayOfADeedIsSeen(t *testing.T) {
	for _, f := range ways(t, "testdata/ways/hostile.txtar") {
		head, text, _ := strings.Cut(string(f.Data), "\n")
		name, word, _ := strings.Cut(strings.TrimPrefix(head, expects), " ")
		least := finding.High
		switch word {
		case "medium":
			least = finding.Medium
		case "critical":
			least = finding.Critical
		}
		if !strings.HasPrefix(head, expects) || worstOf(name, text) < least {
			t.Errorf("%s: %s is to say so at %s, got %v", f.Name, name, least, verdict(text))
		}
	}
}

func TestTheSameCallsForHonestEndsAreLeftAlone(t *testing.T) {
	for _, f := range ways(t, "testdata/ways/harmless.txtar") {
		for _, one := range rule.Analyse("snippet.js", f.Data).Findings {
			if one.Severity > finding.Low {
				t.Errorf("%s: %s [%s]", f.Name, rule.Line(f.Name, &one), one.Severity)
			}
		}
	}
}

func ways(t *testing.T, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Files) < 15 {
		t.Errorf("%s: %d snippets are too few to say anything", name, len(a.Files))
	}
	return a.Files
}

// worstOf is the worst that a rule says of a script, a note when it says nothing.
func worstOf(name, text string) finding.Severity {
	worst := finding.Note
	for _, f := range rule.Analyse("snippet.js", []byte(text)).Findings {
		if f.Rule == name {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

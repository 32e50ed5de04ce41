package rule_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// snippet is a script of the hostile or the harmless set.
type snippet struct {
	name   string
	text   string
	expect []string // rules that must speak, at high or critical
}

const expects = "// expect: "

func snippets(t *testing.T, set string) []snippet {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", set, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no snippets:", err)
	}
	var out []snippet
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			s := snippet{name: set + "/" + strings.TrimSuffix(filepath.Base(name), ".txtar") + "/" + f.Name, text: string(f.Data)}
			if head, rest, ok := strings.Cut(s.text, "\n"); ok && strings.HasPrefix(head, expects) {
				s.expect, s.text = strings.Split(strings.TrimPrefix(head, expects), ", "), rest
			}
			out = append(out, s)
		}
	}
	return out
}

// alarms are the rules that speak at high or critical.
func alarms(text string) []string {
	var out []string
	for _, f := range rule.Analyse("snippet.js", []byte(text)).Findings {
		if f.Severity >= finding.High && !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// score counts over both sets, after a transformation of the scripts.
type score struct{ wanted, found, harmless, raised int }

func (s score) recall() float64    { return float64(s.found) / float64(s.wanted) }
func (s score) precision() float64 { return float64(s.found) / float64(s.found+s.raised) }

func measure(t *testing.T, change func(*testing.T, string) string) (s score) {
	for _, h := range snippets(t, "hostile") {
		got := alarms(change(t, h.text))
		for _, want := range h.expect {
			s.wanted++
			if slices.Contains(got, want) {
				s.found++
			} else {
				t.Logf("missed: %s wants %s, got %v", h.name, want, got)
			}
		}
	}
	for _, h := range snippets(t, "harmless") {
		s.harmless++
		if got := alarms(change(t, h.text)); len(got) > 0 {
			s.raised++
			t.Logf("false alarm: %s: %v", h.name, got)
		}
	}
	return s
}

func TestHostileScriptsRaiseAlarmsAndHarmlessOnesDoNot(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			s := measure(t, c.change)
			t.Logf("recall %.3f (%d of %d), precision %.3f (%d of %d harmless scripts raise an alarm)",
				s.recall(), s.found, s.wanted, s.precision(), s.raised, s.harmless)
			if s.wanted < 60 || s.harmless < 60 {
				t.Errorf("%d hostile and %d harmless scripts are too few to say anything", s.wanted, s.harmless)
			}
			if s.recall() < 0.95 || s.precision() < 0.95 {
				t.Error("recall and precision of 0.95 are wanted")
			}
		})
	}
}

// verdict is what is said of a script, without the places: each rule with the worst it says, remarks left out.
func verdict(text string) []string {
	worst := map[string]finding.Severity{}
	for _, f := range rule.Analyse("snippet.js", []byte(text)).Findings {
		if f.Severity > finding.Note {
			worst[f.Rule] = max(worst[f.Rule], f.Severity)
		}
	}
	var out []string
	for name, s := range worst {
		out = append(out, name+" "+s.String())
	}
	slices.Sort(out)
	return out
}

func TestFindingsDoNotDependOnHowAScriptIsWritten(t *testing.T) {
	for _, c := range changes[1:] {
		t.Run(c.name, func(t *testing.T) {
			same, all := 0, 0
			for _, set := range []string{"hostile", "harmless"} {
				for _, h := range snippets(t, set) {
					all++
					want, got := verdict(h.text), verdict(c.change(t, h.text))
					if slices.Equal(want, got) {
						same++
						continue
					}
					t.Logf("%s: %v becomes %v", h.name, want, got)
				}
			}
			t.Logf("%d of %d scripts: the same findings", same, all)
			if float64(same) < 0.95*float64(all) {
				t.Error("findings depend on how a script is written")
			}
		})
	}
}

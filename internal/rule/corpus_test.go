package rule_test

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"sallyport/internal/corpustest"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// corpus analyses every file, once.
func corpus(t *testing.T) []*finding.Script {
	var out []*finding.Script
	for _, f := range corpustest.Files(t) {
		out = append(out, rule.Analyse(f.Name, f.Text))
	}
	return out
}

func TestTheCorpusIsReadWholeAndHardlyRaisesAlarms(t *testing.T) {
	scripts := corpus(t)
	counts := map[string]int{}
	obfuscated, wrong := 0, 0
	judged := judgements(t)
	for _, s := range scripts {
		if s.Goal == "opaque" && len(s.Findings) == 0 {
			t.Errorf("%s: neither read nor reported", s.Path)
		}
		for i := range s.Findings {
			f := &s.Findings[i]
			counts[fmt.Sprintf("%-18s %s", f.Rule, f.Severity)]++
			if f.Rule == "obfuscation" {
				obfuscated++
			}
			if !behaviour[f.Rule] || f.Severity < finding.High {
				continue
			}
			switch key := s.Path + "\t" + f.Rule; judged[key] {
			case "":
				t.Errorf("not judged in testdata/judged.tsv: %s [%s]", rule.Line(s.Path, f), f.Severity)
			case "wrong":
				wrong++
			}
		}
	}
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("%s %d", k, counts[k])
	}
	t.Logf("%d files, %d called obfuscated, %d alarms judged wrong", len(scripts), obfuscated, wrong)
	if wrong > wrongAlarms {
		t.Errorf("%d alarms about behaviour are wrong; %d was reached", wrong, wrongAlarms)
	}
	if len(scripts) < 300 || obfuscated > 2 {
		t.Errorf("%d files read, %d called obfuscated; 309 and at most 2 are wanted", len(scripts), obfuscated)
	}
}

// wrongAlarms is how many high or critical findings about behaviour a reading of the corpus does not justify.
const wrongAlarms = 1

// behaviour are the rules about what a script does, as opposed to what others can do through it.
var behaviour = map[string]bool{
	"site-code": true, "other-code": true, "own-code": true, "self-propagation": true, "mass-action": true, "random-page": true, "rights": true,
	"account": true, "unasked": true, "leak": true, "persist": true, "conceal": true, "dormant": true, "obfuscation": true,
}

// judgements reads what a reading of the corpus said of each alarm: path, rule, verdict, reason.
func judgements(t *testing.T) map[string]string {
	f, err := os.Open("testdata/judged.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if cells := strings.Split(lines.Text(), "\t"); len(cells) == 4 {
			out[cells[0]+"\t"+cells[1]] = cells[2]
		}
	}
	return out
}

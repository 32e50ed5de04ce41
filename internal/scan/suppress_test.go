package scan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/finding"
)

const accepted = `
[[suppress]]
rule = "eval"
path = "MediaWiki:Gadget-*"
reason = "reviewed by Ira"
expires = 2026-11-21

[[suppress]]
rule = "eval"
path = "User:Mara/*"
reason = "old"
expires = "2026-11-20"

[[suppress]]
fingerprint = "ffffffffffffffffffffffffffffffff"
reason = "gone long ago"
expires = "2027-01-31"
`

func TestOnlyTheOperatorsFileSilencesAFindingAndOnlyForAWhile(t *testing.T) {
	s, err := ParseSuppressions([]byte(accepted), noon)
	if err != nil {
		t.Fatal(err)
	}
	out, sum := scanned(t, Options{Suppressions: s}, texts(
		"MediaWiki:Gadget-x.js", "eval(x); alert(1)", "MediaWiki:Common.js", "eval(x)", "User:Mara/x.js", "eval(x)"))
	want := "MediaWiki:Gadget-x.js script eval@1:1 accepted alert@1:10\nMediaWiki:Common.js script eval@1:1\nUser:Mara/x.js script eval@1:1"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if sum.Severities[finding.Critical] != 2 {
		t.Errorf("the summary is %+v", sum)
	}
	stale := []string{
		"suppression 2 (eval in User:Mara/*) expired on 2026-11-20: what it covers counts again",
		"suppression 3 (ffffffffffffffffffffffffffffffff) covers nothing that was scanned",
	}
	if diff := cmp.Diff(stale, s.Stale()); diff != "" {
		t.Error(diff)
	}
	if late, _ := ParseSuppressions([]byte(accepted), noon.Add(12*time.Hour)); len(late.Stale()) != 3 {
		t.Errorf("at midnight these are stale: %v", late.Stale())
	}
}

func TestAFingerprintIsAcceptedUntilItsStatementChanges(t *testing.T) {
	lines := finding.NewLines("eval(x)")
	print := lines.Fingerprint(&fake("a.js", []byte("eval(x)"), nil).Findings[0])
	s, err := ParseSuppressions([]byte(`{"suppress":[{"fingerprint":"`+print+`","reason":"r","expires":"2027-01-31"}]}`), noon)
	if err != nil {
		t.Fatal(err)
	}
	for text, counts := range map[string]int{"eval(x)": 0, "// above\n\n  eval( x )": 0, "eval(y)": 1} {
		if _, sum := scanned(t, Options{Suppressions: s}, texts("a.js", text)); sum.Findings() != counts {
			t.Errorf("%q: %d findings count", text, sum.Findings())
		}
	}
}

func TestEveryMistakeInASuppressionIsSaid(t *testing.T) {
	_, err := ParseSuppressions([]byte("[[suppress]]\nrule = 'eval'\n[[suppress]]\nfingerprint = 'a'\nrule = 'b'\npath = 'c'\nreason = 'd'\nexpires = 2027-01-31"), noon)
	want := `suppression 1: name a finding by its fingerprint, or by rule and path; give a reason; say when it expires, for instance expires = "2027-01-31"
suppression 2: name a finding by its fingerprint, or by rule and path`
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v", err)
	}
	for text, says := range map[string]string{
		"[[suppress]]\nrules = 'x'":  "rules",
		`{"suppress":[{"until":1}]}`: "until",
		"[[suppress]]\nfingerprint = 'a'\nreason = 'b'\nexpires = 'some day'":    "write it as 2027-01-31",
		"[[suppress]]\nfingerprint = 'a'\nreason = 'b'\nexpires = 2027-02-30":    "",
		`{"suppress":[{"fingerprint":"a","reason":"b","expires":"2027-13-01"}]}`: "write it as 2027-01-31",
		`{"suppress":[null]}`: "suppression 1",
		"not toml":            "",
	} {
		if _, err := ParseSuppressions([]byte(text), noon); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if s, err := ParseSuppressions(nil, noon); err != nil || s.Stale() != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func FuzzSuppressions(f *testing.F) {
	f.Add(accepted)
	f.Add("[[suppress]]\nreason = 2026-11-21\nrule = 1\npath = [nan]")
	f.Add(`{"suppress":[{"fingerprint":"a","reason":"b","expires":"2027-01-31"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSuppressions([]byte(text), noon)
		if err != nil {
			return
		}
		script := fake("a.js", []byte("eval(x)"), nil)
		s.apply(script)
		if got := script.Findings[0].Suppressed; got != nil && (strings.TrimSpace(got.Reason) == "" || got.Expires < "2026-11-21") {
			t.Errorf("accepted with %+v", got)
		}
		s.Stale()
	})
}

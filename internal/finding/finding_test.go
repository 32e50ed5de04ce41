package finding_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	. "sallyport/internal/finding"
)

func TestSeveritiesAreWordsInJSON(t *testing.T) {
	for s := Note; s <= Critical; s++ {
		text, err := json.Marshal(s)
		if err != nil || string(text) != `"`+s.String()+`"` {
			t.Errorf("%d is %s, %v", s, text, err)
		}
		var back Severity
		if err := json.Unmarshal(text, &back); err != nil || back != s {
			t.Errorf("%s reads as %d, %v", text, back, err)
		}
	}
	if _, err := json.Marshal(Severity(9)); err == nil {
		t.Error("a severity that does not exist is written")
	}
	if _, err := ParseSeverity("bad"); err == nil || !strings.Contains(err.Error(), "critical") {
		t.Errorf("the error is %v", err)
	}
}

func TestPositionsAreFoundInEveryKindOfText(t *testing.T) {
	texts := []string{
		"", "one", "a\nb\r\nc\rd\u2028e\u2029", "\n\n", "😀x\n😀😀y", "é\xffz\xe2\x80", strings.Repeat("ab😀é", 2000) + "\nend",
	}
	for _, text := range texts {
		l := NewLines(text)
		for at := range text {
			p := l.Position(at)
			start, end := l.Bounds(p.Line)
			if got := l.Offset(p); at <= end && got != at {
				t.Fatalf("%.20q: byte %d is %v is byte %d", text, at, p, got)
			}
			if at < start {
				t.Fatalf("%.20q: byte %d is before its line", text, at)
			}
		}
		for _, p := range []Position{{}, {-5, -5}, {1 << 40, 1 << 40}, {1, 1 << 40}, {2, 0}} {
			if at := l.Offset(p); at < 0 || at > len(text) {
				t.Errorf("%.20q: %v is byte %d", text, p, at)
			}
		}
	}
}

func TestLinesEndWhereJavaScriptSaysSo(t *testing.T) {
	text := "a😀b\nc\r\n\rd\u2028e"
	l := NewLines(text)
	var got []string
	for n := 1; n <= l.Count(); n++ {
		start, end := l.Bounds(n)
		got = append(got, text[start:end])
	}
	if diff := cmp.Diff([]string{"a😀b", "c", "", "d", "e"}, got); diff != "" {
		t.Error(diff)
	}
	if at := l.Offset(Position{1, 4}); text[at:at+1] != "b" {
		t.Errorf("column 4, behind two code units, is byte %d", at)
	}
	if p := l.Position(strings.Index(text, "b")); p != (Position{1, 4}) {
		t.Errorf("b stands at %v", p)
	}
}

const sink = "$( '#x' ).html( name );"

// named gives the fingerprint of the first sink in a text.
func named(text string) string {
	l := NewLines(text)
	at := strings.Index(text, ".html")
	f := Finding{Rule: "dom-html", Span: Span{l.Position(at), l.Position(at + len(".html( name )"))}}
	return l.Fingerprint(&f)
}

func TestAFingerprintSurvivesMovedLines(t *testing.T) {
	want := named("var name;\n" + sink + "\nother();")
	for why, text := range map[string]string{
		"lines above":    "// a comment\n\n\nvar name;\n" + sink + "\nother();",
		"indentation":    "function f() {\n\t\t" + sink + "\n}",
		"windows breaks": "var name;\r\n" + sink + "\r\nother();",
		"one line":       "var name;" + sink + "other();",
	} {
		if got := named(text); got != want {
			t.Errorf("%s change the fingerprint", why)
		}
	}
	for why, text := range map[string]string{
		"another element":  "$( '#y' ).html( name );",
		"another argument": "$( '#x' ).html( mine );",
	} {
		if got := named(text); got == want {
			t.Errorf("%s leaves the fingerprint as it was", why)
		}
	}
}

func TestAFingerprintOfAnUnpackedTextIsItsRuleAndMessage(t *testing.T) {
	l := NewLines("anything")
	a := l.Fingerprint(&Finding{Rule: "r", Message: "m", Document: "unpacked", Span: Span{Position{900, 1}, Position{900, 2}}})
	b := NewLines("else").Fingerprint(&Finding{Rule: "r", Message: "m", Document: "unpacked"})
	c := l.Fingerprint(&Finding{Rule: "s", Message: "m", Document: "unpacked"})
	if a != b || a == c || len(a) != 32 {
		t.Errorf("fingerprints are %s, %s, %s", a, b, c)
	}
}

func TestScriptsAreSortedByPlaceAndStake(t *testing.T) {
	s := Script{
		Findings: []Finding{
			{Rule: "b", Span: Span{Start: Position{2, 1}}}, {Rule: "z", Span: Span{Start: Position{1, 9}}},
			{Rule: "a", Span: Span{Start: Position{2, 1}}}, {Rule: "c", Severity: High, Span: Span{Start: Position{2, 1}}},
		},
		Capabilities: []capability.Capability{{Name: capability.Storage}, {Name: capability.Delete}, {Name: capability.Storage}},
	}
	s.Sort()
	var rules string
	for _, f := range s.Findings {
		rules += f.Rule
	}
	if rules != "zcab" || len(s.Capabilities) != 2 || s.Capabilities[0].Name != capability.Delete {
		t.Errorf("findings %s, capabilities %v", rules, s.Capabilities)
	}
}

func full() *Script {
	return &Script{
		Path: "User:Mara/<x>.js", SHA256: strings.Repeat("0", 64), Goal: "script",
		Findings: []Finding{{
			Rule: "dom-html", Severity: High, Message: "m", Advice: "a", Span: Span{Position{1, 2}, Position{3, 4}}, Document: "d",
			Flow:        []Step{{Span{Position{5, 6}, Position{7, 8}}, "s", "User:Mara/y.js"}},
			Fingerprint: "f", Known: true, Suppressed: &Suppressed{"r", "2027-01-31"},
		}},
		Capabilities: []capability.Capability{{Name: "network", Target: "t", How: "fetch", Certainty: "likely", Trigger: "on load", Line: 9}},
	}
}

func TestASavedScriptReadsAsItWas(t *testing.T) {
	text, err := json.Marshal(full())
	if err != nil {
		t.Fatal(err)
	}
	back := &Script{}
	if err := json.Unmarshal(text, back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full(), back); diff != "" {
		t.Error(diff)
	}
	want := `{"path":"e","sha256":"","goal":"opaque","findings":[],"capabilities":[]}`
	if text, _ := json.Marshal(&Script{Path: "e", Goal: "opaque", Text: "not in it"}); string(text) != want {
		t.Errorf("an empty script is %s", text)
	}
}

func TestASavedScanIsReadOneScriptAtATime(t *testing.T) {
	one := `{"path":"a","findings":[{"rule":"r","severity":"low"}]}`
	good := `{"schema":"sallyport.scan/1","scripts":[` + one + `,` + one + `],"later":{"x":[1]}}`
	count := func(text string) (n int, err error) {
		err = Read(strings.NewReader(text), func(*Script) error { n++; return nil })
		return n, err
	}
	if n, err := count(good); n != 2 || err != nil {
		t.Errorf("%d scripts, %v", n, err)
	}
	for _, bad := range []string{"", "[]", "{}", `{"schema":"x/1"}`, good[:40], good[:len(good)-1], good[:120], `{"schema":"sallyport.scan/1","scripts":[{"findings":[{"severity":"bad"}]}]}`} {
		if _, err := count(bad); err == nil {
			t.Errorf("%q is read without an error", bad)
		}
	}
	if _, err := count(`{"a":1}`); !errors.Is(err, ErrNotScan) {
		t.Errorf("another document: %v", err)
	}
	stop := errors.New("enough")
	if err := Read(strings.NewReader(good), func(*Script) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the reading ends with %v", err)
	}
}

func FuzzRead(f *testing.F) {
	text, err := json.Marshal(full())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"schema":"sallyport.scan/1","scripts":[` + string(text) + `]}`)
	f.Add(`{"schema":"sallyport.scan/1","scripts":[],"x":1}`)
	f.Add(`{"schema"`)
	f.Fuzz(func(t *testing.T, text string) {
		err := Read(strings.NewReader(text), func(s *Script) error {
			s.Sort()
			_, err := json.Marshal(s)
			return err
		})
		if err == nil && !strings.Contains(text, "scripts") {
			t.Errorf("%q is read as a scan", text)
		}
	})
}

func FuzzFingerprint(f *testing.F) {
	f.Add("a\n"+sink, 2, 3, 2, 9)
	f.Fuzz(func(t *testing.T, text string, l1, c1, l2, c2 int) {
		finding := Finding{Rule: "r", Span: Span{Position{l1, c1}, Position{l2, c2}}}
		if got := NewLines(text).Fingerprint(&finding); len(got) != 32 {
			t.Errorf("the fingerprint is %q", got)
		}
	})
}

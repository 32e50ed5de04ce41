package narrow

import (
	"testing"

	"sallyport/internal/csp"
	"sallyport/internal/finding"
)

func judged(t *testing.T, headers ...string) Judgement {
	t.Helper()
	set, problems := csp.ParseHeader(headers...)
	return Judge(set, problems, wikiPage)
}

// has returns the severity of a weakness at a source, -1 when it is not there.
func (j Judgement) has(code, source string) finding.Severity {
	for _, w := range j.Weaknesses {
		if w.Code == code && (source == "" || w.Source == source) {
			return w.Severity
		}
	}
	return -1
}

func TestServersWhereAnybodyPublishesAreNamed(t *testing.T) {
	for _, source := range []string{"unpkg.com", "*.workers.dev", "*.toolforge.org", "tool.toolforge.org", "https://mara.github.io", "*.s3.amazonaws.com"} {
		if got := judged(t, "script-src "+source).has("open-hosting", source); got != finding.High {
			t.Errorf("%s: %d", source, got)
		}
	}
	if got := judged(t, "script-src https://unpkg.com/vue@3.5.0/dist/vue.js").has("open-hosting", ""); got != finding.Low {
		t.Errorf("a single file is severity %d", got)
	}
	if got := judged(t, "script-src code.jquery.com https://cdn.example").has("open-hosting", ""); got != -1 {
		t.Errorf("hosts of one keeper are called open: %d", got)
	}
}

func TestTheWholeResponseIsJudged(t *testing.T) {
	loose, strict := "script-src *; object-src 'none'; connect-src *", "script-src https://wiki.example/w/load.php; connect-src 'self'; default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
	if got := judged(t, loose).Grade(Code); got != "F" {
		t.Errorf("a loose policy is %s", got)
	}
	if got := judged(t, loose, strict); got.Grade(Code) != "A" || got.Grade(Leak) != "A" {
		t.Errorf("with a strict one beside it: %s %s %+v", got.Grade(Code), got.Grade(Leak), got.Weaknesses)
	}
}

func TestGradesTellCodeFromLeaks(t *testing.T) {
	for policy, want := range map[string][2]string{
		"": {"F", "C"},
		"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'":                                                        {"A", "A"},
		"default-src 'none'; script-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'":                     {"D", "A"},
		"default-src 'none'; script-src https://wiki.example/w/load.php; img-src *; base-uri 'none'; form-action 'self'; frame-ancestors 'self'": {"A", "B"},
		"default-src 'none'; script-src https://wiki.example/w/load.php; connect-src *; base-uri 'none'; form-action 'self'; frame-ancestors *":  {"B", "C"},
	} {
		j := judged(t, policy)
		if got := [2]string{j.Grade(Code), j.Grade(Leak)}; got != want {
			t.Errorf("%q: %v, want %v: %+v", policy, got, want, j.Weaknesses)
		}
	}
}

func TestAPolicyThatOnlyReportsIsJudgedAsIfEnforced(t *testing.T) {
	set, problems := csp.ParseHeader("default-src 'none'")
	set[0].ReportOnly = true
	if got := Judge(set, problems, wikiPage).Grade(Leak); got != "C" { // form-action and base-uri do not fall back
		t.Errorf("graded %s", got)
	}
}

func TestRiskGrowsWithWhatIsGivenAway(t *testing.T) {
	order := []struct{ directive, origin string }{
		{"img-src", "https://img.example"}, {"connect-src", "https://api.example"}, {"script-src-elem", "https://cdn.example"},
		{"connect-src", "https://x.workers.dev"}, {"script-src-elem", "https://unpkg.com"},
	}
	last := -1.0
	for _, o := range order {
		score, reasons := Risk(o.directive, csp.ParseAddress(o.origin))
		if score <= last || len(reasons) == 0 {
			t.Errorf("%s %s: %.2f after %.2f, %q", o.directive, o.origin, score, last, reasons)
		}
		last = score
	}
}

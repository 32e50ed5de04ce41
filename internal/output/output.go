// Package output shows what an analysis says: as text for people, as JSON and SARIF for machines, as one HTML page.
//
// Each format is a [finding.Handler] that writes to an io.Writer as scripts arrive, so that forty thousand of them need no
// memory (the HTML page alone keeps what it shows until the end, for the summary stands first). Formats see only that
// stream; what is in it comes from strangers, and none of it may draw on a terminal, run in a page or break a document.
package output

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/finding"
)

// Rule is what there is to know about a rule besides its findings.
type Rule struct {
	Name     string // as in [finding.Finding]
	Title    string // what it catches, in a few words
	Doc      string // why that matters, and how to do better
	Severity finding.Severity
	CWE      []int // numbers in the Common Weakness Enumeration
}

// Visible spells out what cannot be seen or would act on what shows it: control characters, invisible ones, those that
// turn the direction of writing, and bytes that are no text. A tab becomes two spaces.
func Visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t':
			b.WriteString("  ")
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// tally counts findings the way every format sums them up.
type tally struct {
	scripts, unread   int
	known, suppressed int
	gone              int
	severities        [finding.Critical + 1]int // of those that count
}

func (t *tally) add(s *finding.Script) {
	t.scripts++
	if s.Goal == "opaque" {
		t.unread++
	}
	t.gone += len(s.Gone)
	for _, f := range s.Findings {
		switch {
		case f.Suppressed != nil:
			t.suppressed++
		case f.Known:
			t.known++
		default:
			t.severities[f.Severity]++
		}
	}
}

// String is a sentence such as "12 scripts: 1 critical, 2 medium; 1 could not be read."
func (t *tally) String() string {
	var parts []string
	for s := finding.Critical; s >= finding.Note; s-- {
		if n := t.severities[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	found := "nothing found"
	if len(parts) > 0 {
		found = strings.Join(parts, ", ")
	}
	line := Plural(t.scripts, "script") + ": " + found
	for _, more := range []struct {
		n    int
		what string
	}{{t.unread, "could not be read"}, {t.known, "known before"}, {t.suppressed, "accepted"}, {t.gone, "gone since the baseline"}} {
		if more.n > 0 {
			line += fmt.Sprintf("; %d %s", more.n, more.what)
		}
	}
	return line + "."
}

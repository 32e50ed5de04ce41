package scan

import (
	"strconv"
	"strings"

	"sallyport/internal/finding"
)

// tally is what a summary says of one script.
type tally struct {
	opaque     bool
	severities [finding.Critical + 1]int // findings that count, by severity
}

func tallyOf(s *finding.Script) (t tally) {
	t.opaque = s.Goal == opaque
	for i := range s.Findings {
		if f := &s.Findings[i]; f.Counts() {
			t.severities[f.Severity]++
		}
	}
	return t
}

// spell writes a tally on one line: "true 0 0 1 0 0".
func (t tally) spell() string {
	line := strconv.FormatBool(t.opaque)
	for _, n := range t.severities {
		line += " " + strconv.Itoa(n)
	}
	return line
}

func (t *tally) read(line string) bool {
	words := strings.Fields(line)
	if len(words) != 1+len(t.severities) {
		return false
	}
	for i, word := range words[1:] {
		n, err := strconv.Atoi(word)
		if err != nil {
			return false
		}
		t.severities[i] = n
	}
	t.opaque = words[0] == "true"
	return true
}

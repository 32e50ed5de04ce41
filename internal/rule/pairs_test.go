package rule_test

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sallyport/internal/corpustest"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// A floor for what these rules reach on the developers' half of the pairs: below it, something was broken. The figures are
// printed; the floor leaves one pair of room on either side.
const (
	pairsRight = 30
	pairsStill = 3
)

func TestFixesOfRealHolesAreToldApart(t *testing.T) {
	root := corpustest.Folder(t, "vuln-pairs")
	right, still, found := 0, 0, 0
	rows := corpustest.Table(t, filepath.Join(root, "labels.tsv"))
	for _, row := range rows {
		before := reportedLines(t, root, row["before_file"])
		after := reportedLines(t, root, row["after_file"])
		b, a := touches(before, row["sink_lines_before"]), touches(after, row["fixed_lines_after"])
		verdict := "missed"
		switch {
		case b && a:
			verdict = "still fires"
		case b:
			verdict = "right"
			right++
		}
		if b {
			found++
		}
		if a {
			still++
		}
		t.Logf("%s %-11s %-16s %s", row["pair_id"], verdict, row["kind"], row["sink_text"])
	}
	low, high := wilson(right, len(rows))
	t.Logf("%d of %d pairs right (95 %%: %.2f to %.2f); %d found before, %d still fire after", right, len(rows), low, high, found, still)
	if right < pairsRight || still > pairsStill {
		t.Errorf("%d right and %d still firing; %d and %d were reached", right, still, pairsRight, pairsStill)
	}
}

// reportedLines are the lines with a finding about other people's text, or a step of one. Remarks do not count.
func reportedLines(t *testing.T, root, name string) map[int]bool {
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for _, f := range rule.Analyse(name, text).Findings {
		if f.Severity == finding.Note {
			continue
		}
		for n := f.Span.Start.Line; n <= min(f.Span.End.Line, f.Span.Start.Line+40); n++ {
			lines[n] = true
		}
		for _, s := range f.Flow {
			lines[s.Span.Start.Line] = true
		}
	}
	return lines
}

// touches says whether one of the lines is in a list like 12,14-16.
func touches(lines map[int]bool, list string) bool {
	for _, part := range strings.Split(list, ",") {
		from, to, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			to = from
		}
		a, _ := strconv.Atoi(from)
		b, _ := strconv.Atoi(to)
		for n := a; n > 0 && n <= b; n++ {
			if lines[n] {
				return true
			}
		}
	}
	return false
}

// wilson is the 95 % interval of a rate.
func wilson(k, n int) (low, high float64) {
	const z = 1.96
	p, m := float64(k)/float64(n), float64(n)
	centre, spread := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return (centre - spread) / (1 + z*z/m), (centre + spread) / (1 + z*z/m)
}

package pattern

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Failure is where a script with annotations and the rules disagree.
type Failure struct {
	Line    int
	Message string
}

var (
	annotated  = regexp.MustCompile(`(?://|/\*|<!--|#)\s*(todo)?(ruleid|ok)\s*:\s*([A-Za-z0-9._, \t-]+)`)
	onlyRemark = regexp.MustCompile(`^\s*(?://|/\*|<!--|#)\s*(?:todo)?(?:ruleid|ok)\s*:`)
)

// Compare checks the annotations of a script, as Semgrep writes them: a comment "ruleid: ID" says that the rule must find
// something in the next line, "ok: ID" that it must not, and every finding must be announced. With todo before them they say
// what should be, and do not count. Found has, for each rule that is tested, the lines of its findings. Checks is how many
// annotations spoke of these rules.
func Compare(text string, found map[string][]int) (checks int, failures []Failure) {
	fail := func(line int, format string, args ...any) {
		failures = append(failures, Failure{line, fmt.Sprintf(format, args...)})
	}
	announced := map[string][]int{}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		for _, m := range annotated.FindAllStringSubmatch(line, -1) {
			at := speaksOf(lines, i)
			for _, id := range strings.FieldsFunc(m[3], func(r rune) bool { return strings.ContainsRune(", \t", r) }) {
				here, tested := found[strings.TrimSuffix(id, "--")]
				if !tested {
					continue
				}
				hit := slices.Contains(here, at)
				switch todo := m[1] != ""; {
				case todo:
					announced[id] = append(announced[id], at)
					continue
				case m[2] == "ruleid" && !hit:
					fail(at, "%s should find something here, and does not", id)
				case m[2] == "ok" && hit:
					fail(at, "%s should find nothing here, and does", id)
				}
				checks++
				announced[id] = append(announced[id], at)
			}
		}
	}
	for id, here := range found {
		for _, line := range here {
			if !slices.Contains(announced[id], line) {
				fail(line, "%s finds something here that no comment announces", id)
			}
		}
	}
	slices.SortFunc(failures, func(a, b Failure) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Message, b.Message)
	})
	return checks, slices.Compact(failures)
}

// speaksOf is the line that the annotation of a line is about, from 1: the next that is no annotation itself.
func speaksOf(lines []string, i int) int {
	for i++; i < len(lines) && onlyRemark.MatchString(lines[i]); i++ {
	}
	return i + 1
}

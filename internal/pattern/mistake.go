package pattern

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is something in a rule file that cannot be used, with what to do about it. Lines and columns count from 1.
type Mistake struct {
	File         string
	Line, Column int
	Message      string
}

func (m Mistake) Error() string {
	if m.Line == 0 {
		return fmt.Sprintf("%s: %s", m.File, m.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Message)
}

// Mistakes are all that is wrong with an operator's rules, one a line.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	var lines []string
	for i, one := range m {
		if i == maxMistakes {
			lines = append(lines, fmt.Sprintf("and %d more", len(m)-i))
			break
		}
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// sorted puts mistakes in the order of the files and lines.
func (m Mistakes) sorted(files []File) Mistakes {
	place := map[string]int{}
	for i, f := range files {
		place[f.Name] = i
	}
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(place[a.File], place[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return m
}

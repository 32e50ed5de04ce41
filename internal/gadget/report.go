package gadget

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// maxMistakes is how many mistakes are listed before the rest is only counted.
const maxMistakes = 100

// A report collects mistakes and knows where in the page each stands.
type report struct {
	text    []byte
	lines   []int // offsets of line beginnings
	list    []Mistake
	dropped int
	worst   Severity // of the dropped ones
}

func newReport(text []byte) *report {
	r := &report{text: text, lines: []int{0}}
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return r
		}
		at += i + 1
		r.lines = append(r.lines, at)
	}
}

func (r *report) add(severity Severity, code, pointer string, at int, format string, args ...any) {
	if len(r.list) >= maxMistakes {
		r.dropped++
		r.worst = max(r.worst, severity)
		return
	}
	m := Mistake{Severity: severity, Code: code, Pointer: pointer, Message: fmt.Sprintf(format, args...)}
	m.Line, m.Column = r.position(at)
	r.list = append(r.list, m)
}

// mistakes are all of them in the order of the page.
func (r *report) mistakes() []Mistake {
	sort.SliceStable(r.list, func(i, j int) bool {
		a, b := r.list[i], r.list[j]
		return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
	})
	if r.dropped > 0 {
		r.list = append(r.list, Mistake{Severity: r.worst, Code: "too-many-mistakes", Line: len(r.lines),
			Message: fmt.Sprintf("There are %d more mistakes. Correct these first.", r.dropped)})
	}
	return r.list
}

// position counts lines from 1 and columns from 1 in UTF-16 code units, as editors do. A byte order mark has no width.
func (r *report) position(at int) (line, column int) {
	i := sort.SearchInts(r.lines, at+1) - 1
	for _, c := range string(bytes.TrimPrefix(r.text[r.lines[i]:at], []byte("\uFEFF"))) {
		column++
		if c > 0xFFFF {
			column++
		}
	}
	return i + 1, column + 1
}

// Refused says whether any mistake stops the gadget from running.
func Refused(mistakes []Mistake) bool {
	for _, m := range mistakes {
		if m.Severity == Error {
			return true
		}
	}
	return false
}

// String is one line for a terminal: "3:9 error wrong-type /module/pages: …".
func (m Mistake) String() string {
	where := ""
	if m.Pointer != "" {
		where = " " + m.Pointer
	}
	return fmt.Sprintf("%d:%d %s %s%s: %s", m.Line, m.Column, m.Severity, m.Code, where, m.Message)
}

// String is "warning" or "error".
func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// pointer adds a step to a JSON pointer (RFC 6901).
func pointer(base, step string) string {
	return base + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(brief(step))
}

// brief keeps what a stranger wrote short enough for a message.
func brief(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

package link

import (
	"fmt"
	"strings"

	"sallyport/internal/js"
)

// Joined is one text made of several files.
type Joined struct {
	Text  string
	parts []part
}

// part is where a file stands in the text.
type part struct{ file, first, lines int }

// Place says which file a line of the text belongs to, and which line of it that is; both count from 1. The file is -1 for
// a line that belongs to none.
func (j *Joined) Place(line int) (file, inFile int) {
	for _, p := range j.parts {
		if line >= p.first && line < p.first+p.lines {
			return p.file, line - p.first + 1
		}
	}
	return -1, 0
}

// Join makes one text of the files. The first is what it is all about and comes last. Files that stand for nothing a
// script can use (style sheets, what could not be read) are left out.
func Join(files []File) *Joined {
	j := &joiner{files: files, mark: unused(files)}
	for i := range files {
		if j.is(i, Module) {
			j.line("var %s={exports:{}};", j.module(i))
		}
	}
	for i := len(files) - 1; i >= 0; i-- {
		j.file(i)
	}
	return &Joined{j.text.String(), j.parts}
}

type joiner struct {
	files []File
	mark  string // begins every name we add
	text  strings.Builder
	at    int // lines so far
	parts []part
}

// unused is a way to begin names that no file has.
func unused(files []File) string {
	mark := "$"
	for i := 0; i < len(files); i++ {
		if strings.Contains(files[i].Script.Text, mark+"m") {
			mark, i = mark+"$", -1
		}
	}
	return mark
}

func (j *joiner) module(file int) string { return fmt.Sprintf("%sm%d", j.mark, file) }

// is says whether some file refers to a file in a certain way.
func (j *joiner) is(file int, k Kind) bool {
	for _, f := range j.files {
		for ref, to := range f.Uses {
			if to == file && ref.Kind == k {
				return true
			}
		}
	}
	return false
}

func (j *joiner) line(format string, args ...any) {
	fmt.Fprintf(&j.text, format+"\n", args...)
	j.at++
}

// file puts in one file. What a module declares is its own; what a page declares is everybody's, as in a browser.
func (j *joiner) file(i int) {
	f := &j.files[i]
	module := j.is(i, Module)
	switch f.Script.Goal {
	case js.JSONGoal:
		if module {
			j.line("%s.exports=(", j.module(i))
			j.body(i, f.Script.Text)
			j.line(");")
		}
		return
	case js.ScriptGoal, js.ModuleGoal, js.FunctionGoal:
	default:
		return
	}
	open, end := "", ""
	if module || f.Script.Goal != js.ScriptGoal {
		open, end = "(function(module,exports){", "})({},{});"
		if module {
			end = fmt.Sprintf("})(%[1]s,%[1]s.exports);", j.module(i))
		}
		if f.Script.Goal == js.ModuleGoal {
			open = "(async " + open[1:] // for its await
		}
	}
	s := &splicer{joiner: j, File: f, self: i, text: []byte(f.Script.Text)}
	s.splice()
	j.line("%s%s", open, s.before.String())
	j.body(i, string(s.text))
	j.line(";%s%s", s.after.String(), end)
}

// body puts in a file's own lines.
func (j *joiner) body(i int, text string) {
	lines := js.NewLines(text)
	last, _ := lines.Position(len(text))
	j.parts = append(j.parts, part{i, j.at + 1, last})
	j.text.WriteString(text)
	j.text.WriteByte('\n')
	j.at += last
}

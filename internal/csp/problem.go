package csp

import "fmt"

// Problem is a part of a policy that browsers ignore, or take for something else than it looks like.
type Problem struct {
	Code      string // stable name, for instance "duplicate-directive"
	Directive string // lower case; empty when the problem is about the whole policy
	Text      string // what stands there, shortened
	Message   string // a sentence: what browsers do, and what to do instead
}

// String is one line for a terminal.
func (p Problem) String() string {
	if p.Directive == "" {
		return p.Code + ": " + p.Message
	}
	return p.Code + " in " + p.Directive + ": " + p.Message
}

// Bounds on what strangers send. Chromium gives up on a response whose headers have more than 256 KiB.
const (
	maxText     = 256 << 10
	maxProblems = 100
)

type problems struct {
	list []Problem
	more int
}

func (p *problems) add(code, directive, text, format string, args ...any) {
	if len(p.list) >= maxProblems {
		p.more++
		return
	}
	p.list = append(p.list, Problem{Code: code, Directive: brief(directive), Text: brief(text), Message: fmt.Sprintf(format, args...)})
}

func (p *problems) all() []Problem {
	if p.more > 0 {
		p.list = append(p.list, Problem{Code: "too-many", Message: fmt.Sprintf("There are %d more problems. Correct these first.", p.more)})
	}
	return p.list
}

// brief keeps what a stranger wrote short enough for a message.
func brief(s string) string {
	const most = 80
	if r := []rune(s[:min(len(s), 8*most)]); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s[:min(len(s), 8*most)]
}

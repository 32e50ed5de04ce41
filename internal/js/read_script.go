package js

import (
	"fmt"
	"strings"
)

// readScript reads the whole text as JavaScript.
func (s *Script) readScript(o Options) { s.readRange(0, len(s.Text), o) }

// readRange reads a part of the text as JavaScript; offsets stay those of the text.
func (s *Script) readRange(from, to int, o Options) {
	r := read(s.Text, from, to, s.asked(o))
	s.Comments = r.comments
	switch {
	case r.err == nil:
		s.adopt(r)
		if o.CrossCheck && s.Goal != Opaque {
			s.crossCheck(from, to, r.goal)
		}
	case r.tooDeep:
		s.opaque(TooDeep, r.err.at, r.err.msg)
	case s.unfence(from, to, o):
	default:
		if kind, msg := mistaken(s.Text[from:to]); kind != "" {
			s.opaque(kind, from, msg)
			return
		}
		s.readLowered(from, to, r, o)
	}
}

// unfence reads what stands between tags of wikitext that should be in comments.
func (s *Script) unfence(from, to int, o Options) bool {
	start, end, ok := fences(s.Text[from:to])
	if !ok {
		return false
	}
	r := read(s.Text, from+start, from+end, s.asked(o))
	if r.err != nil {
		return false
	}
	s.adopt(r)
	s.Comments = r.comments
	s.problem(Fence, from, "tags of wikitext stand around the script as code: no browser runs it as it is. Put them into comments")
	return true
}

// asked is the goal to parse for: scripts and functions are one thing to the parser.
func (s *Script) asked(o Options) Goal {
	switch {
	case s.Goal == ModuleGoal, s.Goal == Auto && moduleName(o.Name):
		return ModuleGoal
	case s.Goal == Opaque:
		return Auto
	}
	return s.Goal
}

func (s *Script) adopt(r reading) {
	scopes, ok := resolve(r.tree, r.goal == ModuleGoal)
	if !ok {
		s.opaque(TooDeep, 0, fmt.Sprintf("a chain of more than %d operators or calls", maxTree))
		return
	}
	s.Tree, s.Scopes, s.Goal = r.tree, scopes, r.goal
}

// readLowered lets esbuild rewrite what our parser refuses.
func (s *Script) readLowered(from, to int, refused reading, o Options) {
	original := s.Text
	text := blank(original[:from]) + original[from:to]
	low, ok := lower(text, o.Limits.Lower)
	if !ok {
		s.opaque(Syntax, refused.err.at, refused.err.msg)
		return
	}
	r := read(low.code, 0, len(low.code), s.asked(o))
	if r.err != nil {
		s.opaque(Syntax, refused.err.at, refused.err.msg)
		return
	}
	s.adopt(r)
	if s.Goal == Opaque {
		return
	}
	remap(s.Tree, original, s.Lines, decodeMappings(low.mappings, NewLines(low.code), s.Lines))
	s.Lowered = true
	if low.types {
		s.problem(TypeScript, refused.err.at, "this is TypeScript or JSX, which no browser runs as it is: "+refused.err.msg)
		return
	}
	s.problem(Lowered, refused.err.at, "read only after rewriting, positions are near: "+refused.err.msg)
}

// crossCheck asks esbuild. What it says about a return outside of functions does not count.
func (s *Script) crossCheck(from, to int, goal Goal) {
	if at, msg := secondOpinion(blank(s.Text[:from])+s.Text[from:to], s.Lines); msg != "" && goal != ExpressionGoal {
		s.problem(Disagree, at, "another parser refuses this script: "+msg)
	}
}

// blank keeps the lines and columns of what it wipes out.
func blank(text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029':
			b.WriteRune(r)
		case r > 0xffff:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func moduleName(name string) bool { return strings.HasSuffix(name, ".mjs") }

// readExpression reads a part of the text as one expression.
func (s *Script) readExpression(from, to int) {
	r := read(s.Text, from, to, ExpressionGoal)
	s.Comments = r.comments
	if r.err != nil {
		s.opaque(Syntax, r.err.at, r.err.msg)
		return
	}
	s.adopt(r)
}

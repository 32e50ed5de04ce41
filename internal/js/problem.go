package js

// ProblemKind says what sort of thing went wrong.
type ProblemKind string

const (
	Syntax     ProblemKind = "syntax"     // no parser reads it
	TooLarge   ProblemKind = "too-large"  // over Limits.Bytes; nothing was read
	TooDeep    ProblemKind = "too-deep"   // nested deeper than any person writes
	Encoding   ProblemKind = "encoding"   // invalid UTF-8, NUL, UTF-16
	Disagree   ProblemKind = "disagree"   // two parsers do not agree whether this is JavaScript
	Lowered    ProblemKind = "lowered"    // only readable after rewriting newer syntax
	TypeScript ProblemKind = "typescript" // types or JSX were left in: no browser runs it as it is
	Fence      ProblemKind = "fence"      // <nowiki> or <pre> as code
	Wikitext   ProblemKind = "wikitext"   // a page in wikitext, not a script
	HTML       ProblemKind = "html"       // a page in HTML, not a script
	Bookmark   ProblemKind = "bookmarklet"
	BadJSON    ProblemKind = "json"
)

// Problem says what was not read, or not as it stands, and where.
type Problem struct {
	Kind         ProblemKind
	Offset       int // byte offset into the text
	Line, Column int // from 1; the column counts UTF-16 code units
	Message      string
}

func (s *Script) problem(k ProblemKind, at int, msg string) {
	s.Problems = append(s.Problems, Problem{Kind: k, Offset: at, Message: msg})
}

// opaque gives up on a script.
func (s *Script) opaque(k ProblemKind, at int, msg string) {
	s.Goal = Opaque
	s.problem(k, at, msg)
}

// placed fills in lines and columns.
func (s *Script) placed() *Script {
	for i := range s.Problems {
		p := &s.Problems[i]
		p.Line, p.Column = s.Lines.Position(p.Offset)
	}
	return s
}

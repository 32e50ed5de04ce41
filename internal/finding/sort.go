package finding

import (
	"cmp"
	"slices"

	"sallyport/internal/capability"
)

// Compare orders positions as they stand in the text.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Sort puts findings in the order of the text, and capabilities in the order of their vocabulary, each once. An analysis
// may work in any order; its output is the same.
func (s *Script) Sort() {
	slices.SortStableFunc(s.Findings, func(a, b Finding) int {
		return cmp.Or(
			a.Span.Start.Compare(b.Span.Start), a.Span.End.Compare(b.Span.End), cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Document, b.Document), cmp.Compare(a.Message, b.Message))
	})
	s.Capabilities = capability.NewSet(s.Capabilities)
}

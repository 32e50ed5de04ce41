package csp

import (
	"slices"
	"strings"
)

// effective are the names that requests ask a policy about; "script-src" stands for eval, "default-src" for prefetching.
var effective = []string{"script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "img-src", "font-src",
	"media-src", "object-src", "frame-src", "connect-src", "manifest-src", "worker-src", "script-src", "default-src"}

// Minimise returns a shorter policy that decides alike about every request: without sources that others cover and without
// directives that say what their fallback says.
func (p *Policy) Minimise() *Policy {
	m := p.Clone()
	for i := range m.Directives {
		m.Directives[i].Sources = reduce(m.Directives[i].Sources)
	}
	want := m.signature()
	for i := len(m.Directives) - 1; i >= 0; i-- {
		if Fallbacks(m.Directives[i].Name) == nil {
			continue
		}
		shorter := &Policy{Directives: slices.Delete(slices.Clone(m.Directives), i, i+1), ReportOnly: p.ReportOnly}
		if slices.Equal(shorter.signature(), want) {
			m = shorter
		}
	}
	return m
}

// signature is what governs each effective name, in one spelling.
func (p *Policy) signature() []string {
	list := make([]string, len(effective))
	for i, name := range effective {
		list[i] = "-"
		if d := p.Governing(name); d != nil {
			list[i] = sorted(d.Sources)
		}
	}
	return list
}

func sorted(list []Source) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.String()
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}
